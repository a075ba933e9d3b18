"""The built-in policy says what the regulation (项目售前工作管理制度) says, and nothing in it points nowhere."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from presales_repo.model.policy import build_policy, policy_data
from presales_repo.model.yamlsubset import parse_yaml, to_data

ROOT = Path(__file__).resolve().parents[2] / "schemas" / "policy"
FILES = sorted(ROOT.rglob("*.yaml"))


def read(name: str) -> Any:
    return to_data(parse_yaml((ROOT / name).read_text(encoding="utf-8"), name))


REPOSITORY = read("repository.yaml")
APPROVAL = read("approval.yaml")
PROJECT = read("project.yaml")
ASSESSMENT = read("assessment.yaml")
LISTED = [doctype for stage in REPOSITORY["stages"] for doctype in read(f"types/{stage}.yaml")["types"]]
TYPES = {doctype["id"]: doctype for doctype in LISTED}

every_type = pytest.mark.parametrize("doctype", LISTED, ids=list(TYPES))


def headings(type_id: str) -> list[str]:
    return [heading["title"] for heading in TYPES[type_id]["headings"]]


def labels(type_id: str, field: str) -> list[str]:
    return list(TYPES[type_id]["fields"][field]["values"].values())


# ---- the files


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_means_the_same_to_every_yaml_reader(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert to_data(parse_yaml(text, path.name)) == yaml.safe_load(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_chinese_is_simplified(path: Path) -> None:
    """GB 2312 holds the simplified forms only."""
    strange = {char for char in path.read_text(encoding="utf-8") if char > "\u3000"}
    assert not {char for char in strange if not _in_gb2312(char)}


def _in_gb2312(char: str) -> bool:
    try:
        return bool(char.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def test_every_stage_has_its_file_of_types_and_no_other_file_is_there() -> None:
    assert {path.stem for path in (ROOT / "types").iterdir()} == set(REPOSITORY["stages"])
    for stage in REPOSITORY["stages"]:
        assert {doctype["stage"] for doctype in read(f"types/{stage}.yaml")["types"]} == {stage}


def test_the_policy_can_be_built() -> None:
    files = {f"policy/{path.relative_to(ROOT).as_posix()}": path.read_bytes() for path in FILES}
    policy = build_policy(policy_data(files))
    assert [policy.types[type_id].headings[0].title for type_id in TYPES] == [headings(type_id)[0] for type_id in TYPES]
    assert policy.common_fields["title"].longest == REPOSITORY["file_names"]["max_title"] == 60


def test_the_example_person_in_the_comment_is_a_valid_entry() -> None:
    lines = (ROOT / "people.yaml").read_text(encoding="utf-8").splitlines()
    example = "\n".join(line.removeprefix("#   ") for line in lines if line.startswith("#   "))
    (person,) = to_data(parse_yaml(example))["people"]
    assert set(person) == {"id", "name", "department", "roles", "email", "keys", "active"}
    assert person["department"] in REPOSITORY["departments"]
    assert set(person["roles"]) <= set(REPOSITORY["roles"])
    assert read("people.yaml") == {"people": []}


# ---- the catalogue of document types


def test_there_are_79_types_each_once() -> None:
    assert len(LISTED) == len(TYPES) == len({doctype["title_zh"] for doctype in LISTED}) == 79
    count = Counter(doctype["stage"] for doctype in LISTED)
    assert count == {"XS": 11, "QD": 8, "FJ": 7, "YS": 7, "TB": 12, "GC": 8, "GT": 6, "KH": 8, "WK": 9, "ZH": 3}


@every_type
def test_a_type_says_everything(doctype: dict[str, Any]) -> None:
    keys = "id title_zh title_en category stage scope important chain authors sensitivity retention customer_facing src"
    more = "".join(f"{key} " for key in ("effect", "trace", "rules") if key in doctype)
    assert " ".join(doctype) == f"{keys} fields mutable_after_release {more}headings"
    assert doctype["scope"] in ("project", "none", "either")
    assert doctype["authors"]


@every_type
def test_a_type_refers_to_what_is_there(doctype: dict[str, Any]) -> None:
    assert doctype["category"] in REPOSITORY["categories"]
    assert doctype["stage"] in REPOSITORY["stages"]
    assert doctype["sensitivity"] in REPOSITORY["sensitivities"]
    assert doctype["retention"] in REPOSITORY["retentions"]
    assert doctype["chain"] in APPROVAL["chains"]
    assert set(doctype["authors"]) <= set(REPOSITORY["roles"])


@every_type
def test_headings_are_unique_and_each_says_what_to_write(doctype: dict[str, Any]) -> None:
    titles, hints = ([heading[key] for heading in doctype["headings"]] for key in ("title", "hint"))
    assert titles
    assert len(set(titles)) == len(titles)
    assert len(set(hints)) == len(hints)
    assert all(8 <= len(hint) <= 40 and hint[-1] not in "。，；" for hint in hints)


@every_type
def test_fields_have_both_titles_and_hide_no_common_field(doctype: dict[str, Any]) -> None:
    for name in set(doctype["fields"]) & set(REPOSITORY["common_fields"]):  # there again to be required
        own = {**doctype["fields"][name], "required": False}
        assert (own, doctype["fields"][name]["required"]) == (REPOSITORY["common_fields"][name], True)
    for name, field in walk(doctype["fields"]):
        assert all((field["title_zh"], field["title_en"])), name
        assert isinstance(field["required"], bool), name
        assert ("values" in field) == (field["type"] in ("enum", "enums")), name
        assert ("item" in field) == (field["type"] == "list<object>"), name


def walk(fields: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Fields and the fields of their items, with dotted names."""
    found = list(fields.items())
    for name, field in fields.items():
        found += [(f"{name}.{inner}", spec) for inner, spec in field.get("item", {}).items()]
    return found


