"""Deadlines held against documents, the ledger and the day; and the timetable of a policy as it is read."""

from __future__ import annotations

import copy
import datetime
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from presales_repo.codes import rules_of
from presales_repo.errors import PrsError
from presales_repo.model.deadlinerules import build_timetable
from presales_repo.model.deadlines import Due, ProjectSeen, Surroundings, listed, open_items
from presales_repo.model.delegation import Delegation
from presales_repo.model.emergency import EmergencyRelease
from presales_repo.model.facts import Fact
from tests.unit.model.facts import PROJECT, fact, facts, release
from tests.unit.model.policies import person, policy_of
from tests.unit.model.rounds import NUMBER, Desk, content_of

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime.date(2023, 5, 18)
POLICY = policy_of(
    [
        person("lin", "presales", "solution-architect"),
        person("gao", "presales", "dept-head"),
        person("shen", "presales", "presales-manager"),
        person("cheng", "management", "company-leader", "repo-admin"),
        person("ye", "quality", "doc-controller"),
        person("old", "quality", "doc-controller", active=False),
    ]
)
OPEN = ProjectSeen(PROJECT, "滨江智慧园区", "shen", "solution", True, START)


def seen(day: str, *documents: Fact, project: ProjectSeen = OPEN, **more: Any) -> Surroundings:
    """The surroundings at ten o'clock of a day."""
    now = datetime.datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=ZONE)
    given = {"delegations": (), "started": START, **more}
    return Surroundings(facts(*documents), POLICY, {project.id: project}, now=now, **given)


def found(surroundings: Surroundings, code: str, calendar: dict[str, Any] | None = None) -> list[Due]:
    """What is listed under a code."""
    timetable = build_timetable(calendar or POLICY.calendar, POLICY)
    return [item for item in listed(open_items(timetable, surroundings)) if item.code == code]


def record(type_id: str, **fields: Any) -> Fact:
    """A document of lin's in force."""
    published_at = fields.pop("published_at", "")
    made = fact("GT202305001", type_id, release(1), published_at=published_at)
    return replace(made, fields=fields, published=fields)


