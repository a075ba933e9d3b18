"""What a PDF prints, gathered from the ledger (published) or from the working file (draft)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import cast

from presales_repo.model.doctype import DocType
from presales_repo.model.document import Document
from presales_repo.model.ledger import DocumentState, Event, Release, Round
from presales_repo.model.periods import iso_time
from presales_repo.model.policy import Policy, Step, Titled
from presales_repo.ops.session import Work
from presales_repo.render.sheet import Approval, Countersign, Language, Profile, Revision, Sheet

_LANGUAGES = ("zh-Hans", "zh-Hant", "en")
_OPINIONS = {"zh": {"agree": "同意", "disagree": "不同意"}, "en": {"agree": "agreed", "disagree": "disagreed"}}
_DECISIONS = {
    "zh": {"approve": "同意", "register": "登记", "reaffirm": "重新确认", "track": "状态更新", "emergency": "紧急发布"},
    "en": {
        "approve": "approved",
        "register": "registered",
        "reaffirm": "reaffirmed",
        "track": "status updated",
        "emergency": "emergency release",
    },
}


def published_sheet(work: Work, state: DocumentState, release: Release, document: Document, profile: Profile) -> Sheet:
    """The sheet of a published version: approvals and revisions as the ledger has them."""
    policy = work.policy
    english = language_of(document) == "en"
    approvals = tuple(_approval(policy, release.chain, event, english) for event in state.evidence(release))
    people = _names(policy, (event.person for event in state.approvals(release)))
    sheet = _sheet(
        work,
        document,
        profile=profile,
        version=release.version,
        reviewers=tuple(people[:-1]),
        approver=people[-1] if people else "",
        approvals=approvals,
        revisions=tuple(
            _revision(policy, state, item, english) for item in state.releases if item.sequence <= release.sequence
        ),
        entry=release.commit,
        moment=iso_time(release.time, release.offset),
    )
    heard = tuple(_countersign(policy, event, english) for event in state.countersigns(release))
    minutes = [event.minutes for event in state.approvals(release) if event.minutes]
    return replace(sheet, countersigns=heard, minutes=minutes[-1] if minutes else "")


def released_sheet(work: Work, state: DocumentState, opened: Round, document: Document, profile: Profile) -> Sheet:
    """The sheet of a text in review that is given out before its approval. Raises nothing; `opened.released` is set."""
    mark = opened.released
    assert mark is not None, "only a released round has such a sheet"
    english = language_of(document) == "en"
    event = next(event for event in reversed(state.events) if event.commit == mark.commit)
    sheet = _sheet(
        work,
        document,
        profile=profile,
        version=opened.version,
        reviewers=(),
        approver="",
        approvals=(_approval(work.policy, opened.chain, event, english),),
        revisions=tuple(_revision(work.policy, state, item, english) for item in state.releases),
        entry=mark.commit,
        moment=iso_time(mark.time, mark.offset),
    )
    return replace(sheet, urgent=True, effective_date=document.value("effective_date"))


def draft_sheet(work: Work, state: DocumentState | None, document: Document, moment: str) -> Sheet:
    """The sheet of a text that is not published: no approvals, marked on every page."""
    releases = state.releases if state else ()
    english = language_of(document) == "en"
    revisions = tuple(_revision(work.policy, state, item, english) for item in releases) if state else ()
    return _sheet(
        work, document, profile="draft", version="", reviewers=(), approver="", approvals=(), revisions=revisions,
        entry="", moment=moment,
    )  # fmt: skip


def _sheet(
    work: Work,
    document: Document,
    *,
    profile: Profile,
    version: str,
    reviewers: tuple[str, ...],
    approver: str,
    approvals: tuple[Approval, ...],
    revisions: tuple[Revision, ...],
    entry: str,
    moment: str,
) -> Sheet:
    policy = work.policy
    doctype = policy.types[document.type_id]
    lang = language_of(document)
    english = lang == "en"
    sensitivity = policy.sensitivities.get(document.value("sensitivity") or doctype.sensitivity)
    retention = policy.retentions.get(document.value("retention") or doctype.retention)
    return Sheet(
        number=document.number,
        title=document.title,
        type_title=_type_title(doctype, english),
        version=version,
        organisation=policy.organisation,
        project_title=_project_title(work, document),
        sensitivity_label=_printed(sensitivity, english),
        retention_label=_title(retention, english),
        secrecy_until=document.value("secrecy_until"),
        author=_names(policy, [document.value("author")])[0],
        reviewers=reviewers,
        approver=approver,
        effective_date=document.value("effective_date") or (moment[:10] if entry else ""),
        distribution=tuple(_names(policy, document.values("distribution"))),
        lang=lang,
        revisions=revisions,
        approvals=approvals,
        body=document.body,
        source_sha256=document.digest,
        ledger_entry=entry,
        ledger_id=work.ledger.head.ledger if entry else "",
        published_at=moment,
        keywords=document.values("keywords"),
        summary=document.value("summary"),
        profile=profile,
    )


def language_of(document: Document) -> Language:
    """The script a document says it is in; Simplified Chinese unless it says otherwise."""
    found = document.value("lang")
    return cast(Language, found) if found in _LANGUAGES else "zh-Hans"


def _type_title(doctype: DocType, english: bool) -> str:
    return doctype.title_en if english else doctype.title_zh


def _title(entry: Titled | None, english: bool) -> str:
    return "" if entry is None else entry.title_en if english else entry.title_zh


def _printed(level: Titled | None, english: bool) -> str:
    """The words of a level as printed: a trade secret, not a state secret (A-24)."""
    return str(level.raw.get("print_zh", level.title_zh)) if level and not english else _title(level, english)


def _project_title(work: Work, document: Document) -> str:
    """Id and name of the project, from the folder of the published path."""
    folder = document.path.split("/")[1] if document.value("project") else ""
    project, _, name = folder.partition("-")
    return f"{project} {name}".strip()


def _names(policy: Policy, ids: Iterable[str]) -> list[str]:
    """People and departments by name; anything else as written."""
    names = []
    for item in ids:
        person, department = policy.people.get(item), policy.departments.get(item)
        names.append(person.name if person else department.title_zh if department else item)
    return names


def _approval(policy: Policy, chain: str, event: Event, english: bool) -> Approval:
    step = _step(policy, chain, event.step)
    decision = _DECISIONS["en" if english else "zh"][event.action]
    return Approval(
        step=(step.title_en if english else step.title_zh) if step else decision,
        person=_signer(policy, event, english),
        duty=_duty(policy, event, step, english),
        decision=decision,
        comment="" if event.action == "register" else event.comment,
        time=iso_time(event.time, event.offset),
        entry=event.commit,
    )


def _signer(policy: Policy, event: Event, english: bool) -> str:
    """Who signed, and for whom."""
    name, *principal = _names(policy, [event.person, *([event.on_behalf] if event.on_behalf else [])])
    if not principal:
        return name
    return f"{name} (for {principal[0]})" if english else f"{name}（代 {principal[0]}）"


def _countersign(policy: Policy, event: Event, english: bool) -> Countersign:
    person = policy.people.get(event.person)
    return Countersign(
        department=_title(policy.departments.get(event.department), english) or event.department,
        person=person.name if person else event.person,
        opinion=_OPINIONS["en" if english else "zh"][event.opinion],
        comment=event.comment,
        time=iso_time(event.time, event.offset),
        entry=event.commit,
    )


def _step(policy: Policy, chain: str, step_id: str) -> Step | None:
    steps = policy.chains[chain].steps if chain in policy.chains else ()
    return next((step for step in steps if step.id == step_id), None)


def _duty(policy: Policy, event: Event, step: Step | None, english: bool) -> str:
    """The duty in which somebody signed: the role nearest to the step's, their own or that of whom they signed for."""
    person = policy.people.get(event.on_behalf or event.person)
    if person is None:
        return ""
    wanted = "dept-head" if step and step.by == "dept-head-of-author" else (step.by if step else "")
    role = wanted if wanted in person.roles else (person.roles[0] if person.roles else "")
    return _title(policy.roles.get(role), english)


def _revision(policy: Policy, state: DocumentState, release: Release, english: bool) -> Revision:
    signed = state.approvals(release)
    return Revision(
        version=release.version,
        date=iso_time(release.time, release.offset)[:10],
        note=release.note,
        author="、".join(_names(policy, release.authors)),
        approver=_signer(policy, signed[-1], english) if signed else "",
    )
