"""Replay: what one entry does to the ledger's state, or why it may not. The same function judges an entry
before it is signed, when it is verified, and on the server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from presales_repo.errors import PrsError
from presales_repo.model.countersign import check_countersign, check_leader, check_needs, deciders
from presales_repo.model.delegation import Delegation, check_deputy
from presales_repo.model.document import Document
from presales_repo.model.effects import States, with_effects
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
from presales_repo.model.paths import ATTACHMENTS, COMMON, PROJECTS, find_twins, is_plain_path, split_document_path
from presales_repo.model.policy import DEPARTMENT_HEAD, HEAD_OF_AUTHOR, Policy, Step, administrators
from presales_repo.model.projects import ProjectState
from presales_repo.model.track import TRACK, check_track, with_tracked
from presales_repo.model.upkeep import require_alive
from presales_repo.model.voiding import REAFFIRM, library_changes, newly_revoked, reaffirm, void_entries, with_lifted
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
    """The commit that carries an entry: its id, committer time (seconds since 1970, zone as +0800) and the
    fingerprint of the key that signed it."""

    commit: str
    time: int
    offset: str
    key: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an entry does: the documents' new states, that of the document itself first; the paths that change, a new
    policy or proposal, a delegation that comes into being, a project that moved."""

    states: tuple[DocumentState, ...] = ()
    changes: tuple[TreeChange, ...] = ()
    policy: Policy | None = None
    proposal: Proposal | None = None
    delegation: Delegation | None = None
    project: ProjectState | None = None


_Decide = Callable[[Head, Entry, Stamp, DocumentState | None, Content | None], Outcome]


def judge(
    head: Head,
    entry: Entry,
    stamp: Stamp,
    state: DocumentState | None,
    content: Content | None,
    states: States,
    minutes: Minutes | None = None,
    before: Document | None = None,
) -> Outcome:
    """The outcome of a document's entry at this position of the ledger.

    `state`: the document's state so far; `content`: what the entry's commit and path hold (for submit and
    register, track); `states`: those of other documents; `minutes`: the release in force that an approval names;
    `before`: the text in force that a tracked change replaces. Raises
    PrsError A2xx when the entry's claims are wrong, A3xx when the decision is not allowed.
    """
    check_position(head, entry)
    decisions: dict[str, _Decide] = {
        "submit": _submit,
        "register": _register,
        "countersign": _countersign,
        "approve": partial(_approve, minutes=minutes),
        "reject": _reject,
        "withdraw": _withdraw,
        REAFFIRM: _reaffirm,
        TRACK: partial(_track, before=before),
    }
    outcome = decisions[entry.action](head, entry, stamp, state, content)
    return with_effects(head.policy, state, content.document if content else None, outcome, states)


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
    return Outcome((new.with_event(_event(entry, stamp)),))


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
    require_alive(state)
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
        retention=document.value("retention"),
        supersedes=document.values("supersedes"),
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
    twins = find_twins(path for path, _, _ in content.attachments)
    if twins:
        raise PrsError("A229", path=twins[1], other=twins[0])
    if entry.digest != content.document.digest:
        raise PrsError("A216", path=entry.path)
    if entry.attachments != tuple((digest, path) for path, _, digest in content.attachments):
        raise PrsError("A217", path=entry.path)


def _check_version(entry: Entry, state: DocumentState | None) -> None:
    current = state.release if state else None
    if current is not None and current.digest == entry.digest and current.path == entry.path:
        raise PrsError("A313", number=entry.document, version=current.version)
    last = state.last_version if state else None
    if not is_next_version(last, entry.version):
        expected = next_version(last, major=False)
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
    return Outcome((replace(state.with_event(_event(entry, stamp)), round=heard),))


def _approve(
    head: Head,
    entry: Entry,
    stamp: Stamp,
    state: DocumentState | None,
    content: Content | None,
    minutes: Minutes | None,
) -> Outcome:
    opened = _opened(entry, state)
    _check_right(head, entry, stamp, opened)
    check_needs(head.policy, entry, opened, minutes)
    assert state is not None
    seat = entry.on_behalf or entry.signer
    own = () if covers_vacancy(head.policy, opened, seat) else (seat,)
    moved = replace(
        opened,
        signed=(*opened.signed, seat),
        signers=(*opened.signers, entry.signer),
        seats=(*opened.seats, seat),
        named=(*opened.named, *own, *([entry.signer] if entry.on_behalf else [])),
    )
    new = state.with_event(_event(entry, stamp))
    if len(moved.signed) < opened.step.quorum:
        return Outcome((replace(new, round=moved),))
    if opened.position + 1 < len(opened.steps):
        return Outcome((replace(new, round=replace(moved, position=opened.position + 1, signed=())),))
    _check_distinct(head.policy, moved)
    return _publish(new, opened, entry, stamp)


