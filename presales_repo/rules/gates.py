"""Whether the gates that a policy gives projects can be opened: asked when it is proposed, and by `prs check`.

Not asked of a ledger's earlier policies: a company may give up a type, and what was once installed stays readable.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple

from presales_repo.model.doctype import DocType, Field
from presales_repo.model.lifecycle import Need, Values, build_lifecycle
from presales_repo.model.policy import Policy

_LIST = "list<object>"


class Wrong(NamedTuple):
    """A gate asks for what no document can be. `problem`: the type, field or value that is not there."""

    gate: str
    type: str
    problem: str


def wrong_gates(policy: Policy) -> Iterator[Wrong]:
    """Every need of a gate that names a type, a field or a value which the policy does not have."""
    for gate in build_lifecycle(policy.project).gates.values():
        for need in gate.needs:
            yield from (Wrong(gate.id, need.type, problem) for problem in _problems(need, policy))


def _problems(need: Need, policy: Policy) -> Iterator[str]:
    doctype = policy.types.get(need.type)
    if doctype is None:
        yield f"type {need.type}"
        return
    yield from _values(need.where, doctype.fields, policy)
    names = [need.distinct, need.same.field if need.same else ""]
    yield from (f"field {name}" for name in names if name and name not in doctype.fields)
    if need.same and need.same.type not in policy.types:
        yield f"type {need.same.type}"
    if need.without:
        yield from _items(doctype, need.without.field, (), need.without.where, policy)
    if need.covers:
        yield from _items(doctype, need.covers.field, (need.covers.key,), need.covers.where, policy)
        other = policy.types.get(need.covers.type)
        if other is None or need.covers.of not in other.fields:
            yield f"type {need.covers.type}, field {need.covers.of}"
    if need.record and need.record not in (policy.project.get("fields") or {}):
        yield f"record {need.record}"


def _items(doctype: DocType, name: str, keys: Collection[str], where: Values, policy: Policy) -> Iterator[str]:
    """What a list's items do not have."""
    field = doctype.fields.get(name)
    if field is None or field.kind != _LIST:
        yield f"field {name}"
        return
    yield from (f"field {name}.{key}" for key in keys if key not in field.item)
    yield from _values(where, field.item, policy)


def _values(where: Values, fields: Mapping[str, Field], policy: Policy) -> Iterator[str]:
    for name, values in where.items():
        if name not in fields:
            yield f"field {name}"
            continue
        known: Collection[str] = fields[name].values
        if fields[name].kind == "department":
            known = policy.departments
        if known:
            yield from (f"value {value}" for value in values if value not in known)
