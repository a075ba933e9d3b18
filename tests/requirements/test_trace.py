"""What rests on what, what is behind after a change, search and reports: 一(三), 四(四), 五, 六(一)."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.company import PROJECT, Company, Desk
from tests.requirements.stories import BID, CHANGE, DESIGN, REPORT, SHOW, measured, record, revise, traced

LATER = "2023-05-20T09:30:00+08:00"
REQUEST = {"affected_docs": REPORT, "requested_by": "客户信息中心", "decision": "accept"}


@pytest.fixture(scope="module")
def told(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Report, solution, bid and presentation in force, each on the one before."""
    return traced(company, tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="module")
def changed(told: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The same after the customer's change of the report was accepted."""
    desk = told.copy(tmp_path_factory.mktemp("changed"))
    assert record(desk, "lin", "requirement-change-request", "需求变更", **REQUEST) == CHANGE
    return desk


@pytest.fixture(scope="module")
def restated(changed: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The same with version 1.1 of the report, which states one need more."""
    desk = changed.copy(tmp_path_factory.mktemp("restated"))
    more = {"priority: high}]": "priority: high}, {id: REQ-04, text: 无感通行, priority: high}]"}
    revise(desk, "lin", REPORT, more, LATER)
    return desk


@pytest.fixture(scope="module")
def reworked(restated: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The same with version 1.1 of the solution, on version 1.1 of the report."""
    desk = restated.copy(tmp_path_factory.mktemp("reworked"))
    revise(desk, "lin", DESIGN, {f"{REPORT}@1.0": f"{REPORT}@1.1", "REQ-03]": "REQ-03, REQ-04]"}, LATER)
    return desk


@pytest.fixture(scope="module")
def counted(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Projects, answers, reviews and costs to be counted."""
    return measured(company, tmp_path_factory.mktemp("counted"))


def behind(desk: Desk) -> dict[str, set[str]]:
    """What `prs check --stale` says: number → codes."""
    found: dict[str, set[str]] = {}
    done = desk.prs("", "check", "--stale", "--json")
    for item in done.json:
        found.setdefault(Path(item["path"]).name[:11], set()).add(item["code"])
    assert done.code == bool(found)
    return found


def test_r003_a_need_of_high_priority_is_never_left_out(told: Desk, restated: Desk, tmp_path: Path) -> None:
    """R003 | prs check, prs submit, prs trace | A need of high priority that no solution covers is named."""
    desk = told.copy(tmp_path)
    path = desk.path_of(DESIGN)
    path.write_text(path.read_text(encoding="utf-8").replace("[REQ-01, REQ-03]", "[REQ-01, REQ-09]"), encoding="utf-8")
    done = desk.prs("", "check", str(path.relative_to(desk.root)), "--json")
    said = {item["code"]: item["message"] for item in done.json if item["severity"] == "error"}
    assert done.code == 1 and said.keys() == {"L121", "L122"}
    assert "REQ-03" in said["L121"] and "夜间巡更" in said["L121"] and "REQ-09" in said["L122"]
    refused = desk.prs("lin", "save", DESIGN, "-m", "改覆盖")
    assert refused.code == 1 and "error[L122]" in refused.out, "a need that nobody stated"
    path.write_text(path.read_text(encoding="utf-8").replace("[REQ-01, REQ-09]", "[REQ-01]"), encoding="utf-8")
    desk.ok("lin", "save", DESIGN, "-m", "写到一半")
    refused = desk.prs("lin", "submit", DESIGN, "-m", "改覆盖")
    assert refused.code == 2 and "L121" in refused.codes
    done = restated.prs("", "trace", PROJECT)
    assert done.code == 1
    assert [line for line in done.out.splitlines() if "NOT COVERED" in line and "REQ-04" in line and "无感通行" in line]
    (matrix,) = restated.prs("", "trace", PROJECT, "--json").json["requirements"]
    assert [row["id"] for row in matrix["rows"] if row["missing"]] == ["REQ-04"]
    assert matrix["rows"][0]["covered"] == [f"{DESIGN}@1.0"] and matrix["rows"][0]["carried"] == [f"{BID}@1.0"]


def test_r004_answers_in_time_are_counted_and_the_late_one_is_named(counted: Desk) -> None:
    """R004 | prs report response | Two questions, one answered late: 50 %, and the late one is named."""
    found = counted.ok("", "report", "response", "--period", "2023Q2", "--json").json
    assert (found["rate"], found["in_time"], found["late"]) == (50.0, 1, 1)
    late = next(item for item in found["items"] if item["state"] == "LATE")
    shown = counted.ok("", "report", "response")
    assert f"{late['number']}  {PROJECT}" in shown.out and "50.0 %" in shown.out
    assert counted.ok("", "report", "response", "--period", "2023Q3", "--json").json["rate"] is None


def test_r011_an_overdue_milestone_is_late(counted: Desk) -> None:
    """R011 | prs report progress | A milestone whose day is over and that is not done is LATE."""
    found = counted.ok("", "report", "progress", "-p", PROJECT, "--json").json["items"]
    assert [(item["name"], item["state"], item["days_late"]) for item in found] == [
        ("提交方案", "done", 0), ("完成演示", "LATE", 3), ("递交标书", "open", 0),
    ]  # fmt: skip


def test_r012_talks_with_executives_are_counted_by_project(counted: Desk) -> None:
    """R012 | prs report communication | Talks with the customer's executives are counted for each project."""
    found = counted.ok("", "report", "communication", "-p", PROJECT, "--json").json["items"]
    levels = {item["value"]: item["count"] for item in found if item["field"] == "level"}
    assert levels == {"executive": 1, "working": 1}


def test_r014_more_spent_than_planned_is_shown(counted: Desk) -> None:
    """R014 | prs report project | A cost above the budget of the work plan is COST-OVER."""
    found = {item["project"]: item for item in counted.ok("", "report", "project", "--json").json["items"]}
    over = found[PROJECT]
    assert (over["budget"], over["cost"], over["as_of"], over["state"]) == (
        "100000.00", "100000.01", "2023-05-31", "COST-OVER",
    )  # fmt: skip
    assert (found["XM2023002"]["cost"], found["XM2023002"]["state"]) == (None, "")
    assert over["quality"] == 76.0
    april = counted.ok("", "report", "project", "-p", PROJECT, "--period", "2023-04", "--json").json["items"]
    assert [(item["cost"], item["state"]) for item in april] == [("40000.00", "")]
    counted.refuse("W362", "", "report", "project", "--period", "2023Q5")
    counted.refuse("P106", "", "report", "project", "-p", "XM2023099")


def test_r027_a_bid_names_the_version_of_the_solution_in_force(reworked: Desk, tmp_path: Path) -> None:
    """R027 | prs check, prs submit | A bid on an older version of the solution than the one in force is refused."""
    desk = reworked.copy(tmp_path)
    done = desk.prs("", "check", "--json")
    errors = [item for item in done.json if item["severity"] == "error"]
    assert done.code == 1 and [item["code"] for item in errors] == ["L120"]
    assert BID in errors[0]["path"] and f"{DESIGN}@1.1" in errors[0]["hint"] and errors[0]["line"] > 1
    desk.edit(BID)
    desk.ok("lin", "save", BID, "-m", "未改引用")
    refused = desk.prs("lin", "submit", BID, "-m", "未改引用", now=LATER)
    assert refused.code == 2 and "L120" in refused.codes
    path = desk.path_of(BID)
    path.write_text(path.read_text(encoding="utf-8").replace(f"{DESIGN}@1.0", f"{DESIGN}@1.1"), encoding="utf-8")
    desk.ok("lin", "save", BID, "-m", "改引用")
    desk.ok("lin", "submit", BID, "-m", "改引用", now=LATER)


def test_r056_all_needs_of_high_priority_are_met(reworked: Desk) -> None:
    """R056 | prs trace | Once every need of high priority is covered by a version in force, nothing is missing."""
    found = reworked.prs("", "trace", PROJECT, "--json").json
    assert found["missing"] == 0
    (matrix,) = found["requirements"]
    by_priority = {row["id"]: row["covered"] for row in matrix["rows"] if row["must"]}
    assert by_priority == {id_: [f"{DESIGN}@1.1"] for id_ in ("REQ-01", "REQ-03", "REQ-04")}


def test_r063_an_open_question_after_the_demonstration_marks_the_presentation(told: Desk, tmp_path: Path) -> None:
    """R063 | prs check --stale | A question left open by the demonstration puts the presentation on the list."""
    desk = told.copy(tmp_path)
    assert behind(desk) == {}
    held = {"plan_ref": SHOW, "held_at": "2023-05-18T09:00", "place": "滨江", "customer_participants": "王总"}
    record(desk, "lin", "demo-feedback-record", "答完", **held, questions="[{question: 可扩展吗, status: closed}]")
    assert behind(desk) == {}
    open_ = "[{question: 能离线吗, status: open}]"
    number = record(desk, "lin", "demo-feedback-record", "反馈", **held, questions=open_)
    assert behind(desk) == {SHOW: {"L130"}}
    answered = desk.copy(tmp_path / "answered")
    answered.ok("lin", "track", number, "questions.1.status=closed", now=LATER)
    assert behind(answered) == {}
    revise(desk, "lin", SHOW, {}, LATER)
    assert behind(desk) == {}
    note = {"trigger": "demo-feedback", "trigger_ref": SHOW, "affected_docs": DESIGN}
    record(desk, "lin", "solution-change-note", "方案调整", **note)
    assert behind(desk)[DESIGN] == {"L130"} and behind(desk)[SHOW] == {"L134"}


def test_r119_what_a_change_touches_is_listed_until_it_is_revised(
    told: Desk, changed: Desk, restated: Desk, reworked: Desk, tmp_path: Path
) -> None:
    """R119 | prs check --stale, prs trace | What an accepted change touches is listed; revising clears it."""
    assert behind(told) == {}
    told.refuse("W103", "", "trace", "QD202305099")
    told.refuse("N102", "", "trace", "qd202305001")
    told.refuse("P106", "", "trace", "XM2023099")
    assert behind(changed) == {REPORT: {"L130"}, DESIGN: {"L134"}, BID: {"L134"}, SHOW: {"L134"}}
    traced_ = changed.prs("", "trace", REPORT)
    assert traced_.code == 1 and f"L130  {CHANGE} changes {REPORT}" in traced_.out and DESIGN in traced_.out
    assert changed.prs("", "trace", PROJECT).code == 1
    assert behind(restated) == {DESIGN: {"L131"}, BID: {"L134"}, SHOW: {"L134"}}
    assert behind(reworked) == {BID: {"L131"}, SHOW: {"L131"}}
    named = {item["number"]: item for item in reworked.prs("", "trace", DESIGN, "--json").json["named_by"]}
    assert (named[BID]["named"], named[BID]["current"], named[BID]["is_outdated"]) == ("1.0", "1.1", True)
    desk = reworked.copy(tmp_path)
    for number in (BID, SHOW):
        revise(desk, "lin", number, {f"{DESIGN}@1.0": f"{DESIGN}@1.1"}, LATER)
    assert behind(desk) == {}
    assert desk.prs("", "trace", PROJECT).code == 0


def test_r126_old_versions_can_be_compared_read_and_found(restated: Desk) -> None:
    """R126 | prs diff, prs show, prs search | An old version is read byte for byte, compared and found by its words."""
    first = restated.git_ok("rev-list", "--reverse", "--first-parent", "approved", "--", f"*{REPORT}*").split()[0]
    path = restated.path_of(REPORT).relative_to(restated.root).as_posix()
    assert restated.ok("", "show", f"{REPORT}@1.0").raw == restated.git("cat-file", "blob", f"{first}:{path}").raw
    compared = restated.ok("", "diff", REPORT, "1.0", "1.1").out
    assert "REQ-04" in compared and "修订一处" in compared
    assert "REQ-04" not in restated.ok("", "show", f"{REPORT}@1.0").out
    found = restated.ok("", "search", "無感通行", "--json").json
    assert [(item["number"], item["path"]) for item in found] == [(REPORT, path)]
    lines = restated.path_of(REPORT).read_text(encoding="utf-8").splitlines()
    assert "无感通行" in lines[found[0]["line"] - 1] and "无感通行" in found[0]["snippet"]


def test_r126_search_takes_words_as_they_are(restated: Desk, tmp_path: Path) -> None:
    """R126 | prs search | Words are no patterns; all must occur, in files and library, with the filters of prs list."""
    numbers = {item["number"] for item in restated.ok("", "search", "闸机 预约", "--limit", "0", "--json").json}
    assert numbers == {REPORT}
    assert {item["number"] for item in restated.ok("", "search", "详细设计", "--json").json} == {DESIGN}, "titles count"
    assert restated.ok("", "search", "req-04", "--published", "--type", "requirement-survey-report", "--json").json
    for text in ("访客.*联动", "[访客]", "(a+)+$", "闸机 不存在的词", "--output=x", "\\"):
        done = restated.prs("", "search", "--json", "--", text)
        assert (done.code, done.json) == (1, [])
    assert restated.prs("", "search", "闸机", "--status", "draft").code == 1
    restated.refuse("W360", "", "search", "  ")
    restated.refuse("W361", "", "search", "长" * 201)
    desk = restated.copy(tmp_path)
    desk.edit(BID, "刚写下还没有保存的句子")
    assert [item["number"] for item in desk.ok("", "search", "刚写下", "--json").json] == [BID]
    assert desk.prs("", "search", "刚写下", "--published").code == 1


def test_r139_answers_to_a_customer_are_followed(counted: Desk, tmp_path: Path) -> None:
    """R139 | prs report response | When the customer asked, when we answered and after how many hours is listed."""
    found = counted.ok("", "report", "response", "-p", PROJECT, "--json").json["items"]
    assert [(item["hours"], item["state"]) for item in found] == [(23.0, "in time"), (24.0, "LATE")]
    assert found[0]["asked"].startswith("2023-05-10T09:00") and found[0]["answered"].startswith("2023-05-11T08:00")
    desk = counted.copy(tmp_path)
    asked = {"comm_time": "2023-05-17T18:00", "request_received_at": "2023-05-17T18:00", "channel": "phone"}
    people = {"customer_participants": "王总", "our_participants": "lin", "result": "待答复"}
    number = record(desk, "lin", "customer-communication-record", "提问", **asked, **people)
    states = {item["number"]: item["state"] for item in desk.ok("", "report", "response", "--json").json["items"]}
    assert states[number] == "waiting"
    desk.ok("lin", "track", number, "responded_at=2023-05-18T09:00", now=LATER)
    states = {item["number"]: item["state"] for item in desk.ok("", "report", "response", "--json").json["items"]}
    assert states[number] == "in time"


def test_r141_communication_is_counted_by_type_and_channel(counted: Desk) -> None:
    """R141 | prs report communication | Records are counted by project, type, channel and level, in a period."""
    found = counted.ok("", "report", "communication", "--period", "2023-05", "--json").json["items"]
    assert {(item["project"], item["type"], item["field"], item["value"], item["count"]) for item in found} == {
        (PROJECT, "customer-communication-record", "", "", 2),
        (PROJECT, "customer-communication-record", "channel", "phone", 2),
        (PROJECT, "customer-communication-record", "level", "executive", 1),
        (PROJECT, "customer-communication-record", "level", "working", 1),
    }
    assert counted.ok("", "report", "communication", "--period", "2023-06", "--json").json["items"] == []
    table = counted.ok("", "--lang", "zh", "report", "communication", "--csv", "-").out
    assert [row[1:] for row in csv.reader(io.StringIO(table))][1:3] == [
        ["客户沟通记录", "-", "-", "2"], ["客户沟通记录", "沟通方式", "电话", "2"],
    ]  # fmt: skip


def test_r142_partners_get_only_what_is_public_or_for_customers(told: Desk, tmp_path: Path) -> None:
    """R142 | prs check, prs register | A record that shares a 秘密 document with a partner is refused."""
    desk = told.copy(tmp_path)
    given = {"partner": "云联集成", "comm_time": "2023-05-18T10:00", "channel": "phone", "our_participants": "lin"}
    record(desk, "lin", "partner-communication-record", "可共享", **given, shared_info=f"需求见{REPORT}")
    words = [word for name, value in given.items() for word in ("--set", f"{name}={value}")]
    shared = ("--set", f"shared_info=方案 {DESIGN} 全文")
    number = desk.new("lin", "partner-communication-record", "不可共享", "-p", PROJECT, *words, *shared)
    path = desk.path_of(number).relative_to(desk.root)
    done = desk.prs("", "check", str(path), "--json")
    errors = [item for item in done.json if item["severity"] == "error"]
    assert done.code == 1 and [item["code"] for item in errors] == ["L123"] and DESIGN in errors[0]["message"]
    refused = desk.prs("lin", "save", number, "-m", "沟通")
    assert refused.code == 1 and "error[L123]" in refused.out
    desk.git_ok("add", "--all")
    assert desk.commit("lin", "沟通", "--no-verify").code == 0
    refused = desk.prs("lin", "register", number)
    assert refused.code == 2 and "L123" in refused.codes
    assert "秘密" in desk.prs("", "--lang", "zh", "check", str(path)).out


def indicator(desk: Desk, id_: str, period: str) -> dict[str, object]:
    """One indicator of `prs report kpi`."""
    found = desk.ok("", "report", "kpi", "--period", period, "--json").json["indicators"]
    return next(item for item in found if item["id"] == id_)


def test_r145_success_rate(counted: Desk) -> None:
    """R145 | prs report kpi | Three won, two lost: rate 60.0 %, score 100 at the target of 40 %; cancelled is none."""
    found = indicator(counted, "K1", "2023Q2")
    assert found["value"] == 100.0
    assert found["figures"] == {"won": 3.0, "lost": 2.0, "dropped": 0.0, "rate": 60.0}
    assert "60.0 %" in counted.ok("", "report", "kpi", "--period", "2023Q2").out
    assert indicator(counted, "K1", "2023Q3")["figures"] == {"won": 1.0, "lost": 0.0, "dropped": 0.0, "rate": 100.0}
    nothing = indicator(counted, "K1", "2022")
    assert nothing["value"] is None, "no data is never 0"


def test_r146_satisfaction(counted: Desk) -> None:
    """R146 | prs report kpi | Answers of 4 of 5 give 80.0; a period without answers has no value."""
    assert indicator(counted, "K2", "2023Q2")["value"] == 80.0
    assert indicator(counted, "K2", "2023Q3")["value"] == 20.0
    assert indicator(counted, "K2", "2023Q1")["value"] is None


def test_r147_quality_of_solutions(counted: Desk) -> None:
    """R147 | prs report kpi | The example: q 82, 80, 92, 70, mean 81, in two rounds: 76.0."""
    found = indicator(counted, "K3", "2023Q2")
    assert found["value"] == 76.0
    assert [(item["rounds"], item["departments"], item["score"]) for item in found["items"]] == [(2, 4, 76.0)]
    assert indicator(counted, "K3", "2023Q3")["value"] is None


def test_r169_the_master_list(told: Desk, tmp_path: Path) -> None:
    """R169 | prs list --csv | The master list has number, name, version, level, author, status and retention."""
    desk = told.copy(tmp_path)
    desk.new("lin", "team-post", "=HYPERLINK(0)", "-p", PROJECT, "--set", "kind=progress")
    target = tmp_path / "总清单.csv"
    desk.ok("", "list", "--csv", str(target))
    raw = target.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and b"\r\n" in raw
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[0] == ["编号", "名称", "版本", "密级", "编制人", "状态", "保管期限"]
    by_number = {row[0]: row[1:] for row in rows[1:]}
    assert by_number[DESIGN] == ["详细设计", "1.0", "秘密", "林越", "已发布", "10年"]
    assert "'=HYPERLINK(0)" in [row[0] for row in by_number.values()], "no spreadsheet runs it"
    listed = desk.ok("", "list", "--csv", "-", "--type", "bid-technical").out
    assert [row[0] for row in csv.reader(io.StringIO(listed))] == ["编号", BID]
