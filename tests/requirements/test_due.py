"""Communication and deadlines: 三(一), 三(四) to 三(六), 五. One repository; only the clock goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.company import PROJECT, PRS, Company, Desk, Person, found_repository, make_key

FIRST = "2023-05-18"  # a Thursday
WATCHED = 2.0  # seconds, R133


def at(day: str, hour: str = "10:00") -> str:
    return f"{day}T{hour}:00+08:00"


def words(fields: dict[str, str]) -> list[str]:
    return [word for name, value in fields.items() for word in ("--set", f"{name}={value}")]


def record(desk: Desk, person: str, type_id: str, title: str, day: str = FIRST, **fields: str) -> str:
    """A record of the project, published by its author in one command."""
    done = desk.ok(
        person, "new", type_id, "-p", PROJECT, "-t", title, *words(fields), "--register", "--json", now=at(day)
    )
    assert done.json["status"] == "published"
    return str(done.json["number"])


def publish(
    desk: Desk, person: str, type_id: str, title: str, signers: list[str], day: str = FIRST, project: str = PROJECT,
    **fields: str,
) -> str:  # fmt: skip
    """A document that somebody else signs."""
    place = ("-p", project) if project else ()
    made = desk.ok(person, "new", type_id, *place, "-t", title, *words(fields), "--save", "--json", now=at(day))
    number = str(made.json["number"])
    desk.ok(person, "submit", number, "-m", "首次发布", now=at(day))
    for signer in signers:
        desk.ok(signer, "approve", number, "-m", "同意", now=at(day))
    return number


def due(desk: Desk, day: str, *options: str, person: str = "", hour: str = "10:00") -> dict[str, list[dict]]:
    """What is due on a day, by code; the exit code says whether there is anything that presses."""
    done = desk.prs(person, "due", "--json", *options, now=at(day, hour))
    presses = [item for item in done.json if item["state"] != "upcoming" or item["notice"] is not None]
    assert done.code == int(bool(presses))
    found: dict[str, list[dict]] = {}
    for item in done.json:
        found.setdefault(item["code"], []).append(item)
    return found


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The company of the other tests, and 梅雨 of the marketing department."""
    company = Company.make(tmp_path_factory.mktemp("people"))
    mei = Person("mei", "梅雨", "marketing", ("marketing-specialist",), company.folder / "mei")
    make_key(mei.key)
    company = Company(company.folder, {**company.people, "mei": mei})
    company.people_file.write_text(company.listed(id for id in company.people if id != "stranger"), encoding="utf-8")
    return company


