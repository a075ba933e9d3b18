"""Replay: what one entry does to the ledger's state, or why it may not. The same function judges an entry
before it is signed, when it is verified, and on the server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from presales_repo.errors import PrsError
from presales_repo.model.countersign import check_countersign, check_leader, check_needs, deciders
from presales_repo.model.entry import Entry
from presales_repo.model.ledger import (
    Content,
    DocumentState,
    Event,
    Head,
    Minutes,
    Proposal,
    Release,
    Round,
    TreeChange,
)
from presales_repo.model.number import parse_number
from presales_repo.model.paths import ATTACHMENTS, COMMON, PROJECTS, is_plain_path, split_document_path
from presales_repo.model.policy import DEPARTMENT_HEAD, HEAD_OF_AUTHOR, Policy, Step, administrators
from presales_repo.model.workflow import (
    chain_of,
    covers_vacancy,
    holders,
    is_important,
    is_next_version,
    next_version,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """The commit that carries an entry: its id and committer time (seconds since 1970, zone as +0800)."""

    commit: str
    time: int
    offset: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an entry does: the document's new state, the paths that change, a new policy or proposal."""

    state: DocumentState | None = None
    changes: tuple[TreeChange, ...] = ()
    policy: Policy | None = None
    proposal: Proposal | None = None


_Decide = Callable[[Head, Entry, Stamp, DocumentState | None, Content | None], Outcome]


def judge(
    head: Head,
    entry: Entry,
    stamp: Stamp,
    state: DocumentState | None,
    content: Content | None,
    minutes: Minutes | None = None,
) -> Outcome:
    """The outcome of a document's entry at this position of the ledger.

    `state`: the document's state so far; `content`: what the entry's commit and path hold (for submit and
    register); `minutes`: the release in force that an approval names. Raises PrsError A2xx when the entry's claims
    are wrong, A3xx when the decision is not allowed.
    """
    check_position(head, entry)
    decisions: dict[str, _Decide] = {
        "submit": _submit,
        "register": _register,
        "countersign": _countersign,
        "approve": partial(_approve, minutes=minutes),
        "reject": _reject,
        "withdraw": _withdraw,
    }
    return decisions[entry.action](head, entry, stamp, state, content)


def check_position(head: Head, entry: Entry) -> None:
    """The claims that every entry makes. Raises PrsError A201 other ledger, A202 sequence, A203 policy, A204 signer."""
    if entry.ledger != head.ledger:
        raise PrsError("A201", found=entry.ledger, expected=head.ledger)
    if entry.sequence != head.sequence + 1:
        raise PrsError("A202", found=entry.sequence, expected=head.sequence + 1)
    if entry.policy != head.policy.digest:
        raise PrsError("A203", found=entry.policy, expected=head.policy.digest)
    person = head.policy.people.get(entry.signer)
    if person is None or not person.active:
        raise PrsError("A204", person=entry.signer)


def _submit(head: Head, entry: Entry, stamp: Stamp, state: DocumentState | None, content: Content | None) -> Outcome:
    opened = _open(head.policy, entry, state, content)
    if not opened.steps:
        raise PrsError("A311", number=entry.document)
    assert content is not None
    new = replace(_base(state, content), round=replace(opened, start=entry.sequence))
    return Outcome(new.with_event(_event(entry, stamp)))


def _register(head: Head, entry: Entry, stamp: Stamp, state: DocumentState | None, content: Content | None) -> Outcome:
    opened = _open(head.policy, entry, state, content)
    if opened.steps:
        steps = ", ".join(step.id for step in opened.steps)
        raise PrsError("A312", number=entry.document, steps=steps)
    assert content is not None
    base = _base(state, content).with_event(_event(entry, stamp))
    return _publish(base, replace(opened, start=entry.sequence), entry, stamp)


def _open(policy: Policy, entry: Entry, state: DocumentState | None, content: Content | None) -> Round:
    """The round that a submit or register entry asks for; refuses what does not fit its content."""
    if content is None:
        raise PrsError("A212", path=entry.path, commit=entry.content)
    document = content.document
    _check_identity(entry, content)
    if state is not None and state.round is not None:
        raise PrsError("A309", number=entry.document, step=state.round.step.id, version=state.round.version)
    doctype = policy.types.get(document.type_id)
    author = policy.people.get(document.value("author"))
    if doctype is None or author is None:
        raise PrsError("A213", number=entry.document, type=document.type_id, author=document.value("author"))
    authors = tuple(dict.fromkeys([*document.authors, *entry.authors]))
    if entry.signer not in authors:
        raise PrsError("A310", number=entry.document, authors=", ".join(authors), person=entry.signer)
    if set(entry.authors) != set(authors):
        raise PrsError("A214", number=entry.document)
    _check_version(entry, state)
    release = state.release if state else None
    if state is not None and release is not None and state.type_id != doctype.id:
        raise PrsError("A317", number=entry.document, type=state.type_id, found=doctype.id)
    # never lowered, not even by the next version.
    important = is_important(doctype, document.value("important")) or (release is not None and release.important)
    chain = chain_of(policy, doctype, important=important, scope=document.value("scope"))
    return Round(
        version=entry.version,
        content=entry.content,
        path=entry.path,
        blob=content.blob,
        digest=entry.digest,
        authors=authors,
        department=author.department,
        important=important,
        note=entry.comment,
        chain=chain.id,
        steps=chain.steps,
        attachments=content.attachments,
    )


