"""Delegation: which letters give a right, and what a signature for somebody else is worth."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.model.delegation import day_of, parse_day
from presales_repo.model.ledger import Content
from tests.unit.model.policies import doctype, person, policy_of, step
from tests.unit.model.rounds import NUMBER, Desk, content_of
from tests.unit.model.test_replay import refused

LETTER = "WK202307001"
NOON = 1_690_000_000  # 2023-07-22 12:26:40 +0800
DAY = 86_400
PEOPLE = [
    person("lin", "presales", "solution-architect"),
    person("xu", "presales", "technical-expert"),
    person("gao", "presales", "dept-head"),
    person("han", "technology", "dept-head"),
    person("shen", "presales", "presales-manager"),
    person("cheng", "management", "company-leader"),
    person("ye", "quality", "assessment-panel"),
    person("mei", "quality", "assessment-panel"),
    person("left", "presales", "presales-manager", active=False),
    person("keyless", "presales", "presales-manager", keys=[]),
]
TYPES = [
    doctype("plan", "light"),
    doctype("paper", "full-leader", important=True),
    doctype("twin", "full-leader"),
    doctype("panel", "many"),
    doctype("letter", "leader-only", effect="delegation"),
]
CHAINS = {"many": [step("panel", "assessment-panel", 2)]}
TERMS = {
    "principal": "gao", "delegate": "xu", "roles": "[dept-head]", "from_date": "2023-07-20", "to_date": "2023-07-24",
}  # fmt: skip


@pytest.fixture
def desk() -> Desk:
    return Desk(policy_of(PEOPLE, CHAINS, TYPES))


def letter(number: str = LETTER, **terms: str) -> Content:
    return content_of("letter", "gao", number, **{**TERMS, **terms})


def delegate(desk: Desk, number: str = LETTER, **terms: str) -> None:
    """Publish a letter: gao delegates to xu, unless `terms` say otherwise."""
    desk.submit("gao", letter(number, **terms))
    desk.decide("approve", "cheng", number)


def test_a_delegate_signs_for_the_one_who_is_away(desk: Desk) -> None:
    delegate(desk)
    desk.submit("lin", content_of("paper", "lin"))
    desk.decide("approve", "xu", on_behalf="gao")
    desk.decide("approve", "shen")
    desk.decide("approve", "cheng")
    state = desk.state()
    assert state.release is not None
    signed = [(event.person, event.on_behalf, event.step) for event in state.approvals(state.release)]
    assert signed == [("xu", "gao", "first"), ("shen", "", "second"), ("cheng", "", "final")]


def test_a_delegate_gives_a_document_back_in_somebody_s_name(desk: Desk) -> None:
    delegate(desk)
    desk.submit("lin", content_of("paper", "lin"))
    refused("A314", lambda: desk.decide("reject", "xu", on_behalf="gao", comment=""))
    desk.decide("reject", "xu", on_behalf="gao")
    assert (desk.state().round, desk.state().events[-1].on_behalf) == (None, "gao")


def test_a_right_begins_with_the_publication_of_the_letter(desk: Desk) -> None:
    desk.submit("lin", content_of("paper", "lin"))
    desk.submit("gao", letter())
    refused("A335", lambda: desk.decide("approve", "xu", on_behalf="gao"))
    desk.decide("approve", "cheng", LETTER)
    desk.decide("approve", "xu", on_behalf="gao")


# -- letters


@pytest.mark.parametrize(
    ("code", "terms"),
    [
        ("A330", {"to_date": "2023-10-19"}),
        ("A330", {"from_date": "2023-01-01"}),
        ("A331", {"to_date": "2023-07-19"}),
        ("A331", {"to_date": ""}),
        ("A331", {"from_date": "20230720"}),
        ("A331", {"from_date": "2023-02-30"}),
        ("A332", {"delegate": "gao"}),
        ("A333", {"roles": "[presales-manager]"}),
        ("A333", {"roles": "[dept-head, presales-manager]"}),
        ("A334", {"roles": "[emperor]"}),
        ("A334", {"roles": "[]"}),
        ("A334", {"principal": "nobody"}),
        ("A334", {"delegate": "nobody"}),
        ("A334", {"delegate": "left"}),
        ("A334", {"delegate": "keyless"}),
        ("A334", {"delegate": ""}),
    ],
)
def test_a_letter_that_gives_no_right(desk: Desk, code: str, terms: dict[str, str]) -> None:
    refused(code, lambda: desk.submit("gao", letter(**terms)))
    assert LETTER not in desk.states


def test_the_longest_letter(desk: Desk) -> None:
    delegate(desk, to_date="2023-10-18")


def test_the_policy_says_how_long_a_letter_lasts() -> None:
    policy = policy_of(PEOPLE, CHAINS, TYPES)
    short = Desk(policy._replace(chain_rules={**policy.chain_rules, "delegation_max_days": 3}))
    error = refused("A330", lambda: delegate(short))
    assert (error.args_["days"], error.args_["limit"]) == (4, 3)
    delegate(short, to_date="2023-07-23")


def test_what_was_only_delegated_is_not_passed_on(desk: Desk) -> None:
    delegate(desk)
    refused("A333", lambda: desk.submit("gao", letter("WK202307002", principal="xu", delegate="lin")))


def test_a_delegate_of_the_leader_approves_no_delegation(desk: Desk) -> None:
    """Else a right that ends could prolong itself."""
    delegate(desk, principal="cheng", roles="[company-leader]")
    desk.submit("gao", letter("WK202307002", principal="cheng", roles="[company-leader]", to_date="2023-08-24"))
    refused("A338", lambda: desk.decide("approve", "xu", "WK202307002", on_behalf="cheng"))
    refused("A338", lambda: desk.decide("reject", "xu", "WK202307002", on_behalf="cheng"))
    desk.decide("approve", "cheng", "WK202307002")


def test_a_new_version_of_the_letter_ends_the_right(desk: Desk) -> None:
    delegate(desk)
    other = content_of("paper", "lin")
    desk.submit("lin", other)
    delegate(desk, to_date="2023-07-21")
    error = refused("A336", lambda: desk.decide("approve", "xu", on_behalf="gao"))
    assert (error.args_["end"], error.args_["day"]) == ("2023-07-21", "2023-07-22")
    delegate(desk, delegate="shen")
    refused("A335", lambda: desk.decide("approve", "xu", on_behalf="gao"))
    desk.decide("approve", "shen", on_behalf="gao")


def test_a_new_version_may_end_the_right_before_it_began(desk: Desk) -> None:
    delegate(desk, from_date="2023-07-22")
    delegate(desk, from_date="2023-07-22", to_date="2023-07-21")
    desk.submit("lin", content_of("paper", "lin"))
    refused("A336", lambda: desk.decide("approve", "xu", on_behalf="gao"))


def test_one_letter_leaves_another_in_force(desk: Desk) -> None:
    delegate(desk)
    delegate(desk, "WK202307002", principal="shen", roles="[presales-manager]")
    desk.submit("lin", content_of("twin", "lin"))
    desk.decide("approve", "xu", on_behalf="gao")
    desk.decide("approve", "xu", on_behalf="shen")


# -- time


@pytest.mark.parametrize(
    ("days", "seconds", "good"),
    [(-2, -44_800, True), (-2, -44_801, False), (0, 0, True), (2, 41_599, True), (2, 41_600, False), (30, 0, False)],
    ids=["first day", "eve", "between", "last second", "midnight", "later"],
)
def test_a_right_lasts_from_the_first_to_the_last_day(desk: Desk, days: int, seconds: int, good: bool) -> None:
    desk.time -= 10 * DAY
    delegate(desk)
    desk.submit("lin", content_of("paper", "lin"))
    desk.time = NOON + days * DAY + seconds
    if good:
        desk.decide("approve", "xu", on_behalf="gao")
    else:
        refused("A336", lambda: desk.decide("approve", "xu", on_behalf="gao"))


def test_no_other_zone_wins_hours(desk: Desk) -> None:
    """The entry's own offset is what its signer says; the days are those of the letter's entry."""
    delegate(desk)
    desk.submit("lin", content_of("paper", "lin"))
    desk.time, desk.offset = NOON + 2 * DAY + 41_600, "-1200"
    refused("A336", lambda: desk.decide("approve", "xu", on_behalf="gao"))


def test_a_right_that_ended_is_not_used_with_an_old_date(desk: Desk) -> None:
    delegate(desk)
    desk.time += 10 * DAY
    desk.submit("lin", content_of("paper", "lin"))
    desk.time -= 9 * DAY
    error = refused("A337", lambda: desk.decide("approve", "xu", on_behalf="gao"))
    assert error.args_["seconds"] == 9 * DAY


def test_nor_after_an_accomplice_s_entry_with_an_old_date(desk: Desk) -> None:
    """Entries in one's own name may bear any date: what counts is the latest of all."""
    delegate(desk)
    desk.time += 10 * DAY
    desk.submit("lin", content_of("paper", "lin"))
    desk.time -= 9 * DAY
    desk.submit("xu", content_of("plan", "xu", "QD202305002"))
    refused("A337", lambda: desk.decide("approve", "xu", on_behalf="gao"))


