"""Emergency release: what a published request does to the document that it names, and what it does not."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.model.emergency import EmergencyRelease, working_days
from presales_repo.model.ledger import Content, status_of
from tests.unit.model.policies import doctype, person, policy_of
from tests.unit.model.rounds import NUMBER, Desk, content_of, sha
from tests.unit.model.test_replay import refused

REQUEST = "WK202307001"
FRIDAY = 1_689_913_600  # 2023-07-21 12:26:40 +0800
PEOPLE = [
    person("lin", "presales", "solution-architect"),
    person("gao", "presales", "dept-head"),
    person("shen", "presales", "presales-manager"),
    person("zhou", "presales", "presales-manager"),
    person("ye", "quality", "doc-controller"),
    person("cheng", "management", "company-leader"),
]
TYPES = [
    doctype("paper", "full-leader", important=True),
    doctype("request", "light", effect="emergency"),
    doctype("letter", "leader-only", effect="delegation"),
]


@pytest.fixture
def desk() -> Desk:
    """A paper by lin is in review as version 1.0."""
    desk = Desk(policy_of(PEOPLE, types=TYPES), time=FRIDAY)
    desk.submit("lin", content_of("paper", "lin"))
    return desk


def request(target: str = f"{NUMBER}@1.0", due: str = "2023-07-26", signed_by: str = "shen") -> Content:
    return content_of("request", "lin", REQUEST, target=target, make_up_by=due, signed_by=signed_by)


def release(desk: Desk) -> None:
    desk.submit("lin", request())
    desk.decide("approve", "shen", REQUEST)


def mark(desk: Desk) -> EmergencyRelease | None:
    opened = desk.state().round
    return opened.released if opened else None


def test_a_published_request_marks_the_round_of_its_target_and_publishes_nothing_else(desk: Desk) -> None:
    desk.submit("lin", request())
    assert mark(desk) is None
    outcome = desk.decide("approve", "shen", REQUEST)
    opened = desk.state().round
    assert opened is not None
    assert opened.released == EmergencyRelease(
        REQUEST, "1.0", opened.digest, "2023-07-26", sha("entry 3"), "shen", "", FRIDAY, "+0800"
    )
    assert [change.path for change in outcome.changes] == [request().document.path]
    assert not desk.published()
    assert (opened.position, opened.signed, desk.state().releases) == (0, (), ())
    assert status_of(desk.state(), opened.blob) == "in-review"


def test_the_approval_made_up_for_ends_it_and_the_history_keeps_it(desk: Desk) -> None:
    release(desk)
    for signer in ("gao", "shen"):
        desk.decide("approve", signer)
        assert mark(desk) is not None
    desk.decide("approve", "cheng")
    state = desk.state()
    assert state.round is None
    assert state.release is not None
    assert [event.person for event in state.approvals(state.release)] == ["gao", "shen", "cheng"]
    (event,) = (event for event in state.events if event.action == "emergency")
    assert (event.person, event.version, event.comment, event.sequence) == ("shen", "1.0", REQUEST, 3)
    assert event.commit == sha("entry 3")


@pytest.mark.parametrize(("action", "signer"), [("reject", "gao"), ("withdraw", "lin")])
def test_the_end_of_the_round_ends_it(desk: Desk, action: str, signer: str) -> None:
    release(desk)
    desk.decide(action, signer)
    assert desk.state().round is None
    desk.submit("lin", content_of("paper", "lin", summary="第二稿"))
    assert mark(desk) is None


def test_a_request_needs_an_open_round(desk: Desk) -> None:
    desk.decide("withdraw", "lin")
    for target in (f"{NUMBER}@1.0", NUMBER, "QD202305099@1.0", f"{REQUEST}@1.0", ""):
        refused("A340", lambda target=target: desk.submit("lin", request(target)))


def test_a_published_document_needs_none(desk: Desk) -> None:
    for signer in ("gao", "shen", "cheng"):
        desk.decide("approve", signer)
    refused("A340", lambda: desk.submit("lin", request()))


@pytest.mark.parametrize("version", ["@1.1", "@2.0", "@", "", "@1.0 ", "@1.0@1.0"])
def test_a_request_names_the_version_in_review(desk: Desk, version: str) -> None:
    error = refused("A341", lambda: desk.submit("lin", request(f'"{NUMBER}{version}"')))
    assert error.args_["expected"] == "1.0"


@pytest.mark.parametrize("again", [False, True])
def test_a_text_submitted_later_is_not_what_was_asked_for(desk: Desk, again: bool) -> None:
    """The round ended between request and signature; the same version may even be in review again, with another text."""
    desk.submit("lin", request())
    desk.decide("withdraw", "lin")
    if again:
        desk.submit("lin", content_of("paper", "lin", summary="exchanged"))
    refused("A342", lambda: desk.decide("approve", "shen", REQUEST))
    desk.decide("reject", "shen", REQUEST)


@pytest.mark.parametrize("due", ["2023-07-27", "2023-07-20", "2023-7-24", "soon", "", "2033-07-26"])
def test_the_approval_is_made_up_soon(desk: Desk, due: str) -> None:
    refused("A343", lambda: desk.submit("lin", request(due=due)))


@pytest.mark.parametrize("due", ["2023-07-21", "2023-07-23", "2023-07-26"])
def test_within_three_working_days_from_friday(desk: Desk, due: str) -> None:
    desk.submit("lin", request(due=due))


def test_the_policy_says_how_soon(desk: Desk) -> None:
    rules = {**desk.policy.chain_rules, "emergency_make_up_days": 1}
    desk.policy = desk.policy._replace(chain_rules=rules)
    refused("A343", lambda: desk.submit("lin", request(due="2023-07-25")))
    desk.submit("lin", request(due="2023-07-24"))


def test_the_one_who_is_named_signs(desk: Desk) -> None:
    desk.submit("lin", request(signed_by="zhou"))
    refused("A344", lambda: desk.decide("approve", "shen", REQUEST))
    desk.decide("approve", "zhou", REQUEST)
    assert mark(desk) is not None


def test_a_delegate_signs_in_the_name_of_the_one_who_is_named(desk: Desk) -> None:
    number = "WK202307002"
    terms = {"principal": "shen", "delegate": "ye", "roles": "[presales-manager]"}
    desk.submit("gao", content_of("letter", "gao", number, from_date="2023-07-21", to_date="2023-07-21", **terms))
    desk.decide("approve", "cheng", number)
    desk.submit("lin", request())
    desk.decide("approve", "ye", REQUEST, on_behalf="shen")
    found = mark(desk)
    assert found is not None
    assert (found.person, found.on_behalf) == ("ye", "shen")


def test_a_rejected_request_releases_nothing(desk: Desk) -> None:
    desk.submit("lin", request())
    desk.decide("reject", "shen", REQUEST)
    assert mark(desk) is None


def test_a_later_request_takes_the_place_of_an_earlier_one(desk: Desk) -> None:
    release(desk)
    desk.time += 3 * 86_400
    desk.submit("lin", request(due="2023-07-27"))
    desk.decide("approve", "shen", REQUEST)
    found = mark(desk)
    assert found is not None
    assert found.make_up_by == "2023-07-27"
    assert [event.action for event in desk.state().events] == ["submit", "emergency", "emergency"]


DAYS = st.dates(datetime.date(2023, 1, 1), datetime.date(2024, 12, 31))


@given(DAYS, st.integers(0, 400))
def test_working_days_are_counted_from_monday_to_friday(after: datetime.date, count: int) -> None:
    days = [after + datetime.timedelta(number) for number in range(1, count + 1)]
    expected = sum(day.weekday() < 5 for day in days)
    assert working_days(after, after + datetime.timedelta(count)) == expected
