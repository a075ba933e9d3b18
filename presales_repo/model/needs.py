"""What a step of a chain needs before it is approved, as data of the policy (approval.yaml, `needs`)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from presales_repo.model.doctype import DocType
from presales_repo.model.plaindata import text_of, texts_of, whole_of

MEETING_TYPE = "meeting_type"  # the field of minutes that says what kind of meeting it was
_KNOWN = frozenset(("minutes", "countersign_departments", "min_countersigns"))


class Needs(NamedTuple):
    """`minutes`: the kind of meeting whose published minutes approve the version; `departments`: who countersigns,
    `least`: how many of them must have (model/countersign.py)."""

    minutes: str = ""
    departments: tuple[str, ...] = ()
    least: int = 0


NO_NEEDS = Needs()


def build_needs(raw: Mapping[str, Any]) -> Needs:
    """Needs from their YAML. Raises TypeError, or ValueError; one not known here would be one nobody enforces."""
    unknown = set(raw) - _KNOWN
    if unknown:
        raise ValueError(f"needs {min(unknown)}")
    departments = texts_of(raw.get("countersign_departments"))
    least = whole_of(raw.get("min_countersigns", len(departments)))
    return Needs(text_of(raw.get("minutes", "")), departments, least)


def contradictions(needs: Needs, departments: Collection[str]) -> Iterator[str]:
    """What no people could ever meet. Whether a department has people is not asked: what nobody there may sign falls
    to the leaders."""
    yield from (f"department {department}" for department in needs.departments if department not in departments)
    if len(set(needs.departments)) < len(needs.departments):
        yield f"countersign_departments {', '.join(needs.departments)}"
    if not bool(needs.departments) <= needs.least <= len(needs.departments):
        yield f"min_countersigns {needs.least}"


def has_minutes(kind: str, types: Iterable[DocType]) -> bool:
    """Whether some type of document holds the minutes of such a meeting."""
    fields = (doctype.fields.get(MEETING_TYPE) for doctype in types)
    return any(field is not None and kind in field.values for field in fields)