@given(st.integers(0, 4_000_000_000), st.sampled_from(["+0800", "-0330", "+1400", "+0000"]))
def test_the_day_of_a_time(time: int, offset: str) -> None:
    zone = datetime.datetime.strptime(offset, "%z").tzinfo
    assert day_of(time, offset) == datetime.datetime.fromtimestamp(time, zone).date().isoformat()


def test_times_beyond_the_calendar_are_after_every_letter() -> None:
    assert day_of(10**15, "+0800") == "9999-12-31"


@pytest.mark.parametrize("text", ["", "2023-7-2", "20230702", "2023-W27-1", "2023-02-29", "2023-07-02T00:00", "明天"])
def test_a_day_has_one_form(text: str) -> None:
    assert parse_day(text) is None


# -- who


def test_only_the_delegate_signs_for_the_principal_and_only_in_the_role(desk: Desk) -> None:
    delegate(desk)
    desk.submit("lin", content_of("paper", "lin"))
    for signer, principal in (("han", "gao"), ("shen", "gao"), ("gao", "gao")):
        refused("A335", lambda s=signer, p=principal: desk.decide("approve", s, on_behalf=p))
    refused("A335", lambda: desk.decide("approve", "xu", on_behalf="nobody"))
    refused("A304", lambda: desk.decide("approve", "xu", on_behalf="shen"))
    desk.decide("approve", "xu", on_behalf="gao")
    refused("A303", lambda: desk.decide("approve", "xu", on_behalf="gao"))
    refused("A335", lambda: desk.decide("approve", "xu", on_behalf="shen"))


