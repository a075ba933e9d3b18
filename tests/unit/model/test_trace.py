"""The graph of documents: who rests on whom, who is behind, and what clears it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.errors import PrsError
from presales_repo.model.facts import Fact, Facts
from presales_repo.model.ledger import Voided
from presales_repo.model.number import order_of
from presales_repo.model.policy import Policy, validate_policy
from presales_repo.model.trace import Link, Reason, holds, links_of, stale
from tests.unit.model.facts import fact, facts, release, revised
from tests.unit.model.policies import doctype, person, policy_of

REPORT, DESIGN, BID, CHANGE, SHOW, FEEDBACK = (
    "QD202305001", "FJ202305001", "TB202305001", "QD202305009", "YS202305001", "YS202305002",
)  # fmt: skip
PEOPLE = [person("cheng", "management", "company-leader", "repo-admin")]
POLICY = policy_of(PEOPLE)


def report(sequence: int = 1, version: str = "1.0") -> Fact:
    return fact(REPORT, "requirement-survey-report", release(sequence, version))


def design(sequence: int = 2, ref: str = f"{REPORT}@1.0", **fields: object) -> Fact:
    return fact(DESIGN, "solution-detailed-design", release(sequence), requirement_ref=ref, **fields)


def bid(sequence: int = 3, ref: str = f"{DESIGN}@1.0") -> Fact:
    return fact(BID, "bid-technical", release(sequence), solution_ref=ref)


def change(sequence: int = 9, decision: str = "accept", docs: object = (REPORT,)) -> Fact:
    affected = list(docs) if isinstance(docs, tuple) else docs
    return fact(
        CHANGE, "requirement-change-request", release(sequence), affected_docs=affected, decision=decision
    )  # fmt: skip


def kinds(found: Facts, policy: Policy = POLICY) -> dict[str, list[str]]:
    return {number: [reason.kind for reason in reasons] for number, reasons in stale(found, policy).items()}


def test_links_of_every_field_made_for_that() -> None:
    fields = {
        "based_on": [f"{REPORT}@1.0", DESIGN],
        "plan_ref": "QD202305002",
        "requirements": [{"id": "R-1", "source": "QD202305003"}, "not a mapping"],
        "title": BID,
        "covers": [BID],
    }
    assert links_of(CHANGE, fields, "requirement-survey-report", POLICY) == [
        Link(CHANGE, "based_on", REPORT, "1.0"),
        Link(CHANGE, "based_on", DESIGN, ""),
        Link(CHANGE, "plan_ref", "QD202305002", ""),
        Link(CHANGE, "requirements.source", "QD202305003", ""),
    ]


@pytest.mark.parametrize("value", ["x", [[REPORT]], {"a": REPORT}, "", [None], [f"{REPORT}@"], DESIGN])
def test_what_is_no_reference_is_no_link(value: object) -> None:
    assert links_of(DESIGN, {"based_on": value, "sources": value}, "no-such-type", POLICY) == []


def test_nothing_is_behind_while_all_versions_are_in_force() -> None:
    assert kinds(facts(report(), design(), bid())) == {}


def test_an_accepted_change_puts_what_it_names_behind_and_softly_what_rests_on_that() -> None:
    found = stale(facts(report(), design(), bid(), change()), POLICY)
    assert found == {
        REPORT: (Reason("changed", CHANGE),),
        DESIGN: (Reason("rests", REPORT, "requirement_ref"),),
        BID: (Reason("rests", DESIGN, "solution_ref"),),
    }
    assert [number for number in found if not all(reason.is_soft for reason in found[number])] == [REPORT]


@pytest.mark.parametrize("decision", ["reject", "defer", "", "拒绝"])
def test_a_change_that_is_not_accepted_does_nothing(decision: str) -> None:
    assert kinds(facts(report(), change(decision=decision))) == {}


@pytest.mark.parametrize("decision", ["accept", "接受"])
def test_a_decision_counts_by_key_and_by_label(decision: str) -> None:
    assert kinds(facts(report(), change(decision=decision))) == {REPORT: ["changed"]}


def test_a_change_that_is_only_a_draft_does_nothing() -> None:
    draft = fact(CHANGE, "requirement-change-request", affected_docs=[REPORT], decision="accept")
    assert kinds(facts(report(), draft)) == {}


def test_a_change_names_one_version() -> None:
    newer = revised(report(), 5, "1.1")
    assert kinds(facts(newer, change(docs=(f"{REPORT}@1.0",)))) == {}
    assert kinds(facts(newer, change(docs=(f"{REPORT}@1.1",)))) == {REPORT: ["changed"]}


def test_revising_clears_step_by_step() -> None:
    asked = change(docs=(REPORT, DESIGN))
    assert kinds(facts(report(), design(), bid(), asked))[DESIGN] == ["changed"]
    second = revised(report(), 10, "1.1")
    assert kinds(facts(second, design(), bid(), asked))[DESIGN] == ["changed", "outdated"]
    reworked = revised(design(), 11, "1.1", requirement_ref=f"{REPORT}@1.1")
    assert kinds(facts(second, reworked, bid(), asked)) == {BID: ["outdated"]}
    assert kinds(facts(second, reworked, revised(bid(), 12, "1.1", solution_ref=f"{DESIGN}@1.1"), asked)) == {}


def test_what_rests_on_a_revised_document_without_naming_its_version_is_softly_behind_the_change() -> None:
    framework = fact("FJ202305002", "solution-framework", release(3), based_on=[REPORT])
    found = facts(revised(report(), 10, "1.1"), framework, change())
    assert stale(found, POLICY) == {"FJ202305002": (Reason("behind", CHANGE, "based_on", via=REPORT),)}
    assert kinds(facts(revised(report(), 10, "1.1"), revised(framework, 11, "1.1"), change())) == {}


def test_a_newer_version_of_what_is_named_without_version_says_nothing() -> None:
    framework = fact("FJ202305002", "solution-framework", release(3), based_on=[REPORT])
    assert kinds(facts(revised(report(), 10, "1.1"), framework)) == {}


def test_records_do_not_have_to_keep_up() -> None:
    confirmed = fact("QD202305005", "requirement-review-record", release(3), report_ref=f"{REPORT}@1.0")
    noted = fact("QD202305006", "interview-record", release(4), based_on=[f"{REPORT}@1.0"])
    assert kinds(facts(revised(report(), 10, "1.1"), confirmed, noted)) == {}


def test_a_record_that_a_change_names_is_behind_all_the_same() -> None:
    confirmed = fact("QD202305005", "requirement-review-record", release(3), report_ref=f"{REPORT}@1.0")
    assert kinds(facts(confirmed, change(docs=("QD202305005",)))) == {"QD202305005": ["changed"]}


def test_resting_on_what_another_document_replaces() -> None:
    new = fact("QD202305007", "requirement-survey-report", release(5), supersedes=[REPORT])
    found = stale(facts(report(), design(), new), POLICY)
    assert found == {DESIGN: (Reason("replaced", "QD202305007", "requirement_ref", via=REPORT),)}


def test_what_is_replaced_need_not_be_revised_itself() -> None:
    new = fact("QD202305007", "requirement-survey-report", release(20), supersedes=[REPORT])
    assert kinds(facts(report(), new, change())) == {}


def test_what_is_archived_is_not_revised_any_more() -> None:
    archived = replace(report(), status="archived")
    assert kinds(facts(archived, change())) == {}
    assert kinds(facts(revised(report(), 9, "1.1"), replace(design(), status="archived"), bid())) == {}


def test_the_replacing_document_may_rest_on_the_one_it_replaces() -> None:
    new = fact("QD202305007", "requirement-survey-report", release(5), supersedes=[REPORT], based_on=[REPORT])
    assert kinds(facts(report(), new)) == {}


def test_resting_on_what_is_void_or_obsolete() -> None:
    gone = replace(report(), status="obsolete")
    assert kinds(facts(gone, design())) == {DESIGN: ["withdrawn"]}
    void = replace(report(1, "1.0"), state=fact(REPORT, "x", release(1), voided=(Voided(release(2, "1.1"), ()),)).state)
    assert kinds(facts(void, design(3, f"{REPORT}@1.1"))) == {DESIGN: ["withdrawn"]}


def test_an_open_question_after_the_demonstration_puts_the_presentation_behind() -> None:
    show = fact(SHOW, "demo-presentation", release(1))
    other = fact("YS202305003", "demo-presentation", release(2), project="XM2023002")
    heard = fact(FEEDBACK, "demo-feedback-record", release(3), questions=[{"question": "?", "status": "open"}])
    assert kinds(facts(show, other, heard)) == {SHOW: ["changed"]}
    closed = fact(FEEDBACK, "demo-feedback-record", release(3), questions=[{"question": "?", "status": "closed"}])
    assert kinds(facts(show, other, closed)) == {}
    assert kinds(facts(revised(show, 4, "1.1"), other, heard)) == {}


def test_a_company_type_marks_by_its_own_field() -> None:
    mine = doctype(
        "alarm", "none", fields={"hits": {"type": "doc-refs"}, "level": {"type": "string"}},
        trace={"marks_stale": {"field": "hits", "where": {"level": ["red"]}}},
    )  # fmt: skip
    policy = policy_of(PEOPLE, types=[mine, doctype("plan", "light")])
    plan = fact(REPORT, "plan", release(1))
    assert kinds(facts(plan, fact(CHANGE, "alarm", release(2), hits=[REPORT], level="red")), policy) == {
        REPORT: ["changed"]
    }
    assert kinds(facts(plan, fact(CHANGE, "alarm", release(2), hits=[REPORT], level="low")), policy) == {}


@pytest.mark.parametrize(
    "trace",
    [
        {"marks_stale": {"field": "no_such"}},
        {"marks_stale": {}},
        {"marks_stale": {"field": "hits", "where": {"no_such": ["x"]}}},
        {"marks_stale": {"field": "hits", "where": {"level": ["purple"]}}},
        {"covers": {"field": "hits", "of": "no_such"}},
        {"current": ["no_such"]},
        {"carry": ["hits"]},
        {"covers": {"field": "hits"}},
        {"record": "yes"},
        {"shares": "hits"},
    ],
)
def test_a_policy_whose_trace_nobody_could_follow_is_refused(trace: dict[str, object]) -> None:
    fields = {"hits": {"type": "doc-refs"}, "level": {"type": "enum", "values": {"red": "红"}}}
    with pytest.raises(PrsError) as refused:
        validate_policy(policy_of(PEOPLE, types=[doctype("alarm", "none", fields=fields, trace=trace)]))
    assert refused.value.code == "A402"
    assert "alarm" in str(refused.value)


def test_conditions_look_into_every_item() -> None:
    feedback = POLICY.types["demo-feedback-record"]
    items = [{"status": "closed"}, "junk", {"status": {"open": "x"}}]
    assert not holds(feedback, {"questions": items}, {"questions.status": ("open",)})
    assert holds(feedback, {"questions": [*items, {"status": "未关闭"}]}, {"questions.status": ("open",)})
    assert not holds(feedback, {"questions": "open"}, {"questions.status": ("open",)})


@pytest.mark.parametrize(
    ("older", "newer"), [("1.9", "1.10"), ("1.0", "2.0"), ("0.9", "1.0"), ("1.1", "1." + "9" * 9999), ("01.2", "1.3")]
)
def test_versions_are_compared_as_numbers(older: str, newer: str) -> None:
    assert order_of(older) < order_of(newer)


# ---- properties, over any graph of documents, with cycles

COUNT = 6
NUMBERS = [f"FJ2023050{index:02d}" for index in range(1, COUNT + 1)]
REFERENCES = st.lists(st.tuples(st.sampled_from(NUMBERS), st.sampled_from(["", "@1.0", "@1.1", "@0.9"])), max_size=3)
GRAPHS = st.lists(
    st.tuples(REFERENCES, st.sampled_from(["1.0", "1.1"]), st.integers(1, 50)), min_size=COUNT, max_size=COUNT
)
TARGETS = st.lists(st.sampled_from(NUMBERS), max_size=4)


def documents(shape: list[tuple[list[tuple[str, str]], str, int]]) -> list[Fact]:
    return [
        fact(number, "solution-framework", release(at * 10 + i, version), based_on=[a + b for a, b in refs])
        for i, (number, (refs, version, at)) in enumerate(zip(NUMBERS, shape, strict=True))
    ]


def request(targets: list[str], sequence: int, number: str = CHANGE) -> Fact:
    fields = {"affected_docs": targets, "decision": "accept"}
    return fact(number, "requirement-change-request", release(sequence), **fields)


@given(GRAPHS, TARGETS, TARGETS, st.integers(1, 600))
def test_another_change_never_makes_anything_current(shape, first, second, at) -> None:  # type: ignore[no-untyped-def]
    before = facts(*documents(shape), request(first, 300))
    after = facts(*documents(shape), request(first, 300), request(second, at, "QD202305010"))
    assert set(stale(before, POLICY)) <= set(stale(after, POLICY))


@given(GRAPHS, TARGETS)
def test_what_a_change_names_and_all_that_rests_on_it_is_behind(shape, targets) -> None:  # type: ignore[no-untyped-def]
    found = stale(facts(*documents(shape), request(targets, 1000)), POLICY)
    expected, size = set(targets), -1
    while len(expected) > size:
        size = len(expected)
        expected |= {
            number
            for number, (refs, _, _) in zip(NUMBERS, shape, strict=True)
            if {a for a, _ in refs} & expected - {number}
        }
    assert expected <= set(found)
    assert all(any(reason.kind == "changed" for reason in found[number]) for number in targets)


@given(GRAPHS, TARGETS)
def test_revising_everything_that_is_behind_clears_it(shape, targets) -> None:  # type: ignore[no-untyped-def]
    known = documents(shape)
    asked = request(targets, 1000)
    for turn in range(COUNT + 1):
        behind = stale(facts(*known, asked), POLICY)
        if not behind:
            return
        versions = {item.number: f"2.{turn}" if item.number in behind else item.version for item in known}
        known = [
            revised(item, 2000 + turn * 100 + i, versions[item.number], based_on=_updated(item, versions))
            if item.number in behind
            else item
            for i, item in enumerate(known)
        ]
    raise AssertionError(f"never clear: {behind}")


def _updated(item: Fact, versions: dict[str, str]) -> list[str]:
    names = [text.partition("@") for text in item.in_force["based_on"]]
    return [f"{number}@{versions[number]}" if mark else number for number, mark, _ in names]


KINDS = ("solution-framework", "interview-record", "requirement-change-request", "demo-presentation", "no-such-type")
VALUES = st.recursive(
    st.sampled_from(
        [*NUMBERS, *(f"{number}@1.0" for number in NUMBERS), "", "x", f"{NUMBERS[0]}@" + "9" * 5000 + ".0"]
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["source", "a"]), inner, max_size=2),
    max_leaves=5,
)
FIELDS = st.dictionaries(
    st.sampled_from(["based_on", "supersedes", "affected_docs", "decision", "requirement_ref", "solution_ref"]),
    VALUES | st.just("accept"),
)
STATES = st.sampled_from(["published", "revising", "archived", "obsolete", "void", "draft"])
ANYTHING = st.lists(
    st.tuples(st.sampled_from(KINDS), STATES, FIELDS, st.integers(1, 9)), min_size=COUNT, max_size=COUNT
)


@given(ANYTHING, st.randoms())
def test_whatever_stands_in_the_fields(shape, chance) -> None:  # type: ignore[no-untyped-def]
    """Any values, cycles and states: an answer, about documents in force only, whatever their order."""
    known = [
        replace(fact(number, kind, release(at * 10 + i), status=status, **fields), **_draft(status))
        for i, (number, (kind, status, fields, at)) in enumerate(zip(NUMBERS, shape, strict=True))
    ]
    found = stale(facts(*known), POLICY)
    assert set(found) <= {item.number for item in known if item.is_effective and item.status != "archived"}
    assert all(reasons for reasons in found.values())
    shuffled = {item.number: item for item in chance.sample(known, len(known))}
    again = stale(Facts(shuffled), POLICY)
    assert {number: set(reasons) for number, reasons in again.items()} == {
        number: set(reasons) for number, reasons in found.items()
    } or any("supersedes" in item.in_force for item in known)


def _draft(status: str) -> dict[str, None]:
    return {"published": None} if status == "draft" else {}
