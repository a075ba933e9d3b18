"""What types ask of their documents: 一 to 三 and 五, by headings, fields, rules and words.

One repository holds, for each row, a document that keeps to it and some that each break it in one place; `prs check`
looks at all of them once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from presales_repo.model.doctype import DocType
from presales_repo.model.policy import PEOPLE, build_policy, policy_data
from presales_repo.ops.init import built_in_policy
from tests.cases.library import stock
from tests.company import PROJECT, Company, Desk, found_repository, new_plan
from tests.types.making import compose, value

POLICY = build_policy(policy_data({**built_in_policy(), PEOPLE: b"people: []\n"}))
FOLDER = f"projects/{PROJECT}-滨江智慧园区"
EDIT = Callable[[str], str]


@dataclass(frozen=True)
class Broken:
    """A document and what is said of it. `says`: part of the message; `change`: of its text; `fields`: beside those
    that are required; `body`: text below headings. Words like {tender} stand for the numbers of SUPPORT."""

    type: str
    code: str
    says: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    author: str = "lin"
    change: EDIT = str
    body: Mapping[str, str] = field(default_factory=dict)


def without(start: str) -> EDIT:
    """A text without the line that begins so: a heading, a field."""
    return lambda text: re.sub(rf"^{re.escape(start)}.*\n", "", text, count=1, flags=re.MULTILINE)


def headings(type_id: str, author: str, *titles: str) -> list[Broken]:
    """Each of the headings, missing."""
    return [Broken(type_id, "H101", title, author=author, change=without(f"## {title}")) for title in titles]


DEADLINE = "2023-05-04T09:00"
SUPPORT: dict[str, tuple[str, dict[str, Any], str]] = {
    "tender": ("tender-document-register", {"bid_deadline": DEADLINE, "opening_at": DEADLINE}, "song"),
    "plan": ("demo-plan", {"place": "三楼会议室", "demo_at": "2023-05-04T10:00"}, "lin"),
    "design": ("solution-detailed-design", {"budget_total": "100.00"}, "lin"),
    "quotation": ("quotation-plan", {"total": "100.00", "floor": "80.00"}, "song"),
    "technical": ("bid-technical", {}, "lin"),
    "bid": ("bid-file", {"tender_ref": "{tender}"}, "song"),
}
FIVE = ["accuracy", "completeness", "compliance", "format", "language"]
STARRED = {"clause": "★3.2", "requirement": "双机", "response": "单机", "deviation": "negative", "starred": True}

ROWS: dict[str, list[Broken]] = {
    "R007": [Broken("technical-white-paper", "H120", "绝对", author="xu", body={"技术优势": "性能绝对领先"})],
    "R010": [Broken("presales-work-plan", "F119", "xu", author="xu")],
    "R013": [Broken("meeting-minutes", "F109", "`host`", {"meeting_type": "cross-dept-coordination"}, change=without("host:"))],
    "R017": [Broken("industry-analysis", "F119", "xu", author="xu")],
    "R018": [Broken("industry-solution", "F119", "xu", author="xu")],
    "R019": [Broken("solution-framework", "F130", "industry-expert", {"contributors": ["xu"]})],
    "R020": headings("technical-white-paper", "xu", "技术优势", "功能特点", "应用场景"),
    "R023": headings("tech-trend-report", "xu", "产品优化建议"),
    "R024": [Broken("solution-detailed-design", "F119", "xu", author="xu")],
    "R026": [Broken("bid-technical", "F119", "xu", author="xu"), Broken("demo-presentation", "F119", "song", author="song")],
    "R029": [
        Broken("bid-price-list", "F130", "20.00", {"items": [{"name": "软件", "qty": 2, "unit_price": "10.00", "amount": "20.01"}], "total": "20.01"}, "song"),
        Broken("bid-price-list", "F130", "20.00", {"items": [{"name": "软件", "qty": 2, "unit_price": "10.00", "amount": "20.00"}], "total": "20.01"}, "song"),
        Broken("bid-price-list", "F130", "below the floor", {"quotation_ref": "{quotation}", "items": [{"name": "软件", "qty": 1, "unit_price": "79.99", "amount": "79.99"}], "total": "79.99"}, "song"),
        Broken("quotation-plan", "F130", "floor price", {"total": "79.99", "floor": "80.00"}, "song"),
    ],
    "R030": [Broken("bid-commercial", "F130", "高新企业", {"tender_ref": "{tender}", "certificates": [{"name": "高新企业", "valid_until": "2023-05-03"}]}, "song")],
    "R031": [Broken("contract-record", "F130", "60.00", {"amount": "60.01", "payments": [{"name": "首付", "amount": "30.00", "due": "2023-06-01"}, {"name": "尾款", "amount": "30.00", "due": "2023-07-01"}]}, "song")],
    "R033": [Broken("market-intel-report", "F130", "presales", {"distribution": ["business"]})],
    "R034": [Broken("market-info-note", "F112", "`channel`", {"channel": "rumour"})],
    "R035": [Broken("opportunity-registration", "F112", "`source`", {"source": "dream"})],
    "R036": [Broken("opportunity-assessment", "F113", "`feasibility`", {"feasibility": 6}, "shen"), Broken("opportunity-assessment", "F113", "`value`", {"value": 0}, "shen")],
    "R040": [
        *headings("survey-plan", "lin", "调研目标", "调研内容", "调研方法", "参与人员", "时间安排"),
        Broken("survey-plan", "F109", "`survey_from`", change=without("survey_from:")),
        Broken("survey-plan", "F109", "`participants`", change=without("participants:")),
    ],
    "R041": [
        Broken("survey-plan", "H122", term, body={"调研内容": "、".join({"客户业务流程", "现有系统状况", "业务痛点", "期望目标"} - {term})})
        for term in ("客户业务流程", "现有系统状况", "业务痛点", "期望目标")
    ],
    "R042": [Broken("survey-plan", "F112", "`methods`", {"methods": ["interview", "telepathy"]})],
    "R047": [Broken("requirement-review-record", "F130", "何时上线", {"result": "confirmed", "issues": [{"question": "何时上线", "answer": "", "status": "open"}]})],
    "R049": headings("solution-framework", "lin", "总体目标", "核心内容", "实施步骤", "产品与服务优势"),
    "R050": [Broken("solution-detailed-design", "F109", "`framework_ref`", change=without("framework_ref:"))],
    "R051": headings("solution-detailed-design", "lin", "方案概述", "业务流程设计", "技术架构设计", "功能模块描述", "系统集成方案", "实施计划", "项目预算"),
    "R053": [
        Broken("solution-review-record", "F109", f"`{score}`", author="han", change=without(f"{score}:"))
        for score in ("technical_feasibility", "business_rationality", "cost_benefit", "market_competitiveness")
    ],
    "R054": [Broken("solution-review-record", "F112", "`status`", {"comments": [{"id": "C1", "text": "补充容灾", "status": "maybe"}]}, "han")],
    "R059": [Broken("demo-feedback-record", "F131", "another place or day", {"plan_ref": "{plan}", "place": "五楼", "held_at": "2023-05-04T10:00"})],
    "R060": headings("demo-presentation", "lin", "方案核心价值", "方案优势"),
    "R061": [
        *headings("demo-feedback-record", "lin", "客户提问与解答", "客户反馈意见"),
        Broken("demo-feedback-record", "F112", "`status`", {"questions": [{"question": "何时", "answer": "", "status": "later"}]}),
    ],
    "R065": [
        *headings("bid-preparation-plan", "song", "组成结构", "内容要求", "格式规范", "时间节点", "职责分工"),
        Broken("bid-preparation-plan", "F130", "商务部分", {"tender_ref": "{tender}", "tasks": [{"part": "商务部分", "owner": "song", "department": "business", "due": "2023-05-04T09:01"}]}, "song"),
        Broken("bid-preparation-plan", "F119", "lin", author="lin"),
    ],
    "R066": [Broken("meeting-minutes", "F112", "`meeting_type`", {"meeting_type": "bid-party"})],
    "R067": headings("bid-commercial", "song", "公司简介", "营业执照", "资质证书", "业绩证明", "商务条款应答", "售后服务承诺"),
    "R068": [
        *headings("bid-technical", "lin", "技术方案", "技术规格偏离表", "项目实施计划", "培训方案"),
        Broken("bid-deviation-table", "F130", "★3.2", {"rows": [STARRED]}),
        Broken("bid-deviation-table", "F112", "`deviation`", {"rows": [{**STARRED, "deviation": "几乎无"}]}),
    ],
    "R069": [Broken("bid-support-material", "F112", "`kind`", {"kind": "gossip"})],
    "R070": [Broken("bid-audit-record", "F130", "{technical}", {"audited": ["{technical}@1.0"], "auditor": "lin", "checklist": [{"dimension": one, "passed": True} for one in FIVE]})],
    "R071": [
        Broken("bid-audit-record", "F130", f"Not audited: {left}", {"checklist": [{"dimension": one, "passed": True} for one in FIVE if one != left]})
        for left in FIVE
    ],
    "R074": [Broken("bid-submission-record", "F130", "sealed", {"sealed": False, "method": "by-hand"}, "song")],
    "R129": [
        *headings("meeting-minutes", "lin", "项目进展汇报", "问题讨论", "解决方案沟通", "下一步工作计划"),
        Broken("meeting-minutes", "F130", "解决方案沟通", {"meeting_type": "regular", "host": "shen"}, body={"解决方案沟通": "无"}),
    ],
    "R134": [Broken("support-request", "F109", "`owner`", change=without("owner:")), *headings("support-request", "lin", "支持事项", "时间要求", "责任人")],
    "R135": [Broken("support-request", "F131", "3 working days", {"requested_on": "2023-04-17", "needed_by": "2023-04-19"})],
    "R138": [Broken("customer-communication-record", "F112", "`channel`", {"channel": "pigeon"})],
    "R140": [
        *headings("customer-communication-record", "lin", "沟通内容", "参与人员", "沟通结果"),
        *(
            Broken("customer-communication-record", "F109", f"`{name}`", change=without(f"{name}:"))
            for name in ("comm_time", "customer_participants", "our_participants", "result")
        ),
    ],
    "R143": headings("partner-communication-record", "lin", "双方职责与分工"),
}  # fmt: skip
# What keeps to the rows that a value, an author or a host decides.
KEPT: dict[str, Broken] = {
    "paper": Broken("technical-white-paper", "", "", author="xu"),
    "inside": Broken("tech-trend-report", "", "", author="xu", body={"技术发展趋势": "性能绝对领先"}),
    "framework": Broken("solution-framework", "", "", {"contributors": ["xu", "gu"]}),
    "ad-hoc": Broken("meeting-minutes", "", "", {"meeting_type": "ad-hoc", "host": "lin"}, body={"问题讨论": "无"}),
    "platform": Broken("bid-submission-record", "", "", {"sealed": False, "method": "platform"}, "song"),
    "traditional": Broken("solution-detailed-design", "", "", change=lambda text: text.replace("## 业务流程设计", "### 二、業務流程設計")),
    "early": Broken("support-request", "", "", {"requested_on": "2023-04-17", "needed_by": "2023-04-20"}),
    "lower": Broken("quotation-plan", "F131", "100.00", {"solution_ref": "{design}@1.0", "total": "99.99", "floor": "1"}, "song"),
    "host": Broken("meeting-minutes", "F130", "hosted by the presales manager", {"meeting_type": "regular", "host": "lin"}),
}  # fmt: skip


@dataclass(frozen=True)
class Checked:
    """The repository, what `prs check` says by path, with --strict too, and where each document lies."""

    desk: Desk
    said: Mapping[str, list[dict[str, Any]]]
    strict: Mapping[str, list[dict[str, Any]]]
    places: Mapping[str, list[tuple[str, Broken]]]
    numbers: Mapping[str, str]


@pytest.fixture(scope="module")
def checked(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Checked:
    """All documents of ROWS and KEPT in one repository, checked."""
    desk = stock(found_repository(company, tmp_path_factory.mktemp("rules")))
    counters: dict[str, int] = {}
    numbers: dict[str, str] = {}

    def write(made: Broken) -> tuple[str, str]:
        doctype = POLICY.types[made.type]
        counters[doctype.stage] = counters.get(doctype.stage, 0) + 1
        number = f"{doctype.stage}202304{counters[doctype.stage]:03d}"
        required = {name: value(item, "lin") for name, item in doctype.fields.items() if item.required}
        fields = named(
            {**required, "distribution": ["presales"], **made.fields}
            if "distribution" in required
            else {**required, **made.fields},
            numbers,
        )
        path, text = compose(POLICY, doctype, number, made.author, people_of(doctype, fields), made.body, FOLDER)
        place = Path(desk.root, path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(made.change(text), encoding="utf-8")
        return number, path

    for name, (type_id, fields, author) in SUPPORT.items():
        numbers[name] = write(Broken(type_id, "", "", fields, author))[0]
    places = {row: [(write(made)[1], made) for made in cases] for row, cases in ROWS.items()}
    places |= {name: [(write(made)[1], made)] for name, made in KEPT.items()}
    return Checked(desk, by_path(desk.prs("", "check", "--json").json), by_path(desk.prs("", "check", "--strict", "--json").json), places, numbers)  # fmt: skip


def people_of(doctype: DocType, fields: dict[str, Any]) -> dict[str, Any]:
    """The people that this company has."""
    return {name: ["lin"] if item == ["other"] else item for name, item in fields.items()}


def named(item: Any, numbers: Mapping[str, str]) -> Any:
    """A value with the numbers of SUPPORT in place of their names."""
    if isinstance(item, dict):
        return {name: named(inner, numbers) for name, inner in item.items()}
    if isinstance(item, list):
        return [named(inner, numbers) for inner in item]
    return re.sub(r"\{(\w+)\}", lambda match: numbers[match[1]], item) if isinstance(item, str) else item


def by_path(found: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    paths: dict[str, list[dict[str, Any]]] = {}
    for item in found:
        paths.setdefault(item["path"], []).append(item)
    return paths


def assert_refused(checked: Checked, row: str) -> None:
    """Each broken document of a row is reported, by name and line."""
    for path, made in checked.places[row]:
        says = named(made.says, checked.numbers)
        found = [item for item in checked.said.get(path, ()) if item["code"] == made.code and says in item["message"]]
        assert found, (path, made.code, says, checked.said.get(path))
        assert found[0]["line"] > 0
        assert found[0]["severity"] == ("warning" if made.code in ("H120", "F131") else "error")


def assert_kept(checked: Checked, name: str, *codes: str) -> None:
    """A document that keeps to a rule is not reported for it."""
    ((path, _),) = checked.places[name]
    assert [item for item in checked.said.get(path, ()) if item["code"] in codes] == []


def test_r007_praise(checked: Checked) -> None:
    """R007 | prs check | A word of the list in a text for customers is a warning with its line, an error with --strict; inside it is none."""
    assert_refused(checked, "R007")
    ((path, _),) = checked.places["R007"]
    assert [item["severity"] for item in checked.strict[path] if item["code"] == "H120"] == ["error"]
    assert_kept(checked, "inside", "H120")
    assert_kept(checked, "paper", "H120")


def test_r010_work_plan(checked: Checked) -> None:
    """R010 | prs check | A work plan is written by the presales manager only."""
    assert_refused(checked, "R010")


def test_r013_host(checked: Checked) -> None:
    """R013 | prs check | Minutes name their host."""
    assert_refused(checked, "R013")


def test_r017_industry_analysis(checked: Checked) -> None:
    """R017 | prs check | An industry analysis is written by an industry expert."""
    assert_refused(checked, "R017")


def test_r019_experts(checked: Checked) -> None:
    """R019 | prs check | A framework has an industry expert and a technical expert among its contributors."""
    assert_refused(checked, "R019")


def test_r020_white_paper(checked: Checked) -> None:
    """R020 | prs check | A white paper has strengths, functions and use cases as headings."""
    assert_refused(checked, "R020")


def test_r023_trends(checked: Checked) -> None:
    """R023 | prs check | A trend report says what it means for the product."""
    assert_refused(checked, "R023")


def test_r024_architect(checked: Checked) -> None:
    """R024 | prs check | The detailed design is written by a solution architect."""
    assert_refused(checked, "R024")


def test_r026_authors_of_bid_and_demo(checked: Checked) -> None:
    """R026 | prs check | Presentation and technical part of a bid are written by an architect or expert."""
    assert_refused(checked, "R026")


def test_r029_prices(checked: Checked) -> None:
    """R029 | prs check | Rows and sum of a price list are right to a fen, and not below the floor."""
    assert_refused(checked, "R029")


def test_r030_certificates(checked: Checked) -> None:
    """R030 | prs check | A certificate that is expired when the bids are opened is an error."""
    assert_refused(checked, "R030")


def test_r031_payments(checked: Checked) -> None:
    """R031 | prs check | The payments of a contract add up to its amount."""
    assert_refused(checked, "R031")


def test_r033_report_reaches_presales(checked: Checked) -> None:
    """R033 | prs check | A market report is distributed to the presales department."""
    assert_refused(checked, "R033")


def test_r034_channel(checked: Checked) -> None:
    """R034 | prs check | The channel of a market note is one of the list."""
    assert_refused(checked, "R034")


def test_r035_source(checked: Checked) -> None:
    """R035 | prs check | The source of an opportunity is one of the list."""
    assert_refused(checked, "R035")


def test_r036_scores(checked: Checked) -> None:
    """R036 | prs check | Scores of an assessment go from 1 to 5."""
    assert_refused(checked, "R036")


def test_r040_survey_plan(checked: Checked) -> None:
    """R040 | prs check | A survey plan has its five headings and its dates and people."""
    assert_refused(checked, "R040")


def test_r041_terms(checked: Checked) -> None:
    """R041 | prs check | Each of the four terms stands below 调研内容."""
    assert_refused(checked, "R041")


def test_r042_methods(checked: Checked) -> None:
    """R042 | prs check | The methods of a survey are those of the list."""
    assert_refused(checked, "R042")


def test_r047_open_question(checked: Checked) -> None:
    """R047 | prs check | A confirmation with an open question is refused."""
    assert_refused(checked, "R047")


def test_r049_framework(checked: Checked) -> None:
    """R049 | prs check | A framework has goal, content, steps and strengths as headings."""
    assert_refused(checked, "R049")


def test_r050_framework_named(checked: Checked) -> None:
    """R050 | prs check | A detailed design names its framework."""
    assert_refused(checked, "R050")


def test_r051_seven_headings(checked: Checked) -> None:
    """R051 | prs check | A detailed design has its seven headings, in either script, at any level."""
    assert_refused(checked, "R051")
    assert_kept(checked, "traditional", "H101")


def test_r053_four_scores(checked: Checked) -> None:
    """R053 | prs check | A review has its four scores."""
    assert_refused(checked, "R053")


def test_r054_comments(checked: Checked) -> None:
    """R054 | prs check | Comments of a review are open, adopted or declined."""
    assert_refused(checked, "R054")


def test_r059_place_of_demo(checked: Checked) -> None:
    """R059 | prs check | A demonstration held elsewhere than planned is a warning."""
    assert_refused(checked, "R059")


def test_r060_value_and_strengths(checked: Checked) -> None:
    """R060 | prs check | A presentation has value and strengths as headings."""
    assert_refused(checked, "R060")


def test_r061_feedback(checked: Checked) -> None:
    """R061 | prs check | Questions and feedback of a demonstration are recorded."""
    assert_refused(checked, "R061")


def test_r065_bid_plan(checked: Checked) -> None:
    """R065 | prs check | A bid plan has its headings, is due before the deadline, and is the commercial officer's."""
    assert_refused(checked, "R065")


