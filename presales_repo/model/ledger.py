"""What the ledger says, as values: the head, each document's state, its rounds and releases."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from presales_repo.model.delegation import Delegation
from presales_repo.model.document import Document
from presales_repo.model.emergency import EmergencyRelease, EmergencyRequest
from presales_repo.model.policy import Policy, Step
from presales_repo.model.projects import ProjectState
from presales_repo.model.upkeep import Mark, Upkeep, status_of_marks


@dataclass(frozen=True, slots=True)
class Event:
    """One decision on a document. `time`: seconds since 1970, `offset`: the zone as git writes it (+0800); `key`:
    fingerprint of the key that signed it; `on_behalf`: for whom `person` decided, "" for themselves; `department`,
    `opinion`: of a countersignature; `minutes`: NUMBER@VERSION that an approval rests on."""

    sequence: int
    commit: str
    action: str
    version: str
    step: str
    person: str
    time: int
    offset: str
    comment: str
    key: str
    on_behalf: str = ""
    department: str = ""
    opinion: str = ""
    minutes: str = ""


class Countersign(NamedTuple):
    """A department's opinion (agree, disagree) on the submitted text, for the step that needs it."""

    step: str
    department: str
    person: str
    opinion: str


@dataclass(frozen=True, slots=True)
class Round:
    """An open submission: the text, the chain fixed for it, and who signed so far.

    `content`: commit on main; `blob`: git id and `digest`: SHA-256 of the document's bytes; `chain`: id of the chain;
    `attachments`: path, git id, SHA-256 of each attached file; `position`: index of the open step; `signed`: for
    whom the open step is signed; `signers`: whose keys signed any step of this round, `seats`: for whom, in the same
    order: themselves or who delegated to them; `named`: those who signed a step that is their own, not one that lacked
    a holder, and whoever signed for somebody else; `start`: sequence of the submit entry; `grants`: the delegation
    that comes into being, `requests`: the emergency release that happens, when the text is published; `released`: set
    while the text itself is given out before its approval; `countersigns`: the opinions of departments so far;
    `retention`, `supersedes`: what the text says of them; `upkeep`: what it does to other documents once published.
    """

    version: str
    content: str
    path: str
    blob: str
    digest: str
    authors: tuple[str, ...]
    department: str
    important: bool
    note: str
    chain: str
    steps: tuple[Step, ...]
    attachments: tuple[tuple[str, str, str], ...] = ()
    position: int = 0
    signed: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()
    seats: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    start: int = 0
    grants: Delegation | None = None
    requests: EmergencyRequest | None = None
    released: EmergencyRelease | None = None
    countersigns: tuple[Countersign, ...] = ()
    retention: str = ""
    supersedes: tuple[str, ...] = ()
    upkeep: Upkeep | None = None

    @property
    def step(self) -> Step:
        """The step that waits for a decision."""
        return self.steps[self.position]

    @property
    def hands(self) -> tuple[str, ...]:
        """Whose keys signed the open step, for themselves or for others."""
        return self.signers[len(self.signers) - len(self.signed) :]


class Tracked(NamedTuple):
    """A change of a version's text after its release. `sequence`: of the entry; `changes`: `actions.1.done=2023-05-20`
    and the like; `content`, `blob`, `digest`: commit on main, git id and SHA-256 of the text before it."""

    sequence: int
    changes: tuple[str, ...]
    content: str
    blob: str
    digest: str


@dataclass(frozen=True, slots=True)
class Release:
    """A published version. `commit`: the entry that published it; `start`: sequence of the submit entry; `chain`: id
    of the chain it went through; `attachments`: path, git id, SHA-256 of each attached file; `tracked`: what changed in
    it since, oldest first: `content`, `blob` and `digest` are those of its latest text; `retention`, `supersedes`: what
    its text says of them."""

    version: str
    sequence: int
    start: int
    commit: str
    content: str
    path: str
    blob: str
    digest: str
    authors: tuple[str, ...]
    chain: str
    note: str
    time: int
    offset: str
    important: bool = False
    attachments: tuple[tuple[str, str, str], ...] = ()
    tracked: tuple[Tracked, ...] = ()
    retention: str = ""
    supersedes: tuple[str, ...] = ()

    def before(self, position: int) -> Release:
        """The same version as it stood before one of its tracked changes; 0: as it was published."""
        mark = self.tracked[position]
        earlier = self.tracked[:position]
        return replace(self, content=mark.content, blob=mark.blob, digest=mark.digest, tracked=earlier)

    @property
    def texts(self) -> tuple[Release, ...]:
        """The version with each of its texts, the latest first."""
        return (self, *(self.before(position) for position in reversed(range(len(self.tracked)))))


