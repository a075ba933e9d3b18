"""Document types as data: fields, headings, authors, chain. A new type needs no Python.

Built from the parsed YAML of `policy/types/<stage>.yaml`; see schemas/policy/types for the built-in ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from presales_repo.errors import PrsError

FIELD_KINDS = frozenset(
    "string strings int number money bool date datetime period enum enums person persons department departments"
    " doc-ref doc-refs doc-ref-version doc-ref-versions map list<object> role sensitivity retention number-of-document"
    " doctype project-ref date-or-longterm attachments".split()
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of front matter. `values`: keys and labels of an enum; `item`: fields of each mapping in a list;
    `keys`: allowed keys of a map; `minimum`, `maximum`: bounds of a number; `longest`: characters of a string."""

    name: str
    kind: str
    required: bool
    title_zh: str
    title_en: str
    values: Mapping[str, str]
    item: Mapping[str, Field]
    keys: tuple[str, ...]
    minimum: float | None
    maximum: float | None
    longest: int | None
    allow_unreleased: bool


@dataclass(frozen=True, slots=True)
class RequiredHeading:
    """A heading that each document of a type has, and what to write under it."""

    title: str
    hint: str


@dataclass(frozen=True, slots=True)
class DocType:
    """One document type. `scope`: project, none or either; `authors`: roles that may write it."""

    id: str
    title_zh: str
    title_en: str
    category: str
    stage: str
    scope: str
    important: bool
    chain: str
    authors: tuple[str, ...]
    sensitivity: str
    retention: str
    customer_facing: bool
    source: str
    fields: Mapping[str, Field]
    headings: tuple[RequiredHeading, ...]
    mutable: tuple[str, ...]


class DocTypes(Mapping[str, DocType]):
    """The catalogue of one policy; a type is built when it is first asked for."""

    def __init__(self, raw: Mapping[str, Mapping[str, Any]]) -> None:
        self._raw = raw
        self._built: dict[str, DocType] = {}

    def __getitem__(self, type_id: str) -> DocType:
        if type_id not in self._built:
            self._built[type_id] = build_type(self._raw[type_id])
        return self._built[type_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __len__(self) -> int:
        return len(self._raw)


def build_type(raw: Mapping[str, Any]) -> DocType:
    """A type from its YAML. Raises PrsError A402 naming the type and the key that is missing or wrong."""
    where = f"type {raw.get('id', '?')}"
    try:
        return DocType(
            id=raw["id"],
            title_zh=raw["title_zh"],
            title_en=raw.get("title_en", raw["title_zh"]),
            category=raw["category"],
            stage=raw["stage"],
            scope=raw.get("scope", "project"),
            important=bool(raw.get("important", False)),
            chain=raw["chain"],
            authors=tuple(raw["authors"]),
            sensitivity=raw["sensitivity"],
            retention=raw["retention"],
            customer_facing=bool(raw.get("customer_facing", False)),
            source=str(raw.get("src", "")),
            fields=build_fields(raw.get("fields") or {}, where),
            headings=tuple(_heading(item) for item in raw.get("headings") or ()),
            mutable=tuple(raw.get("mutable_after_release") or ()),
        )
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise PrsError("A402", where=where, problem=f"{type(error).__name__}: {error}") from None


def _heading(raw: str | Mapping[str, str]) -> RequiredHeading:
    if isinstance(raw, str):
        return RequiredHeading(raw, "")
    return RequiredHeading(raw["title"], raw.get("hint") or "")


def build_fields(raw: Mapping[str, Any], where: str) -> dict[str, Field]:
    """Fields by name. Raises PrsError A402 for an unknown kind or an enum without values."""
    return {name: _field(name, spec, where) for name, spec in raw.items()}


def _field(name: str, raw: Mapping[str, Any], where: str) -> Field:
    kind = raw.get("type", "string")
    values = raw.get("values") or {}
    if kind not in FIELD_KINDS or (kind in ("enum", "enums") and not values):
        raise PrsError("A402", where=f"{where}, field {name}", problem=f"type {kind}")
    return Field(
        name=name,
        kind=kind,
        required=bool(raw.get("required", False)),
        title_zh=raw.get("title_zh", name),
        title_en=raw.get("title_en", name),
        values={str(key): str(label) for key, label in values.items()},
        item=build_fields(raw.get("item") or {}, f"{where}, field {name}"),
        keys=tuple(raw.get("keys") or ()),
        minimum=raw.get("min"),
        maximum=raw.get("max"),
        longest=raw.get("max") if kind == "string" else None,
        allow_unreleased=bool(raw.get("allow_unreleased", False)),
    )
