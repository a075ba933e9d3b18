"""One value against its field: what each kind takes and refuses."""

from __future__ import annotations

import time

import pytest

from presales_repo.findings import Finding
from presales_repo.model.doctype import FIELD_KINDS, Field, build_fields, enum_key
from presales_repo.model.yamlsubset import parse_yaml
from presales_repo.rules.values import MAX_ITEMS, check_field, inner_fields, references
from tests.unit.rules.samples import POLICY

VALUES = {"key": "重点跟进", "normal": "一般跟进", "survey": "問卷調查"}
GOOD = {
    "string": ["文字", "'a: b'", '"#1"', "no", "12"],
    "strings": ["[甲, 乙]", "甲", "\n  - 甲\n  - 'b'"],
    "int": ["0", "12", "-3", "'7'", "007"],
    "number": ["12", "12.5", "-0.25"],
    "money": ["0", "860000", "860000.00", "0.5"],
    "bool": ["true", "false", "'true'"],
    "date": ["2023-04-18", "'2024-02-29'"],
    "datetime": ["2023-04-18T14:30", "2023-04-18T14:30:05", "2023-04-18T14:30Z", "2023-04-18T14:30:05+08:00"],
    "period": ["2023", "2023Q2", "2023-04"],
    "enum": ["key", "重点跟进", "重點跟進", "问卷调查"],
    "enums": ["[key, 一般跟进]", "key"],
    "person": ["lin"],
    "persons": ["[lin, shen]", "lin"],
    "department": ["presales"],
    "departments": ["[presales, quality]"],
    "role": ["team-member"],
    "sensitivity": ["internal"],
    "retention": ["y10"],
    "doc-ref": ["QD202305001", "QD202305001@1.0"],
    "doc-refs": ["[QD202305001, FJ202305002@2.1]", "QD202305001"],
    "doc-ref-version": ["QD202305001@1.0"],
    "doc-ref-versions": ["[QD202305001@1.0]"],
    "map": ["{K1: 80, K2: 92.5}", "{}"],
    "list<object>": ["\n  - {name: 甲, qty: 2}\n  - name: 乙", "[]"],
    "number-of-document": ["QD202305001"],
    "doctype": ["survey-plan"],
    "project-ref": ["XM2023001"],
    "date-or-longterm": ["2026-12-31", "long-term", "长期"],
    "attachments": ["x"],
}
BAD = {
    "string": [("[a]", "F111"), ("{a: b}", "F111"), ("|\n  甲\n  乙", "F111"), ('"a\\nb"', "F111"), ("x" * 21, "F123")],
    "strings": [("{a: b}", "F111"), ("[[a]]", "F111"), ("[a, '']", "F111"), ('["a\\u202eb"]', "S107")],
    "int": [("1.5", "F111"), ("1e3", "F111"), ("１２", "F111"), ("1_000", "F111"), ("9" * 19, "F111"),
            ("0x1F", "F111")],
    "number": [("12.", "F111"), (".5", "F111"), (".nan", "F111"), ("1,000", "F111"), ("十", "F111")],
    "money": [("-1", "F111"), ("1.005", "F111"), ("¥100", "F111"), ("1,000", "F111")],
    "bool": [("True", "F111"), ("no", "F111"), ("是", "F111"), ("1", "F111")],
    "date": [("2023-02-30", "F111"), ("2023-4-18", "F111"), ("20230418", "F111"), ("2023/04/18", "F111"),
             ("昨天", "F111")],
    "datetime": [("2023-04-18", "F111"), ("2023-04-18 14:30", "F111"), ("2023-04-18T24:30", "F111"),
                 ("2023-02-30T10:00", "F111")],
    "period": [("23", "F111"), ("2023Q5", "F111"), ("2023-13", "F111"), ("2023-4", "F111"), ("2023q2", "F111")],
    "enum": [("rumour", "F112"), ("Key", "F112"), ("[key]", "F111")],
    "enums": [("[key, rumour]", "F112"), ("{key: x}", "F111")],
    "person": [("林越", "F114"), ("LIN", "F114"), ("[lin]", "F111")],
    "persons": [("[lin, nobody]", "F114")],
    "department": [("售前部", "F114")],
    "departments": [("[售前部]", "F114")],
    "role": [("boss", "F114")],
    "sensitivity": [("秘密", "F114")],
    "retention": [("100年", "F114")],
    "doc-ref": [("qd202305001", "F111"), ("QD202305000", "F111"), ("QD202305001@", "F111"), ("QD202305001@1", "F111"),
                ("QD202305001@1.0@2.0", "F111"), ("../x", "F111")],
    "doc-refs": [("[QD2305001]", "F111")],
    "doc-ref-version": [("QD202305001", "F111")],
    "doc-ref-versions": [("[QD202305001]", "F111")],
    "map": [("[a]", "F111"), ("80", "F111"), ("{K9: 80}", "F115"), ("{K1: 良}", "F111"), ("{K1: 101}", "F113"),
            ("{K1: [80]}", "F111"), ("{K1: }", "F110")],
    "list<object>": [("甲", "F111"), ("{name: 甲}", "F111"), ("[甲]", "F111"), ("[{qty: 2}]", "F109"),
                     ("[{name: 甲, size: 2}]", "F115"), ("[{name: 甲, qty: 两}]", "F111")],
    "number-of-document": [("[QD202305001]", "F111")],
    "doctype": [("[x]", "F111")],
    "project-ref": [("{a: b}", "F111")],
    "date-or-longterm": [("永久", "F111"), ("2026-13-01", "F111")],
    "attachments": [],
}  # fmt: skip