def test_r066_coordination_meeting(checked: Checked) -> None:
    """R066 | prs check | The coordination meeting of a bid is a kind of minutes."""
    assert_refused(checked, "R066")


def test_r067_six_headings(checked: Checked) -> None:
    """R067 | prs check | The commercial part has its six headings."""
    assert_refused(checked, "R067")


def test_r068_technical_part(checked: Checked) -> None:
    """R068 | prs check | The technical part has its four headings; a negative deviation on a starred clause is an error."""
    assert_refused(checked, "R068")


def test_r069_support_material(checked: Checked) -> None:
    """R069 | prs check | Supporting material is of a kind of the list."""
    assert_refused(checked, "R069")


def test_r070_own_audit(checked: Checked) -> None:
    """R070 | prs check | Nobody audits a bid that they wrote."""
    assert_refused(checked, "R070")


def test_r071_five_dimensions(checked: Checked) -> None:
    """R071 | prs check | An audit looks at all five dimensions."""
    assert_refused(checked, "R071")


def test_r074_sealed(checked: Checked) -> None:
    """R074 | prs check | A bid on paper is sealed; one on a platform need not be."""
    assert_refused(checked, "R074")
    assert_kept(checked, "platform", "F130")


def test_r129_four_headings_of_minutes(checked: Checked) -> None:
    """R129 | prs check | Minutes have the four headings; those of a regular meeting speak of each."""
    assert_refused(checked, "R129")


