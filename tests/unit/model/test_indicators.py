"""K1 to K3 and the reports: exact figures, nothing of nothing, the company's zone."""

from __future__ import annotations

import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.cli.report import rounded
from presales_repo.errors import PrsError
from presales_repo.model.assessment import Assessment, build_assessment, fraction_of
from presales_repo.model.facts import Fact
from presales_repo.model.indicators import Scene, satisfaction, solution_quality, success_rate, weighted
from presales_repo.model.periods import read_period
from presales_repo.model.policy import ASSESSMENT
from presales_repo.model.projects import Move
from presales_repo.model.reports import ProjectSeen, answers, communication, progress, projects
from tests.unit.model.facts import PROJECT, fact, facts, release
from tests.unit.model.policies import built_in_data, person, policy_of

ZONE = ZoneInfo("Asia/Shanghai")
POLICY = policy_of([person("lin")])
BUILT_IN = built_in_data()["files"][ASSESSMENT]
RULES = build_assessment({}, BUILT_IN)
NOW = datetime.datetime(2023, 5, 18, 9, 30, tzinfo=ZONE)


def scene(*documents: Fact, period: str = "2023Q2") -> Scene:
    return Scene(facts(*documents), POLICY, read_period(period, ZONE) if period else None, ZONE)


def result(number: int, project: str, outcome: str, day: str, **more: str) -> Fact:
    fields = {"result": outcome, "result_on": day, **more}
    return fact(f"GC202305{number:03d}", "bid-result-record", release(number), project=project, **fields)


def rate(
    *documents: Fact, rules: Assessment = RULES, period: str = "2023Q2"
) -> tuple[Fraction | None, Fraction | None]:
    found = success_rate(scene(*documents, period=period), rules.success)
    return found.figures["rate"], found.value


def test_success_rate_by_outcome_and_day() -> None:
    won = [result(i, f"XM202300{i}", "中标" if i == 1 else "won", "2023-06-30") for i in (1, 2, 3)]
    lost = [result(4, "XM2023004", "lost", "2023-04-01"), result(5, "XM2023005", "withdrawn", "2023-05-05")]
    assert rate(*won, *lost) == (60, 100)
    assert rate(*won[:1], *lost) == (Fraction(100, 3), Fraction(250, 3))
    assert rate() == (None, None)
    assert rate(*won, period="2023Q1") == (None, None)


def test_what_is_not_decided_does_not_count() -> None:
    won = result(1, "XM2023001", "won", "2023-06-01")
    cancelled = result(2, "XM2023002", "cancelled", "2023-06-02")
    theirs = result(3, "XM2023003", "void", "2023-06-03", void_cause="other")
    ours = result(4, "XM2023004", "void", "2023-06-04", void_cause="ours")
    draft = fact("GC202305009", "bid-result-record", project="XM2023009", result="lost", result_on="2023-06-01")
    assert rate(won, cancelled, theirs, draft) == (100, 100)
    assert rate(won, ours) == (50, 100)
    assert rate(result(5, "", "lost", "2023-06-01")) == (None, None), "of no project"


def test_a_project_counts_once_by_its_latest_outcome() -> None:
    first = result(1, PROJECT, "lost", "2023-06-01")
    later = fact("GC202305002", "cooperation-intent", release(2), agreed_on="2023-07-02")
    assert rate(first, later) == (None, None), "decided in the next quarter"
    assert rate(first, later, period="2023Q3") == (100, 100)


def test_dropped_projects_count_only_on_request() -> None:
    won = result(1, "XM2023001", "won", "2023-06-01")
    dropped = fact("GC202305002", "project-summary-report", release(2), project="XM2023002", outcome="dropped")
    assert rate(won, dropped) == (100, 100)
    own = build_assessment({"success_rate": {"denominator": "decided-plus-dropped", "target": 0.8}}, BUILT_IN)
    assert rate(won, dropped, rules=own) == (50, Fraction(125, 2))


def survey(number: int, *given: str, day: str = "2023-06-01") -> Fact:
    fields = dict(zip(RULES.satisfaction.items, given, strict=False))
    return fact(f"KH202305{number:03d}", "satisfaction-survey", release(number), answered_on=day, **fields)


def test_satisfaction_is_the_mean_of_complete_answers() -> None:
    assert satisfaction(scene(survey(1, *"44444")), RULES.satisfaction).value == 80
    assert satisfaction(scene(survey(1, *"44444"), survey(2, *"54321")), RULES.satisfaction).value == 70
    incomplete = satisfaction(scene(survey(1, *"44444"), survey(2, "1", "x")), RULES.satisfaction)
    assert (incomplete.value, len(incomplete.items)) == (80, 2)
    assert satisfaction(scene(), RULES.satisfaction).value is None
    least = build_assessment({"satisfaction": {"min_responses": 2}}, BUILT_IN).satisfaction
    assert satisfaction(scene(survey(1, *"44444")), least).value is None


