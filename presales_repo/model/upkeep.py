"""What ends a document's life (四(四)): a published notice makes it obsolete (作废), a list archives it (归档), and a
request disposes of it (销毁). The marks stand in the ledger's state of the document; its text is never touched.

The next version of a notice or list takes the place of the one before, so a mistake can be mended; what was disposed of
stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from presales_repo.errors import PrsError
from presales_repo.model.delegation import day_of, parse_day
from presales_repo.model.doctype import ARCHIVE, DISPOSE, OBSOLETE
from presales_repo.model.document import Document
from presales_repo.model.policy import Policy
from presales_repo.model.retention import is_over
from presales_repo.model.workflow import may_author

if TYPE_CHECKING:
    from presales_repo.model.ledger import DocumentState, Event, Release

LIFT = "lift"  # the action of the event at a document that lost a mark
WITNESSES = 2  # 监销人, of a disposal
# The field that names the documents, and the status that they get, the strongest first.
_FIELDS = {DISPOSE: "targets", OBSOLETE: "target", ARCHIVE: "documents"}
_STATUS = {DISPOSE: "disposed", OBSOLETE: "obsolete", ARCHIVE: "archived"}


class Mark(NamedTuple):
    """What happened to a document. `effect`: a word of doctype.EFFECTS; `by`: number of the notice, list or request;
    `day`: YYYY-MM-DD, in the zone of the entry that published that; `keep`: an obsolete document is kept (作废保留)."""

    effect: str
    by: str
    day: str
    keep: bool


class Upkeep(NamedTuple):
    """What a notice, list or request does when it is published."""

    effect: str
    targets: tuple[str, ...]
    keep: bool


class Standing(NamedTuple):
    """A document that is read-only. `status`: archived, obsolete or disposed; `by`: what made it so; `path`, `blob`:
    where its file stands, and git's id of its text."""

    status: str
    by: str
    path: str
    blob: str


def standing_of(state: DocumentState | None) -> Standing | None:
    """How a document is read-only; None when it may be edited."""
    if state is None or not state.marks or state.release is None:
        return None
    return Standing(status_of_marks(state.marks), state.marks[-1].by, state.release.path, state.release.blob)


def status_of_marks(marks: Iterable[Mark]) -> str:
    """disposed, obsolete or archived; "" without a mark."""
    effects = {mark.effect for mark in marks}
    return next((status for effect, status in _STATUS.items() if effect in effects), "")


def is_disposed(state: DocumentState) -> bool:
    """Whether a document's files have left the library."""
    return any(mark.effect == DISPOSE for mark in state.marks)


def in_library(state: DocumentState) -> Release | None:
    """The version whose files the library holds."""
    return None if is_disposed(state) else state.release


def require_alive(state: DocumentState | None) -> None:
    """Raises PrsError A448 when a document is archived, obsolete or disposed of: it is read-only then."""
    if state is not None and state.marks:
        mark = state.marks[-1]
        raise PrsError("A448", number=state.number, status=status_of_marks(state.marks), by=mark.by)


def read_upkeep(
    policy: Policy, document: Document, before: DocumentState | None, states: Callable[[str], DocumentState | None],
    submitted: Event,
) -> Upkeep:  # fmt: skip
    """What a notice, list or request asks for. `before`: its own state; `states`: those of other documents.

    Raises PrsError: A440 it names no document, A441 its author holds no role that may write it, A447 what it asked for
    before is done, A442 to A444 as check_targets, A445 witnesses, A446 kept still.
    """
    doctype = policy.types[document.type_id]
    effect = doctype.effect
    named = document.values(_FIELDS[effect])
    targets = tuple(dict.fromkeys(name.partition("@")[0] for name in named))
    if not targets:
        raise PrsError("A440", number=document.number, field=_FIELDS[effect])
    author = policy.people[document.value("author")]
    if not may_author(doctype, author):
        raise PrsError("A441", number=document.number, person=author.id, roles=", ".join(doctype.authors))
    if effect == DISPOSE and before is not None and before.upkeep is not None:
        raise PrsError("A447", number=document.number)
    check_targets(document.number, effect, targets, states)
    if effect == DISPOSE:
        _check_disposal(policy, document, targets, states, submitted)
    return Upkeep(effect, targets, document.value("keep") == "true")


def check_targets(
    number: str, effect: str, targets: Iterable[str], states: Callable[[str], DocumentState | None]
) -> list[DocumentState]:
    """The documents that a notice, list or request names.

    Raises PrsError: A442 one is not published, A443 one is in review, A444 one is so already, by another document.
    """
    found = []
    for target in targets:
        state = states(target)
        if state is None or state.release is None:
            raise PrsError("A442", number=number, target=target)
        if state.round is not None:
            raise PrsError("A443", number=number, target=target, version=state.round.version)
        if any(mark.by != number and mark.effect in (effect, DISPOSE) for mark in state.marks):
            raise PrsError("A444", number=number, target=target, status=status_of_marks(state.marks))
        found.append(state)
    return found


def _check_disposal(
    policy: Policy, document: Document, targets: Iterable[str], states: Callable[[str], DocumentState | None],
    submitted: Event,
) -> None:  # fmt: skip
    witnesses = set(document.values("witnesses"))
    strangers = [id_ for id_ in witnesses if id_ not in policy.people or not policy.people[id_].active]
    authors = {*document.authors, submitted.person}
    if len(witnesses) < WITNESSES or strangers or witnesses & authors:
        raise PrsError("A445", number=document.number, found=", ".join(sorted(witnesses)) or "-", count=WITNESSES)
    day = parse_day(day_of(submitted.time, submitted.offset))
    for target in targets if document.value("reason") == "expired" else ():
        state = states(target)
        if state is None or day is None or not is_over(policy, state, day):
            raise PrsError("A446", number=document.number, target=target)


def marked(state: DocumentState, number: str, upkeep: Upkeep, signed: Event) -> DocumentState:
    """The document with the mark of a notice, list or request, just published; an event keeps that in its history."""
    assert state.release is not None, "check_targets refuses others"
    event = replace(signed, action=upkeep.effect, version=state.release.version, step="", comment=number)
    days = [item.day for item in state.marks if (item.effect, item.by) == (upkeep.effect, number)]
    mark = Mark(upkeep.effect, number, (*days, day_of(signed.time, signed.offset))[0], upkeep.keep)
    kept = tuple(item for item in state.marks if item.by != number)
    return replace(state.with_event(event), marks=(*kept, mark))


def lifted(state: DocumentState, numbers: Iterable[str], cause: Event) -> DocumentState:
    """The document without the marks of these notices, lists and requests; the same when it has none of them."""
    gone = [mark for mark in state.marks if mark.by in numbers]
    if not gone:
        return state
    version = state.release.version if state.release else ""
    event = replace(cause, action=LIFT, version=version, step="", comment=", ".join(mark.by for mark in gone))
    return replace(state.with_event(event), marks=tuple(mark for mark in state.marks if mark not in gone))


def superseded_by(states: Iterable[DocumentState]) -> dict[str, str]:
    """Number → the document in force that takes its place (`supersedes`)."""
    found = {}
    for state in states:
        release = state.release
        for name in release.supersedes if release and not state.marks else ():
            found[name.partition("@")[0]] = state.number
    return found
