"""Field values as people type them on the command line, made into YAML of one line and checked before anything is
written.

A list of mappings is typed as YAML (`actions='[{text: 发资料, owner: lin, due: 2023-06-01}]'`, also one entry at a
time), or part by part (`actions.text=发资料`): a part that is given again begins the next entry. Fields may
be named by their Chinese titles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from presales_repo.codes import severity_of
from presales_repo.errors import PrsError
from presales_repo.model.doctype import DocType, Field, enum_key
from presales_repo.model.fold import fold
from presales_repo.model.frontmatter import quote
from presales_repo.model.policy import Policy
from presales_repo.model.yamlsubset import Items, Node, Scalar, Table, parse_node
from presales_repo.rules.fields import DERIVED
from presales_repo.rules.values import LIST_KINDS, check_field

SET_BY_US = ("number", "title", "type", "project", "author", "created")
_TABLE = "list<object>"
_PERSONS = ("person", "persons")


def field_values(doctype: DocType, policy: Policy, pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The values of fields by name, as YAML of one line.

    Raises PrsError: F120 a field that only prs writes, F108 no such field, F115 no such part of it, W341 given twice,
    F101 to F104 no YAML, and the code of a value that breaks its field's form (F111 to F114, F123, F124).
    """
    known = {**policy.common_fields, **doctype.fields}
    typed: dict[str, list[tuple[str, str]]] = {}
    for name, text in pairs:
        head, _, part = name.partition(".")
        head = _named(known, head)
        if head in SET_BY_US or (head in DERIVED and head not in doctype.fields):
            raise PrsError("F120", field=head)
        if head not in known:
            raise PrsError("F108", field=name, type=doctype.id, known=_offered(doctype))
        typed.setdefault(head, []).append((part, text))
    return {name: _checked(known[name], policy, _field_value(known[name], policy, typed[name])) for name in typed}


def _offered(doctype: DocType) -> str:
    """The fields of a type, with their titles."""
    return ", ".join(f"{name} ({field.title_zh})" for name, field in doctype.fields.items()) or "-"


def _named(fields: Mapping[str, Field], word: str) -> str:
    """The field that a word means: its name, or its Chinese title in either script where only one has it."""
    if word in fields:
        return word
    folded = fold(word)
    titled = [name for name, field in fields.items() if fold(field.title_zh) == folded]
    return titled[0] if len(titled) == 1 else word


def _checked(field: Field, policy: Policy, text: str) -> str:
    """The value, if it has the form of its field. Raises PrsError with the code of what is wrong."""
    node = parse_node(text)
    findings = check_field(field, node, "", policy) if node is not None else ()
    for finding in findings:
        if finding.code != "F110" and severity_of(finding.code) == "error":
            args: dict[str, Any] = dict(finding.args)
            raise PrsError(finding.code, **args)
    return text


def _field_value(field: Field, policy: Policy, typed: Sequence[tuple[str, str]]) -> str:
    if field.kind == _TABLE:
        return _table(field, policy, typed)
    if field.kind == "map":
        return _map(field, typed)
    if any(part for part, _ in typed):
        raise PrsError("F115", field=field.name, title=field.title_zh, key=typed[0][0], allowed="-")
    if field.kind in LIST_KINDS:
        items = [item for _, text in typed for item in _items(text)]
        return "[" + ", ".join(_scalar(field, policy, item) for item in items) + "]"
    if len(typed) > 1:
        raise PrsError("W341", field=field.name)
    return _scalar(field, policy, typed[0][1])


def _items(text: str) -> list[str]:
    """The items of a list: in brackets as YAML, else separated by commas of either width."""
    if not text.startswith("["):
        return [item.strip() for item in text.replace("，", ",").split(",") if item.strip()]
    node = parse_node(text)
    return [item.text for item in node.items if isinstance(item, Scalar)] if isinstance(node, Items) else []


def _scalar(field: Field, policy: Policy, text: str) -> str:
    """One value: the key of a choice also by its label, a person also by a name that only one has."""
    if not text:
        return ""
    if field.kind in ("enum", "enums"):
        key = enum_key(field, text)
        if key is None:
            choices = ", ".join(f"{key} ({label})" for key, label in field.values.items())
            raise PrsError("F112", field=field.name, title=field.title_zh, found=text, choices=choices)
        return key
    if field.kind in _PERSONS and text not in policy.people:
        named = [person.id for person in policy.people.values() if person.name == text]
        text = named[0] if len(named) == 1 else text
    return quote(text)


def _map(field: Field, typed: Sequence[tuple[str, str]]) -> str:
    entries = []
    for part, text in typed:
        entries += [f"{part}: {quote(text)}"] if part else [_inside(field, text)]
    return "{" + ", ".join(entries) + "}"


def _inside(field: Field, text: str) -> str:
    node = parse_node(text)
    if not isinstance(node, Table):
        raise _wrong_form(field, text)
    return ", ".join(f"{key}: {_flow(value)}" for key, value in node.values.items())


def _table(field: Field, policy: Policy, typed: Sequence[tuple[str, str]]) -> str:
    entries: list[dict[str, str]] = []
    part_by_part = False
    for part, text in typed:
        part = _named(field.item, part) if part else ""
        if not part:
            entries += _entries(field, policy, text)
        else:
            if not part_by_part or part in entries[-1]:
                entries.append({})
            entries[-1][part] = _part(field, policy, part, text)
        part_by_part = bool(part)
    return "[" + ", ".join(_mapping(entry) for entry in entries) + "]"


def _mapping(entry: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{key}: {value}".rstrip() for key, value in entry.items()) + "}"


def _entries(field: Field, policy: Policy, text: str) -> list[dict[str, str]]:
    """The entries that a YAML text holds: a list of mappings, or one mapping."""
    node = parse_node(text)
    items = node.items if isinstance(node, Items) else (node,)
    entries = []
    for item in items:
        if not isinstance(item, Table):
            raise _wrong_form(field, text)
        entries.append(
            {
                _named(field.item, key): _part(field, policy, key, value.text)
                if isinstance(value, Scalar)
                else _flow(value)
                for key, value in item.values.items()
            }
        )
    return entries


def _wrong_form(field: Field, text: str) -> PrsError:
    expected = "[{" + ", ".join(f"{name}: …" for name in field.item or field.keys) + "}]"
    return PrsError("F111", field=field.name, title=field.title_zh, found=text, expected=expected)


def _part(field: Field, policy: Policy, part: str, text: str) -> str:
    inner = field.item.get(_named(field.item, part))
    if inner is None:
        raise PrsError("F115", field=field.name, title=field.title_zh, key=part, allowed=", ".join(field.item))
    return _field_value(inner, policy, [("", text)])


def _flow(node: Node) -> str:
    """A parsed value as YAML of one line."""
    if isinstance(node, Scalar):
        return quote(node.text)
    if isinstance(node, Items):
        return "[" + ", ".join(_flow(item) for item in node.items) + "]"
    return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in node.values.items()) + "}"
