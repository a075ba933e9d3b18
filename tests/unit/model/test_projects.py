"""A project's moves: its state, the ways from there, what a stolen key takes back, the outcome."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.model.lifecycle import build_lifecycle
from presales_repo.model.projects import (
    Move,
    ProjectState,
    find_project,
    gates_of,
    is_record_of,
    outcome_of,
    project_of,
    retention_of,
    targets,
    void_moves,
    with_project,
)
from presales_repo.model.statejson import STATE_SHAPE, dump_projects, load_projects
from tests.unit.model.policies import built_in_data

LIFE = build_lifecycle(built_in_data()["files"]["policy/project.yaml"])
NEW = ProjectState("XM2023001")


def moved(*states: str, key: str = "good") -> ProjectState:
    """A project that went through these states; each move is an entry of its own, from sequence 1 on."""
    origins = ("info", *states)
    moves = [
        Move(
            number, f"c{number}", origins[number - 1], to, (), (), (), "shen", 1_684_000_000 + number, "+0800", "", key
        )
        for number, to in enumerate(states, 1)
    ]
    return ProjectState(NEW.id, tuple(moves))


def names(project: ProjectState) -> list[str]:
    return [to for to, _ in targets(LIFE, project)]


def test_a_project_begins_in_the_first_state() -> None:
    assert (NEW.state(LIFE), NEW.since, names(NEW)) == ("info", 0, ["survey", "dropped", "suspended"])
    assert find_project([moved("survey")], "XM2023009") == ProjectState("XM2023009")


def test_its_first_move_passes_the_gate_of_its_registration_too() -> None:
    way = dict(targets(LIFE, NEW))["survey"]
    assert gates_of(LIFE, NEW, way) == ("G0", "G1")
    surveyed = moved("survey")
    assert gates_of(LIFE, surveyed, dict(targets(LIFE, surveyed))["solution"]) == ("G2",)


@pytest.mark.parametrize("state", ["survey", "bid"])
def test_a_suspended_project_comes_back_to_where_it_was(state: str) -> None:
    project = moved("survey", "solution", "bid", "suspended") if state == "bid" else moved("survey", "suspended")
    assert names(project) == [state]


def test_a_state_that_the_policy_has_given_up_leads_nowhere() -> None:
    assert names(moved("heaven")) == []


def test_a_stolen_key_takes_its_moves_back_and_what_came_after() -> None:
    project = moved("survey", "solution", "demo", "follow")
    moves = tuple(replace(move, key="stolen") if move.sequence in (1, 3) else move for move in project.moves)
    (left,) = void_moves([ProjectState(project.id, moves)], {"stolen": 2})
    assert [move.void for move in left.moves] == [False, False, True, True]
    assert (left.state(LIFE), left.since) == ("solution", 2)
    assert void_moves([left], {"stolen": 2}) == (left,)
    assert void_moves([project], {"stolen": 1}) == (project,)


def test_a_project_takes_the_place_of_its_earlier_self() -> None:
    other = ProjectState("XM2023002")
    assert with_project([NEW, other], moved("survey")) == (other, moved("survey"))
    assert with_project([NEW, other], None) == (NEW, other)


@pytest.mark.parametrize(
    ("states", "outcome", "at"),
    [
        (("survey",), None, 0),
        (("survey", "solution", "follow", "won"), "success", 4),
        (("survey", "solution", "follow", "won", "handover", "closed"), "success", 4),
        (("survey", "solution", "follow", "lost", "closed"), "failure", 4),
        (("dropped", "closed"), "none", 1),
    ],
)
def test_the_outcome_comes_with_the_state_that_brings_it(states: tuple[str, ...], outcome: str | None, at: int) -> None:
    decided = outcome_of(LIFE, moved(*states))
    assert (decided[0] if decided else None, decided[1].sequence if decided else 0) == (outcome, at)


@pytest.mark.parametrize(
    ("states", "usual", "kept"),
    [
        (("survey", "solution", "follow", "won"), "y10", "y30"),
        (("survey", "solution", "follow", "won"), "permanent", "permanent"),
        (("survey", "solution", "follow", "lost"), "y10", "y10"),
        ((), "working", "working"),
    ],
)
def test_a_won_project_is_kept_thirty_years(states: tuple[str, ...], usual: str, kept: str) -> None:
    """A-26."""
    assert retention_of(LIFE, moved(*states), usual) == kept


@pytest.mark.parametrize(
    ("path", "project"),
    [
        ("projects/XM2023001-甲/2-需求/QD202305001-计划.md", "XM2023001"),
        ("projects/XM2023001-甲/project.md", "XM2023001"),
        ("common/2-需求/QD202305001-计划.md", ""),
        ("projects/README.md", ""),
    ],
)
def test_the_folder_names_the_project(path: str, project: str) -> None:
    assert project_of(path) == project
    assert is_record_of(path, "XM2023001") == path.endswith("/project.md")
    assert not is_record_of(path, "XM2023002")


WORDS = st.text(max_size=5)
NAMES = st.lists(WORDS, max_size=3).map(tuple)
COUNTS = st.integers(0, 2**40)
MOVES = st.builds(
    Move, COUNTS, WORDS, WORDS, WORDS, NAMES, NAMES, NAMES, WORDS, COUNTS, WORDS, WORDS, WORDS, st.booleans()
)
STATES = st.builds(ProjectState, WORDS, st.lists(MOVES, max_size=3).map(tuple))


@given(st.lists(STATES, max_size=3).map(tuple))
def test_projects_are_loaded_as_they_were(projects: tuple[ProjectState, ...]) -> None:
    assert load_projects(dump_projects(projects)) == projects


def test_the_shape_of_the_cache_names_the_moves() -> None:
    assert all(name in STATE_SHAPE for name in ("moves", "waived", "evidence", "void"))
