"""One value of front matter against its field: kind, bounds, catalogue. Rules of form, not of the whole document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from presales_repo.findings import Finding
from presales_repo.model.doctype import Field, enum_key
from presales_repo.model.document import scalars
from presales_repo.model.fold import fold
from presales_repo.model.frontmatter import quote
from presales_repo.model.number import split_reference
from presales_repo.model.policy import Person, Policy, Titled
from presales_repo.model.text import hidden_character
from presales_repo.model.yamlsubset import Items, Node, Scalar, Table
from presales_repo.rules.words import FEW, nearest, shown

INT = re.compile(r"-?[0-9]{1,18}")
DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?")
MONEY = re.compile(r"[0-9]{1,15}(\.[0-9]{1,2})?")
_DATE = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?(Z|[+-][0-9]{2}:[0-9]{2})?")
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_PERIOD = re.compile(r"20[0-9]{2}(Q[1-4]|-(0[1-9]|1[0-2]))?")
# Raw control characters are refused by the reader; those that YAML makes of escapes in quotes ("\e") are seen here.
_ESCAPED_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")

LIST_KINDS = {
    "strings": "string",
    "enums": "enum",
    "persons": "person",
    "departments": "department",
    "doc-refs": "doc-ref",
    "doc-ref-versions": "doc-ref-version",
}
MAX_ITEMS = 1_000  # entries of one list: a longer one belongs into an attached table


class Reference(NamedTuple):
    """A document number, and the version after `@` or ""."""

    number: str
    version: str
    line: int
    column: int


def is_date(text: str) -> bool:
    """Whether a text is a real day as YYYY-MM-DD. By hand: git's hooks would pay more for `datetime` than for this."""
    match = _DATE.fullmatch(text)
    if match is None:
        return False
    year, month, day = map(int, match.groups())
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return year > 0 and day <= _DAYS[month - 1] and (leap or (month, day) != (2, 29))


def is_datetime(text: str) -> bool:
    """Whether a text is a real time as YYYY-MM-DDTHH:MM, with or without seconds and offset."""
    date, separator, time = text.partition("T")
    return is_date(date) and separator == "T" and _TIME.fullmatch(time) is not None


def check_field(field: Field, node: Node, path: str, policy: Policy) -> Iterator[Finding]:
    """Findings for one field's value: F110 empty, F111 form, F112 not in the list, F113 out of bounds, F114 unknown
    person, department or role, F115 a key it does not have, F123 too long, F124 too many, S107 hidden characters."""
    if is_empty(node):
        if field.required:
            yield _finding("F110", field, node, path, expected=sample(field, policy))
    elif field.kind == "list<object>":
        yield from _check_objects(field, node, path, policy)
    elif field.kind == "map":
        yield from _check_map(field, node, path, policy)
    elif field.kind in LIST_KINDS:
        yield from _check_list(field, node, path, policy)
    elif isinstance(node, Scalar):
        yield from _check_scalar(field, field.kind, node, path, policy)
    else:
        yield _shape(field, node, path, _example(field.kind, field, policy))


def is_empty(node: Node) -> bool:
    """Whether nothing is written: no text, an empty list or mapping."""
    if isinstance(node, Scalar):
        return not node.text.strip()
    return not (node.items if isinstance(node, Items) else node.values)


def _finding(code: str, field: Field, node: Node, path: str, **args: object) -> Finding:
    return Finding(code, path, node.line, node.column, {"field": field.name, "title": field.title_zh, **args})


def _shape(field: Field, node: Node, path: str, expected: str) -> Finding:
    """F111 for a list, a mapping or one value where something else belongs."""
    found = shown(node.text) or '""' if isinstance(node, Scalar) else "[…]" if isinstance(node, Items) else "{…}"
    return _finding("F111", field, node, path, found=found, expected=expected)


