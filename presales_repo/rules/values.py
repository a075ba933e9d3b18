"""One value of front matter against its field: kind, bounds, catalogue. Rules of form, not of the whole document."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from presales_repo.findings import Finding
from presales_repo.model.doctype import Field
from presales_repo.model.fold import fold
from presales_repo.model.number import parse_number
from presales_repo.model.policy import Policy
from presales_repo.model.text import hidden_character
from presales_repo.model.yamlsubset import Items, Node, Scalar, Table

_INT = re.compile(r"-?[0-9]{1,18}")
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?")
_MONEY = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATETIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(Z|[+-][0-9]{2}:[0-9]{2})?")
_PERIOD = re.compile(r"20[0-9]{2}(Q[1-4]|-(0[1-9]|1[0-2]))?")
_REFERENCE = re.compile(r"([^@]+)(?:@([0-9]+\.[0-9]+))?")

LIST_KINDS = {
    "strings": "string",
    "enums": "enum",
    "persons": "person",
    "departments": "department",
    "doc-refs": "doc-ref",
    "doc-ref-versions": "doc-ref-version",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A document number, and the version after `@` or ""."""

    number: str
    version: str
    line: int
    column: int
    field: str


def is_date(text: str) -> bool:
    """Whether a text is a real day as YYYY-MM-DD."""
    if not _DATE.fullmatch(text):
        return False
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def is_datetime(text: str) -> bool:
    """Whether a text is a real time as YYYY-MM-DDTHH:MM, with or without seconds and offset."""
    match = _DATETIME.fullmatch(text)
    if match is None or not is_date(match[1]):
        return False
    try:
        datetime.time.fromisoformat(match[2])
    except ValueError:
        return False
    return True


def split_reference(text: str) -> tuple[str, str] | None:
    """Number and version ("" without one) of `number` or `number@version`, None when it is neither."""
    match = _REFERENCE.fullmatch(text)
    return (match[1], match[2] or "") if match and parse_number(match[1]) else None


def check_field(field: Field, node: Node, path: str, policy: Policy) -> Iterator[Finding]:
    """Findings for one field's value: F110 empty, F111 form, F112 not in the list, F113 out of bounds, F114 unknown
    person, department or role, F115 a key it does not have, S107 hidden characters."""
    if is_empty(node):
        if field.required:
            yield _finding("F110", field, node, path)
        return
    if field.kind == "list<object>":
        yield from _check_objects(field, node, path, policy)
    elif field.kind == "map":
        yield from _check_map(field, node, path)
    elif field.kind in LIST_KINDS:
        yield from _check_list(field, node, path, policy)
    elif isinstance(node, Scalar):
        yield from _check_scalar(field, field.kind, node, path, policy)
    else:
        yield _finding("F111", field, node, path, found="a list or mapping", expected=field.kind)


def is_empty(node: Node) -> bool:
    """Whether nothing is written: no text, an empty list or mapping."""
    if isinstance(node, Scalar):
        return not node.text.strip()
    return not (node.items if isinstance(node, Items) else node.values)


def _finding(code: str, field: Field, node: Node, path: str, **args: object) -> Finding:
    return Finding(code, path, node.line, node.column, {"field": field.name, "title": field.title_zh, **args})


def _check_list(field: Field, node: Node, path: str, policy: Policy) -> Iterator[Finding]:
    if isinstance(node, Table):
        yield _finding("F111", field, node, path, found="a mapping", expected=field.kind)
        return
    for item in node.items if isinstance(node, Items) else (node,):
        if isinstance(item, Scalar):
            yield from _check_scalar(field, LIST_KINDS[field.kind], item, path, policy)
        else:
            yield _finding("F111", field, item, path, found="a list or mapping", expected=LIST_KINDS[field.kind])


def _check_objects(field: Field, node: Node, path: str, policy: Policy) -> Iterator[Finding]:
    if not isinstance(node, Items):
        yield _finding("F111", field, node, path, found="one value", expected="a list of mappings")
        return
    for item in node.items:
        if not isinstance(item, Table):
            yield _finding("F111", field, item, path, found="one value", expected="a mapping")
            continue
        for key, value in item.values.items():
            inner = field.item.get(key)
            if inner is None:
                yield _finding("F115", field, item.keys[key], path, key=key, allowed=", ".join(field.item))
            else:
                yield from check_field(inner, value, path, policy)
        for name, inner in field.item.items():
            if inner.required and name not in item.values:
                yield _finding("F109", inner, item, path)


