"""JSON Schemas of front matter, one for each document type, so that editors complete and check while typing.

Draft 2020-12. They say what a single document can be judged by: names, kinds, values, bounds. What needs the
register or the ledger (a number that exists, a version that is published) is left to the checks. An editor's YAML
types its scalars, `prs` keeps what was typed: where the two differ (`contract_no: 20230501`) both are accepted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from presales_repo.errors import PrsError

Schema = dict[str, Any]
Spec = Mapping[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

# A title, a contract number: text in `prs`, but an editor's YAML reads 20230501 and 1.0 as numbers.
_TEXT = ["string", "number"]
_DATE = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_OFFSET = r"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
_DATETIME = rf"{_DATE}T(?:[01][0-9]|2[0-3]):[0-5][0-9]{_OFFSET}?"
_PERIOD = r"20[0-9]{2}(?:Q[1-4]|-(?:0[1-9]|1[0-2]))?"
_VERSION = r"(?:0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)"
_SEQUENCE = r"20[0-9]{2}(?:0[1-9]|1[0-2])(?!000)[0-9]{3}"
_PERSON = r"[a-z0-9]+(?:[._-][a-z0-9]+)*"
_PROJECT = r"XM20[0-9]{2}[0-9]{3}"
_LINE = r"[^\r\n]+"

_LISTS = {
    "strings": "string",
    "enums": "enum",
    "persons": "person",
    "departments": "department",
    "doc-refs": "doc-ref",
    "doc-ref-versions": "doc-ref-version",
}
_FORMS = {
    "money": "元，最多两位小数 · CNY, at most two decimals",
    "date": "YYYY-MM-DD",
    "datetime": "YYYY-MM-DDTHH:MM，可加时区 · offset optional, as in 2023-05-10T09:30+08:00",
    "period": "2023, 2023Q2, 2023-05",
    "person": "人员标识 · id in policy/people.yaml",
    "doc-ref": "文档编号 · document number, QD202305001",
    "doc-ref-version": "编号@版本 · number@version, QD202305001@1.0",
    "number-of-document": "阶段、年月、顺序号 · stage, year and month, sequence, QD202305001",
    "project-ref": "项目编号 · project id, XM2023001",
    "date-or-longterm": "YYYY-MM-DD, long-term, 长期",
}
_DEFAULTS = ("sensitivity", "important", "retention")
_SET_BY = {"tool": "由 prs 填写 · written by prs", "reviewer": "由评审人填写 · not written by the author"}


@dataclass(frozen=True, slots=True)
class _Policy:
    """What the shape of a value depends on besides its field: the type, and the tables of the policy."""

    doctype: Mapping[str, Any]
    catalogue: Mapping[str, Any]


_Shape = Callable[[Spec, _Policy], Schema]


def type_schema(common: Mapping[str, Any], doctype: Mapping[str, Any], catalogue: Mapping[str, Any]) -> Schema:
    """The JSON Schema of one type's front matter.

    `common`: the common_fields of policy/repository.yaml, `doctype`: an entry of policy/types/<stage>.yaml,
    `catalogue`: policy/repository.yaml (stages, sensitivities, retentions, departments, roles). All as plain data.
    Raises PrsError A402 for a field of a kind that is not known.
    """
    fields = {**_common_fields(common, doctype), **(doctype.get("fields") or {})}
    return {
        "$schema": DIALECT,
        "title": doctype["title_zh"],
        "description": f"{doctype['title_zh']} · {doctype['title_en']} ({doctype['id']})",
        **_object(fields, _Policy(doctype, catalogue)),
    }


def _common_fields(common: Mapping[str, Spec], doctype: Mapping[str, Any]) -> dict[str, Spec]:
    """The common fields as this type has them: its defaults, and a project where its scope asks for one."""
    fields = {name: {**spec, "default": doctype[name]} if name in _DEFAULTS else spec for name, spec in common.items()}
    if doctype["scope"] == "none":
        del fields["project"]
    elif doctype["scope"] == "project":
        fields["project"] = {**fields["project"], "required": True}
    return fields


def _object(fields: Mapping[str, Spec], policy: _Policy) -> Schema:
    return {
        "type": "object",
        "properties": {name: _property(name, spec, policy) for name, spec in fields.items()},
        "required": [name for name, spec in fields.items() if spec.get("required")],
        "additionalProperties": False,
    }


def _property(name: str, spec: Spec, policy: _Policy) -> Schema:
    title = spec.get("title_zh", name)
    default = {"default": spec["default"]} if "default" in spec else {}
    heading = f"{title} · {spec.get('title_en', name)}"
    return {"title": title, "description": _description(heading, spec), **_shape(spec, policy), **default}


def _description(heading: str, spec: Spec) -> str:
    """What an editor shows beside the cursor: names, the form or the values with their labels, who writes it."""
    kind = str(spec["type"])
    values = "; ".join(f"{key} {label}" for key, label in spec.get("values", {}).items())
    parts: tuple[str, ...] = (
        heading,
        _FORMS.get(_LISTS.get(kind, kind), values),
        _SET_BY.get(spec.get("set_by", ""), ""),
    )
    return "\n".join(part for part in parts if part)


def _shape(spec: Spec, policy: _Policy) -> Schema:
    """What the value itself may be."""
    kind = spec["type"]
    if kind == "list<object>":
        return _array(_object(spec["item"], policy), spec)
    if kind in _LISTS:
        return _array(_shape({**spec, "type": _LISTS[kind]}, policy), spec)
    if kind not in _SHAPES:
        raise PrsError("A402", where=f"type {policy.doctype['id']}", problem=f"field type {kind}")
    return _SHAPES[kind](spec, policy)


def _array(items: Schema, spec: Spec) -> Schema:
    return {"type": "array", "items": items, **({"minItems": 1} if spec.get("required") else {})}


def _exactly(pattern: str) -> str:
    """Anchored for every dialect: in Python `$` alone would let a trailing newline through."""
    return rf"^(?:{pattern})$(?!\n)"


def _text(pattern: str, **more: object) -> _Shape:
    return lambda spec, policy: {"type": "string", "pattern": _exactly(pattern), **more}


def _choice(labels: Mapping[str, str]) -> Schema:
    """Keys first, so that an editor offers them first; the Chinese labels are accepted as well."""
    return {"enum": list(dict.fromkeys([*labels, *labels.values()]))}


def _table(name: str) -> _Shape:
    return lambda spec, policy: _choice({key: entry["title_zh"] for key, entry in policy.catalogue[name].items()})


def _bounds(spec: Spec) -> Schema:
    return {word: spec[key] for key, word in (("min", "minimum"), ("max", "maximum")) if key in spec}


def _string(spec: Spec, policy: _Policy) -> Schema:
    longest = {"maxLength": spec["max"]} if "max" in spec else {}
    return {"type": _TEXT, "pattern": _exactly(_LINE), **longest}


def _map(spec: Spec, policy: _Policy) -> Schema:
    if "keys" not in spec:
        return {"type": "object"}
    values = {key: {"type": "number", **_bounds(spec)} for key in spec["keys"]}
    return {"type": "object", "properties": values, "additionalProperties": False, "minProperties": 1}


def _reference(spec: Spec, policy: _Policy) -> Schema:
    """A number, with its version where the kind asks for one or the field leaves it open."""
    suffix = f"@{_VERSION}" if spec["type"] == "doc-ref-version" else ""
    if spec.get("version") == "optional":
        suffix = f"(?:@{_VERSION})?"
    return {"type": "string", "pattern": _exactly(_number(policy.catalogue["stages"]) + suffix)}


def _number(stages: Iterable[str]) -> str:
    """四(二)1: stage letters, six digits of year and month, three of the sequence, which starts at 001."""
    return f"(?:{'|'.join(map(re.escape, stages))}){_SEQUENCE}"


def _own_number(spec: Spec, policy: _Policy) -> Schema:
    return {"type": "string", "pattern": _exactly(_number([policy.doctype["stage"]]))}


def _period(spec: Spec, policy: _Policy) -> Schema:
    """An editor's YAML reads a year alone as an integer."""
    return {"type": ["string", "integer"], "pattern": _exactly(_PERIOD), "minimum": 2000, "maximum": 2099}


_SHAPES: Mapping[str, _Shape] = {
    "string": _string,
    "int": lambda spec, policy: {"type": "integer", **_bounds(spec)},
    "number": lambda spec, policy: {"type": "number", **_bounds(spec)},
    "money": lambda spec, policy: {"type": "number", **_bounds(spec)},
    "bool": lambda spec, policy: {"type": "boolean"},
    "date": _text(_DATE, format="date"),
    "datetime": _text(_DATETIME),
    "date-or-longterm": _text(f"{_DATE}|long-term|长期"),
    "period": _period,
    "enum": lambda spec, policy: _choice(spec["values"]),
    "person": _text(_PERSON),
    "project-ref": _text(_PROJECT),
    "department": _table("departments"),
    "role": _table("roles"),
    "sensitivity": _table("sensitivities"),
    "retention": _table("retentions"),
    "doc-ref": _reference,
    "doc-ref-version": _reference,
    "number-of-document": _own_number,
    "doctype": lambda spec, policy: {"const": policy.doctype["id"]},
    "map": _map,
}