def _check_list(field: Field, node: Node, path: str, policy: Policy) -> Iterator[Finding]:
    kind = LIST_KINDS[field.kind]
    expected = _example(kind, field, policy)
    if isinstance(node, Table):
        yield _shape(field, node, path, sample(field, policy))
        return
    items = node.items if isinstance(node, Items) else (node,)
    if len(items) > MAX_ITEMS:
        yield _finding("F124", field, node, path, count=len(items), limit=MAX_ITEMS)
        return
    for item in items:
        if isinstance(item, Scalar) and item.text.strip():
            yield from _check_scalar(field, kind, item, path, policy)
        else:
            yield _shape(field, item, path, expected)


def _check_objects(field: Field, node: Node, path: str, policy: Policy) -> Iterator[Finding]:
    if not isinstance(node, Items):
        yield _shape(field, node, path, sample(field, policy))
        return
    if len(node.items) > MAX_ITEMS:
        yield _finding("F124", field, node, path, count=len(node.items), limit=MAX_ITEMS)
        return
    for item in node.items:
        if isinstance(item, Table):
            yield from _check_object(field, item, path, policy)
        else:
            yield _shape(field, item, path, sample(field, policy)[1:-1])


def _check_object(field: Field, item: Table, path: str, policy: Policy) -> Iterator[Finding]:
    for key, value in item.values.items():
        inner = field.item.get(key)
        if inner is None:
            yield _finding("F115", field, item.keys[key], path, key=shown(key), allowed=", ".join(field.item))
        else:
            yield from check_field(inner, value, path, policy)
    for name, inner in field.item.items():
        if inner.required and name not in item.values:
            yield _finding("F109", inner, item, path, expected=sample(inner, policy))


def _check_map(field: Field, node: Node, path: str, policy: Policy) -> Iterator[Finding]:
    if not isinstance(node, Table):
        yield _shape(field, node, path, sample(field, policy))
        return
    for key, value in node.values.items():
        if field.keys and key not in field.keys:
            yield _finding("F115", field, node.keys[key], path, key=shown(key), allowed=", ".join(field.keys))
        elif is_empty(value):
            yield _finding("F110", field, node.keys[key], path, expected=f"{{{key}: 80}}")
        elif isinstance(value, Scalar):
            yield from _check_number(field, "number", value, path)
        else:
            yield _shape(field, value, path, EXAMPLES["number"])


def _check_scalar(field: Field, kind: str, node: Scalar, path: str, policy: Policy) -> Iterator[Finding]:
    hidden = hidden_character(node.text) or _ESCAPED_CONTROL.search(node.text)
    if hidden:
        yield _finding("S107", field, node, path, character=f"U+{ord(hidden[0]):04X}")
    elif kind in ("int", "number", "money"):
        yield from _check_number(field, kind, node, path)
    elif kind == "enum":
        if enum_key(field, node.text) is None:
            choices = ", ".join(f"{key} ({label})" for key, label in field.values.items())
            yield _finding("F112", field, node, path, found=shown(node.text), choices=choices)
    elif kind in _CATALOGUES:
        known = _CATALOGUES[kind](policy)
        if node.text not in known:
            yield _finding("F114", field, node, path, found=shown(node.text), near=_meant(node.text, known))
    elif kind in _FORMS:
        if not _FORMS[kind](node.text):
            yield _finding("F111", field, node, path, found=shown(node.text), expected=_example(kind, field, policy))
    elif kind == "string":
        yield from _check_string(field, node, path)


def _check_string(field: Field, node: Scalar, path: str) -> Iterator[Finding]:
    if field.longest is not None and len(node.text) > field.longest:
        yield _finding("F123", field, node, path, length=len(node.text), limit=field.longest)
    elif "\n" in node.text:
        one_line = shown(quote(" ".join(node.text.split())))
        yield _finding("F111", field, node, path, found=shown(node.text.rstrip("\n")), expected=one_line)


