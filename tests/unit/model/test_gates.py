"""Gates: which documents count for each need, and what is missing (三; R080)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.gates import (
    NO_RECORD,
    NOT_COVERED,
    OPEN_ITEMS,
    OTHER_VALUE,
    OTHER_VERSION,
    STALE,
    TOO_EARLY,
    Evidence,
    GateCheck,
    Situation,
    check_gate,
    evidence_for,
)
from presales_repo.model.lifecycle import Lifecycle, build_lifecycle, validate_lifecycle
from tests.unit.model.policies import built_in_data

PROJECT = "policy/project.yaml"
ROLES = {"presales-manager": None}


def raw() -> dict[str, Any]:
    """The built-in life of projects, to be changed at will."""
    found: dict[str, Any] = built_in_data()["files"][PROJECT]
    return found


LIFE = build_lifecycle(raw())


def doc(number: str, type_id: str, version: str = "1.0", sequence: int = 1, **fields: Any) -> Evidence:
    return Evidence(number, version, type_id, sequence, fields)


def check(
    gate: str, *documents: Evidence, since: int = 0, record: Mapping[str, str] | None = None, life: Lifecycle = LIFE,
    stale: Mapping[str, str] | None = None, waived: tuple[str, ...] = (),
) -> GateCheck:  # fmt: skip
    return check_gate(life.gates[gate], Situation(documents, record or {}, since, stale or {}), waived)


def missing(*args: Any, **words: Any) -> list[str]:
    return [line.need.type for line in check(*args, **words).missing]


def reasons(found: GateCheck) -> list[tuple[str, str]]:
    return [(item.number, item.why) for line in found.lines for item in line.excluded]


# ---- by gate of the regulation

FIRST = (
    doc("XS1", "initial-contact-record"), doc("XS2", "opportunity-assessment", decision="key"),
    doc("XS3", "team-appointment"), doc("XS4", "survey-application"),
)  # fmt: skip


def test_g1_needs_contact_assessment_team_and_application() -> None:
    assert missing("G1", *FIRST) == []
    for item in FIRST:
        assert missing("G1", *(other for other in FIRST if other is not item)) == [item.type]


@pytest.mark.parametrize("decision", ["watch", "drop", ""])
def test_a_decision_not_to_follow_up_keeps_g1_closed(decision: str) -> None:
    found = check("G1", *FIRST[:1], doc("XS2", "opportunity-assessment", decision=decision), *FIRST[2:])
    assert [line.need.type for line in found.missing] == ["opportunity-assessment"]
    assert reasons(found) == [("XS2", OTHER_VALUE)]


SURVEY = (
    doc("QD1", "survey-plan"), doc("QD2", "interview-record"), doc("QD3", "requirement-survey-report"),
)  # fmt: skip


def confirmation(version: str = "1.0", **more: Any) -> Evidence:
    return doc("QD4", "requirement-review-record", report_ref=f"QD3@{version}", **{"result": "confirmed", **more})


def test_g2_needs_the_confirmation_of_the_version_in_force() -> None:
    assert missing("G2", *SURVEY, confirmation()) == []
    newer = (*SURVEY[:2], doc("QD3", "requirement-survey-report", "1.1", 9))
    found = check("G2", *newer, confirmation())
    assert reasons(found) == [("QD4", OTHER_VERSION)]
    assert found.missing[0].excluded[0].wanted == "QD3@1.1"
    assert missing("G2", *newer, confirmation("1.1")) == []


@pytest.mark.parametrize("status", ["open", "answered"])
def test_an_open_question_of_the_customer_keeps_g2_closed(status: str) -> None:
    record = confirmation(issues=[{"question": "对接几个系统", "status": status}])
    assert missing("G2", *SURVEY, record) == (["requirement-review-record"] if status == "open" else [])


SOLUTION = (
    doc("FJ1", "tech-feasibility-report", conclusion="feasible"), doc("FJ2", "solution-framework"),
    doc("FJ3", "solution-detailed-design"),
)  # fmt: skip
FOUR = ("technology", "quality", "marketing", "business")


def review(department: str, number: str = "", version: str = "1.0", verdict: str = "approved", **more: Any) -> Evidence:
    sequence = more.pop("sequence", 5)
    fields = {"review_department": department, "solution_ref": f"FJ3@{version}", "verdict": verdict, **more}
    return doc(number or f"FJ-{department}", "solution-review-record", "1.0", sequence, **fields)


def test_g3_needs_four_departments() -> None:
    assert missing("G3", *SOLUTION, *map(review, FOUR)) == []
    for count in range(4):
        found = check("G3", *SOLUTION, *map(review, FOUR[:count]))
        assert [(line.need.type, len(line.found)) for line in found.missing] == [("solution-review-record", count)]


def test_a_department_counts_once_and_a_fifth_department_not_at_all() -> None:
    three = [*map(review, FOUR[:3])]
    assert missing("G3", *SOLUTION, *three, review("quality", "FJ9")) == ["solution-review-record"]
    assert missing("G3", *SOLUTION, *three, review("presales")) == ["solution-review-record"]


def test_a_department_s_latest_review_is_the_one_that_counts() -> None:
    four = [*map(review, FOUR)]
    again = review("quality", "FJ9", verdict="fail", sequence=8)
    assert missing("G3", *SOLUTION, *four, again) == ["solution-review-record"]
    assert missing("G3", *SOLUTION, *four, review("quality", "FJ9", verdict="fail", sequence=3)) == []
    old = review("quality", "FJ9", version="0.9", verdict="fail", sequence=8)
    assert missing("G3", *SOLUTION, *four, old) == [], "what was said of another version does not replace it"


@pytest.mark.parametrize(
    ("verdict", "status", "open_"),
    [("conditional", "open", False), ("conditional", "adopted", True), ("conditional", "declined", True),
     ("approved", "open", False), ("fail", "adopted", False)],
)  # fmt: skip
def test_a_conditional_review_counts_once_its_comments_are_answered(verdict: str, status: str, open_: bool) -> None:
    comment = {"id": "C1", "text": "补充容灾", "status": status}
    found = check("G3", *SOLUTION, *map(review, FOUR[1:]), review("technology", verdict=verdict, comments=[comment]))
    assert (not found.missing) == open_
    if status == "open":
        item = next(item for line in found.lines for item in line.excluded)
        assert (item.why, item.found) == (OPEN_ITEMS, "C1 补充容灾")


def test_reviews_of_an_older_version_keep_g3_closed() -> None:
    newer = (*SOLUTION[:2], doc("FJ3", "solution-detailed-design", "1.1"))
    found = check("G3", *newer, *map(review, FOUR))
    assert {why for _, why in reasons(found)} == {OTHER_VERSION}


def demo(*trainees: Mapping[str, str]) -> tuple[Evidence, ...]:
    records = [doc(f"YS{number}", "demo-training-record", trainees=[item]) for number, item in enumerate(trainees, 2)]
    others = ("demo-presentation", "demo-feedback-record", "demo-summary-report")
    plan = doc("YS1", "demo-plan", team=["lin", "xu"])
    return (plan, *records, *(doc(f"YS{number}", type_id) for number, type_id in enumerate(others, 7)))


def test_g4_needs_everybody_of_the_demonstration_to_have_passed() -> None:
    lin, xu = {"person": "lin", "passed": "true"}, {"person": "xu", "passed": "true"}
    assert missing("G4", *demo(lin, xu)) == []
    found = check("G4", *demo(lin, {**xu, "passed": "false"}))
    assert [line.need.type for line in found.missing] == ["demo-training-record"]
    assert found.missing[0].excluded[0][2:5] == (NOT_COVERED, "trainees", "xu")
    assert missing("G4", *demo(lin)) == ["demo-training-record"]


@pytest.mark.parametrize("severity", ["fatal", "major", "minor"])
def test_g5_needs_an_audit_without_open_grave_findings(severity: str) -> None:
    parts = ("bid-commercial", "bid-technical", "bid-price-list", "bid-file", "bid-submission-record")
    finding = {"id": "F1", "severity": severity, "status": "open"}
    audit = doc("TB9", "bid-audit-record", verdict="approved", findings=[finding])
    others = [doc(f"TB{number}", type_id) for number, type_id in enumerate(parts)]
    assert missing("G5", *others, audit) == ([] if severity == "minor" else ["bid-audit-record"])
    assert missing("G5", *others, doc("TB9", "bid-audit-record", verdict="conditional")) == ["bid-audit-record"]


def test_g6_needs_an_award_or_an_intent() -> None:
    assert missing("G6") == ["bid-result-record", "cooperation-intent"]
    assert missing("G6", doc("GC1", "bid-result-record", result="lost")) == ["bid-result-record", "cooperation-intent"]
    assert missing("G6", doc("GC1", "bid-result-record", result="won")) == []
    assert missing("G6", doc("GC1", "cooperation-intent")) == []


def test_gl_takes_a_reason_in_the_record_instead_of_a_result() -> None:
    follow_up = doc("GC1", "follow-up-record")
    assert reasons(check("GL", follow_up)) == [("GC1", NO_RECORD)]
    assert missing("GL", follow_up, record={"outcome_reason": "客户取消预算"}) == []
    assert missing("GL", doc("GC2", "bid-result-record", result="void")) == []


def test_gr_needs_a_change_since_the_last_transition() -> None:
    note = doc("FJ1", "solution-change-note", sequence=7)
    assert missing("GR", note, since=6) == []
    assert reasons(check("GR", note, since=7)) == [("FJ1", TOO_EARLY)]
    request = doc("QD1", "requirement-change-request", sequence=9, decision="reject")
    assert missing("GR", note, request, since=7) == ["solution-change-note", "requirement-change-request"]


# ---- conditions of every gate


def test_what_is_behind_does_not_count_where_it_has_to_be_current() -> None:
    found = check("G3", *SOLUTION, *map(review, FOUR), stale={"FJ3": "GT1", "FJ-quality": "GT1"})
    assert reasons(found) == [("FJ3", STALE)], "a record of a moment stays what it was"


def test_a_waived_gate_asks_for_nothing_and_a_line_only_where_the_policy_lets_it() -> None:
    assert missing("G1", waived=("G1",)) == []
    closing = [doc("WK1", "project-summary-report"), doc("WK2", "archive-list")]
    assert missing("G8", *closing) == ["satisfaction-survey"]
    assert missing("G8", *closing, waived=("G8/satisfaction-survey",)) == []
    assert missing("G8", *closing[:1], waived=("G8/satisfaction-survey", "G8/archive-list")) == ["archive-list"]


def test_the_evidence_is_what_counts_and_what_it_is_measured_by() -> None:
    documents = (*SURVEY, confirmation(), doc("QD9", "survey-questionnaire"), doc("QD5", "interview-record"))
    situation = Situation(documents, {})
    found = evidence_for([check_gate(LIFE.gates["G2"], situation)], situation)
    assert [item.name for item in found] == ["QD1@1.0", "QD2@1.0", "QD3@1.0", "QD4@1.0", "QD5@1.0"]
    assert evidence_for([check_gate(LIFE.gates["G2"], situation, ["G2"])], situation) == ()


# ---- the policy


def refused(code: str, changed: Mapping[str, Any]) -> PrsError:
    with pytest.raises(PrsError) as caught:
        validate_lifecycle(build_lifecycle(changed), ROLES)
    assert caught.value.code == code
    return caught.value


def test_the_built_in_life_is_valid() -> None:
    validate_lifecycle(LIFE, ROLES)
    validate_lifecycle(build_lifecycle({}), ROLES)


@pytest.mark.parametrize(("key", "value"), [("to", "heaven"), ("from", ["hell"]), ("gates", ["G99"])])
def test_a_transition_into_nothing_is_refused(key: str, value: Any) -> None:
    changed = raw()
    changed["transitions"][3][key] = value
    assert refused("A413", changed).args_["transition"] == 4


def test_a_project_opens_in_one_way() -> None:
    changed = raw()
    changed["transitions"][0]["from"] = ["closed"]
    refused("A414", changed)


def test_a_gate_that_nobody_could_sign_is_refused() -> None:
    changed = raw()
    changed["gates"]["G3"]["signer"] = "wizard"
    refused("A415", changed)


def test_two_ways_between_the_same_states_are_refused() -> None:
    changed = raw()
    changed["transitions"].append({"from": ["demo"], "to": "bid", "gates": []})
    refused("A416", changed)


@pytest.mark.parametrize(
    "line",
    [{"type": "demo-plan", "whre": {}}, {"min": 1}, {"type": "demo-plan", "min": "two"},
     {"type": "demo-plan", "since": "yesterday"}, {"type": "demo-plan", "same_version": {"field": "x"}}],
)  # fmt: skip
def test_a_condition_that_nobody_knows_is_refused(line: dict[str, Any]) -> None:
    changed = raw()
    changed["gates"]["G4"]["needs"].append(line)
    assert refused("A402", changed).args_["where"] == "gate G4"
