"""What the ledger says of a project: the moves from state to state, which of them hold, and the outcome."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from presales_repo.model.lifecycle import PREVIOUS, Lifecycle, Transition
from presales_repo.model.paths import PROJECT_RECORD, PROJECTS

WON_RETENTION = "y30"  # what belongs to a won bid is kept 30 years


@dataclass(frozen=True, slots=True)
class Move:
    """A project went from one state to another. `gates`: those on the way; `waived`: those that were not asked, or
    single lines of them (GATE/TYPE); `evidence`: NUMBER@VERSION of what opened the others; `comment`: the reason;
    `time`: seconds since 1970, `offset`: zone as git writes it; `key`: fingerprint of the key that signed; `void`: it
    was signed with a stolen key, or rests on such a move."""

    sequence: int
    commit: str
    origin: str
    to: str
    gates: tuple[str, ...]
    waived: tuple[str, ...]
    evidence: tuple[str, ...]
    person: str
    time: int
    offset: str
    comment: str
    key: str
    void: bool = False


@dataclass(frozen=True, slots=True)
class ProjectState:
    """One project's moves, oldest first."""

    id: str
    moves: tuple[Move, ...] = ()

    @property
    def valid(self) -> tuple[Move, ...]:
        """The moves that hold."""
        return tuple(move for move in self.moves if not move.void)

    @property
    def since(self) -> int:
        """Sequence of the last move, 0 for none."""
        return self.valid[-1].sequence if self.valid else 0

    def state(self, lifecycle: Lifecycle) -> str:
        """The state that it is in."""
        return self.valid[-1].to if self.valid else lifecycle.opening.to

    @property
    def previous(self) -> str:
        """The state before the last move."""
        return self.valid[-1].origin if self.valid else ""


def find_project(projects: Iterable[ProjectState], project: str) -> ProjectState:
    """A project by its id; one that has not moved yet where the ledger does not know it."""
    return next((item for item in projects if item.id == project), ProjectState(project))


def with_project(projects: Iterable[ProjectState], new: ProjectState | None) -> tuple[ProjectState, ...]:
    """The projects after one of them moved (None: none did)."""
    if new is None:
        return tuple(projects)
    return (*(item for item in projects if item.id != new.id), new)


def targets(lifecycle: Lifecycle, project: ProjectState) -> list[tuple[str, Transition]]:
    """The states that a project may go to now, with the transition; the main one first."""
    leaving = lifecycle.leaving(project.state(lifecycle))
    named = [(project.previous if item.to == PREVIOUS else item.to, item) for item in leaving]
    return [(to, item) for to, item in named if to]


def gates_of(lifecycle: Lifecycle, project: ProjectState, transition: Transition) -> tuple[str, ...]:
    """The gates of a transition; those that open a project come first when it has not moved before."""
    first = () if project.valid else lifecycle.opening.gates
    return tuple(dict.fromkeys((*first, *transition.gates)))


def project_of(path: str) -> str:
    """The id of the project in whose folder a path lies, "" for none."""
    parts = path.split("/")
    return parts[1].split("-", 1)[0] if len(parts) > 2 and parts[0] == PROJECTS else ""


def is_record_of(path: str, project: str) -> bool:
    """Whether a path is that of a project's record."""
    parts = path.split("/")
    return len(parts) == 3 and parts[2] == PROJECT_RECORD and project_of(path) == project


def void_moves(projects: Iterable[ProjectState], keys: Mapping[str, int]) -> tuple[ProjectState, ...]:
    """The projects without the moves of stolen keys (fingerprint → first void sequence), and without what came after
    one: it started from a state that the project was never in."""
    return tuple(_without_stolen(project, keys) for project in projects)


def _without_stolen(project: ProjectState, keys: Mapping[str, int]) -> ProjectState:
    stolen = [move.sequence for move in project.valid if move.key in keys and move.sequence >= keys[move.key]]
    if not stolen:
        return project
    first = min(stolen)
    return replace(project, moves=tuple(replace(m, void=m.void or m.sequence >= first) for m in project.moves))


def outcome_of(lifecycle: Lifecycle, project: ProjectState) -> tuple[str, Move] | None:
    """How a project ended (success, failure, none) and the move that decided it; None while it is open.

    The last outcome decides, from the day when it came: a project that is won keeps it when it is handed over and
    closed.
    """
    decided: tuple[str, Move] | None = None
    for move in project.valid:
        state = lifecycle.states.get(move.to)
        if state is not None and state.outcome and (decided is None or decided[0] != state.outcome):
            decided = state.outcome, move
    return decided


def retention_of(lifecycle: Lifecycle, project: ProjectState, usual: str) -> str:
    """How long a document of the project is kept: `usual`, but at least 30 years once the project is won (A-26)."""
    decided = outcome_of(lifecycle, project)
    lasting = usual in ("permanent", WON_RETENTION)
    return WON_RETENTION if decided and decided[0] == "success" and not lasting else usual