def field_of(kind: str, *, required: bool = False) -> Field:
    raw: dict[str, object] = {
        "type": kind,
        "required": required,
        "title_zh": "字段",
        "max": {"string": 20, "map": 100}.get(kind),
    }
    extra: dict[str, dict[str, object]] = {
        "enum": {"values": VALUES},
        "enums": {"values": VALUES},
        "map": {"keys": ["K1", "K2"], "min": 0},
        "list<object>": {"item": {"name": {"required": True}, "qty": {"type": "int"}}},
    }
    return build_fields({"f": {**raw, **extra.get(kind, {})}}, "test")["f"]


def check(kind: str, text: str, *, required: bool = False) -> list[Finding]:
    node = parse_yaml(f"f: {text}\n").values["f"]
    return list(check_field(field_of(kind, required=required), node, "x.md", POLICY))


def test_every_kind_of_field_is_tried() -> None:
    assert GOOD.keys() == BAD.keys() == FIELD_KINDS


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in GOOD.items() for text in texts])
def test_a_value_in_form_is_taken(kind: str, text: str) -> None:
    assert check(kind, text) == []


@pytest.mark.parametrize(("kind", "text", "code"), [(kind, *case) for kind, cases in BAD.items() for case in cases])
def test_a_value_out_of_form_is_reported_with_an_example(kind: str, text: str, code: str) -> None:
    found = check(kind, text)
    assert [item.code for item in found] == [code]
    if code == "F111":
        assert found[0].args["found"]
        assert found[0].args["expected"]


@pytest.mark.parametrize("kind", sorted(FIELD_KINDS))
@pytest.mark.parametrize("text", ["", "''", "[]", "{}", "' '"])
def test_an_empty_value_is_only_missed_where_it_is_required(kind: str, text: str) -> None:
    assert check(kind, text) == []
    assert [item.code for item in check(kind, text, required=True)] == ["F110"]


@pytest.mark.parametrize("escape", ["\\0", "\\e", "\\a", "\\x7f", "\\u200b", "\\u202e", "\\ufeff", "\\L", "\\N"])
@pytest.mark.parametrize("kind", ["string", "strings", "enum", "person", "date", "doc-ref"])
def test_a_character_that_yaml_makes_of_an_escape_is_seen(kind: str, escape: str) -> None:
    assert [item.code for item in check(kind, f'"a{escape}b"')] == ["S107"]


def test_an_id_is_found_by_its_name() -> None:
    assert check("person", "沈硯舟")[0].args["near"] == "shen"
    assert check("sensitivity", "秘密")[0].args["near"] == "confidential"
    assert str(check("person", "sheng")[0].args["near"]).startswith("shen")
    assert check("person", "谁")[0].args["near"] == "lin, shen, song"


def test_several_lines_are_shown_as_one_that_would_do() -> None:
    (found,) = check("string", "|\n  甲: 1\n  乙")
    assert found.args["found"] == "甲: 1↵乙"
    assert found.args["expected"] == '"甲: 1 乙"'


@pytest.mark.parametrize("kind", ["strings", "list<object>"])
def test_a_list_has_an_end(kind: str) -> None:
    item = "{name: x}" if kind == "list<object>" else "x"
    assert check(kind, f"[{', '.join([item] * MAX_ITEMS)}]") == []
    (found,) = check(kind, f"[{', '.join([item] * (MAX_ITEMS + 1))}]")
    assert (found.code, found.args["count"]) == ("F124", MAX_ITEMS + 1)


def test_bounds_include_their_ends() -> None:
    field = build_fields({"f": {"type": "int", "min": 1, "max": 5}}, "test")["f"]
    results = {}
    for text in ("0", "1", "5", "6"):
        node = parse_yaml(f"f: {text}\n").values["f"]
        results[text] = [item.code for item in check_field(field, node, "x.md", POLICY)]
    assert results == {"0": ["F113"], "1": [], "5": [], "6": ["F113"]}


def test_places_are_those_of_the_value() -> None:
    (found,) = check("enums", "[key, rumour]")
    assert (found.line, found.column) == (1, 10)


def test_a_thousand_unknown_names_cost_moments() -> None:
    started = time.process_time()
    assert len(check("persons", "[" + ", ".join(f"n{number}" for number in range(1000)) + "]")) == 1000
    assert time.process_time() - started < 5


def test_an_enum_label_means_its_key() -> None:
    field = field_of("enum")
    assert [enum_key(field, text) for text in ("key", "重点跟进", "重點跟進", "问卷调查", "x")] == [
        "key",
        "key",
        "key",
        "survey",
        None,
    ]


def test_references_inside_lists_of_mappings_are_found() -> None:
    raw = {"type": "list<object>", "item": {"ref": {"type": "doc-refs"}, "deep": {"type": "list<object>", "item": {
        "at": {"type": "doc-ref-version"}}}}}  # fmt: skip
    field = build_fields({"f": raw}, "test")["f"]
    node = parse_yaml("f:\n  - ref: [QD202305001, 甲]\n    deep: [{at: FJ202305002@1.0}]\n").values["f"]
    found = [item for inner, value in inner_fields(field, node) for item in references(inner, value)]
    assert [(item.number, item.version, item.line) for item in found] == [
        ("QD202305001", "", 2),
        ("FJ202305002", "1.0", 3),
    ]