def review(number: int, department: str, turn: int, scores: tuple[int, int, int], version: str = "1.0") -> Fact:
    keys = ("rationality", "completeness", "innovation")
    fields = {key: str(score) for key, score in zip(keys, scores, strict=True)}
    named = f"FJ202305001@{version}"
    return fact(
        f"FJ202305{number:03d}", "solution-review-record", release(number), solution_ref=named,
        review_department=department, round=str(turn), **fields,
    )  # fmt: skip


def solution(*versions: str) -> Fact:
    """One release a quarter, from the second of 2023 on."""
    quarter = 90 * 86_400
    releases = [release(i + 1, name, time=1_684_000_000 + i * quarter) for i, name in enumerate(versions)]
    return fact("FJ202305001", "solution-detailed-design", *releases)


EXAMPLE = [(90, 80, 70), (80, 80, 80), (100, 90, 80), (70, 70, 70)]
DEPARTMENTS = ["technology", "quality", "marketing", "business"]


def test_quality_of_the_example() -> None:
    pairs = list(zip(DEPARTMENTS, EXAMPLE, strict=True))
    first = [review(10 + i, department, 1, (0, 0, 0)) for i, (department, _) in enumerate(pairs)]
    last = [review(20 + i, department, 2, scores) for i, (department, scores) in enumerate(pairs)]
    found = solution_quality(scene(solution("1.0"), *first, *last), RULES.quality)
    assert found.value == 76
    assert [(item.rounds, item.departments, item.number) for item in found.items] == [(2, 4, "FJ202305001@1.0")]
    assert (
        solution_quality(scene(solution("1.0"), *last[:1], *first[1:]), RULES.quality).value == 82 * Fraction(1, 4) - 5
    )


def test_quality_is_never_below_nothing_and_nothing_without_reviews() -> None:
    bad = [review(10 + turn, "quality", turn, (1, 1, 1)) for turn in range(1, 9)]
    assert solution_quality(scene(solution("1.0"), *bad), RULES.quality).value == 0
    assert solution_quality(scene(solution("1.0")), RULES.quality).value is None
    assert solution_quality(scene(fact("FJ202305001", "solution-detailed-design"), *bad), RULES.quality).value is None


def test_each_version_counts_in_the_quarter_of_its_release() -> None:
    known = [
        solution("1.0", "1.1"),
        review(10, "quality", 1, (60, 60, 60)),
        review(11, "quality", 1, (90, 90, 90), "1.1"),
    ]
    assert solution_quality(scene(*known, period="2023Q2"), RULES.quality).value == 60
    assert solution_quality(scene(*known, period="2023Q3"), RULES.quality).value == 90
    assert solution_quality(scene(*known, period="2023"), RULES.quality).value == 90


def test_weights_are_exact() -> None:
    assert fraction_of(0.1) + fraction_of(0.2) == Fraction(3, 10)
    assert weighted({"a": "1", "b": "0.3"}, {"a": Fraction(1, 2), "b": Fraction(1, 2)}) == Fraction(13, 20)
    assert weighted({"a": "1"}, {"a": Fraction(1), "b": Fraction(1)}) is None


@pytest.mark.parametrize(
    "own",
    [
        {"success_rate": {"target": 0}},
        {"success_rate": {"denominator": "all"}},
        {"success_rate": {"outcomes": [{"outcome": "drawn", "type": "x"}]}},
        {"success_rate": {"outcomes": [{"outcome": "won"}]}},
        {"satisfaction": {"scale": 0}},
        {"satisfaction": {"items": []}},
        {"solution_quality": {"weights": {}}},
        {"solution_quality": {"weights": {"rationality": "much"}}},
        {"communication": {"response_sla_hours": -1}},
        {"communication": {"answers": [{"type": "x"}]}},
        {"communication": {"answers": [{"type": "x", "asked": "a", "answered": "b", "else": "c"}]}},
        {"reports": {"progress": {"type": "x"}}},
        {"satisfaction": "none"},
        {"indicators": {"K1": {"title_zh": "x"}}},
    ],
)
def test_rules_that_nobody_could_follow_are_refused(own: dict[str, object]) -> None:
    with pytest.raises(PrsError) as refused:
        build_assessment(own, BUILT_IN)
    assert refused.value.code == "A402"