def _check_map(field: Field, node: Node, path: str) -> Iterator[Finding]:
    if not isinstance(node, Table):
        yield _finding("F111", field, node, path, found="one value", expected="a mapping")
        return
    for key, value in node.values.items():
        if field.keys and key not in field.keys:
            yield _finding("F115", field, node.keys[key], path, key=key, allowed=", ".join(field.keys))
        elif field.keys and isinstance(value, Scalar):
            yield from _check_number(field, "number", value, path)


def _check_scalar(field: Field, kind: str, node: Scalar, path: str, policy: Policy) -> Iterator[Finding]:
    hidden = hidden_character(node.text)
    if hidden:
        yield _finding("S107", field, node, path, character=f"U+{ord(hidden[0]):04X}")
        return
    if kind in ("int", "number", "money"):
        yield from _check_number(field, kind, node, path)
    elif kind == "enum":
        if enum_key(field, node.text) is None:
            choices = ", ".join(f"{key} ({label})" for key, label in field.values.items())
            yield _finding("F112", field, node, path, found=node.text, choices=choices)
    elif kind in _CATALOGUES:
        known = _CATALOGUES[kind](policy)
        if node.text not in known:
            yield _finding("F114", field, node, path, found=node.text, kind=kind, near=_near(node.text, known))
    elif kind in _FORMS:
        fits, expected = _FORMS[kind]
        if not fits(node.text):
            yield _finding("F111", field, node, path, found=node.text, expected=expected)
    if kind == "string":
        yield from _check_string(field, node, path)


def _check_string(field: Field, node: Scalar, path: str) -> Iterator[Finding]:
    if field.longest is not None and len(node.text) > field.longest:
        yield _finding("F113", field, node, path, found=f"{len(node.text)} characters", bounds=f"1..{field.longest}")
    elif "\n" in node.text:
        yield _finding("F111", field, node, path, found="several lines", expected="one line")


def _check_number(field: Field, kind: str, node: Scalar, path: str) -> Iterator[Finding]:
    pattern, expected = {"int": (_INT, "12"), "number": (_DECIMAL, "12.5"), "money": (_MONEY, "860000.00")}[kind]
    if not pattern.fullmatch(node.text):
        yield _finding("F111", field, node, path, found=node.text, expected=expected)
        return
    value = float(node.text)
    low, high = field.minimum, field.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = f"{'' if low is None else low}..{'' if high is None else high}"
        yield _finding("F113", field, node, path, found=node.text, bounds=bounds)


def enum_key(field: Field, text: str) -> str | None:
    """The key that a text means: the key itself, or its Chinese label in either script."""
    if text in field.values:
        return text
    folded = fold(text)
    return next((key for key, label in field.values.items() if fold(label) == folded), None)


def _near(text: str, known: object) -> str:
    import difflib

    return ", ".join(difflib.get_close_matches(text, list(known), 3, 0.5) or list(known)[:8])  # type: ignore[call-overload]


_CATALOGUES: dict[str, Callable[[Policy], object]] = {
    "person": lambda policy: policy.people,
    "department": lambda policy: policy.departments,
    "role": lambda policy: policy.roles,
    "sensitivity": lambda policy: policy.sensitivities,
    "retention": lambda policy: policy.retentions,
}

_FORMS: dict[str, tuple[Callable[[str], object], str]] = {
    "date": (is_date, "2023-05-18"),
    "datetime": (is_datetime, "2023-05-18T14:30"),
    "period": (_PERIOD.fullmatch, "2023, 2023Q2, 2023-05"),
    "bool": (lambda text: text in ("true", "false"), "true, false"),
    "doc-ref": (lambda text: split_reference(text) is not None, "QD202305001"),
    "doc-ref-version": (lambda text: (split_reference(text) or ("", ""))[1], "QD202305001@1.0"),
    "date-or-longterm": (lambda text: is_date(text) or text in ("long-term", "长期"), "2026-12-31, long-term"),
}


def references(field: Field, node: Node) -> Iterator[Reference]:
    """The document numbers that a field's value names, those inside lists of mappings included."""
    kind = LIST_KINDS.get(field.kind, field.kind)
    if field.kind == "list<object>" and isinstance(node, Items):
        for item in node.items:
            if isinstance(item, Table):
                for key, value in item.values.items():
                    if key in field.item:
                        yield from references(field.item[key], value)
    elif kind in ("doc-ref", "doc-ref-version"):
        for scalar in node.items if isinstance(node, Items) else (node,):
            split = split_reference(scalar.text) if isinstance(scalar, Scalar) else None
            if split:
                yield Reference(*split, scalar.line, scalar.column, field.name)