@every_type
def test_fields_that_may_change_after_release_exist_and_are_not_the_tools(doctype: dict[str, Any]) -> None:
    fields = dict(walk(doctype["fields"]))
    assert {fields[name].get("set_by") for name in doctype["mutable_after_release"]} <= {None, "reviewer"}


@every_type
def test_an_important_document_goes_through_a_real_approval(doctype: dict[str, Any]) -> None:
    """四(三)1: important documents are approved before release."""
    assert not doctype["important"] or doctype["chain"] not in ("none", "light")


def test_common_fields_are_those_that_cannot_be_derived() -> None:
    required = {name for name, field in REPOSITORY["common_fields"].items() if field["required"]}
    assert required == {"number", "title", "type", "author", "created"}
    assert not {"version", "status", "category", "stage", "department"} & set(REPOSITORY["common_fields"])


# ---- what the regulation names


def test_the_example_documents_of_each_category_are_there() -> None:
    """四(一) 文档分类."""
    examples = {
        "project-info": ["项目机会登记表", "项目需求调研申请表"],
        "survey": ["需求调研报告", "调研问卷", "访谈记录"],
        "solution": ["解决方案框架文档", "解决方案详细设计文档", "技术白皮书"],
        "demo": ["演示文稿", "演示系统操作手册"],
        "bid": ["投标文件", "投标报价清单", "商务条款应答"],
        "other": ["客户沟通记录", "项目总结报告", "市场情报报告"],
    }
    titles = {(doctype["category"], doctype["title_zh"]) for doctype in LISTED}
    assert {(category, title) for category, named in examples.items() for title in named} <= titles
    assert list(REPOSITORY["categories"]) == list(examples)