def _check_number(field: Field, kind: str, node: Scalar, path: str) -> Iterator[Finding]:
    pattern = {"int": INT, "number": DECIMAL, "money": MONEY}[kind]
    if not pattern.fullmatch(node.text):
        yield _finding("F111", field, node, path, found=shown(node.text), expected=EXAMPLES[kind])
        return
    value = float(node.text)
    low, high = field.minimum, field.maximum
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = f"{'' if low is None else low}..{'' if high is None else high}"
        yield _finding("F113", field, node, path, found=node.text, bounds=bounds)


def _meant(text: str, known: Mapping[str, Person] | Mapping[str, Titled]) -> str:
    """Ids that `text` may stand for: that of the same name or title, else those spelt alike, else the first few."""
    folded = fold(text)
    for id_ in islice(known, FEW):
        entry = known[id_]
        if fold(entry.name if isinstance(entry, Person) else entry.title_zh) == folded:
            return id_
    return nearest(text, known) or ", ".join(islice(known, 8))


def sample(field: Field, policy: Policy) -> str:
    """A value of the right form as it would be written, for a hint."""
    if field.kind == "list<object>":
        return "[{" + ", ".join(f"{name}: …" for name in field.item) + "}]"
    if field.kind == "map":
        return "{" + ", ".join(f"{key}: 80" for key in field.keys or ("K1",)) + "}"
    inner = LIST_KINDS.get(field.kind)
    return f"[{_example(inner, field, policy)}]" if inner else _example(field.kind, field, policy).split(", ")[0]


def _example(kind: str, field: Field, policy: Policy) -> str:
    """One value of a kind; the forms to choose from, where there are several."""
    if kind in _CATALOGUES:
        return next(iter(_CATALOGUES[kind](policy)), "-")
    if kind in ("int", "number") and field.minimum is not None:
        return f"{field.minimum:g}"
    return next(iter(field.values), "-") if kind == "enum" else EXAMPLES.get(kind, "…")


_CATALOGUES: dict[str, Callable[[Policy], Mapping[str, Person] | Mapping[str, Titled]]] = {
    "person": lambda policy: policy.people,
    "department": lambda policy: policy.departments,
    "role": lambda policy: policy.roles,
    "sensitivity": lambda policy: policy.sensitivities,
    "retention": lambda policy: policy.retentions,
}

_FORMS: dict[str, Callable[[str], object]] = {
    "date": is_date,
    "datetime": is_datetime,
    "period": _PERIOD.fullmatch,
    "bool": lambda text: text in ("true", "false"),
    "doc-ref": lambda text: split_reference(text) is not None,
    "doc-ref-version": lambda text: (split_reference(text) or ("", ""))[1],
    "date-or-longterm": lambda text: is_date(text) or text in ("long-term", "长期"),
}

EXAMPLES = {
    "string": '"…"',
    "int": "12",
    "number": "12.5",
    "money": "860000.00",
    "date": "2023-05-18",
    "datetime": "2023-05-18T14:30",
    "period": "2023, 2023Q2, 2023-05",
    "bool": "true, false",
    "doc-ref": "QD202305001",
    "doc-ref-version": "QD202305001@1.0",
    "date-or-longterm": "2026-12-31, long-term",
    "number-of-document": "QD202305001",
    "doctype": "survey-plan",
    "project-ref": "XM2023001",
}


def inner_fields(field: Field, node: Node) -> Iterator[tuple[Field, Node]]:
    """A field and its value; for a list of mappings the fields inside each of them instead."""
    if field.kind != "list<object>":
        yield field, node
        return
    for item in node.items if isinstance(node, Items) else ():
        for key, value in item.values.items() if isinstance(item, Table) else ():
            if key in field.item:
                yield from inner_fields(field.item[key], value)


def references(field: Field, node: Node) -> Iterator[Reference]:
    """The document numbers that a field's value names."""
    if LIST_KINDS.get(field.kind, field.kind) not in ("doc-ref", "doc-ref-version"):
        return
    for scalar in scalars(node):
        split = split_reference(scalar.text)
        if split:
            yield Reference(*split, scalar.line, scalar.column)
