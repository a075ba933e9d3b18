"""Document types as data: fields, headings, authors, chain. A new type needs no Python.

Built from the parsed YAML of `policy/types/<stage>.yaml`; see schemas/policy/types for the built-in ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from presales_repo.model.fold import fold
from presales_repo.model.plaindata import flag_of, list_of, located, mapping_of, text_of, texts_of, whole_of
from presales_repo.model.tracerules import NO_TRACE, Trace, build_trace
from presales_repo.model.typerule import TypeRule, build_rule

FIELD_KINDS = frozenset(
    "string strings int number money bool date datetime period enum enums person persons department departments"
    " doc-ref doc-refs doc-ref-version doc-ref-versions map list<object> role sensitivity retention number-of-document"
    " doctype project-ref date-or-longterm attachments".split()
)

# Kinds whose value is one scalar.
SINGLE_KINDS = FIELD_KINDS - frozenset(
    "strings enums persons departments doc-refs doc-ref-versions map list<object> attachments".split()
)

# What publishing a document of a type may do beside publishing it (model/effects.py), and the entry of chain_rules
# that limits it ("": none does).
DELEGATION = "delegation"
EMERGENCY = "emergency"
OBSOLETE = "obsolete"
ARCHIVE = "archive"
DISPOSE = "dispose"
EFFECTS = {
    DELEGATION: "delegation_max_days",
    EMERGENCY: "emergency_make_up_days",
    OBSOLETE: "",
    ARCHIVE: "",
    DISPOSE: "",
}


class Field(NamedTuple):
    """One field of front matter. `values`: keys and labels of an enum; `item`: fields of each mapping in a list;
    `keys`: allowed keys of a map; `minimum`, `maximum`: bounds of a number; `longest`: characters of a string;
    `set_by`: reviewer, when its authors may not set it after release, or tool."""

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
    set_by: str = ""


class Quote(NamedTuple):
    """What a new document repeats from those of another type in its project: the text below these headings."""

    type: str
    headings: tuple[str, ...]


class RequiredHeading(NamedTuple):
    """A heading that each document of a type has, and what to write under it. `quote`: what a new document finds
    there; `fill`: fields that say it, where the document is published as soon as it is written; `mentions`: terms that
    stand there; `no_passwords`: what looks like a password does not."""

    title: str
    hint: str
    quote: Quote | None = None
    fill: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()
    no_passwords: bool = False


class DocType(NamedTuple):
    """One document type. `scope`: project, none or either; `authors`: roles that may write it; `effect`: what
    publishing one does beside, a word of EFFECTS, or ""; `trace`: what it means to the documents around it; `mutable`:
    fields that may change after release (`actions.done`: in entries of a list), `trackers`: roles that may change them,
    beside the policy's."""

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
    effect: str
    trace: Trace = NO_TRACE
    trackers: tuple[str, ...] = ()
    rules: tuple[TypeRule, ...] = ()


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
    with located(where):
        return DocType(
            id=text_of(raw["id"]),
            title_zh=text_of(raw["title_zh"]),
            title_en=text_of(raw.get("title_en", raw["title_zh"])),
            category=text_of(raw["category"]),
            stage=text_of(raw["stage"]),
            scope=text_of(raw.get("scope", "project")),
            important=flag_of(raw.get("important", False)),
            chain=text_of(raw["chain"]),
            authors=texts_of(raw["authors"]),
            sensitivity=text_of(raw["sensitivity"]),
            retention=text_of(raw["retention"]),
            customer_facing=flag_of(raw.get("customer_facing", False)),
            source=text_of(raw.get("src", "")),
            fields=build_fields(raw.get("fields"), where),
            headings=tuple(_heading(item) for item in list_of(raw.get("headings"))),
            mutable=texts_of(raw.get("mutable_after_release")),
            effect=text_of(raw.get("effect", "")),
            trace=build_trace(raw.get("trace")),
            trackers=texts_of(raw.get("trackers")),
            rules=tuple(build_rule(mapping_of(item)) for item in list_of(raw.get("rules"))),
        )


def _heading(raw: Any) -> RequiredHeading:
    if isinstance(raw, str):
        return RequiredHeading(raw, "")
    table = mapping_of(raw)
    quote = mapping_of(table.get("quote"))
    return RequiredHeading(
        text_of(table["title"]),
        text_of(table.get("hint") or ""),
        Quote(text_of(quote["type"]), texts_of(quote["headings"])) if quote else None,
        texts_of(table.get("fill")),
        texts_of(table.get("mentions")),
        flag_of(table.get("no_passwords", False)),
    )


def build_fields(raw: Any, where: str) -> dict[str, Field]:
    """Fields by name. Raises PrsError A402 for an unknown kind or an enum without values."""
    return {name: _field(name, mapping_of(spec), f"{where}, field {name}") for name, spec in mapping_of(raw).items()}


def _field(name: str, raw: Mapping[str, Any], where: str) -> Field:
    with located(where):
        kind = text_of(raw.get("type", "string"))
        values = mapping_of(raw.get("values"))
        if kind not in FIELD_KINDS or (kind in ("enum", "enums") and not values):
            raise ValueError(f"type {kind}")
        return Field(
            name=name,
            kind=kind,
            required=flag_of(raw.get("required", False)),
            title_zh=text_of(raw.get("title_zh", name)),
            title_en=text_of(raw.get("title_en", name)),
            values={key: text_of(label) for key, label in values.items()},
            item=build_fields(raw.get("item"), where),
            keys=texts_of(raw.get("keys")),
            minimum=_bound(raw.get("min")),
            maximum=_bound(raw.get("max")),
            longest=whole_of(raw["max"]) if kind == "string" and "max" in raw else None,
            allow_unreleased=flag_of(raw.get("allow_unreleased", False)),
            set_by=text_of(raw.get("set_by", "")),
        )


def enum_key(field: Field, text: str) -> str | None:
    """The key that a text means: the key itself, or its Chinese label in either script."""
    if text in field.values:
        return text
    folded = fold(text)
    return next((key for key, label in field.values.items() if fold(label) == folded), None)


def _bound(value: Any) -> float | None:
    return value if value is None or isinstance(value, float) else whole_of(value)