def talk(number: int, asked: str, answered: str = "") -> Fact:
    fields = {"request_received_at": asked, "responded_at": answered, "comm_time": asked, "channel": "电话"}
    return fact(f"GT202305{number:03d}", "customer-communication-record", release(number), **fields)


def test_answers_in_time_late_and_waiting() -> None:
    known = [
        talk(1, "2023-05-10T09:00", "2023-05-11T09:00"),
        talk(2, "2023-05-10T09:00", "2023-05-11T09:01"),
        talk(3, "2023-05-01T09:00"),
        talk(4, "2023-05-18T09:00"),
        talk(5, "2023-05-10T01:00Z", "2023-05-10T10:00+08:00"),
        talk(6, "some day"),
        talk(7, ""),
    ]
    found = answers(scene(*known), RULES, NOW)
    states = {item.number[-1]: item.state for item in found.items}
    assert states == {"1": "in time", "2": "LATE", "3": "LATE", "4": "waiting", "5": "in time"}
    assert (found.in_time, found.late, found.rate) == (2, 2, 50)
    assert answers(scene(*known), RULES, NOW, "XM2023009").rate is None


def test_communication_counts_labels_as_keys() -> None:
    found = communication(scene(talk(1, "2023-05-10T09:00"), talk(2, "2023-07-10T09:00")), RULES.communication)
    assert [(item.field, item.value, item.value_zh, item.count) for item in found] == [
        ("", "", "", 1), ("channel", "phone", "电话", 1),
    ]  # fmt: skip


def test_milestones_are_late_by_days() -> None:
    items = [
        {"name": "一", "due": "2023-05-10", "done": "2023-05-12"},
        {"name": "二", "due": "2023-05-17"},
        {"name": "三", "due": "2023-05-18"},
        {"name": "四", "due": "2023-05-10", "done": "2023-05-10"},
        {"name": "五", "due": "soon"},
    ]
    plan = fact("XS202305001", "presales-work-plan", release(1), milestones=items)
    found = progress(scene(plan), RULES.progress, NOW.date())
    assert {(item.name, item.state, item.days_late) for item in found} == {
        ("一", "LATE", 2), ("二", "LATE", 1), ("三", "open", 0), ("四", "done", 0),
    }  # fmt: skip


def test_a_project_s_cost_and_waivers() -> None:
    plan = fact("XS202305001", "presales-work-plan", release(1), cost_budget="100.00")
    spent = [
        fact(f"ZH20230500{i}", "progress-report", release(i + 1), as_of=day, cost_actual=cost)
        for i, (day, cost) in enumerate([("2023-05-31", "100.00"), ("2023-04-30", "999.00")], 1)
    ]
    move = Move(1, "c", "", "info", ("G0",), ("G1",), (), "shen", 0, "+0800", "先投标", "k")
    seen = {PROJECT: ProjectSeen("园区", "info", "信息收集", "Information", (move,))}
    (row,) = projects(scene(plan, *spent), RULES, seen)
    assert (row.budget, row.cost, row.as_of, row.state, row.waived) == (100, 100, "2023-05-31", "", ("G1",))
    (row,) = projects(scene(plan, *spent, period="2023-04"), RULES, seen)
    assert (row.cost, row.state) == (999, "COST-OVER")
    (row,) = projects(scene(), RULES, seen)
    assert (row.budget, row.cost, row.state, row.quality) == (None, None, "", None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(200, 3), "66.7"),
        (Fraction(1, 20), "0.1"),
        (Fraction(-1, 20), "0.0"),
        (Fraction(249, 4), "62.3"),
        (None, "n/a"),
    ],
)
def test_rounding_is_half_up(value: Fraction | None, shown: str) -> None:
    assert rounded(value) == shown


@given(
    st.lists(
        st.tuples(
            st.integers(0, 30),
            st.sampled_from(["won", "lost"]),
            st.dates(datetime.date(2023, 1, 1), datetime.date(2023, 12, 31)),
        )
    )
)
def test_the_quarters_count_what_the_year_counts(entries: list[tuple[int, str, datetime.date]]) -> None:
    known = [
        result(i, f"XM2023{project:03d}", outcome, day.isoformat())
        for i, (project, outcome, day) in enumerate(entries, 1)
    ]
    year = success_rate(scene(*known, period="2023"), RULES.success)
    quarters = [success_rate(scene(*known, period=f"2023Q{q}"), RULES.success) for q in (1, 2, 3, 4)]
    assert sum(len(quarter.items) for quarter in quarters) == len(year.items) == len({entry[0] for entry in entries})
    assert year.value is None or 0 <= year.value <= 100
