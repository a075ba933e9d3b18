"""Ledger state as JSON text: every value comes back as it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from presales_repo.model.delegation import Delegation
from presales_repo.model.emergency import EmergencyRelease, EmergencyRequest
from presales_repo.model.ledger import Countersign, DocumentState, Event, Release, Round, Tracked
from presales_repo.model.needs import Needs
from presales_repo.model.policy import Step
from presales_repo.model.statejson import STATE_SHAPE, dump_delegations, dump_state, load_delegations, load_state

WORDS = st.text(max_size=5)
COUNTS = st.integers(0, 2**40)
NAMES = st.lists(WORDS, max_size=3).map(tuple)
FILES = st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=2).map(tuple)
NEEDS = st.builds(Needs, WORDS, NAMES, COUNTS)
STEPS = st.lists(st.builds(Step, WORDS, WORDS, WORDS, WORDS, COUNTS, NEEDS), min_size=1, max_size=3).map(tuple)
DELEGATIONS = st.builds(Delegation, WORDS, WORDS, WORDS, NAMES, WORDS, WORDS, WORDS)
ROUNDS = st.builds(
    Round,
    version=WORDS,
    content=WORDS,
    path=WORDS,
    blob=WORDS,
    digest=WORDS,
    authors=NAMES,
    department=WORDS,
    important=st.booleans(),
    note=WORDS,
    chain=WORDS,
    steps=STEPS,
    attachments=FILES,
    position=COUNTS,
    signed=NAMES,
    signers=NAMES,
    seats=NAMES,
    named=NAMES,
    start=COUNTS,
    grants=st.none() | DELEGATIONS,
    requests=st.none() | st.builds(EmergencyRequest, WORDS, WORDS, COUNTS, WORDS, WORDS),
    released=st.none() | st.builds(EmergencyRelease, *[WORDS] * 7, COUNTS, WORDS),
    countersigns=st.lists(st.builds(Countersign, WORDS, WORDS, WORDS, WORDS), max_size=2).map(tuple),
)
RELEASES = st.builds(
    Release,
    version=WORDS,
    sequence=COUNTS,
    start=COUNTS,
    commit=WORDS,
    content=WORDS,
    path=WORDS,
    blob=WORDS,
    digest=WORDS,
    authors=NAMES,
    chain=WORDS,
    note=WORDS,
    time=COUNTS,
    offset=WORDS,
    important=st.booleans(),
    attachments=FILES,
    tracked=st.lists(st.builds(Tracked, COUNTS, NAMES, WORDS, WORDS, WORDS), max_size=2).map(tuple),
)
EVENTS = st.builds(Event, COUNTS, WORDS, WORDS, WORDS, WORDS, WORDS, COUNTS, *[WORDS] * 7)
STATES = st.builds(
    DocumentState,
    WORDS,
    WORDS,
    WORDS,
    st.none() | ROUNDS,
    st.lists(RELEASES, max_size=2).map(tuple),
    st.lists(EVENTS, max_size=2).map(tuple),
)


@given(STATES)
def test_a_state_is_loaded_as_it_was(state: DocumentState) -> None:
    assert load_state(dump_state(state)) == state


@given(st.lists(DELEGATIONS, max_size=3).map(tuple))
def test_delegations_are_loaded_as_they_were(delegations: tuple[Delegation, ...]) -> None:
    assert load_delegations(dump_delegations(delegations)) == delegations


def test_the_shape_names_every_field_so_that_no_old_cache_is_misread() -> None:
    for field in (
        "named",
        "attachments",
        "important",
        "chain",
        "quorum",
        "comment",
        "type_id",
        "seats",
        "to_date",
        "make_up_by",
        "departments",
        "opinion",
        "minutes",
    ):
        assert field in STATE_SHAPE
