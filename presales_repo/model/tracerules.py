"""What a type means to the documents around it, as data of the policy (`trace:` of a type).

trace:
  record: true                    # of a moment (minutes, a review): stays right when what it names moves on
  marks_stale:                    # publishing one says that other documents are behind, 四(四)1
    field: affected_docs          # those that this field names; or
    types: [demo-presentation]    # those of these types in its project
    where: {decision: [accept]}   # only when every field here has one of the values; a.b: b of any item of a
  requirements: {field: requirements, must_cover: [high]}   # its items have id, text, priority
  covers: {field: covers, of: requirement_ref}              # ids of the report that the other field names
  carries: [solution_ref]         # takes over what the documents named there cover
  current: [solution_ref]         # these fields must name the version in force (L120)
  shares: {field: shared_info, open: [public], customer_facing: [internal]}   # numbers given to outsiders (L123)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from presales_repo.model.plaindata import flag_of, mapping_of, text_of, texts_of

Where = Mapping[str, tuple[str, ...]]
_Part = TypeVar("_Part")


class MarksStale(NamedTuple):
    """Which documents are behind once this one is published, and on which conditions."""

    field: str
    types: tuple[str, ...]
    where: Where


class Requirements(NamedTuple):
    """The list field that says what the customer needs; `must_cover`: priorities that no solution may leave out."""

    field: str
    must_cover: tuple[str, ...]


class Covers(NamedTuple):
    """The field with the ids that are covered, and the field that names the document which defines them."""

    field: str
    of: str


class Confirms(NamedTuple):
    """The field that names the version which the customer confirms, and on which conditions."""

    field: str
    where: Where


class Shares(NamedTuple):
    """The field that says what outsiders were given. `open`: sensitivities that anybody may have, `customer_facing`:
    those that they may have of types made for customers."""

    field: str
    open: tuple[str, ...]
    customer_facing: tuple[str, ...]


class Trace(NamedTuple):
    """All of it; what a type does not say is empty or None."""

    record: bool = False
    marks_stale: MarksStale | None = None
    requirements: Requirements | None = None
    covers: Covers | None = None
    confirms: Confirms | None = None
    carries: tuple[str, ...] = ()
    current: tuple[str, ...] = ()
    shares: Shares | None = None

    @property
    def is_checked(self) -> bool:
        """Whether a document of the type can break a rule of it."""
        return bool(self.requirements or self.covers or self.current or self.shares)


NO_TRACE = Trace()


def build_trace(value: Any) -> Trace:
    """From its YAML. Raises TypeError, KeyError, or ValueError for a word that is not known here."""
    raw = mapping_of(value)
    unknown = set(raw) - set(Trace._fields)
    if unknown:
        raise ValueError(f"trace {min(unknown)}")
    return Trace(
        record=flag_of(raw.get("record", False)),
        marks_stale=_part(raw, "marks_stale", _marks),
        requirements=_part(raw, "requirements", _requirements),
        covers=_part(raw, "covers", _covers),
        confirms=_part(raw, "confirms", _confirms),
        carries=texts_of(raw.get("carries")),
        current=texts_of(raw.get("current")),
        shares=_part(raw, "shares", _shares),
    )


def _part(raw: Mapping[str, Any], key: str, build: Callable[[Mapping[str, Any]], _Part]) -> _Part | None:
    return build(mapping_of(raw[key])) if key in raw else None


def _where(raw: Mapping[str, Any]) -> Where:
    return {name: texts_of(values) for name, values in mapping_of(raw.get("where")).items()}


def _marks(raw: Mapping[str, Any]) -> MarksStale:
    return MarksStale(text_of(raw.get("field", "")), texts_of(raw.get("types")), _where(raw))


def _confirms(raw: Mapping[str, Any]) -> Confirms:
    return Confirms(text_of(raw["field"]), _where(raw))


def _requirements(raw: Mapping[str, Any]) -> Requirements:
    return Requirements(text_of(raw["field"]), texts_of(raw.get("must_cover")))


def _covers(raw: Mapping[str, Any]) -> Covers:
    return Covers(text_of(raw["field"]), text_of(raw["of"]))


def _shares(raw: Mapping[str, Any]) -> Shares:
    return Shares(text_of(raw["field"]), texts_of(raw.get("open")), texts_of(raw.get("customer_facing")))
