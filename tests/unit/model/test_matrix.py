"""The requirement matrix: what covers what, at which version, and what the customer confirmed."""

from __future__ import annotations

from dataclasses import replace

from presales_repo.model.facts import Fact
from presales_repo.model.matrix import Matrix, matrices
from presales_repo.model.requirements import needs_of
from tests.unit.model.facts import PROJECT, fact, facts, release, revised
from tests.unit.model.policies import doctype, person, policy_of

REPORT, DESIGN, OTHER, BID, CONFIRMED = "QD202305001", "FJ202305001", "FJ202305002", "TB202305001", "QD202305002"
POLICY = policy_of([person("lin")])
NEEDS = [
    {"id": "R-1", "text": "访客预约", "priority": "high"},
    {"id": "R-2", "text": "停车引导", "priority": "中"},
    {"id": "R-3", "text": "夜间巡更", "priority": "高"},
]


def report(**more: object) -> Fact:
    return fact(REPORT, "requirement-survey-report", release(1), requirements=NEEDS, **more)


def design(number: str = DESIGN, covers: tuple[str, ...] = ("R-1",), published: bool = True) -> Fact:
    releases = (release(2),) if published else ()
    return fact(
        number, "solution-detailed-design", *releases, requirement_ref=f"{REPORT}@1.0", covers=list(covers)
    )  # fmt: skip


def confirmation(number: str, sequence: int, version: str, result: str = "confirmed") -> Fact:
    record = "requirement-review-record"
    return fact(number, record, release(sequence), report_ref=f"{REPORT}@{version}", result=result)


def matrix_of(*documents: Fact) -> Matrix:
    (found,) = matrices(facts(*documents), POLICY, PROJECT)
    return found


def test_each_need_is_covered_by_documents_in_force_at_their_version() -> None:
    bid = fact(BID, "bid-technical", release(3), solution_ref=f"{DESIGN}@1.0")
    rows = matrix_of(report(), design(), bid).rows
    assert [(row.id, row.priority, row.must, row.covered, row.carried, row.is_missing) for row in rows] == [
        ("R-1", "high", True, (f"{DESIGN}@1.0",), (f"{BID}@1.0",), False),
        ("R-2", "medium", False, (), (), False),
        ("R-3", "high", True, (), (), True),
    ]


def test_a_draft_only_plans_to_cover() -> None:
    row = matrix_of(report(), design(), design(OTHER, ("R-3",), published=False)).rows[2]
    assert (row.covered, row.planned, row.is_missing) == ((), (OTHER,), True)


def test_what_main_says_of_a_document_in_force_does_not_count_yet() -> None:
    edited = replace(design(), fields={**design().fields, "covers": ["R-1", "R-3"]}, status="revising")
    assert matrix_of(report(), edited).rows[2].is_missing


def test_a_document_out_of_force_covers_nothing() -> None:
    row = matrix_of(report(), replace(design(), status="obsolete")).rows[0]
    assert (row.covered, row.planned, row.is_missing) == ((), (), True)


def test_the_version_named_last_by_a_confirmation_counts() -> None:
    found = matrix_of(revised(report(), 9, "1.1"), confirmation(CONFIRMED, 5, "1.0"))
    assert (found.version, found.confirmed, found.confirmed_by) == ("1.1", "1.0", CONFIRMED)
    again = confirmation("QD202305003", 10, "1.1")
    found = matrix_of(revised(report(), 9, "1.1"), confirmation(CONFIRMED, 5, "1.0"), again)
    assert (found.confirmed, found.confirmed_by) == ("1.1", "QD202305003")
    assert matrix_of(report(), confirmation(CONFIRMED, 5, "1.0", "conditional")).confirmed == ""


def test_drafts_and_other_projects_have_no_matrix() -> None:
    draft = fact(REPORT, "requirement-survey-report", requirements=NEEDS)
    assert matrices(facts(draft), POLICY, PROJECT) == []
    assert matrices(facts(report(project="XM2023009")), POLICY, PROJECT) == []


def test_broken_lists_say_nothing() -> None:
    kind = POLICY.types["requirement-survey-report"]
    assert needs_of(kind, {"requirements": "R-1"}) == []
    assert [need.id for need in needs_of(kind, {"requirements": ["R-1", {"id": ["x"]}, {"id": "R-2"}]})] == ["", "R-2"]
    assert needs_of(POLICY.types["survey-plan"], {"requirements": NEEDS}) == []


def test_a_company_names_its_own_fields() -> None:
    needs = {"type": "list<object>", "item": {"id": {}, "text": {}, "priority": {}}}
    types = [
        doctype("wishes", "light", fields={"wanted": needs}, trace={"requirements": {"field": "wanted", "must_cover": ["A"]}}),
        doctype(
            "answer", "light", fields={"meets": {"type": "strings"}, "wish": {"type": "doc-ref"}},
            trace={"covers": {"field": "meets", "of": "wish"}},
        ),
    ]  # fmt: skip
    policy = policy_of([person("lin")], types=types)
    wishes = fact(REPORT, "wishes", release(1), wanted=[{"id": "1", "priority": "A"}, {"id": "2", "priority": "B"}])
    answer = fact(DESIGN, "answer", release(2), wish=REPORT, meets=["1"])
    (found,) = matrices(facts(wishes, answer), policy, PROJECT)
    assert [(row.id, row.must, row.covered) for row in found.rows] == [
        ("1", True, (f"{DESIGN}@1.0",)),
        ("2", False, ()),
    ]
