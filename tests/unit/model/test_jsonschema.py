"""The JSON Schemas for editors: current, valid, and right about good and bad front matter of every type."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from presales_repo.errors import PrsError
from presales_repo.model.jsonschema import type_schema
from presales_repo.model.yamlsubset import parse_yaml, to_data
from scripts.make_json_schemas import POLICY, TARGET, expected, read, stale

CATALOGUE = read(POLICY / "repository.yaml")
TYPES = {entry["id"]: entry for path in sorted(POLICY.glob("types/*.yaml")) for entry in read(path)["types"]}

every_type = pytest.mark.parametrize("type_id", TYPES)

# Values of each kind, good and bad. Lists of a kind are made from them.
GOOD: dict[str, list[Any]] = {
    "string": ["滨江智慧园区", "1.0", 20230501],
    "int": [],
    "number": [],
    "money": [8600000, 8600000.5],
    "bool": [True, False],
    "date": ["2023-05-10"],
    "datetime": ["2023-05-10T09:30", "2023-05-10T09:30+08:00", "2023-05-10T01:30Z"],
    "date-or-longterm": ["2033-05-10", "long-term", "长期"],
    "period": ["2023", 2023, "2023Q2", "2023-05"],
    "person": ["lin.yue", "shen"],
    "department": ["presales", "售前部"],
    "role": ["industry-expert", "行业专家"],
    "sensitivity": ["secret", "机密"],
    "retention": ["y10", "永久"],
    "doc-ref": ["QD202305001", "ZH202312999"],
    "doc-ref-version": ["QD202305001@1.0", "FJ202306012@0.12"],
    "project-ref": ["XM2023001"],
    "map": [{"K1": 0, "K6": 100}],
}
BAD: dict[str, list[Any]] = {
    "string": ["", "一行\n两行", "带换行\n", [], True],
    "int": ["五", 1.5, True],
    "number": ["五", True],
    "money": ["八百万", True],
    "bool": ["yes", 1],
    "date": ["2023-13-01", "2023-5-1", "2023-05-10\n", "２０２３-05-10", 20230510],
    "datetime": ["2023-05-10", "2023-05-10 09:30", "2023-05-10T24:00", "2023-05-10T09:30\n", "2023-05-10T09:30+8"],
    "date-or-longterm": ["forever", "长期\n", "2023-00-10"],
    "period": ["2023Q5", "2023-13", "2023\n", 23],
    "person": ["林越", "Lin Yue", "lin.yue\n", "lin..yue"],
    "department": ["sales"],
    "role": ["boss"],
    "sensitivity": ["top-secret"],
    "retention": ["100年"],
    "doc-ref": [
        "QD202305000",
        "QD202313001",
        "qd202305001",
        "AA202305001",
        "QD202305001\n",
        "QD２０２３05001",
        "QD2305001",
    ],
    "doc-ref-version": ["QD202305001", "QD202305001@1", "QD202305001@01.0", "QD202305001@1.0\n"],
    "project-ref": ["XM202301", "XM20230012", "xm2023001", "XM2023001\n"],
    "map": ["K1", []],
}


def good(spec: dict[str, Any], doctype: dict[str, Any]) -> list[Any]:
    """Values that a field accepts."""
    kind, item = spec["type"], spec.get("item", {})
    if kind == "list<object>":
        return [[{name: good(inner, doctype)[-1] for name, inner in item.items()}]]
    if (single := singular(kind)) is not None:
        return [good({**spec, "type": single}, doctype)]
    if kind == "enum":
        return [*spec["values"], *spec["values"].values()]
    if kind == "doctype":
        return [doctype["id"]]
    if kind == "number-of-document":
        return [f"{doctype['stage']}202305001"]
    if kind in ("int", "number", "money"):
        return [*GOOD[kind], spec.get("min", 0), spec.get("max", 100)]
    return [value for value in GOOD[kind] if kind != "string" or len(str(value)) <= spec.get("max", 99)]


def bad(spec: dict[str, Any], doctype: dict[str, Any]) -> list[Any]:
    """Values that a field refuses."""
    kind = spec["type"]
    if kind == "list<object>":
        return ["text", ["text"], [{"no_such_key": 1}], *([[], [{}]] if spec["required"] else [])]
    if (single := singular(kind)) is not None:
        return ["text", *([value] for value in bad({**spec, "type": single}, doctype))]
    if kind == "enum":
        return ["no-such-value", next(iter(spec["values"])) + "\n", 1]
    if kind == "doctype":
        return ["no-such-type", f"{doctype['id']}\n"]
    if kind == "number-of-document":
        other = "FJ" if doctype["stage"] != "FJ" else "QD"
        return [f"{other}202305001", f"{doctype['stage']}202305000", f"{doctype['stage']}202305001\n"]
    limits = [spec["min"] - 1] if "min" in spec else []
    limits += [spec["max"] + 1] if "max" in spec and kind != "string" else []
    return [*BAD[kind], *(["长" * (spec["max"] + 1)] if "max" in spec and kind == "string" else []), *limits]


def singular(kind: str) -> str | None:
    kinds = {"strings": "string", "enums": "enum", "persons": "person", "departments": "department"}
    return {**kinds, "doc-refs": "doc-ref", "doc-ref-versions": "doc-ref-version"}.get(kind)


def fields_of(type_id: str) -> dict[str, Any]:
    fields = {**CATALOGUE["common_fields"], **TYPES[type_id]["fields"]}
    return {name: spec for name, spec in fields.items() if name != "project" or TYPES[type_id]["scope"] != "none"}


def schema(type_id: str) -> dict[str, Any]:
    return type_schema(CATALOGUE["common_fields"], TYPES[type_id], CATALOGUE)


def document(type_id: str) -> dict[str, Any]:
    """Front matter with every field of a type."""
    return {name: good(spec, TYPES[type_id])[0] for name, spec in fields_of(type_id).items()}


def test_the_files_in_the_checkout_are_current() -> None:
    assert stale(expected()) == []


@every_type
def test_every_schema_is_valid_and_knows_every_field(type_id: str) -> None:
    written = json.loads((TARGET / f"{type_id}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(written)
    assert set(written["properties"]) == set(fields_of(type_id))


@every_type
def test_front_matter_with_all_fields_or_only_the_required_is_accepted(type_id: str) -> None:
    validator = Draft202012Validator(schema(type_id))
    whole = document(type_id)
    assert [error.message for error in validator.iter_errors(whole)] == []
    required = {name for name, spec in fields_of(type_id).items() if spec["required"]}
    if TYPES[type_id]["scope"] == "project":
        required.add("project")
    assert validator.is_valid({name: whole[name] for name in required})
    for name in required:
        assert not validator.is_valid({key: value for key, value in whole.items() if key != name}), name


@every_type
def test_unknown_fields_are_refused(type_id: str) -> None:
    validator = Draft202012Validator(schema(type_id))
    for name in ("version", "status", "cutsomer"):
        assert not validator.is_valid({**document(type_id), name: "1.0"})


@every_type
def test_each_field_accepts_good_values_and_refuses_bad_ones(type_id: str) -> None:
    properties = schema(type_id)["properties"]
    for name, spec in fields_of(type_id).items():
        validator = Draft202012Validator(properties[name])
        assert [value for value in good(spec, TYPES[type_id]) if not validator.is_valid(value)] == [], name
        assert [value for value in bad(spec, TYPES[type_id]) if validator.is_valid(value)] == [], name


def test_a_document_as_people_write_it() -> None:
    front_matter = to_data(
        parse_yaml("""