@dataclass(frozen=True, slots=True)
class Voided:
    """A version that rests on a stolen key; `waiting`: who has to reaffirm it."""

    release: Release
    waiting: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentState:
    """All that the ledger knows of one document, oldest first. `releases`: the versions that hold; `voided`: those
    that do not hold until they are reaffirmed; `marks`: obsolete, archived, disposed of; `upkeep`: what its version in
    force did to other documents."""

    number: str
    title: str
    type_id: str
    round: Round | None = None
    releases: tuple[Release, ...] = ()
    events: tuple[Event, ...] = ()
    voided: tuple[Voided, ...] = ()
    marks: tuple[Mark, ...] = ()
    upkeep: Upkeep | None = None

    @property
    def release(self) -> Release | None:
        """The version in force."""
        return self.releases[-1] if self.releases else None

    @property
    def last_version(self) -> str | None:
        """The highest version ever published, void or not: no version is given twice."""
        known = [*self.releases, *(item.release for item in self.voided)]
        return max(known, key=lambda release: release.sequence).version if known else None

    @property
    def last_action(self) -> str:
        return self.events[-1].action if self.events else ""

    def with_event(self, event: Event) -> DocumentState:
        """The same state with one more event."""
        return replace(self, events=(*self.events, event))

    def release_of(self, version: str) -> Release | None:
        """A published version by its name."""
        return next((release for release in self.releases if release.version == version), None)

    def approvals(self, release: Release) -> tuple[Event, ...]:
        """The signatures that a release rests on, in order."""
        return self._of_round(release, "approve", "register")

    def countersigns(self, release: Release) -> tuple[Event, ...]:
        """The opinions of departments that a release rests on, in order."""
        return self._of_round(release, "countersign")

    def _of_round(self, release: Release, *actions: str) -> tuple[Event, ...]:
        return tuple(
            event
            for event in self.events
            if release.start <= event.sequence <= release.sequence and event.action in actions
        )

    def evidence(self, release: Release) -> tuple[Event, ...]:
        """The signatures that a release rests on, those that reaffirmed it later, and those of its tracked changes."""
        tracked = {mark.sequence for mark in release.tracked}
        again = (
            event
            for event in self.events
            if (event.action, event.version) == ("reaffirm", release.version) or event.sequence in tracked
        )
        return (*self.approvals(release), *again)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A policy that waits for its quorum. `tree`: git id of the proposed policy/ folder."""

    digest: str
    content: str
    tree: str
    policy: Policy
    endorsed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """The ledger at one position. `ledger`: SHA-256 of the genesis commit; `tree`: git id of the library's tree;
    `latest`: the latest committer time of any entry so far, in seconds since 1970; `delegations`: what published
    letters give, the ended ones too; `projects`: those that have moved."""

    ledger: str
    sequence: int
    tip: str
    tree: str
    policy: Policy
    proposal: Proposal | None = None
    latest: int = 0
    delegations: tuple[Delegation, ...] = ()
    projects: tuple[ProjectState, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What stands at `entry.path` in the commit `entry.content`, read from raw objects.

    `attachments`: path, git id, SHA-256 of each attached file.
    """

    document: Document
    blob: str
    attachments: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Minutes:
    """Minutes that an approval names: the version in force, and its text."""

    release: Release
    document: Document


@dataclass(frozen=True, slots=True)
class TreeChange:
    """One path of the library's tree: its new git id, or None when it leaves. `mode` as git writes it."""

    path: str
    oid: str | None
    mode: str = "100644"


def status_of(state: DocumentState | None, blob_on_main: str | None) -> str:
    """A document's status (design: never stored). `blob_on_main`: git id of the file that people edit."""
    if state is None:
        return "draft"
    if state.marks and state.release is not None:
        return status_of_marks(state.marks)
    if state.round is not None:
        return "in-review"
    if state.last_action == "reject":
        return "changes-requested"
    if state.release is None:
        return "void" if state.voided else "draft"
    return "published" if blob_on_main in (None, state.release.blob) else "revising"
