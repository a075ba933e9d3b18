"""A key that was stolen: what it signed from a ledger sequence on is void until its owner says it again (A-35).

A version whose submission or signatures are void leaves the published library; the version before it, if that holds,
comes back. A change after release is taken back, with those that came after it. A policy change stays: whoever
revokes a key looks at the whole policy that they sign.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from presales_repo.errors import PrsError
from presales_repo.model.doctype import ARCHIVE, DISPOSE, OBSOLETE
from presales_repo.model.entry import Entry
from presales_repo.model.ledger import DocumentState, Event, Release, TreeChange, Voided
from presales_repo.model.policy import Policy
from presales_repo.model.upkeep import LIFT, in_library, lifted

VOID = "void"
REAFFIRM = "reaffirm"
# They happen to a document, and no version rests on them.
_ASIDE = (VOID, "emergency", LIFT, OBSOLETE, ARCHIVE, DISPOSE)


@dataclass(frozen=True, slots=True)
class Changed:
    """A document whose standing changed, and what that does to the library."""

    state: DocumentState
    changes: tuple[TreeChange, ...]


def newly_revoked(before: Policy, after: Policy) -> dict[str, int]:
    """Fingerprint → first void sequence, of the keys that `after` revokes and `before` did not, or later only."""
    known = _revoked(before)
    return {key: first for key, first in _revoked(after).items() if key not in known or first < known[key]}


def _revoked(policy: Policy) -> dict[str, int]:
    found: dict[str, int] = {}
    for person in policy.people.values():
        for revocation in person.revoked:
            earlier = found.get(revocation.fingerprint, revocation.from_sequence)
            found[revocation.fingerprint] = min(earlier, revocation.from_sequence)
    return found


def void_entries(states: Iterable[DocumentState], keys: Mapping[str, int], cause: Event) -> list[Changed]:
    """The documents that rest on entries of these keys (fingerprint → first void sequence), as they stand without
    them. `cause`: the policy's entry, as an event without a version."""
    return [changed for state in states if (changed := _void(state, keys, cause)) is not None]


def _void(state: DocumentState, keys: Mapping[str, int], cause: Event) -> Changed | None:
    lost = [event for event in state.events if event.key in keys and event.sequence >= keys[event.key]]
    tracked = {event.sequence for event in lost}
    cut = {release: _without_tracked(release, tracked) for release in state.releases}
    broken = [cut[release] for release in state.releases if _rests_on(release, lost)]
    voided = tuple(
        Voided(_without_tracked(item.release, tracked), _joined(item.waiting, _signers(item.release, lost)))
        for item in state.voided
    )
    opened = state.round
    ended = opened is not None and any(event.sequence >= opened.start for event in lost)
    fell_back = [new for release, new in cut.items() if new != release and new not in broken]
    if not broken and not ended and not fell_back and voided == state.voided:
        return None
    versions = [release.version for release in (*broken, *fell_back)]
    if opened is not None and ended:
        versions.append(opened.version)
    waiting = tuple(Voided(release, _signers(release, lost)) for release in broken)
    new = replace(
        state,
        round=None if ended else opened,
        releases=tuple(release for release in cut.values() if release not in broken),
        voided=(*voided, *waiting),
        events=(*state.events, *(replace(cause, action=VOID, version=version, key="") for version in versions)),
    )
    if new.release is None or state.release is None or new.release.version != state.release.version:
        new = replace(new, upkeep=None)
    return Changed(new, library_changes(in_library(state), in_library(new)))


def with_lifted(changed: Sequence[Changed], states: Iterable[DocumentState], cause: Event) -> list[Changed]:
    """The same, where a notice, list or request that is void has no effect on other documents any longer. What it did
    does not come back when it is reaffirmed: a new one is soon written. `states`: all, as they were before."""
    known = {item.state.number: item for item in changed}
    numbers, marked = [], []
    for state in states:
        now = known.get(state.number)
        if state.upkeep is not None and now is not None and now.state.upkeep is None:
            numbers.append(state.number)
        if state.marks:
            marked.append(now or Changed(state, ()))
    for item in marked:
        new = lifted(item.state, numbers, replace(cause, key=""))
        if new is not item.state:
            back = library_changes(in_library(item.state), in_library(new))
            known[new.number] = Changed(new, (*item.changes, *back))
    return list(known.values())


def _without_tracked(release: Release, lost: Collection[int]) -> Release:
    """The version without its tracked changes from the first lost one on: the later ones were made to that text."""
    positions = [position for position, mark in enumerate(release.tracked) if mark.sequence in lost]
    return release.before(positions[0]) if positions else release


def _rests_on(release: Release, events: Iterable[Event]) -> bool:
    return any(True for _ in _grounds(release, events))


def _grounds(release: Release, events: Iterable[Event]) -> Iterable[Event]:
    """Those of the events without which there would be no such release."""
    for event in events:
        said_again = event.action == REAFFIRM and event.version == release.version
        within = release.start <= event.sequence <= release.sequence and event.action not in _ASIDE
        if said_again or within:
            yield event


def _signers(release: Release, lost: Iterable[Event]) -> tuple[str, ...]:
    return _joined((), (event.person for event in _grounds(release, lost)))


def _joined(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    """Both, nobody twice."""
    return tuple(dict.fromkeys((*first, *second)))


def reaffirm(state: DocumentState | None, entry: Entry, event: Event) -> Changed:
    """The owner of a void key says again, with a good one, what was signed; after the last of them the version counts.

    Raises PrsError A370 when no such version waits, A371 when it does not wait for this person.
    """
    found = next((item for item in state.voided if _names(entry, item.release)), None) if state else None
    if state is None or found is None:
        raise PrsError("A370", number=entry.document, version=entry.version)
    if entry.signer not in found.waiting:
        raise PrsError("A371", number=entry.document, person=entry.signer, waiting=", ".join(found.waiting))
    left = tuple(person for person in found.waiting if person != entry.signer)
    others = tuple(item for item in state.voided if item is not found)
    said = state.with_event(event)
    if left:
        return Changed(replace(said, voided=(*others, replace(found, waiting=left))), ())
    releases = tuple(sorted((*state.releases, found.release), key=lambda release: release.sequence))
    new = replace(said, voided=others, releases=releases)
    return Changed(new, library_changes(in_library(state), in_library(new)))


def _names(entry: Entry, release: Release) -> bool:
    attached = tuple((digest, path) for path, _, digest in release.attachments)
    claimed = (entry.version, entry.content, entry.path, entry.digest, entry.attachments)
    return claimed == (release.version, release.content, release.path, release.digest, attached)


def library_changes(before: Release | None, after: Release | None) -> tuple[TreeChange, ...]:
    """What leaves and enters the published library when one version takes the place of another."""
    files = _files(after)
    gone = [TreeChange(path, None) for path in _files(before) if path not in files]
    return (*gone, *(TreeChange(path, blob) for path, blob in files.items())) if before != after else ()


def _files(release: Release | None) -> dict[str, str]:
    if release is None:
        return {}
    return {release.path: release.blob, **{path: blob for path, blob, _ in release.attachments}}