def test_r134_owner_of_request(checked: Checked) -> None:
    """R134 | prs check | A support request names its owner."""
    assert_refused(checked, "R134")


def test_r135_lead(checked: Checked) -> None:
    """R135 | prs check | A request with less than three working days is a warning."""
    assert_refused(checked, "R135")
    assert_kept(checked, "early", "F131")


def test_r138_channels_of_talks(checked: Checked) -> None:
    """R138 | prs check | The channel of a communication is one of the list."""
    assert_refused(checked, "R138")


def test_r140_talks_recorded(checked: Checked) -> None:
    """R140 | prs check | A communication record has time, people, result and its headings."""
    assert_refused(checked, "R140")


def test_r143_duties_of_partners(checked: Checked) -> None:
    """R143 | prs check | A record of a talk with a partner has duties as a heading."""
    assert_refused(checked, "R143")


def test_r002_every_activity_has_types(checked: Checked) -> None:
    """R002 | prs types, prs check | Each of the six stages has types; a type that nobody knows is refused."""
    types = checked.desk.ok("", "types", "--json").json
    assert {"XS", "QD", "FJ", "YS", "TB", "GC"} <= {item["stage"] for item in types}
    checked.desk.refuse("F122", "lin", "new", "survey-plans", "-t", "计划", "-p", PROJECT)


