"""The demo's data, judged against the shipped policy: who may write, who signs, what a text must hold."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

import pytest

from tests.unit.demo_play import (
    APPROVAL,
    DEMO,
    EVENTS,
    PEOPLE,
    PLACEHOLDER,
    POLICY,
    PROJECTS,
    after,
    final,
    load,
)

REPOSITORY: dict[str, Any] = load(POLICY / "repository.yaml")
TEXT_EVENTS = [event for event in EVENTS if "text" in event]

# The regulation as it was received, without the front matter that the demo puts before it.
REGULATION_SHA256 = "4f2b1303bc6a00e29b5b515157db9b83d5a69e381e56dfa52efc5985305c79c8"

HEADING_NUMBER = re.compile(r"^[一二三四五六七八九十]+、")
TOOL_FIELDS = {"number", "type", "author", "created", "project", "title"}

# The verbs whose words are wanted, and those that have none; with the others they may be there.
WORDED = {"submit", "submit-major", "edit", "agree", "disagree", "reject", "approve-for", "advance", "waive", "track"}
SILENT = {"new", "register", "withdraw", "open"}

each_text = pytest.mark.parametrize("event", TEXT_EVENTS, ids=[event["text"][10:-3] for event in TEXT_EVENTS])


# ---------------------------------------------------------------------------------------------- people, projects


def test_the_company_has_fourteen_people_with_known_departments_and_roles() -> None:
    assert len(PEOPLE) == 14
    for person in PEOPLE.values():
        assert set(person) == {"id", "name", "department", "roles", "email"}
        assert person["email"] == f"{person['id']}@qiheng.example"
        assert person["department"] in REPOSITORY["departments"]
        assert set(person["roles"]) <= set(REPOSITORY["roles"])


def test_every_step_of_every_chain_has_enough_holders() -> None:
    heads = Counter(person["department"] for person in PEOPLE.values() if "dept-head" in person["roles"])
    assert {PEOPLE[event["by"]]["department"] for event in TEXT_EVENTS} <= set(heads)
    assert set(heads.values()) == {1}
    roles = Counter(role for person in PEOPLE.values() for role in person["roles"])
    steps = [step for chain in APPROVAL["chains"].values() for step in chain["steps"]]
    for step in steps:
        if step["by"] != "dept-head-of-author":
            assert roles[step["by"]] >= int(step.get("quorum", "1")), step


def test_projects_are_five_and_open_before_their_documents() -> None:
    assert sorted(PROJECTS) == [f"XM202300{n}" for n in range(1, 6)]
    for project in PROJECTS.values():
        assert "presales-manager" in PEOPLE[project["manager"]]["roles"]
        assert re.fullmatch(r"\d+\.\d\d", project["est_amount"])
        first = next(event for event in EVENTS if project["id"] in (event["key"], event.get("project")))
        assert (first["do"], first["at"][:10]) == ("open", project["opened_on"])


def test_a_registered_opportunity_agrees_with_its_project() -> None:
    opportunities = [d for d in final().values() if d.kind["id"] == "opportunity-registration"]
    assert len(opportunities) == 5
    for document in opportunities:
        project = PROJECTS[document.project]
        for name in ("customer", "procurement", "est_amount"):
            assert document.meta[name] == project[name]
        assert document.created == project["opened_on"]


# ---------------------------------------------------------------------------------------------- scenario


def test_events_say_what_their_verb_needs_and_no_more() -> None:
    for event in EVENTS:
        assert event["by"] in PEOPLE
        assert bool(event["words"]) or event["do"] not in WORDED, event
        assert not event["words"] or event["do"] not in SILENT, event


def test_the_policy_allows_every_event() -> None:
    assert list(final()) == [event["key"] for event in EVENTS if event["do"] == "new"]


def test_time_rises_within_office_hours() -> None:
    times = [datetime.fromisoformat(event["at"]) for event in EVENTS]
    assert all(earlier <= later for earlier, later in pairwise(times))
    assert len({(event["at"], event["by"]) for event in EVENTS}) == len(EVENTS), "somebody does two things at once"
    assert all(moment.weekday() < 5 and time(9) <= moment.time() < time(18) for moment in times)


def test_the_regulation_and_the_survey_plan_open_their_months() -> None:
    register = final()
    assert register["company/regulation"].number == "ZH202301001"
    assert register["park/survey-plan"].number == "QD202305001"


def test_every_status_of_a_living_document_is_shown() -> None:
    register = final()
    assert {key: d.status for key, d in register.items() if d.status != "published"} == {
        "company/white-paper": "revising",
        "bank/design": "in-review",
        "education/design": "in-review",
        "education/quotation": "changes-requested",
        "education/demo-plan": "draft",
    }
    assert register["company/market-2023-05"].published == ["1.0", "1.1"]
    assert Counter(register["company/park-solution"].heard.values()) == {"agree": 3, "disagree": 1}
    assert len(register) > 120


def test_the_survey_stage_of_the_first_project_is_complete() -> None:
    stage = [d for d in final().values() if d.project == "XM2023001" and d.kind["stage"] == "QD"]
    assert Counter(d.kind["id"] for d in stage) == {
        "survey-plan": 1,
        "interview-record": 4,
        "requirement-survey-report": 1,
        "requirement-review-record": 1,
    }
    assert all(d.published == ["1.0"] for d in stage)
    levels = {d.meta["interviewee_level"] for d in stage if d.kind["id"] == "interview-record"}
    assert levels == {"executive", "business-head", "technical", "end-user"}


def test_documents_have_a_project_where_their_type_wants_one() -> None:
    for document in final().values():
        if document.kind["scope"] == "project":
            assert document.project in PROJECTS, document.key
        if document.kind["scope"] == "none":
            assert document.project == "", document.key


def test_every_text_is_played_once() -> None:
    played = [event["text"] for event in TEXT_EVENTS]
    there = [file.relative_to(DEMO).as_posix() for file in (DEMO / "documents").rglob("*.md")]
    assert sorted(played) == sorted(there)


def test_every_scan_belongs_to_a_document() -> None:
    named = set()
    for event in TEXT_EVENTS:
        raw = (DEMO / event["text"]).read_text(encoding="utf-8")
        scene = event["key"].partition("/")[0]
        named |= {f"{scene}/{key}" for key, _, _ in PLACEHOLDER.findall(raw) if key.endswith(".png")}
    assert named == {
        file.relative_to(DEMO / "attachments").as_posix() for file in (DEMO / "attachments").rglob("*.png")
    }


# ---------------------------------------------------------------------------------------------- texts


def is_number(value: str, spec: Mapping[str, Any]) -> bool:
    low, high = float(spec.get("min", "-inf")), float(spec.get("max", "inf"))
    return bool(re.fullmatch(r"-?\d+(\.\d+)?", value)) and low <= float(value) <= high


def is_date(value: str, _: Mapping[str, Any]) -> bool:
    return date.fromisoformat(value).isoformat() == value


CHECKS: dict[str, Callable[[str, Mapping[str, Any]], bool]] = {
    "string": lambda value, _: bool(value.strip()),
    "int": lambda value, spec: value.lstrip("-").isdigit() and is_number(value, spec),
    "number": is_number,
    "money": lambda value, _: bool(re.fullmatch(r"\d+\.\d\d", value)),
    "bool": lambda value, _: value in {"true", "false"},
    "date": is_date,
    "date-or-longterm": lambda value, spec: value == "长期" or is_date(value, spec),
    "datetime": lambda value, _: datetime.fromisoformat(value).strftime("%Y-%m-%dT%H:%M") == value,
    "period": lambda value, _: bool(re.fullmatch(r"\d{4}(Q[1-4]|-(0[1-9]|1[0-2]))?", value)),
    "enum": lambda value, spec: value in spec["values"],
    "person": lambda value, _: value in PEOPLE,
    "department": lambda value, _: value in REPOSITORY["departments"],
    "role": lambda value, _: value in REPOSITORY["roles"],
    "sensitivity": lambda value, _: value in REPOSITORY["sensitivities"],
    "doc-ref": lambda value, spec: bool(re.fullmatch(r"[A-Z]{2}\d{9}" + r"(@\d+\.\d+)?" * ("version" in spec), value)),
    "doc-ref-version": lambda value, _: bool(re.fullmatch(r"[A-Z]{2}\d{9}@\d+\.\d+", value)),
}


def faults(name: str, value: Any, spec: Mapping[str, Any]) -> list[str]:
    """What is wrong with one field, by the type the policy gives it."""
    kind = spec["type"]
    if kind == "list<object>":
        return [fault for entry in value for fault in faults_in(name, entry, spec["item"])]
    if kind not in CHECKS:
        assert isinstance(value, list), f"{name} is one value and not a list"
        return [fault for entry in value for fault in faults(name, entry, {**spec, "type": kind.removesuffix("s")})]
    return [] if isinstance(value, str) and CHECKS[kind](value, spec) else [f"{name}: {value!r} is no {kind}"]


def faults_in(where: str, entry: Mapping[str, Any], specs: Mapping[str, Any]) -> list[str]:
    unknown = [f"{where}: unknown {name}" for name in entry if name not in specs]
    missing = [
        f"{where}: missing {name}"
        for name, spec in specs.items()
        if spec.get("required") == "true" and name not in entry
    ]
    wrong = [fault for name, value in entry.items() if name in specs for fault in faults(name, value, specs[name])]
    return unknown + missing + wrong


@each_text
def test_front_matter_holds_what_the_type_asks_and_nothing_the_tool_writes(event: dict[str, str]) -> None:
    document = after(event)
    common = {name: spec for name, spec in REPOSITORY["common_fields"].items() if name not in TOOL_FIELDS}
    assert faults_in(event["key"], document.meta, {**common, **document.kind["fields"]}) == []
    ids = {*PEOPLE, *REPOSITORY["departments"]}
    assert set(document.meta.get("distribution", [])) <= ids
    if document.meta.get("sensitivity", document.kind["sensitivity"]) in {"confidential", "secret"}:
        assert "secrecy_until" in document.meta


def headings(body: str, level: int) -> list[str]:
    return [line[level + 1 :].strip() for line in body.splitlines() if line.startswith("#" * level + " ")]


@each_text
def test_the_body_has_its_title_and_headings_in_order(event: dict[str, str]) -> None:
    document = after(event)
    assert headings(document.body, 1) == [document.title]
    simplified = document.body.translate(str.maketrans("總則", "总则"))  # the regulation is in Traditional script
    found = [HEADING_NUMBER.sub("", heading) for heading in headings(simplified, 2)]
    required = [heading["title"] for heading in document.kind["headings"]]
    assert found[: len(required)] == required
    assert len(found) == len(required) or document.key == "company/regulation"


@each_text
def test_no_placeholder_is_left_and_every_link_is_labelled_with_its_number(event: dict[str, str]) -> None:
    raw = (DEMO / event["text"]).read_text(encoding="utf-8")
    assert "{{" not in PLACEHOLDER.sub("", raw)
    for text, target in re.findall(r"\[([^\]]*)\]\(([^)]*)\)", raw):
        assert target == text.removesuffix("}}") + ".path}}"


def test_the_regulation_is_the_received_text() -> None:
    body = final()["company/regulation"].body
    assert hashlib.sha256(body.encode()).hexdigest() == REGULATION_SHA256


def test_the_report_lists_the_same_requirements_in_field_and_table() -> None:
    register = final()
    report = register["park/survey-report"]
    rows = re.findall(r"^\| (REQ-\d\d) \| (.+?) \| ([高中低]) \| (\S+) \|$", report.body, re.MULTILINE)
    priorities = {"high": "高", "medium": "中", "low": "低"}
    fields = [(r["id"], r["text"], priorities[r["priority"]], r["source"]) for r in report.meta["requirements"]]
    assert rows == fields
    assert len({row[0] for row in rows}) == len(rows) >= 12
    held = [d for d in register.values() if d.kind["id"] == "interview-record" and d.project == report.project]
    interviews = {d.number for d in held}
    assert {row[3] for row in rows} == interviews


def test_sums_in_the_quotation_agree() -> None:
    quotation = final()["park/quotation"]
    total, floor = float(quotation.meta["total"]), float(quotation.meta["floor"])
    tables = dict(re.findall(r"^## (.+?)$(.*?)(?=^## |\Z)", quotation.body, re.M | re.S))
    sums = {}
    for name in ("二、成本测算", "四、价格构成"):
        sums[name] = [float(cell) for cell in re.findall(r"^\| [^|*]+ \| ([\d.]+) \|", tables[name], re.MULTILINE)]
    assert sum(sums["四、价格构成"]) * 10_000 == pytest.approx(total)
    cost = sum(sums["二、成本测算"]) * 10_000
    assert round((total - cost) / total * 100, 1) == float(quotation.meta["margin_pct"])
    assert cost < floor < total < float(PROJECTS["XM2023001"]["est_amount"])


def test_bid_tasks_end_before_the_deadline() -> None:
    register = final()
    deadline = register["bank/tender"].meta["bid_deadline"]
    assert all(task["due"] < deadline for task in register["bank/bid-plan"].meta["tasks"])


def test_a_framework_has_an_industry_and_a_technical_expert() -> None:
    roles = {role for person in final()["park/framework"].meta["contributors"] for role in PEOPLE[person]["roles"]}
    assert {"industry-expert", "technical-expert"} <= roles
