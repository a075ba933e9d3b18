"""What the customer needs, as a report of needs says it (三(二)2 需求清单)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from presales_repo.model.doctype import DocType
from presales_repo.model.query import field_at, key_of


class Need(NamedTuple):
    """One requirement; `must`: no solution may leave it out."""

    id: str
    text: str
    priority: str
    must: bool


def needs_of(doctype: DocType, fields: Mapping[str, Any]) -> list[Need]:
    """The requirements that front matter of a type defines, in its order; what is not a mapping is left to the field
    check."""
    rule = doctype.trace.requirements
    listed = fields.get(rule.field) if rule else None
    if rule is None or not isinstance(listed, list):
        return []
    field = field_at(doctype.fields, f"{rule.field}.priority")
    found = []
    for item in listed:
        if isinstance(item, Mapping):
            id_, text, given = (_text(item, key) for key in ("id", "text", "priority"))
            priority = key_of(field, given)
            found.append(Need(id_, text, priority, priority in rule.must_cover))
    return found


def _text(item: Mapping[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""