def _check_identity(entry: Entry, content: Content) -> None:
    """Number in entry, path and front matter agree, nothing is published but the document and files in the folder of
    its attachments, and the digests are those of the bytes."""
    parts = split_document_path(entry.path)
    numbers = {entry.document, content.document.number, parts.number if parts else ""}
    if len(numbers) > 1 or parse_number(entry.document) is None:
        raise PrsError("A215", numbers=", ".join(sorted(numbers)))
    if not is_plain_path(entry.path):
        raise PrsError("A224", path=entry.path, folder=f"{PROJECTS}/, {COMMON}/")
    folder = f"{ATTACHMENTS}/{entry.document}/"
    for path, _, _ in content.attachments:
        if not path.startswith(folder) or not is_plain_path(path):
            raise PrsError("A224", path=path, folder=folder)
    if entry.digest != content.document.digest:
        raise PrsError("A216", path=entry.path)
    if entry.attachments != tuple((digest, path) for path, _, digest in content.attachments):
        raise PrsError("A217", path=entry.path)


def _check_version(entry: Entry, state: DocumentState | None) -> None:
    current = state.release if state else None
    if current is not None and current.digest == entry.digest and current.path == entry.path:
        raise PrsError("A313", number=entry.document, version=current.version)
    if not is_next_version(current.version if current else None, entry.version):
        expected = next_version(current.version if current else None, major=False)
        raise PrsError("A315", found=entry.version, expected=expected)


def _base(state: DocumentState | None, content: Content) -> DocumentState:
    document = content.document
    fresh = state or DocumentState(document.number, document.title, document.type_id)
    return replace(fresh, title=document.title, type_id=document.type_id)


def _countersign(
    head: Head, entry: Entry, stamp: Stamp, state: DocumentState | None, content: Content | None
) -> Outcome:
    opened = _opened(entry, state)
    signed = check_countersign(head.policy, entry, opened)
    assert state is not None
    heard = replace(opened, countersigns=(*opened.countersigns, signed))
    return Outcome(replace(state.with_event(_event(entry, stamp)), round=heard))


def _approve(
    head: Head,
    entry: Entry,
    stamp: Stamp,
    state: DocumentState | None,
    content: Content | None,
    minutes: Minutes | None,
) -> Outcome:
    opened = _opened(entry, state)
    check_holder(head.policy, entry.document, opened, entry.signer)
    check_needs(head.policy, entry, opened, minutes)
    assert state is not None
    own = () if covers_vacancy(head.policy, opened, entry.signer) else (entry.signer,)
    moved = replace(
        opened,
        signed=(*opened.signed, entry.signer),
        signers=(*opened.signers, entry.signer),
        named=(*opened.named, *own),
    )
    new = state.with_event(_event(entry, stamp))
    if len(moved.signed) < opened.step.quorum:
        return Outcome(replace(new, round=moved))
    if opened.position + 1 < len(opened.steps):
        return Outcome(replace(new, round=replace(moved, position=opened.position + 1, signed=())))
    _check_distinct(head.policy, opened, moved.signers)
    return _publish(new, opened, entry, stamp)


def _check_distinct(policy: Policy, opened: Round, signers: tuple[str, ...]) -> None:
    least = int(policy.chain_rules.get("important_min_distinct_signers") or 1)
    if opened.important and len(opened.steps) > 1 and len(set(signers)) < least:
        raise PrsError("A306", person=signers[-1], version=opened.version)


def _reject(head: Head, entry: Entry, stamp: Stamp, state: DocumentState | None, content: Content | None) -> Outcome:
    opened = _opened(entry, state)
    check_holder(head.policy, entry.document, opened, entry.signer)
    if not entry.comment.strip():
        raise PrsError("A314", number=entry.document)
    assert state is not None
    return Outcome(replace(state.with_event(_event(entry, stamp)), round=None))


def _withdraw(head: Head, entry: Entry, stamp: Stamp, state: DocumentState | None, content: Content | None) -> Outcome:
    opened = _opened(entry, state)
    if entry.signer not in opened.authors:
        raise PrsError("A310", number=entry.document, authors=", ".join(opened.authors), person=entry.signer)
    assert state is not None
    return Outcome(replace(state.with_event(_event(entry, stamp)), round=None))