# code, document, the last day on which it is not listed, the first one, what settles it
Case = tuple[str, Fact, str, str, dict[str, Any] | None]
CASES: dict[str, Case] = {
    "receipt": (
        "D102", record("bid-submission-record", submitted_at="2023-05-18T15:00"), "2023-05-18", "2023-05-19",
        {"received_at": "2023-05-18T15:10"},
    ),
    "review": ("D104", record("demo-case", review_due="2023-09-30"), "2023-08-30", "2023-08-31", {"review_due": ""}),
    "support": (
        "D114", record("support-request", needed_by="2023-06-10", status="已申请", owner="gao"), "2023-06-06",
        "2023-06-07", {"status": "done"},
    ),
    "milestone": (
        "D115", record("presales-work-plan", milestones=[{"name": "调研", "due": "2023-06-10"}]), "2023-06-02",
        "2023-06-03", {"milestones": [{"name": "调研", "due": "2023-06-10", "done": "2023-06-01"}]},
    ),
    "action": (
        "D116", record("meeting-minutes", actions=[{"text": "发资料", "owner": "gao", "due": "2023-06-10"}]),
        "2023-06-06", "2023-06-07", {"actions": []},
    ),
    "task": (
        "D116", record("bid-preparation-plan", tasks=[{"part": "商务", "owner": "gao", "due": "2023-06-10T18:00"}]),
        "2023-06-06", "2023-06-07", None,
    ),
    "commitment": (
        "D116", record("handover-record", commitments=[{"text": "三年质保", "owner": "gao", "due": "2023-06-10"}]),
        "2023-06-02", "2023-06-03", None,
    ),
    "answer": (
        "D117", record("customer-communication-record", request_received_at="2023-05-18T09:00"), "2023-05-18",
        "2023-05-19", {"responded_at": "2023-05-19T09:00"},
    ),
    "question": (
        "D117", record("demo-feedback-record", held_at="2023-05-18T09:00", questions=[{"question": "工期", "status": "open"}]),
        "2023-05-22", "2023-05-23", {"questions": [{"question": "工期", "status": "已关闭"}]},
    ),
    "payment": (
        "D118", record("contract-record", payments=[{"name": "首付款", "due": "2023-06-10"}]), "2023-06-02",
        "2023-06-03", {"payments": [{"name": "首付款", "due": "2023-06-10", "paid_on": "2023-06-01"}]},
    ),
    "certificate": (
        "D119", record("bid-commercial", certificates=[{"name": "ISO 9001", "valid_until": "2023-07-30"}]),
        "2023-06-29", "2023-06-30", None,
    ),
    "validity": ("D119", record("bid-support-material", valid_until="2023-07-30"), "2023-06-29", "2023-06-30", None),
    "bid": (
        "D119", record("tender-document-register", bid_deadline="2023-06-10T09:30", validity_days="60", tender_no="B1"),
        "2023-07-24", "2023-07-25", {"validity_days": ""},
    ),
    "return": (
        "D120", record("survey-data-register", items=[{"name": "台账", "return_due": "2023-06-10"}]), "2023-06-06",
        "2023-06-07", None,
    ),
    "access": ("D122", record("access-request", until="2023-06-10", applicant="gao"), "2023-06-06", "2023-06-07", None),
    "secrecy": (
        "D123", record("quotation-plan", secrecy_until="2023-07-30"), "2023-06-29", "2023-06-30",
        {"secrecy_until": "long-term"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_date_in_a_document(case: Case) -> None:
    code, document, before, first, settled = case
    assert found(seen(before, document), code) == []
    [item] = found(seen(first, document), code)
    assert (item.number, item.project) == (document.number, PROJECT)
    assert item.who
    if settled is not None:
        assert found(seen(first, record(document.type, **{**document.fields, **settled})), code) == []


@pytest.mark.parametrize(
    ("case", "who"), [("support", "gao"), ("action", "gao"), ("milestone", "lin"), ("secrecy", "ye"), ("access", "gao")]
)
def test_whom_it_concerns(case: str, who: str) -> None:
    """Who is named, else who holds the role now, else the author."""
    code, document, _, first, _ = CASES[case]
    assert [item.who for item in found(seen(first, document), code)] == [(who,)]


def test_what_is_over_lapses_where_the_policy_says_so() -> None:
    _, document, *_ = CASES["access"]
    assert found(seen("2023-06-10", document), "D122")[0].state == "due"
    assert found(seen("2023-06-11", document), "D122") == []
    _, document, *_ = CASES["payment"]
    [item] = found(seen("2025-06-10", document), "D118")
    assert (item.state, item.days) == ("overdue", -731)


@pytest.mark.parametrize("status", ["obsolete", "archived", "disposed"])
def test_nobody_is_reminded_of_what_is_gone(status: str) -> None:
    _, document, _, first, _ = CASES["payment"]
    assert found(seen(first, replace(document, status=status)), "D118") == []


def test_nobody_is_reminded_in_a_closed_project() -> None:
    _, document, _, first, _ = CASES["payment"]
    closed = OPEN._replace(state="closed", active=False)
    assert found(seen(first, document, project=closed), "D118") == []
    assert found(seen("2023-09-01", project=closed), "D111") == []


def test_a_plan_and_an_offer_end_with_the_chance() -> None:
    """What is owed stays owed when a project was lost."""
    lost = OPEN._replace(state="lost")
    for case, listed_ in (("milestone", 0), ("certificate", 0), ("payment", 1)):
        code, document, _, first, _ = CASES[case]
        assert len(found(seen(first, document, project=lost), code)) == listed_, case


def test_the_version_in_force_counts_not_what_is_being_written() -> None:
    document = fact("GC202305001", "contract-record", release(1), payments=[{"name": "首付款", "due": "2023-06-10"}],
                    draft={"payments": [{"name": "首付款", "due": "2099-06-10"}]})  # fmt: skip
    assert found(seen("2023-06-11", document), "D118")[0].due == "2023-06-10"
    draft = fact("GC202305001", "contract-record", payments=[{"name": "首付款", "due": "2023-06-10"}])
    assert len(found(seen("2023-06-11", draft), "D118")) == 1, "a draft counts while there is nothing else"
    assert found(seen("2023-09-01", fact("YS202305001", "demo-case", review_due="2023-09-01")), "D104") == []


@pytest.mark.parametrize("written", ["soon", "2023-02-30", "", "9999-12-31", ["2023-06-10"], {"day": "2023-06-10"}])
def test_what_is_no_day_is_left_to_the_check(written: Any) -> None:
    assert found(seen("2023-06-10", record("contract-record", payments=[{"name": "款", "due": written}])), "D118") == []
    assert found(seen("2023-06-10", record("contract-record", payments=written)), "D118") == []


def test_entries_of_the_same_words_are_told_apart() -> None:
    twice = [{"name": "款", "due": "2023-06-10"}, {"name": "款", "due": "2023-06-11"}]
    keys = [item.key for item in found(seen("2023-06-12", record("contract-record", payments=twice)), "D118")]
    assert len(set(keys)) == 2


def test_backup_is_due_since_the_last_one() -> None:
    assert found(seen("2023-05-23"), "D121") == []
    assert [item.due for item in found(seen("2023-05-26"), "D121")] == ["2023-05-25"]
    backup = fact("WK202305001", "backup-record", release(1), project="", made_at="2023-05-26T09:00")
    assert found(seen("2023-05-30", backup), "D121") == []
    assert [(item.due, item.who) for item in found(seen("2023-06-05", backup), "D121")] == [("2023-06-02", ("cheng",))]


def test_approval_waits_for_working_days_only() -> None:
    desk = Desk(POLICY, time=int(datetime.datetime(2023, 4, 28, 9, tzinfo=ZONE).timestamp()))
    desk.submit("lin", content_of("survey-plan", "lin"))
    waiting = fact(NUMBER, "survey-plan", status="in-review")
    waiting = replace(waiting, state=desk.states[NUMBER])
    assert found(seen("2023-05-05", waiting), "D105") == []
    [item] = found(seen("2023-05-06", waiting), "D105")
    assert (item.due, item.who) == ("2023-05-06", ("shen",)), "after 劳动节, on a Saturday that is worked"


def test_emergency_release_is_to_be_made_up() -> None:
    desk = Desk(POLICY)
    desk.submit("lin", content_of("survey-plan", "lin"))
    state = desk.states[NUMBER]
    assert state.round is not None
    mark = EmergencyRelease("WK202305001", "1.0", "d" * 64, "2023-07-25", "c" * 40, "cheng", "", desk.time, "+0800")
    given = replace(state, round=replace(state.round, released=mark))
    waiting = replace(fact(NUMBER, "survey-plan", status="in-review"), state=given)
    assert found(seen("2023-07-23", waiting), "D106") == []
    [item] = found(seen("2023-07-26", waiting), "D106")
    assert (item.state, item.subject, item.who) == ("overdue", "WK202305001", ("shen",))


def test_delegation_ends() -> None:
    letter = fact("WK202305002", "delegation-letter", release(1), project="")
    right = Delegation(letter.number, "gao", "lin", ("dept-head",), "2023-06-01", "2023-06-10", "+0800")
    assert found(seen("2023-06-06", letter, delegations=(right,)), "D107") == []
    [item] = found(seen("2023-06-09", letter, delegations=(right,)), "D107")
    assert (item.who, item.subject) == (("gao", "lin"), "lin")
    assert found(seen("2023-06-11", letter, delegations=(right,)), "D107") == []
    taken_back = replace(right, to_date="2023-05-31")
    assert found(seen("2023-05-31", letter, delegations=(taken_back,)), "D107") == []


def own(**deadline: Any) -> dict[str, Any]:
    """The built-in calendar with one deadline of the company's own."""
    calendar = copy.deepcopy(dict(POLICY.calendar))
    calendar["deadlines"]["own"] = {"code": "D149", "warn": [], **deadline}
    return calendar


def test_deadline_of_the_company_s_own() -> None:
    intent = record("cooperation-intent", agreed_on="2023-05-18", counterparty="云川集成")
    calendar = own(
        measure="date", types=["cooperation-intent"], due="agreed_on", working_days=5, subject="counterparty"
    )
    [item] = found(seen("2023-05-25", intent), "D149", calendar)
    assert (item.due, item.subject, item.who) == ("2023-05-25", "云川集成", ("lin",))


def test_months_count_from_publication() -> None:
    calendar = own(measure="date", types=["regulation"], due="@published", months="reviewed_every_months", warn=[30])
    document = record("regulation", published_at="2023-08-31T10:00:00+08:00", reviewed_every_months="6")
    [item] = found(seen("2024-02-01", document), "D149", calendar)
    assert item.due == "2024-02-29"
    assert found(seen("2024-02-01", record("regulation", reviewed_every_months="")), "D149", calendar) == []


def test_within_lists_what_is_far_away() -> None:
    _, document, before, *_ = CASES["payment"]
    items = open_items(build_timetable(POLICY.calendar, POLICY), seen(before, document))
    codes: Callable[[int], set[str]] = lambda days: {item.code for item in listed(items, days)}  # noqa: E731
    assert "D118" in codes(8)
    assert "D118" not in codes(7)


def test_a_period_is_asked_for_only_where_somebody_worked() -> None:
    week_off = ProjectSeen(PROJECT, "", "shen", "survey", True, START)
    assert found(seen("2023-10-02", project=week_off), "D109")[0].subject == "2023-W39 (09-25 ~ 10-01)"
    calendar = copy.deepcopy(dict(POLICY.calendar))
    calendar["holidays"].append({"title_zh": "停工", "from": "2023-09-25", "to": "2023-10-01"})
    assert found(seen("2023-10-02", project=week_off), "D109", calendar) == []


def test_every_code_is_used() -> None:
    """The last one is for companies."""
    rules = POLICY.calendar["deadlines"].values()
    late = {rule["settled_by"]["late"] for rule in rules if "late" in rule.get("settled_by", {})}
    codes = {code for code in rules_of("D") if "D101" <= code <= "D148"}
    assert {rule["code"] for rule in rules} | late == codes


@pytest.mark.parametrize(
    ("deadline", "problem"),
    [
        ({}, "`measure` is missing"),
        ({"measure": "moon"}, "moon"),
        ({"measure": "date"}, "`due` is missing"),
        ({"measure": "date", "due": "x", "typ": ["survey-plan"]}, "typ: no such key"),
        ({"measure": "date", "due": "survey_form", "types": ["survey-plan"]}, "field survey_form"),
        ({"measure": "date", "due": "due", "each": "miles", "types": ["presales-work-plan"]}, "field due"),
        ({"measure": "date", "due": "survey_to", "types": ["surveyplan"]}, "type surveyplan"),
        ({"measure": "date", "due": "created", "roles": ["boss"]}, "role boss"),
        ({"measure": "date", "due": "created", "code": "D999"}, "code D999"),
        ({"measure": "date", "due": "created", "code": "N101"}, "code N101"),
        ({"measure": "date", "due": "created", "covers": "nobody"}, "deadline nobody"),
        ({"measure": "date", "due": "created", "states": ["moon"]}, "state moon"),
        ({"measure": "date", "due": "created", "days": -1}, "-1 days"),
        ({"measure": "date", "due": "created", "warn": [100000]}, "100000 days"),
        ({"measure": "date", "due": "created", "settled_by": {"type": "bid-file", "after": "created"}}, "field is missing"),
        ({"measure": "period", "every": "week"}, "`evidence` is missing"),
        ({"measure": "period", "every": "day", "evidence": {"backup-record": "made_at"}}, "every day"),
        ({"measure": "interval", "evidence": {"backup-record": "made_at"}}, "`days` is missing"),
        ({"measure": "interval", "days": 7, "evidence": {"backup-record": "made"}}, "field made"),
    ],
)  # fmt: skip
def test_timetable_that_cannot_be(deadline: dict[str, Any], problem: str) -> None:
    with pytest.raises(PrsError) as refused:
        build_timetable(own(**deadline), POLICY)
    assert refused.value.code == "A402"
    assert refused.value.args_["where"] == "deadline own"
    assert problem in str(refused.value.args_["problem"])