def test_of_several_roles_only_the_delegated_one_counts() -> None:
    double = [person("gao", "presales", "dept-head", "presales-manager"), *PEOPLE[:2], PEOPLE[5]]
    desk = Desk(policy_of(double, CHAINS, TYPES))
    delegate(desk)
    desk.submit("lin", content_of("plan", "lin"))
    error = refused("A335", lambda: desk.decide("approve", "xu", on_behalf="gao"))
    assert error.args_["role"] == "presales-manager"


def test_the_head_of_another_department_delegates_nothing_here(desk: Desk) -> None:
    delegate(desk, principal="han")
    desk.submit("lin", content_of("paper", "lin"))
    refused("A305", lambda: desk.decide("approve", "xu", on_behalf="han"))


def test_a_leader_s_delegate_covers_a_vacancy_as_the_leader_would() -> None:
    few = [one for one in PEOPLE if one["id"] in ("lin", "xu", "gao", "cheng")]
    desk = Desk(policy_of(few, CHAINS, TYPES))
    delegate(desk, principal="cheng", roles="[company-leader]")
    desk.submit("lin", content_of("plan", "lin"))
    desk.decide("approve", "xu", on_behalf="cheng")
    assert desk.state().release is not None


@pytest.mark.parametrize(
    ("gone", "code"),
    [
        (lambda people: [one for one in people if one["id"] != "gao"], "A335"),
        (lambda people: [{**one, "active": one["id"] != "gao"} for one in people], "A305"),
        (lambda people: [{**one, "roles": []} if one["id"] == "gao" else one for one in people], "A303"),
        (lambda people: [{**one, "department": "quality"} if one["id"] == "gao" else one for one in people], "A305"),
        (lambda people: [{**one, "active": one["id"] != "xu"} for one in people], "A204"),
    ],
    ids=["removed", "inactive", "without role", "moved", "delegate inactive"],
)
def test_a_right_ends_when_the_policy_takes_the_role(desk: Desk, gone: Any, code: str) -> None:
    delegate(desk)
    desk.submit("lin", content_of("paper", "lin"))
    desk.policy = policy_of(gone(PEOPLE), CHAINS, TYPES)
    refused(code, lambda: desk.decide("approve", "xu", on_behalf="gao"))


def test_neither_delegate_nor_principal_decides_what_they_wrote(desk: Desk) -> None:
    delegate(desk)
    desk.submit("xu", content_of("paper", "xu"))
    refused("A302", lambda: desk.decide("approve", "xu", on_behalf="gao"))
    desk.submit("gao", content_of("paper", "gao", "QD202305002"))
    refused("A302", lambda: desk.decide("approve", "xu", "QD202305002", on_behalf="gao"))


# -- one person counts once


def test_a_seat_of_a_panel_is_filled_once(desk: Desk) -> None:
    delegate(desk, principal="ye", roles="[assessment-panel]")
    desk.submit("lin", content_of("panel", "lin"))
    desk.decide("approve", "xu", on_behalf="ye")
    refused("A306", lambda: desk.decide("approve", "ye"))
    refused("A306", lambda: desk.decide("approve", "xu", on_behalf="ye"))
    desk.decide("approve", "mei")
    assert desk.state().release is not None


def test_one_hand_fills_one_seat_of_a_panel(desk: Desk) -> None:
    delegate(desk, principal="ye", delegate="mei", roles="[assessment-panel]")
    desk.submit("lin", content_of("panel", "lin"))
    desk.decide("approve", "mei", on_behalf="ye")
    refused("A306", lambda: desk.decide("approve", "mei"))


