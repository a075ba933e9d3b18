"""What the final step of a cross-department document rests on: opinions of departments and the meeting's minutes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.countersign import countersigners, deciders, missing_countersigns
from presales_repo.model.ledger import Content
from presales_repo.model.policy import Policy, validate_policy
from tests.unit.model.policies import doctype, person, policy_of, step
from tests.unit.model.rounds import NUMBER, Desk, content_of

PEOPLE = [
    person("lin", "presales", "solution-architect"),
    person("gao", "presales", "dept-head"),
    person("shen", "presales", "presales-manager", "reviewer"),
    person("han", "technology", "dept-head"),
    person("xu", "technology", "reviewer"),
    person("mei", "technology", "technical-expert"),
    person("old", "technology", "reviewer", active=False),
    person("shao", "business", "reviewer"),
    person("bai", "marketing", "marketing-specialist"),
    person("wu", "management", "meeting-chair"),
    person("cheng", "management", "company-leader", "repo-admin"),
]
KIND = {"meeting_type": {"type": "enum", "values": {"review": "评审", "regular": "例会"}}}
TYPES = [
    doctype("paper", "meeting", important=True),
    doctype("opinions", "opinions"),
    doctype("panel", "panel"),
    doctype("minutes", "light", fields=KIND),
    doctype("note", "light"),
]
NEEDS = {"minutes": "review", "countersign_departments": ["technology", "business", "marketing"], "min_countersigns": 3}
TWO = {"countersign_departments": ["technology", "business"], "min_countersigns": 1}
CHAINS = {
    "meeting": [step("first", "dept-head-of-author"), step("final", "meeting-chair", **NEEDS)],
    "opinions": [step("final", "meeting-chair", **TWO)],
    "panel": [step("final", "meeting-chair", 2, **TWO)],
}
MEETING = "GT202305001"
RESULTS = "subject: QD202305001@1.0, result: approve"


def policy() -> Policy:
    built = policy_of(PEOPLE, CHAINS, TYPES)
    validate_policy(built)
    return built


@pytest.fixture
def desk() -> Desk:
    """A paper by lin that waits for its first review."""
    desk = Desk(policy())
    desk.submit("lin", content_of("paper", "lin"))
    return desk


def refused(code: str, action: Callable[[], object]) -> PrsError:
    with pytest.raises(PrsError) as caught:
        action()
    assert caught.value.code == code
    return caught.value


def minutes(*decisions: str, kind: str = "review", type_id: str = "minutes", number: str = MEETING) -> Content:
    """Minutes with these decisions, each as `key: value, key: value`."""
    items = ", ".join(f"{{{decision}}}" for decision in decisions or (RESULTS,))
    return content_of(type_id, "bai", number, "纪要", meeting_type=kind, decisions=f"[{items}]")


def publish(desk: Desk, content: Content) -> str:
    """Publish minutes; their name."""
    number = content.document.number
    desk.submit("bai", content)
    desk.decide("approve", "shen", number)
    return f"{number}@{desk.state(number).releases[-1].version}"


def hear_all(desk: Desk, **opinions: str) -> None:
    for signer, department in (("xu", "technology"), ("shao", "business"), ("cheng", "marketing")):
        desk.countersign(signer, department, opinions.get(department, "agree"))


def approve(desk: Desk, signer: str = "wu", named: str = f"{MEETING}@1.0", **claims: object) -> Any:
    return desk.decide("approve", signer, minutes=named, **claims)


# -- opinions


def test_departments_are_heard_in_parallel_with_the_steps_and_the_meeting_decides(desk: Desk) -> None:
    desk.countersign("xu", "technology")
    before = desk.state()
    assert before.round is not None
    assert (before.round.step.id, before.round.signers, before.release) == ("first", (), None)
    desk.decide("approve", "gao")
    named = publish(desk, minutes())
    assert desk.countersign("shao", "business").changes == ()
    missing = refused("A350", lambda: approve(desk, named=named)).args_["departments"]
    assert missing == "marketing (cheng)"
    desk.countersign("cheng", "marketing")
    assert approve(desk, named=named).changes
    release = desk.state().releases[0]
    opinions = [(event.person, event.department, event.opinion) for event in desk.state().countersigns(release)]
    assert opinions == [
        ("xu", "technology", "agree"),
        ("shao", "business", "agree"),
        ("cheng", "marketing", "agree"),
    ]
    assert [(event.person, event.minutes) for event in desk.state().approvals(release)] == [("gao", ""), ("wu", named)]


def test_a_department_speaks_through_its_head_or_a_reviewer_of_its_own() -> None:
    assert countersigners(policy(), "technology", ["lin"]) == ("han", "xu")
    assert countersigners(policy(), "technology", ["han"]) == ("xu",)


def test_what_nobody_of_a_department_may_sign_falls_to_the_leaders() -> None:
    assert countersigners(policy(), "marketing", []) == ("cheng",)
    assert countersigners(policy(), "technology", ["han", "xu"]) == ("cheng",)
    assert countersigners(policy(), "marketing", ["cheng"]) == ()


@pytest.mark.parametrize(
    ("code", "signer", "department"),
    [
        ("A352", "lin", "technology"),
        ("A351", "shao", "technology"),  # a reviewer elsewhere
        ("A351", "mei", "technology"),  # neither head nor reviewer
        ("A351", "cheng", "technology"),  # a leader, where the department has people
        ("A204", "old", "technology"),
        ("A354", "shen", "presales"),
        ("A354", "shen", ""),
    ],
)
def test_nobody_else_speaks_for_a_department(desk: Desk, code: str, signer: str, department: str) -> None:
    refused(code, lambda: desk.countersign(signer, department))


def test_the_author_does_not_speak_for_a_department_though_head_of_it() -> None:
    desk = Desk(policy())
    desk.submit("han", content_of("paper", "han"))
    refused("A352", lambda: desk.countersign("han", "technology"))
    desk.countersign("xu", "technology")


def test_a_department_speaks_once_in_a_round_and_again_in_the_next(desk: Desk) -> None:
    desk.countersign("xu", "technology", "disagree")
    refused("A353", lambda: desk.countersign("han", "technology"))
    refused("A353", lambda: desk.countersign("xu", "technology"))
    desk.decide("reject", "gao")
    refused("A308", lambda: desk.countersign("xu", "technology"))
    desk.submit("lin", content_of("paper", "lin", summary="new"))
    assert desk.state().round is not None
    assert desk.state().round.countersigns == ()  # type: ignore[union-attr]
    desk.countersign("xu", "technology")


@pytest.mark.parametrize(
    ("code", "claims"),
    [
        ("A354", {"step": "first"}),
        ("A354", {"step": ""}),
        ("A307", {"version": "1.1"}),
        ("A307", {"digest": "9" * 64}),
        ("A307", {"content": "9" * 40}),
        ("A355", {"opinion": "disagree", "comment": " \n"}),
        ("A202", {"sequence": 9}),
    ],
)
def test_a_countersignature_claims_exactly_the_open_round(desk: Desk, code: str, claims: dict[str, Any]) -> None:
    refused(code, lambda: desk.countersign("xu", "technology", **claims))


def test_a_step_that_is_done_takes_no_more_opinions() -> None:
    chains = {**CHAINS, "early": [step("ask", "presales-manager", **TWO), step("final", "company-leader")]}
    desk = Desk(policy_of(PEOPLE, chains, [doctype("early", "early")]))
    desk.submit("lin", content_of("early", "lin"))
    desk.countersign("xu", "technology", step="ask")
    assert desk.state().round is not None
    missing = list(missing_countersigns(desk.policy, desk.state().round))  # type: ignore[arg-type]
    assert missing == [("ask", "business", ("shao",))]
    desk.decide("approve", "shen")
    assert list(missing_countersigns(desk.policy, desk.state().round)) == []  # type: ignore[arg-type]
    error = refused("A354", lambda: desk.countersign("shao", "business", step="ask"))
    assert error.args_["departments"] == "-"
    desk.decide("approve", "cheng")


def test_an_opinion_is_for_the_step_that_asks() -> None:
    """Two steps ask the same department: it is heard for each, and disagrees with one."""
    twice = [step("ask", "presales-manager", **TWO), step("final", "meeting-chair", **TWO)]
    desk = Desk(policy_of(PEOPLE, {"twice": twice}, [doctype("twice", "twice")]))
    desk.submit("lin", content_of("twice", "lin"))
    desk.countersign("xu", "technology", "disagree", step="final")
    refused("A350", lambda: desk.decide("approve", "shen"))
    desk.countersign("xu", "technology", comment="", step="ask")
    desk.decide("approve", "shen", comment="")
    refused("A356", lambda: desk.decide("approve", "wu"))
    desk.decide("approve", "cheng")


# -- disagreement


def test_as_many_opinions_as_the_policy_says_are_enough() -> None:
    desk = Desk(policy())
    desk.submit("lin", content_of("opinions", "lin"))
    refused("A350", lambda: approve(desk, named=""))
    desk.countersign("shao", "business")
    assert approve(desk, named="").changes


def test_a_department_that_disagrees_is_heard_and_the_leaders_decide() -> None:
    desk = Desk(policy())
    desk.submit("lin", content_of("opinions", "lin"))
    desk.countersign("shao", "business", "disagree")
    for action in ("approve", "reject"):
        error = refused("A356", lambda action=action: desk.decide(action, "wu"))  # type: ignore[misc]
        assert (error.args_["departments"], error.args_["holders"]) == ("business", "cheng")
    refused("A303", lambda: desk.decide("approve", "gao"))
    refused("A357", lambda: desk.decide("approve", "cheng", comment=""))
    assert desk.decide("approve", "cheng", comment="口径已核").changes


def test_a_leader_may_decide_against_too() -> None:
    desk = Desk(policy())
    desk.submit("lin", content_of("opinions", "lin"))
    desk.countersign("shao", "business", "disagree")
    desk.decide("reject", "cheng")
    assert desk.state().round is None


def test_a_disagreement_about_a_later_step_leaves_the_open_one_to_its_holder(desk: Desk) -> None:
    desk.countersign("xu", "technology", "disagree")
    refused("A303", lambda: desk.decide("approve", "cheng"))
    desk.decide("approve", "gao", comment="")
    assert desk.state().round is not None
    assert deciders(desk.policy, desk.state().round) == ("cheng",)  # type: ignore[arg-type]


def test_where_too_few_leaders_are_left_the_holders_decide_with_them() -> None:
    desk = Desk(policy())
    desk.submit("cheng", content_of("opinions", "cheng"))
    desk.countersign("shao", "business", "disagree")
    desk.decide("approve", "wu", comment="已核")
    two = Desk(policy())
    two.submit("lin", content_of("panel", "lin"))
    two.countersign("shao", "business", "disagree")
    two.decide("approve", "cheng")
    assert two.decide("approve", "wu").changes


# -- minutes


@pytest.fixture
def heard(desk: Desk) -> Desk:
    """The paper as it waits for the meeting alone."""
    desk.decide("approve", "gao")
    hear_all(desk)
    return desk


def test_the_meeting_decides_by_its_published_minutes(heard: Desk) -> None:
    refused("A358", lambda: approve(heard, named=""))
    refused("A359", lambda: approve(heard))
    heard.submit("bai", minutes())
    refused("A359", lambda: approve(heard))
    heard.decide("approve", "shen", MEETING)
    refused("A359", lambda: approve(heard, named=f"{MEETING}@1.1"))
    assert approve(heard).changes


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("A360", minutes(kind="regular")),
        ("A360", minutes(kind="")),
        ("A360", minutes(type_id="note")),  # it says the kind, but is none
        ("A361", minutes("subject: QD202305001@1.1, result: approve")),
        ("A361", minutes("subject: QD202305002@1.0, result: approve")),
        ("A361", minutes("subject: QD202305001, result: approve")),
        ("A361", minutes("result: approve")),
        ("A361", content_of("minutes", "bai", MEETING, "纪要", meeting_type="review", decisions="approve")),
        ("A362", minutes("subject: QD202305001@1.0, result: reject")),
        ("A362", minutes("subject: QD202305001@1.0, result: note")),
        ("A362", minutes("subject: QD202305001@1.0")),
        ("A362", minutes(RESULTS, "subject: QD202305001@1.0, result: reject")),
    ],
)
def test_minutes_that_do_not_carry_this_version(heard: Desk, code: str, content: Content) -> None:
    named = publish(heard, content)
    refused(code, lambda: approve(heard, named=named))


def test_minutes_may_decide_on_much_else(heard: Desk) -> None:
    other = "subject: QD202305002@1.0, result: reject"
    named = publish(heard, minutes(other, RESULTS, "text: x, result: note", "subject: QD202305001@1.0, result: note"))
    assert approve(heard, named=named).changes


def test_minutes_of_an_older_text_that_had_the_same_version(heard: Desk) -> None:
    """After a withdrawal other bytes are submitted as 1.0: the meeting has not seen them."""
    named = publish(heard, minutes())
    heard.decide("withdraw", "lin")
    heard.submit("lin", content_of("paper", "lin", summary="something else"))
    heard.decide("approve", "gao")
    hear_all(heard)
    refused("A363", lambda: approve(heard, named=named))
    assert approve(heard, named=publish(heard, minutes(number="GT202305002"))).changes


def test_minutes_count_as_they_are_in_force(heard: Desk) -> None:
    """A newer version took the decision back: the older one is of no use any more."""
    publish(heard, minutes())
    assert publish(heard, minutes("subject: QD202305001@1.0, result: reject")) == f"{MEETING}@1.1"
    refused("A359", lambda: approve(heard))
    refused("A362", lambda: approve(heard, named=f"{MEETING}@1.1"))


def test_no_minutes_are_named_where_none_are_needed(desk: Desk) -> None:
    refused("A365", lambda: approve(desk, "gao"))
    opinions = Desk(policy())
    opinions.submit("lin", content_of("opinions", "lin"))
    opinions.countersign("xu", "technology")
    refused("A365", lambda: approve(opinions))


def test_holders_come_before_needs(heard: Desk) -> None:
    """Who may not decide is told so, whatever else is missing."""
    refused("A303", lambda: approve(heard, "gao", named=""))
    refused("A302", lambda: approve(heard, "lin", named=""))


def test_a_leader_alone_does_not_decide_what_the_meeting_has_to(heard: Desk) -> None:
    """R108, with everything else at hand."""
    named = publish(heard, minutes())
    refused("A303", lambda: approve(heard, "cheng", named=named))
    assert approve(heard, "wu", named=named).changes


def test_the_needs_are_those_of_the_submission(desk: Desk) -> None:
    """A policy that asks less does not apply to a round that is open."""
    less = {**CHAINS, "meeting": [step("first", "dept-head-of-author"), step("final", "meeting-chair")]}
    desk.policy = policy_of(PEOPLE, less, TYPES)
    desk.decide("approve", "gao")
    refused("A350", lambda: desk.decide("approve", "wu"))
    assert NUMBER in desk.states


def test_a_forged_opinion_does_not_carry_over_to_another_document(desk: Desk) -> None:
    entry = desk.deciding("countersign", "xu", step="final", department="technology", opinion="agree")
    other = content_of("paper", "lin", "QD202305002", "别的")
    desk.submit("lin", other)
    moved = replace(entry, sequence=desk.sequence + 1, document="QD202305002")
    refused("A307", lambda: desk.record(moved))