@pytest.mark.parametrize(
    ("type_id", "named"),
    [
        ("survey-plan", "调研目标 调研内容 调研方法 参与人员 时间安排"),  # 三(二)1
        ("solution-framework", "总体目标 核心内容 实施步骤 产品与服务优势"),  # 三(三)1
        (
            "solution-detailed-design",  # 三(三)2
            "方案概述 业务流程设计 技术架构设计 功能模块描述 系统集成方案 实施计划 项目预算",
        ),
        ("bid-preparation-plan", "组成结构 内容要求 格式规范 时间节点 职责分工"),  # 三(五)1
        ("bid-commercial", "公司简介 营业执照 资质证书 业绩证明 商务条款应答 售后服务承诺"),  # 三(五)2
        ("bid-technical", "技术方案 技术规格偏离表 项目实施计划 培训方案"),  # 三(五)2
        ("meeting-minutes", "项目进展汇报 问题讨论 解决方案沟通 下一步工作计划"),  # 五(一)1
    ],
)
def test_headings_are_the_parts_that_the_regulation_lists(type_id: str, named: str) -> None:
    assert headings(type_id) == named.split()


def test_values_are_those_that_the_regulation_lists() -> None:
    assert labels("survey-plan", "methods") == ["面对面访谈", "问卷调查", "实地考察", "系统演示"]  # 三(二)2
    levels = ["客户高层领导", "业务部门负责人", "技术人员", "最终用户"]  # 三(二)2
    assert labels("survey-plan", "planned_levels") == labels("interview-record", "interviewee_level") == levels
    dimensions = TYPES["bid-audit-record"]["fields"]["checklist"]["item"]["dimension"]["values"]  # 三(五)3
    assert list(dimensions.values()) == ["准确性", "完整性", "合规性", "格式规范性", "语言清晰性"]
    review = TYPES["solution-review-record"]["fields"].values()  # 三(三)3
    assert {"技术可行性", "业务合理性", "成本效益", "市场竞争力"} <= {field["title_zh"] for field in review}


def test_stage_codes_and_numbering_follow_the_regulation() -> None:
    """四(二)1: QD and FJ are given, the sequence starts at 001 and has three digits."""
    fixed = {code: stage["title_zh"] for code, stage in REPOSITORY["stages"].items() if stage["fixed"]}
    assert fixed == {"QD": "需求调研", "FJ": "解决方案设计"}
    assert (REPOSITORY["numbering"]["first"], REPOSITORY["numbering"]["last"]) == (1, 999)
    assert REPOSITORY["numbering"]["reuse"] == "never"


def test_the_full_chains_are_first_review_check_and_final_approval() -> None:
    """四(三)1: head of department, presales manager, then a leader or the cross-department meeting."""
    for chain, last in (("full-leader", "company-leader"), ("full-meeting", "meeting-chair")):
        steps = [(step["title_zh"], step["by"]) for step in APPROVAL["chains"][chain]["steps"]]
        assert steps == [("初审", "dept-head-of-author"), ("审核", "presales-manager"), ("终审", last)]


def test_four_departments_review_a_solution() -> None:
    """三(三)3: technology, quality, marketing, business."""
    reviewing = {name for name, entry in REPOSITORY["departments"].items() if entry.get("reviews_solution")}
    needs = APPROVAL["chains"]["full-meeting"]["steps"][-1]["needs"]
    assert reviewing == set(needs["countersign_departments"]) == {"technology", "quality", "marketing", "business"}
    assert needs["min_countersigns"] == len(reviewing)
    assert needs["minutes"] in TYPES["meeting-minutes"]["fields"]["meeting_type"]["values"]


# ---- approval, projects, assessment


def test_steps_are_held_by_roles_and_the_selector_names_chains() -> None:
    for chain in APPROVAL["chains"].values():
        for step in chain["steps"]:
            assert step["by"] in {*REPOSITORY["roles"], "dept-head-of-author"}
        assert len({step["id"] for step in chain["steps"]}) == len(chain["steps"])
    selector = APPROVAL["chain_rules"]["final_selector"]
    scopes = REPOSITORY["common_fields"][selector["field"]]["values"]
    assert {selector[scope] for scope in scopes} <= set(APPROVAL["chains"])


def gate_lines() -> list[dict[str, Any]]:
    return [line for gate in PROJECT["gates"].values() for key in ("needs", "any_of") for line in gate.get(key, ())]