def test_one_delegate_of_two_members_signs_for_one(desk: Desk) -> None:
    for number, member in ((LETTER, "ye"), ("WK202307002", "mei")):
        delegate(desk, number, principal=member, roles="[assessment-panel]")
    desk.submit("lin", content_of("panel", "lin"))
    desk.decide("approve", "xu", on_behalf="ye")
    refused("A306", lambda: desk.decide("approve", "xu", on_behalf="mei"))
    desk.decide("approve", "mei")


def test_an_important_document_takes_different_people(desk: Desk) -> None:
    delegate(desk, delegate="shen")
    desk.submit("lin", content_of("paper", "lin"))
    desk.decide("approve", "shen", on_behalf="gao")
    refused("A306", lambda: desk.decide("approve", "shen"))


def test_an_important_document_takes_a_principal_once(desk: Desk) -> None:
    """gao signs himself; then shen, for whom xu could sign, is out when xu has signed for gao, and the other way."""
    delegate(desk, principal="shen", delegate="gao", roles="[presales-manager]")
    desk.submit("lin", content_of("paper", "lin"))
    desk.decide("approve", "gao")
    error = refused("A306", lambda: desk.decide("approve", "gao", on_behalf="shen"))
    assert error.args_["person"] == "gao"
    desk.decide("approve", "shen")


def test_one_delegate_of_two_holders_signs_an_important_document_once(desk: Desk) -> None:
    delegate(desk)
    delegate(desk, "WK202307002", principal="shen", roles="[presales-manager]")
    desk.submit("lin", content_of("paper", "lin"))
    desk.decide("approve", "xu", on_behalf="gao")
    refused("A306", lambda: desk.decide("approve", "xu", on_behalf="shen"))
    desk.decide("approve", "shen")


def test_of_any_other_document_a_delegate_may_sign_their_own_step_too(desk: Desk) -> None:
    delegate(desk, delegate="shen")
    desk.submit("lin", content_of("twin", "lin"))
    desk.decide("approve", "shen", on_behalf="gao")
    desk.decide("approve", "shen")


def test_two_vacancies_do_not_make_one_person_two() -> None:
    """No head, no manager: the leader and who signs in the leader's name are one person."""
    few = [one for one in PEOPLE if one["id"] in ("lin", "xu", "cheng")]
    desk = Desk(policy_of(few, CHAINS, TYPES))
    desk.submit(
        "lin", content_of("letter", "lin", LETTER, **{**TERMS, "principal": "cheng", "roles": "[company-leader]"})
    )
    desk.decide("approve", "cheng", LETTER)
    desk.submit("lin", content_of("paper", "lin"))
    desk.decide("approve", "xu", on_behalf="cheng")
    desk.decide("approve", "cheng")
    refused("A306", lambda: desk.decide("approve", "cheng"))


def test_a_round_remembers_hands_and_seats(desk: Desk) -> None:
    delegate(desk, principal="ye", roles="[assessment-panel]")
    desk.submit("lin", content_of("panel", "lin"))
    desk.decide("approve", "xu", on_behalf="ye")
    opened = desk.state(NUMBER).round
    assert opened is not None
    assert (opened.signed, opened.hands, opened.signers, opened.seats) == (("ye",), ("xu",), ("xu",), ("ye",))
    assert replace(opened, signed=()).hands == ()


def test_a_leader_who_covered_a_vacancy_is_not_represented_in_the_next() -> None:
    few = [one for one in PEOPLE if one["id"] in ("lin", "xu", "cheng")]
    desk = Desk(policy_of(few, CHAINS, TYPES))
    terms = {**TERMS, "principal": "cheng", "roles": "[company-leader]"}
    desk.submit("lin", content_of("letter", "lin", LETTER, **terms))
    desk.decide("approve", "cheng", LETTER)
    desk.submit("lin", content_of("paper", "lin"))
    desk.decide("approve", "cheng")
    error = refused("A306", lambda: desk.decide("approve", "xu", on_behalf="cheng"))
    assert error.args_["person"] == "cheng"


def test_one_hand_is_one_person_however_many_seats_it_fills() -> None:
    """The leader signs for the head of department, and then covers the manager and the chair of the meeting."""
    few = [one for one in PEOPLE if one["id"] in ("lin", "gao", "cheng")]
    steps = [step("first", "dept-head-of-author"), step("second", "presales-manager"), step("final", "meeting-chair")]
    desk = Desk(policy_of(few, {**CHAINS, "full-meeting": steps}, TYPES))
    delegate(desk, delegate="cheng")
    desk.submit("lin", content_of("paper", "lin", scope="company"))
    desk.decide("approve", "cheng", on_behalf="gao")
    desk.decide("approve", "cheng")
    refused("A306", lambda: desk.decide("approve", "cheng"))