def _check_distinct(policy: Policy, signed: Round) -> None:
    """One person counts once, whether they sign for themselves, for others, or others for them."""
    least = int(policy.chain_rules.get("important_min_distinct_signers") or 1)
    distinct = min(len(set(signed.signers)), len(set(signed.seats)))
    if signed.important and len(signed.steps) > 1 and distinct < least:
        raise PrsError("A306", person=signed.signers[-1], version=signed.version)


def _reject(head: Head, entry: Entry, stamp: Stamp, state: DocumentState | None, content: Content | None) -> Outcome:
    opened = _opened(entry, state)
    _check_right(head, entry, stamp, opened)
    if not entry.comment.strip():
        raise PrsError("A314", number=entry.document)
    assert state is not None
    return Outcome((replace(state.with_event(_event(entry, stamp)), round=None),))


def _withdraw(head: Head, entry: Entry, stamp: Stamp, state: DocumentState | None, content: Content | None) -> Outcome:
    opened = _opened(entry, state)
    if entry.signer not in opened.authors:
        raise PrsError("A310", number=entry.document, authors=", ".join(opened.authors), person=entry.signer)
    assert state is not None
    return Outcome((replace(state.with_event(_event(entry, stamp)), round=None),))


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


def _check_right(head: Head, entry: Entry, stamp: Stamp, opened: Round) -> None:
    """Whether the signer may decide the open step, for themselves or for whom the entry names.

    Raises PrsError as check_right does; A337 when an entry for somebody else is dated before one that is already
    there: else a right could be used past its end.
    """
    check_right(head, entry.document, opened, entry.signer, entry.on_behalf, stamp.time)
    if entry.on_behalf and stamp.time < head.latest:
        raise PrsError("A337", number=entry.document, person=entry.signer, seconds=head.latest - stamp.time)


def check_right(head: Head, number: str, opened: Round, signer: str, principal: str, time: int) -> None:
    """Whether `signer` may decide the open step at `time` for `principal`, or for themselves where that is "".

    Raises PrsError as check_holder and check_deputy do.
    """
    if not principal:
        check_holder(head.policy, number, opened, signer)
        return
    if principal not in head.policy.people:
        raise PrsError("A335", number=number, person=signer, principal=principal, role=opened.step.by)
    check_holder(head.policy, number, opened, principal)
    check_deputy(head, number, opened, signer, principal, time)


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
        if person_id in opened.signed or person_id in opened.hands or again:
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
        entry.comment, stamp.key, entry.on_behalf, entry.department, entry.opinion, entry.minutes,
    )  # fmt: skip


def _publish(state: DocumentState, opened: Round, entry: Entry, stamp: Stamp) -> Outcome:
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
        retention=opened.retention,
        supersedes=opened.supersedes,
    )
    new = replace(state, round=None, releases=(*state.releases, release))
    return Outcome((new,), library_changes(state.release, release))


def _reaffirm(head: Head, entry: Entry, stamp: Stamp, state: DocumentState | None, content: Content | None) -> Outcome:
    changed = reaffirm(state, entry, _event(entry, stamp))
    return Outcome((changed.state,), changed.changes)


def _track(
    head: Head,
    entry: Entry,
    stamp: Stamp,
    state: DocumentState | None,
    content: Content | None,
    before: Document | None,
) -> Outcome:
    if content is None or state is None:
        raise PrsError("A430", number=entry.document)
    _check_identity(entry, content)
    changes = check_track(head.policy, entry, state, content.document, before)
    new = with_tracked(state, _event(entry, stamp), entry.content, content.blob, entry.digest, changes)
    return Outcome((new,), library_changes(state.release, new.release))


def judge_policy(
    head: Head,
    entry: Entry,
    stamp: Stamp,
    proposed: Proposal | None,
    documents: Callable[[], Iterable[DocumentState]],
) -> Outcome:
    """The outcome of policy-propose and policy-endorse. `proposed`: the policy at the entry's content commit;
    `documents`: all that the ledger knows, asked for only when the new policy revokes a key.

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
    revoked = newly_revoked(head.policy, proposed.policy)
    event = _event(entry, stamp)
    voided = with_lifted(void_entries(documents(), revoked, event), documents(), event) if revoked else []
    changes = (change for item in voided for change in item.changes)
    policy = TreeChange("policy", proposed.tree, "40000")
    return Outcome(tuple(item.state for item in voided), (policy, *changes), proposed.policy)