number: QD202305003
title: 滨江智慧园区需求调研报告
type: requirement-survey-report
project: XM2023001
author: lin.yue
created: 2023-05-18
sensitivity: 内部
based_on: [QD202305001, QD202305002@1.0]
plan_ref: QD202305001
requirements:
  - {id: REQ-01, text: 访客预约与闸机联动, priority: 高, source: QD202305002}
""")
    )
    validator = Draft202012Validator(schema("requirement-survey-report"))
    assert [error.message for error in validator.iter_errors(front_matter)] == []
    front_matter["requirements"][0]["priority"] = "urgent"
    (error,) = validator.iter_errors(front_matter)
    assert list(error.absolute_path) == ["requirements", 0, "priority"]


def test_a_document_of_no_project_may_not_name_one() -> None:
    validator = Draft202012Validator(schema("regulation"))
    assert not validator.is_valid({**document("regulation"), "project": "XM2023001"})


def test_only_known_indicators_are_scored() -> None:
    scores = Draft202012Validator(schema("self-assessment")["properties"]["scores"])
    assert not scores.is_valid({"K7": 50})
    assert not scores.is_valid({"K1": 101})
    assert not scores.is_valid({})


def test_an_editor_shows_titles_labels_and_defaults() -> None:
    properties = schema("quotation-plan")["properties"]
    assert properties["sensitivity"]["default"] == "secret"
    assert properties["price_list_version"]["title"] == "价格表版本"
    assert "Price list version" in properties["price_list_version"]["description"]
    assert "won 中标" in schema("bid-result-record")["properties"]["result"]["description"]


def test_a_type_with_the_least_that_a_policy_may_say() -> None:
    doctype = {**TYPES["team-post"], "fields": {"mood": {"type": "string"}}}
    mood = type_schema(CATALOGUE["common_fields"], doctype, CATALOGUE)["properties"]["mood"]
    assert (mood["title"], mood["description"]) == ("mood", "mood · mood")


def test_an_unknown_kind_of_field_is_refused() -> None:
    doctype = {**TYPES["team-post"], "fields": {"mood": {"type": "emoji"}}}
    with pytest.raises(PrsError) as refused:
        type_schema(CATALOGUE["common_fields"], doctype, CATALOGUE)
    assert refused.value.code == "A402"
    assert refused.value.args_ == {"where": "type team-post", "problem": "field type emoji"}