def test_r016_the_manager_reviews(checked: Checked) -> None:
    """R016 | prs types | Each type of a project that is no record goes through the manager, or higher."""
    policy = yaml.safe_load((checked.desk.root / "policy" / "approval.yaml").read_text(encoding="utf-8"))
    steps = {chain: {step["by"] for step in raw["steps"]} for chain, raw in policy["chains"].items()}
    types = [item for item in checked.desk.ok("", "types", "--json").json if item["scope"] == "project"]
    seen = [item for item in types if steps[item["chain"]] and item["chain"] != "dept-only"]
    assert [item["id"] for item in seen if not {"presales-manager", "company-leader"} & steps[item["chain"]]] == []
    assert len(seen) > 25


def test_r018_industry_solution(checked: Checked) -> None:
    """R018 | prs check, prs types | An industry solution goes through the whole chain with a meeting."""
    assert_refused(checked, "R018")
    (found,) = [item for item in checked.desk.ok("", "types", "--json").json if item["id"] == "industry-solution"]
    assert found["chain"] == "full-meeting"


def test_r025_a_new_document_passes(checked: Checked) -> None:
    """R025 | prs new, prs check | A new design has its seven headings and breaks no rule."""
    number = checked.desk.new("lin", "solution-detailed-design", "方案", "-p", PROJECT)
    path = checked.desk.path_of(number)
    done = checked.desk.prs("", "check", path, "--json")
    assert (done.code, {item["severity"] for item in done.json}) == (0, {"warning"})
    assert path.read_text(encoding="utf-8").count("\n## ") == 7
    path.unlink()