def test_gates_ask_for_types_fields_and_values_that_exist() -> None:
    for line in gate_lines():
        fields = TYPES[line["type"]]["fields"]
        assert TYPES[line["type"]]["scope"] != "none", "a document of no project can open no gate"
        for name, values in line.get("where", {}).items():
            known = REPOSITORY["departments"] if fields[name]["type"] == "department" else fields[name]["values"]
            assert set(values) <= set(known)
        assert line.get("distinct") is None or line["distinct"] in fields
        if reference := line.get("same_version"):
            assert fields[reference["field"]]["type"] == "doc-ref-version"
            assert reference["type"] in TYPES
        if without := line.get("without"):
            item = fields[without["field"]]["item"]
            assert all(set(values) <= set(item[name]["values"]) for name, values in without["where"].items())
        if covers := line.get("covers"):
            assert {covers["key"], *covers["where"]} <= set(fields[covers["field"]]["item"])
            assert covers["of"] in TYPES[covers["type"]]["fields"]
        assert line.get("record") is None or line["record"] in PROJECT["fields"]


def test_every_gate_is_used_and_every_state_leads_from_the_start_to_the_end() -> None:
    steps = PROJECT["transitions"]
    assert {gate for step in steps for gate in step["gates"]} == set(PROJECT["gates"])
    edges = {(state, step["to"]) for step in steps for state in step["from"] or [None] if step["to"] != "previous"}
    assert reachable(edges, None) == {None, *PROJECT["states"]}
    back = {(to, state) for state, to in edges} | {("info", "suspended")}
    assert reachable(back, "closed") == {None, *PROJECT["states"]}


def reachable(edges: set[tuple[Any, Any]], start: str | None) -> set[Any]:
    """All that can be reached from `start`, itself included."""
    found = {start}
    while more := {to for state, to in edges if state in found} - found:
        found |= more
    return found


def test_project_states_belong_to_stages() -> None:
    assert {state["stage"] for state in PROJECT["states"].values() if "stage" in state} <= set(REPOSITORY["stages"])


def test_weights_are_complete() -> None:
    """六(一): six indicators; each set of weights makes up the whole."""
    indicators = ASSESSMENT["indicators"]
    assert list(indicators) == ["K1", "K2", "K3", "K4", "K5", "K6"]
    assert sum(entry["weight"] for entry in indicators.values()) == 100
    for role, weights in ASSESSMENT["role_weights"].items():
        assert role in REPOSITORY["roles"]
        assert list(weights) == list(indicators)
        assert sum(weights.values()) == 100
    for part in ("solution_quality", "communication", "market", "composite", "annual"):
        assert sum(ASSESSMENT[part]["weights"].values()) == pytest.approx(1)


def test_assessment_uses_fields_and_values_of_its_documents() -> None:
    survey, audit = TYPES["satisfaction-survey"]["fields"], TYPES["bid-audit-record"]["fields"]
    assert set(ASSESSMENT["satisfaction"]["items"]) <= set(survey)
    assert {survey[item]["max"] for item in ASSESSMENT["satisfaction"]["items"]} == {
        ASSESSMENT["satisfaction"]["scale"]
    }
    assert set(ASSESSMENT["solution_quality"]["weights"]) <= set(TYPES["solution-review-record"]["fields"])
    assert list(ASSESSMENT["bid_quality"]["penalty"]) == list(audit["findings"]["item"]["severity"]["values"])
    grades = TYPES["comprehensive-review"]["fields"]["grade"]["values"]
    assert {row["grade"]: row["title_zh"] for row in ASSESSMENT["grades"]} == grades
    kinds = {kind for row in ASSESSMENT["incentives"].values() for kinds in row.values() for kind in kinds}
    assert kinds == set(TYPES["incentive-record"]["fields"]["kind"]["values"])
    assert [row["min"] for row in ASSESSMENT["grades"]] == sorted(
        (r["min"] for r in ASSESSMENT["grades"]), reverse=True
    )
