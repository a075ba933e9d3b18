"""Repositories for tests of traces and reports. Chains are short, and the types' other rules, which have tests of their
own, are left out of the policy: what is told here is what rests on what."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from tests.company import PROJECT, Company, Desk, found_repository

PLAN, REPORT, CHANGE = "QD202305001", "QD202305002", "QD202305003"
FRAME, DESIGN = "FJ202305001", "FJ202305002"
TENDER, BID, QUOTE = "TB202305001", "TB202305002", "TB202305003"
SHOW, DEMO_PLAN, FEEDBACK = "YS202305001", "YS202305002", "YS202305003"
NEEDS = """[{id: REQ-01, text: 访客预约与闸机联动, priority: high}, {id: REQ-02, text: 停车引导, priority: 中},
 {id: REQ-03, text: 夜间巡更, priority: high}]"""


def shorten(desk: Desk, chains: Mapping[str, str], without: tuple[str, ...] = ("rules",)) -> None:
    """A policy in which types have these chains and any author, and neither what is to be `without` nor fields that prs fills."""
    for path in sorted((desk.root / "policy" / "types").glob("*.yaml")):
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        wanted = [item for item in table["types"] if item["id"] in chains]
        for item in wanted:
            item.update(chain=chains[item["id"]], important=False, authors=["team-member"])
            for key in without:
                item.pop(key, None)
            item["fields"] = {name: field for name, field in item["fields"].items() if field.get("set_by") != "tool"}
        if wanted:
            path.write_text(yaml.safe_dump(table, allow_unicode=True, sort_keys=False, width=1000), encoding="utf-8")
    desk.ok("cheng", "policy", "propose", "-m", "缩短审批流程")


def words(**fields: str) -> list[str]:
    """Options of `prs new` that fill fields."""
    return [word for name, value in fields.items() for word in ("--set", f"{name}={value}")]


def record(desk: Desk, person: str, type_id: str, title: str, project: str = PROJECT, **fields: str) -> str:
    """Write and publish a document that needs no approval; its number."""
    where = ("-p", project) if project else ()
    return desk.new(person, type_id, title, *where, *words(**fields), "--register")


def publish(desk: Desk, person: str, number: str, note: str = "发布", now: str = "2023-05-18T09:30:00+08:00") -> None:
    """Submit a saved document, and let the presales manager approve it."""
    desk.ok(person, "submit", number, "-m", note, now=now)
    desk.ok("shen", "approve", number, now=now)


def write(desk: Desk, person: str, type_id: str, title: str, **fields: str) -> str:
    """Write and publish a document of the project that shen approves; its number."""
    number = desk.new(person, type_id, title, "-p", PROJECT, *words(**fields), "--save")
    publish(desk, person, number)
    return number


def revise(desk: Desk, person: str, number: str, changes: Mapping[str, str], now: str) -> None:
    """Publish the next version of a document, with some words replaced."""
    path = desk.path_of(number)
    text = path.read_text(encoding="utf-8") + "\n修订一处。\n"
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    desk.ok(person, "save", number, "-m", "修订", now=now)
    publish(desk, person, number, "修订", now)


def traced(company: Company, folder: Path) -> Desk:
    """A report, a solution that covers it, a technical bid and a presentation on that solution, all published."""
    desk = found_repository(company, folder)
    light = ("requirement-survey-report", "solution-detailed-design", "bid-technical", "demo-presentation")
    plain = ("requirement-change-request", "solution-change-note", "demo-feedback-record", "tender-document-register")
    shorten(desk, {**dict.fromkeys(light, "light"), **dict.fromkeys((*plain, "partner-communication-record"), "none")})
    assert desk.new("lin", "survey-plan", "调研计划", "-p", PROJECT, "--save") == PLAN
    assert write(desk, "lin", "requirement-survey-report", "需求调研报告", plan_ref=PLAN, requirements=NEEDS) == REPORT
    assert desk.new("lin", "solution-framework", "方案框架", "-p", PROJECT, "--save") == FRAME
    design = words(framework_ref=FRAME, requirement_ref=f"{REPORT}@1.0", budget_total="8600000", covers="REQ-01,REQ-03")
    hidden = ("--set", "secrecy_until=2026-12-31")
    assert desk.new("lin", "solution-detailed-design", "详细设计", "-p", PROJECT, *design, *hidden, "--save") == DESIGN
    publish(desk, "lin", DESIGN)
    assert desk.new("song", "tender-document-register", "招标文件", "-p", PROJECT, "--save") == TENDER
    assert write(desk, "lin", "bid-technical", "技术标", tender_ref=TENDER, solution_ref=f"{DESIGN}@1.0",
                 secrecy_until="2026-12-31") == BID  # fmt: skip
    assert write(desk, "lin", "demo-presentation", "演示文稿", solution_ref=f"{DESIGN}@1.0") == SHOW
    return desk


def measured(company: Company, folder: Path) -> Desk:
    """Five decided projects, answers, reviews of one solution in two rounds, talks, a plan and what it cost."""
    desk = found_repository(company, folder)
    shorten(desk, dict.fromkeys(MEASURED, "none"), ("rules", "trace"))
    for number in range(2, 8):
        desk.ok("shen", "project", "new", f"XM202300{number}", "-t", f"项目{number}", "--customer", "客户")
    desk.ok("shen", "save", "-m", "登记项目")
    _decide(desk)
    _answer(desk)
    _review(desk)
    _talk(desk)
    _spend(desk)
    return desk


MEASURED = (
    "bid-result-record", "cooperation-intent", "satisfaction-survey", "solution-detailed-design", "meeting-minutes",
    "solution-review-record", "customer-communication-record", "presales-work-plan", "progress-report",
)  # fmt: skip


def _decide(desk: Desk) -> None:
    """Won, won, won by an intent, lost, void by us; a sixth tender cancelled, a seventh won in the next quarter."""
    for project, result, day in (
        ("XM2023001", "won", "2023-06-20"), ("XM2023002", "won", "2023-04-01"), ("XM2023004", "lost", "2023-06-30"),
        ("XM2023005", "void", "2023-05-05"), ("XM2023006", "cancelled", "2023-05-06"), ("XM2023007", "won", "2023-07-01"),
    ):  # fmt: skip
        cause = {"void_cause": "ours"} if result == "void" else {}
        record(desk, "song", "bid-result-record", "开标结果", project, result=result, result_on=day, **cause)
    record(desk, "song", "cooperation-intent", "合作意向", "XM2023003", agreed_on="2023-06-28", counterparty="客户")


def _answer(desk: Desk) -> None:
    items = ("response", "expertise", "solution", "communication", "overall")
    for day, score in (("2023-06-01", "4"), ("2023-06-02", "4"), ("2023-07-02", "1")):
        given = dict.fromkeys(items, score)
        record(desk, "song", "satisfaction-survey", "调查", answered_on=day, respondent="客户", persons="lin", **given)


def _review(desk: Desk) -> None:
    """The example of the definition of K3: four departments, two rounds, of which the second is counted."""
    basis = {"framework_ref": "GC202305001", "requirement_ref": "GC202305001@1.0"}
    record(
        desk, "lin", "solution-detailed-design", "详细设计", **basis, budget_total="1", covers="R",
        secrecy_until="2026-12-31",
    )  # fmt: skip
    last = {"technology": (90, 80, 70), "quality": (80, 80, 80), "marketing": (100, 90, 80), "business": (70, 70, 70)}
    for turn, scores in ((1, dict.fromkeys(last, (10, 10, 10))), (2, last)):
        for department, (rationality, completeness, innovation) in scores.items():
            given = dict.fromkeys(
                ("technical_feasibility", "business_rationality", "cost_benefit", "market_competitiveness"), "80"
            )
            record(
                desk, "han", "solution-review-record", "评审", solution_ref=f"{DESIGN_K}@1.0", reviewed_on="2023-05-18",
                review_department=department, round=str(turn), rationality=str(rationality), verdict="approved",
                completeness=str(completeness), innovation=str(innovation), **given,
            )  # fmt: skip


DESIGN_K = "FJ202305001"


def _talk(desk: Desk) -> None:
    """Two questions, of which the second is answered late; one talk with executives; a meeting."""
    people = {"customer_participants": "王总", "our_participants": "lin", "result": "已答复"}
    for level, asked, answered in (
        ("executive", "2023-05-10T09:00", "2023-05-11T08:00"), ("working", "2023-05-12T09:00", "2023-05-13T09:01"),
    ):  # fmt: skip
        record(
            desk, "lin", "customer-communication-record", f"沟通{asked[8:10]}", comm_time=asked, channel="phone",
            level=level, request_received_at=asked, responded_at=answered, **people,
        )  # fmt: skip


def _spend(desk: Desk) -> None:
    milestones = """[{name: 提交方案, due: 2023-05-10, done: 2023-05-09}, {name: 完成演示, due: 2023-05-15},
 {name: 递交标书, due: 2023-06-08}]"""
    plan = record(desk, "shen", "presales-work-plan", "售前计划", plan_from="2023-04-10", plan_to="2023-06-30",
                  cost_budget="100000.00", milestones=milestones)  # fmt: skip
    for day, cost in (("2023-04-30", "40000.00"), ("2023-05-31", "100000.01")):
        record(desk, "shen", "progress-report", "进度", plan_ref=plan, as_of=day, progress_pct="50", cost_actual=cost)