def test_r027_price_and_solution_fit(checked: Checked) -> None:
    """R027 | prs check | A quotation below the budget of its solution is a warning."""
    assert_refused(checked, "lower")


def test_r043_four_levels_are_interviewed(checked: Checked) -> None:
    """R043 | prs submit | A report without interviews of all four levels, or a reason, is not submitted."""
    desk = checked.desk
    plan = new_plan(desk)
    desk.ok("lin", "save", plan, "-m", "调研计划")
    fields = ("--set", f"plan_ref={plan}", "--set", "requirements=[{id: REQ-01, text: 预约, priority: high}]")
    number = desk.new("lin", "requirement-survey-report", "需求调研报告", "-p", PROJECT, *fields)
    desk.ok("lin", "save", number, "-m", "调研报告")
    refused = desk.prs("lin", "submit", number, "-m", "首次")
    assert refused.code == 2
    assert "rule four-levels-interviewed" in refused.err and "executive" in refused.err
    path = desk.path_of(number)
    text = re.sub(r"(## 调研概况\n\n)〔[^〕]*〕", r"\1最终用户未访谈，经批准豁免。", path.read_text(encoding="utf-8"))
    path.write_text(text, encoding="utf-8")
    desk.ok("lin", "save", number, "-m", "写明豁免")
    assert desk.ok("lin", "submit", number, "-m", "首次", "--json").json["status"] == "in-review"


def test_r130_ad_hoc_meetings(checked: Checked) -> None:
    """R130 | prs check | Anybody may host a meeting ad hoc; a heading may say 无."""
    assert_kept(checked, "ad-hoc", "F130", "F131", "H101")


def test_r128_host_of_regular_meetings(checked: Checked) -> None:
    """R128 | prs check | A regular meeting hosted by another than the presales manager is refused."""
    assert_refused(checked, "host")