@pytest.fixture(scope="module")
def desk(people: Company, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A repository founded on a Thursday, with documents of many kinds."""
    return found_repository(people, tmp_path_factory.mktemp("due"))


@pytest.fixture(scope="module")
def tender(desk: Desk) -> str:
    return record(
        desk, "song", "tender-document-register", "招标文件登记", tender_no="BJ-2023-01", tenderer="滨江建投",
        received_on=FIRST, bid_deadline="2023-06-20T09:30",
    )  # fmt: skip


@pytest.fixture(scope="module")
def issue(desk: Desk) -> str:
    return record(desk, "lin", "coordination-issue", "旧系统接口没有文档", kind="技术难题", opened_on=FIRST, owner="xu")


@pytest.fixture(scope="module")
def call(desk: Desk) -> str:
    return record(
        desk, "lin", "customer-communication-record", "电话沟通", comm_time=f"{FIRST}T09:00", channel="电话",
        customer_participants="王工，李处", our_participants="林越", result="同意先看方案",
        actions="[{text: '发资料：第一版', owner: 林越, due: 2023-05-25}, {text: 约时间, owner: shen, due: 2023-05-30}]",
    )  # fmt: skip


def test_nothing_is_due_on_the_first_day(desk: Desk) -> None:
    done = desk.prs("", "due", now=at(FIRST))
    assert (done.code, done.out) == (0, "")
    assert desk.prs("", "due", "--json", now=at(FIRST)).json == []


def test_r073_bid_deadline_warns_seven_three_and_one_day_ahead(desk: Desk, tender: str) -> None:
    """R073 | prs due, prs due --ics | A bid's deadline warns 7, 3 and 1 days ahead; a late bid is flagged."""
    assert "D101" not in due(desk, "2023-06-12")
    notices = {}
    for day in ("2023-06-13", "2023-06-16", "2023-06-17", "2023-06-19", "2023-06-20"):
        [item] = due(desk, day, hour="09:00")["D101"]
        assert (item["number"], item["project"], item["who"]) == (tender, PROJECT, ["song"])
        notices[item["days"]] = (item["notice"], item["state"])
    assert notices == {
        7: (7, "upcoming"), 4: (7, "upcoming"), 3: (3, "upcoming"), 1: (1, "upcoming"), 0: (1, "due"),
    }  # fmt: skip
    assert due(desk, "2023-06-20", hour="09:31")["D101"][0]["state"] == "overdue", "the hour counts"
    assert desk.ok("", "explain", "D101").out


def test_r073_calendar_file_has_alarms(desk: Desk, tender: str, tmp_path: Path) -> None:
    """R073 | prs due --ics | The calendar file names the deadline with alarms of 7, 3 and 1 days, in company time."""
    path = tmp_path / "deadlines.ics"
    for day in ("2023-06-01", "2023-06-02"):  # written again over itself
        desk.prs("", "--lang", "zh", "due", "--ics", path, now=at(day))
        events = {str(event["uid"]): event for event in Calendar.from_ical(path.read_bytes()).walk("VEVENT")}
        [bid] = [event for event in events.values() if event["categories"].cats == ["D101"]]
        assert bid["dtstart"].dt.isoformat() == "2023-06-20T09:30:00+08:00"
        assert bid["dtstart"].params["tzid"] == "Asia/Shanghai"
        assert [alarm["trigger"].dt.days for alarm in bid.walk("VALARM")] == [-7, -3, -1]
        assert tender in bid["description"] and "BJ-2023-01" in bid["summary"]
        uid = str(bid["uid"])
    assert uid in events, "the same item has the same name on another day"
    other = tmp_path / "letter.txt"
    other.write_text("mine", encoding="utf-8")
    desk.refuse("W340", "", "due", "--ics", other, now=at("2023-06-01"))
    assert other.read_text(encoding="utf-8") == "mine"


def test_r015_open_issue_is_listed(desk: Desk, issue: str) -> None:
    """R015 | prs due | An issue that is open for longer than the policy's days is listed for its owner."""
    assert "D112" not in due(desk, "2023-05-24")
    [item] = due(desk, "2023-05-26")["D112"]
    assert (item["number"], item["state"], item["who"]) == (issue, "overdue", ["xu"])
    assert due(desk, "2023-05-26", "--mine", person="lin").get("D112") is None
    assert due(desk, "2023-05-26", "--mine", person="xu")["D112"] == [item]


def test_r136_unsolved_issue_is_escalated(desk: Desk, issue: str) -> None:
    """R136 | prs due | After more days an open issue goes to the leader, in place of the first reminder."""
    found = due(desk, "2023-06-02")
    assert [(item["number"], item["who"]) for item in found["D113"]] == [(issue, ["cheng"])]
    assert "D112" not in found
    assert "ESCALATE" in desk.prs("", "due", now=at("2023-06-02")).out


def test_r022_technical_issues_are_found(desk: Desk, issue: str) -> None:
    """R022 | prs list --where kind=technical | Technical problems are found among all issues, by key or label."""
    other = record(desk, "lin", "coordination-issue", "进度落后", kind="progress", opened_on=FIRST, owner="lin")
    for word in ("technical", "技术难题", "技術難題"):
        listed = desk.ok("", "list", "--type", "coordination-issue", "--where", f"kind={word}", "--json").json
        assert [item["number"] for item in listed] == [issue]
    listed = desk.ok("", "list", "--type", "coordination-issue", "--where", "kind!=technical", "--json").json
    assert [item["number"] for item in listed] == [other]


def test_r141_filters_return_exactly_what_matches(desk: Desk, call: str, tender: str) -> None:
    """R141 | prs list | Filters on type, project, day and fields, nested ones too, return exactly what matches."""

    def listed(*options: str) -> list[str]:
        return [item["number"] for item in desk.ok("", "list", *options, "--json").json]

    assert listed("--where", "actions.owner=shen") == [call]
    assert listed("--where", "actions.owner=she") == []
    assert listed("--where", "actions.owner=shen", "--where", "channel=email") == []
    assert listed("--where", "actions.due<=2023-05-25", "--where", "channel=電話") == [call]
    assert listed("--where", "customer_participants=王工") == [call]
    assert listed("--where", "bid_deadline>=2023-06-20", "--project", PROJECT) == [tender]
    assert listed("--where", "bid_deadline>=2023-06-21") == []
    assert listed("--type", "tender-document-register", "--since", "2023-05-19") == []
    assert listed("--type", "tender-document-register", "--since", FIRST, "--until", FIRST) == [tender]
    assert listed("--type", "招標文件登記表", "--status", "void") == []
    assert listed("--type", "招標文件登記表") == [tender]
    desk.refuse("W344", "", "list", "--where", "action.owner=shen")
    desk.refuse("F122", "", "list", "--type", "招标登记")


def test_r076_overdue_follow_up_until_a_later_one(desk: Desk) -> None:
    """R076 | prs due | A follow-up whose next day is over is due until a later follow-up is recorded."""
    fields = {"followed_on": FIRST, "next_action": "拜访客户", "next_due": "2023-05-25"}
    first = record(desk, "lin", "follow-up-record", "首次跟进", **fields)
    [item] = due(desk, "2023-05-26")["D103"]
    assert (item["number"], item["state"], item["subject"], item["who"]) == (first, "overdue", "拜访客户", ["lin"])
    fields = {"followed_on": "2023-05-26", "next_action": "送方案", "next_due": "2023-06-30"}
    second = record(desk, "lin", "follow-up-record", "再次跟进", "2023-05-26", **fields)
    assert "D103" not in due(desk, "2023-05-26")
    assert [item["number"] for item in due(desk, "2023-07-03")["D103"]] == [second]


def test_r137_customer_without_contact(desk: Desk, call: str) -> None:
    """R137 | prs due | An active project without customer contact for 14 days is due for its manager."""
    assert call
    assert "D111" not in due(desk, "2023-05-29")
    [item] = due(desk, "2023-06-02")["D111"]
    assert (item["project"], item["who"], item["due"], item["state"]) == (PROJECT, ["shen"], "2023-06-01", "overdue")
    fields = {"channel": "phone", "customer_participants": "王工", "our_participants": "lin", "result": "已答复"}
    record(
        desk, "lin", "customer-communication-record", "再次沟通", "2023-06-02", comm_time="2023-06-02T09:00", **fields
    )
    assert "D111" not in due(desk, "2023-06-02")


def test_r011_late_milestone(desk: Desk) -> None:
    """R011 | prs due, prs track | A milestone that is not done by its day is late until it is tracked as done."""
    plan = publish(
        desk, "shen", "presales-work-plan", "售前工作计划", ["cheng"], plan_from=FIRST, plan_to="2023-09-30",
        cost_budget="50000", milestones="[{name: 完成调研, due: 2023-05-31}, {name: 提交方案, due: 2023-08-30}]",
    )  # fmt: skip
    [item] = due(desk, "2023-06-05")["D115"]
    assert (item["number"], item["subject"], item["state"]) == (plan, "完成调研", "overdue")
    desk.ok("shen", "track", plan, "milestones.完成调研.done=2023-06-05", now=at("2023-06-05"))
    assert "D115" not in due(desk, "2023-06-05")


def test_r032_month_without_market_report(desk: Desk) -> None:
    """R032 | prs due | A month without a published market intelligence report is due until there is one."""
    assert [item["subject"] for item in due(desk, "2023-07-05")["D108"]] == ["2023-06"]
    [item] = due(desk, "2023-07-10")["D108"]
    assert (item["due"], item["state"], item["who"]) == ("2023-07-07", "overdue", ["mei"]), "five working days later"
    fields = {"period": "2023-06", "industries": "智慧园区", "distribution": "presales"}
    number = publish(desk, "mei", "market-intel-report", "六月市场情报", ["cheng"], "2023-07-10", "", **fields)
    assert number.startswith("XS202307")
    assert "D108" not in due(desk, "2023-07-10")


def test_r128_week_without_a_regular_meeting(desk: Desk) -> None:
    """R128 | prs due | A week without minutes of the regular meeting is due for the presales manager."""
    [item] = due(desk, "2023-05-29")["D109"]
    assert (item["subject"], item["due"], item["who"]) == ("2023-W21 (05-22 ~ 05-28)", "2023-05-26", ["shen"])
    minutes = {"meeting_type": "例会", "held_at": "2023-05-26T15:00", "attendees": "lin,shen", "host": "lin"}
    wrong = desk.prs("lin", "new", "meeting-minutes", "-t", "别人主持", *words(minutes), "--save", "--json")
    assert (wrong.code, wrong.json["saved"], wrong.codes[0]) == (1, "", "F130"), "its host is the presales manager"
    next(desk.root.rglob(f"{wrong.json['number']}-*")).unlink()
    publish(
        desk, "lin", "meeting-minutes", "周例会纪要", ["shen"], "2023-05-29", meeting_type="例会",
        held_at="2023-05-26T15:00", host="shen", attendees="lin,shen",
    )  # fmt: skip
    assert "D109" not in due(desk, "2023-05-29")
    holiday = due(desk, "2023-10-09")["D109"]
    assert [item["subject"] for item in holiday] == ["2023-W40 (10-02 ~ 10-08)"], (
        "worked on Saturday and Sunday for 国庆节"
    )


def test_r144_partners_meet_regularly(desk: Desk) -> None:
    """R144 | prs due | Where there are partners, their regular meeting is due after the policy's days."""
    assert "D110" not in due(desk, "2023-09-01")
    fields = {"partner": "云川集成", "comm_time": f"{FIRST}T16:00", "channel": "meeting", "our_participants": "lin"}
    record(desk, "lin", "partner-communication-record", "伙伴沟通", **fields)
    [item] = due(desk, "2023-09-01")["D110"]
    assert (item["state"], item["who"]) == ("overdue", ["shen"])
    publish(
        desk, "lin", "meeting-minutes", "伙伴会议纪要", ["shen"], "2023-09-01", meeting_type="partner",
        held_at="2023-09-01T09:00", host="shen", attendees="lin,shen",
    )  # fmt: skip
    assert "D110" not in due(desk, "2023-09-01")


def test_r039_survey_plan_quotes_the_first_contact(desk: Desk) -> None:
    """R039 | prs new survey-plan | A new survey plan quotes key questions and concerns of the first contact."""
    fields = {
        "comm_time": f"{FIRST}T09:00",
        "channel": "phone",
        "customer_participants": "王工",
        "our_participants": "lin",
    }
    sections = ("--section", "关键问题=- 工期多长\n- 能否对接旧系统", "--section", "关注点=价格和安全")
    made = desk.ok(
        "lin", "new", "initial-contact-record", "-p", PROJECT, "-t", "初步沟通", *words(fields), *sections,
        "--register", "--json",
    ).json  # fmt: skip
    plan = desk.new("lin", "survey-plan", "调研计划", "-p", PROJECT)
    text = desk.path_of(plan).read_text(encoding="utf-8")
    source = f"{made['number']}@1.0"
    assert f"> 关键问题（{source}）\n>\n> - 工期多长\n> - 能否对接旧系统\n" in text
    assert f"> 关注点（{source}）\n>\n> 价格和安全\n" in text
    found = desk.prs("", "check", desk.path_of(plan).relative_to(desk.root), "--format", "json").json
    assert {item["code"] for item in found} <= {"F110", "H102"}
    desk.path_of(plan).unlink()


def test_r131_what_happened_since_one_looked(desk: Desk) -> None:
    """R131 | prs feed | The feed of a project shows what others did since one looked, and nothing twice."""
    desk.ok("shen", "feed", now=at("2023-05-30"))
    post = record(desk, "lin", "team-post", "接口资料已到", "2023-05-31", kind="material", mentions="沈砚舟")
    other = record(desk, "xu", "team-post", "联调完成", "2023-05-31", kind="progress")
    look = ("feed", "--no-mark", "--json")
    assert [path.parent.name for path in desk.home.rglob("*.json")] == ["feeds"], "outside the repository"
    news = desk.ok("shen", *look, now=at("2023-05-31")).json
    seen = [(item["number"], item["person"], item["action"], item["to_me"]) for item in news]
    assert seen == [(post, "lin", "register", "mention"), (other, "xu", "register", "")], "what names me comes first"
    assert desk.ok("shen", *look, "-p", PROJECT, now=at("2023-05-31")).json == news
    assert desk.ok("shen", "feed", "--json", now=at("2023-05-31")).json == news
    assert desk.ok("shen", "feed", "--json", now=at("2023-05-31")).json == []
    again = desk.ok("shen", "feed", "--since", "2023-05-31", "--json", now=at("2023-05-31")).json
    assert [item for item in again if item["time"] < "2023-06"] == news
    for text in ("", "{}", '{"sequence": "x", "commit": []}', '{"sequence": 1, "commit": "' + "0" * 40 + '"}'):
        for bookmark in desk.home.rglob("feeds/*.json"):
            bookmark.write_text(text, encoding="utf-8")
        spoilt = desk.ok("shen", *look, now=at("2023-05-31")).json
        assert {post, other} <= {item["number"] for item in spoilt}, "what is spoilt shows more, never less"
    others = desk.ok("gao", *look, now=at("2023-05-31")).json
    assert PROJECT not in {item["project"] for item in others}, "not of somebody else's project"
    everything = desk.ok("gao", "feed", "--all", "--json", now=at("2023-05-31")).json
    assert {post, other} <= {item["number"] for item in everything}


def test_r006_a_post_reaches_the_team(desk: Desk) -> None:
    """R006 | prs feed | What one member posts appears in the feed of another."""
    record(desk, "xu", "team-post", "我也在这个项目", "2023-06-01", kind="progress")
    desk.ok("xu", "feed", now=at("2023-06-01"))
    post = record(desk, "lin", "team-post", "方案初稿请提意见", "2023-06-01", kind="issue")
    assert [item["number"] for item in desk.ok("xu", "feed", "--json", now=at("2023-06-01")).json] == [post]


def test_r132_members_post_material_progress_and_problems(desk: Desk) -> None:
    """R132 | prs new team-post | Members post material, progress and problems in one line; other kinds are refused."""
    for kind, label in (("material", "项目资料"), ("progress", "工作进展"), ("issue", "问题反馈")):
        number = record(desk, "xu", "team-post", f"共享{label}", "2023-06-02", kind=label)
        assert desk.ok("", "show", number, "--json").json["front_matter"]["kind"] == kind
    desk.refuse("F112", "xu", "new", "team-post", "-p", PROJECT, "-t", "闲聊", "--set", "kind=gossip", "--register")
    desk.refuse("W343", "lin", "new", "survey-plan", "-p", PROJECT, "-t", "计划", "--register")


def test_actions_have_owner_and_day(desk: Desk, call: str) -> None:
    """Action items of all records, by owner and day; tracked as done they go."""
    mine = desk.ok("lin", "actions", "--mine", "--json", now=at("2023-05-26")).json
    assert [(item["number"], item["entry"], item["text"], item["overdue"]) for item in mine] == [
        (call, 1, "发资料：第一版", True)
    ]
    assert [item["number"] for item in due(desk, "2023-05-26", "--mine", person="lin")["D116"]] == [call]
    desk.ok("lin", "track", call, "actions.1.done=2023-05-26", now=at("2023-05-26"))
    assert desk.ok("lin", "actions", "--mine", "--json", now=at("2023-05-26")).json == []
    done = desk.ok("lin", "actions", "--mine", "--done", "--json", now=at("2023-05-26")).json
    assert [item["done"] for item in done] == ["2023-05-26"]
    assert "约时间" in desk.ok("", "actions", "--overdue", now=at("2023-06-01")).out


def test_one_line_is_checked_before_anything_is_written(desk: Desk, tmp_path: Path) -> None:
    """Values typed on the command line have the form of their fields; a text comes from a file."""
    new = ("new", "customer-communication-record", "-p", PROJECT, "-t", "电话沟通")
    for code, options in (
        ("F112", ["--set", "channel=电报"]),
        ("F114", ["--set", "our_participants=张三"]),
        ("F111", ["--set", "actions.due=明天"]),
        ("F111", ["--set", "actions=发资料"]),
        ("F115", ["--set", "actions=[{what: 发资料}]"]),
        ("F115", ["--set", "result.text=好"]),
        ("F101", ["--set", "actions=[{text: 发资料}"]),
        ("F108", ["--set", "colour=red"]),
        ("F120", ["--set", "number=GT202305999"]),
        ("W341", ["--set", "result=好", "--set", "result=不好"]),
        ("W342", ["--section", "天气=晴"]),
        ("E122", ["--body", "no-such-file.md"]),
        ("E190", ["--body", "-", "--section", "沟通结果=好"]),
    ):
        desk.refuse(code, "lin", *new, *options)
    spoken = desk.ok(
        "lin", "new", "協作問題單", "-p", PROJECT, "-t", "中文录入", "--set", "问题类别=成本", "--set", "提出日期=2023-05-18",
        "--set", "责任人=许知行", "--json",
    ).json  # fmt: skip
    written = desk.ok("", "show", spoken["number"], "--json").json["front_matter"]
    assert (written["kind"], written["opened_on"], written["owner"]) == ("cost", FIRST, "xu")
    desk.path_of(spoken["number"]).unlink()
    body = tmp_path / "body.md"
    body.write_text("## 内容\n\n来自文件。\n", encoding="utf-8")
    made = desk.ok("lin", "new", "team-post", "-p", PROJECT, "-t", "来自文件", "--body", body, "--json").json
    text = desk.path_of(made["number"]).read_text(encoding="utf-8")
    assert text.endswith("# 来自文件\n\n## 内容\n\n来自文件。\n")
    desk.path_of(made["number"]).unlink()


def test_a_record_that_lacks_a_field_is_kept_as_a_draft(desk: Desk) -> None:
    """What a rule stops is on disk, named, and can be mended."""
    done = desk.prs("lin", "new", "site-visit-record", "-p", PROJECT, "-t", "考察", "--register", "--json")
    assert done.code == 1
    assert "F110" in done.err
    shown = desk.ok("", "show", done.json["number"], "--json").json
    assert shown["status"] == "draft"


def submission(desk: Desk, tender: str, title: str, day: str, at_: str, **fields: str) -> str:
    """A bid of one part for a tender, submitted."""
    part = publish(desk, "song", "bid-commercial", f"{title}投标文件", ["shen"], day, tender_ref=tender)
    return record(
        desk, "song", "bid-submission-record", f"{title}递交记录", day, bid_ref=f"{part}@1.0", place="云澜市交易中心",
        submitted_at=f"{day}T{at_}", method="by-hand", sealed="true", **fields,
    )  # fmt: skip


def test_r075_receipt_of_a_bid(desk: Desk, tender: str) -> None:
    """R075 | prs due | A submitted bid without a receipt is due after one day; the submission settles the deadline."""
    sent = submission(desk, tender, "首次", "2023-06-19", "15:00")
    found = due(desk, "2023-06-19", hour="18:00")
    assert "D102" not in found
    assert "D101" not in found
    [item] = due(desk, "2023-06-20")["D102"]
    assert (item["number"], item["state"], item["who"]) == (sent, "due", ["song"])
    path = desk.path_of(sent)
    text = path.read_text(encoding="utf-8").replace("\nreceipt_no:", "\nreceipt_no: HZ-0619")
    path.write_text(text, encoding="utf-8")
    desk.ok("song", "save", sent, "-m", "补登回执", now=at("2023-06-20"))
    desk.ok("song", "register", sent, now=at("2023-06-20"))
    found = due(desk, "2023-06-21")
    assert not {"D101", "D102"} & set(found)


def test_r073_late_bid_is_flagged(desk: Desk) -> None:
    """R073 | prs due | A bid that was submitted after its deadline is flagged as late."""
    tender = record(
        desk, "song", "tender-document-register", "二次招标登记", "2023-08-01", tender_no="BJ-2023-02",
        tenderer="滨江建投", received_on="2023-08-01", bid_deadline="2023-08-21T09:30",
    )  # fmt: skip
    submission(desk, tender, "二次", "2023-08-21", "09:45", receipt_no="HZ-0821")
    found = due(desk, "2023-08-22")
    assert [(item["number"], item["state"]) for item in found["D124"]] == [(tender, "late")]
    assert "D101" not in found


def test_r064_summary_reaches_those_it_is_for(desk: Desk) -> None:
    """R064 | prs feed | A published summary of a demonstration appears in the feed of its distribution."""
    day = "2023-06-08"
    plan = publish(
        desk, "lin", "demo-plan", "项目演示方案", ["shen"], day, demo_at=f"{day}T14:00", place="客户会议室", team="lin"
    )
    feedback = record(
        desk, "lin", "demo-feedback-record", "演示反馈", day, plan_ref=plan, held_at=f"{day}T14:00", place="客户会议室",
        customer_participants="王工",
    )  # fmt: skip
    for person in ("han", "mei", "ye"):
        desk.ok(person, "feed", now=at(day))
    unknown = desk.ok(
        "lin", "new", "demo-summary-report", "-p", PROJECT, "-t", "没有发放范围", "--set", f"feedback_ref={feedback}",
        "--save", "--json", now=at(day),
    ).json["number"]  # fmt: skip
    desk.refuse("W109", "lin", "submit", unknown, "-m", "首次发布", now=at(day))
    summary = publish(
        desk, "lin", "demo-summary-report", "演示总结报告", ["shen"], day, feedback_ref=feedback,
        distribution="han, marketing",
    )  # fmt: skip
    for person, expected in (("han", [(summary, "distribution")]), ("mei", [(summary, "distribution")]), ("ye", [])):
        news = desk.ok(person, "feed", "--json", now=at(day)).json
        assert [(item["number"], item["to_me"]) for item in news] == expected, person


def test_r160_overdue_review_of_the_regulation(desk: Desk) -> None:
    """R160 | prs due | The regulation in force is due for review from the day that it names."""
    made = desk.ok(
        "ye", "new", "regulation", "-t", "项目售前工作管理制度", "--set", "interpreter=售前部",
        "--set", "review_due=2024-05-18", "--save", "--json",
    )  # fmt: skip
    number = made.json["number"]
    desk.ok("ye", "submit", number, "-m", "首次发布")
    publish(
        desk, "lin", "meeting-minutes", "跨部门终审会纪要", ["shen"], meeting_type="cross-dept-final-review",
        held_at=f"{FIRST}T08:00", host="cheng", attendees="cheng,shen",
        decisions=f"[{{text: 通过, subject: {number}@1.0, result: approve}}]",
    )  # fmt: skip
    for signer, department in (
        ("han", "technology"),
        ("cheng", "quality"),
        ("cheng", "marketing"),
        ("cheng", "business"),
    ):
        desk.ok(signer, "countersign", number, "--department", department)
    for signer in ("cheng", "shen", "cheng"):
        desk.ok(signer, "approve", number, "-m", "同意")
    assert "D104" not in due(desk, "2024-04-01")
    [item] = due(desk, "2024-05-20")["D104"]
    assert (item["number"], item["due"], item["state"]) == (number, "2024-05-18", "overdue")


def test_r133_a_saved_file_is_checked_at_once(desk: Desk) -> None:
    """R133 | prs watch | A document that is saved is checked within two seconds."""
    number = desk.new("lin", "team-post", "正在写的帖子", "-p", PROJECT, "--set", "kind=issue")
    path = desk.path_of(number)
    watching = subprocess.Popen(
        [*PRS, "--lang", "en", "watch"], cwd=desk.root, env=desk.environment(), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    ended = threading.Timer(20, watching.kill)  # where nothing is said, nothing is waited for
    ended.start()
    try:
        assert watching.stderr is not None and watching.stdout is not None
        assert "Watching" in watching.stderr.readline()
        path.write_text(path.read_text(encoding="utf-8").replace("kind: issue", "kind: gossip"), encoding="utf-8")
        saved = time.monotonic()
        lines = [watching.stdout.readline()]
        while lines[-1] and "F112" not in lines[-1]:
            lines.append(watching.stdout.readline())
        assert "F112" in lines[-1] and number in lines[-1], lines
        assert time.monotonic() - saved < WATCHED
    finally:
        os.kill(watching.pid, signal.SIGINT)
        watching.communicate(timeout=20)
        ended.cancel()
        path.unlink()