def _opened(entry: Entry, state: DocumentState | None) -> Round:
    """The open round, which must be exactly the one that the entry names."""
    if state is None or state.round is None:
        raise PrsError("A308", number=entry.document)
    opened = state.round
    claimed = (entry.version, entry.content, entry.path, entry.digest, entry.attachments)
    attached = tuple((digest, path) for path, _, digest in opened.attachments)
    if claimed != (opened.version, opened.content, opened.path, opened.digest, attached):
        raise PrsError("A307", number=entry.document, version=opened.version)
    if entry.action in ("approve", "reject") and entry.step != opened.step.id:
        raise PrsError("A304", number=entry.document, step=opened.step.id, holders=opened.step.by, person=entry.signer)
    return opened


def check_holder(policy: Policy, number: str, opened: Round, person_id: str) -> None:
    """Whether a person may decide the open step.

    Raises PrsError: A302 the author, A306 signed before (an important document twice, unless to cover a step that
    lacks a holder: A-15), A356 a department disagrees and they are no leader, A305 head of another department, A304
    holder of a later step, A303 not a holder.
    """
    if person_id in opened.authors:
        raise PrsError("A302", number=number, person=person_id)
    allowed = deciders(policy, opened)
    if person_id in allowed:
        again = opened.important and person_id in opened.named and not covers_vacancy(policy, opened, person_id)
        if person_id in opened.signed or again:
            raise PrsError("A306", person=person_id, version=opened.version)
        return
    check_leader(policy, number, opened, person_id)
    person = policy.people[person_id]
    step, needed = opened.step, ", ".join(allowed)
    if _holds_later(policy, opened, person_id):
        raise PrsError("A304", number=number, step=step.id, person=person_id, wanted="", holders=needed)
    if step.by == HEAD_OF_AUTHOR and DEPARTMENT_HEAD in person.roles:
        raise PrsError("A305", number=number, person=person_id, department=person.department, needed=opened.department)
    raise PrsError("A303", number=number, person=person_id, step=step.id, role=step.by, holders=needed)


def _holds_later(policy: Policy, opened: Round, person: str) -> bool:
    later: tuple[Step, ...] = opened.steps[opened.position + 1 :]
    return any(person in holders(policy, step, opened.department, opened.authors) for step in later)


def _event(entry: Entry, stamp: Stamp) -> Event:
    return Event(
        entry.sequence, stamp.commit, entry.action, entry.version, entry.step, entry.signer, stamp.time, stamp.offset,
        entry.comment, entry.department, entry.opinion, entry.minutes,
    )  # fmt: skip


def _publish(state: DocumentState, opened: Round, entry: Entry, stamp: Stamp) -> Outcome:
    previous = state.release
    release = Release(
        version=opened.version,
        sequence=entry.sequence,
        start=opened.start,
        commit=stamp.commit,
        content=opened.content,
        path=opened.path,
        blob=opened.blob,
        digest=opened.digest,
        authors=opened.authors,
        chain=opened.chain,
        note=opened.note,
        time=stamp.time,
        offset=stamp.offset,
        important=opened.important,
        attachments=opened.attachments,
    )
    files = {opened.path: opened.blob, **{path: blob for path, blob, _ in opened.attachments}}
    before = (previous.path, *(path for path, _, _ in previous.attachments)) if previous else ()
    gone = [TreeChange(path, None) for path in before if path not in files]
    changes = (*gone, *(TreeChange(path, blob) for path, blob in files.items()))
    return Outcome(replace(state, round=None, releases=(*state.releases, release)), changes)


def judge_policy(head: Head, entry: Entry, proposed: Proposal | None) -> Outcome:
    """The outcome of policy-propose and policy-endorse. `proposed`: the policy at the entry's content commit.

    The policy before judges the one after it. Raises PrsError A320 not an administrator, A321 no proposal open or
    another one, A322 endorsed before, A323 version not the next one, or not the one that the entry names.
    """
    check_position(head, entry)
    if entry.signer not in administrators(head.policy):
        raise PrsError("A320", person=entry.signer)
    if proposed is None or proposed.digest != entry.digest:
        raise PrsError("A216", path="policy/")
    expected = head.policy.version + 1
    if proposed.policy.version != expected or entry.version != str(expected):
        raise PrsError("A323", found=f"{proposed.policy.version}, {entry.version}", expected=expected)
    if entry.action == "policy-propose":
        endorsed: tuple[str, ...] = (entry.signer,)
    else:
        if head.proposal is None or head.proposal.digest != entry.digest:
            raise PrsError("A321")
        if entry.signer in head.proposal.endorsed:
            raise PrsError("A322", person=entry.signer)
        endorsed = (*head.proposal.endorsed, entry.signer)
    if len(endorsed) < head.policy.quorum:
        return Outcome(proposal=replace(proposed, endorsed=endorsed))
    return Outcome(policy=proposed.policy, changes=(TreeChange("policy", proposed.tree, "40000"),))
