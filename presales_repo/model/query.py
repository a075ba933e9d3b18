"""Looking for values in front matter: `actions.owner` means that field of each entry of the list `actions`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from presales_repo.model.doctype import Field
from presales_repo.model.fold import fold


def values_at(fields: Mapping[str, Any], name: str) -> Iterator[str]:
    """Every text that stands at a field, or at a dotted path of fields: lists are gone through on the way."""
    head, _, rest = name.partition(".")
    yield from _texts(fields.get(head), rest)


def _texts(found: Any, rest: str) -> Iterator[str]:
    if isinstance(found, list):
        for item in found:
            yield from _texts(item, rest)
    elif isinstance(found, Mapping):
        if rest:
            yield from values_at(found, rest)
    elif isinstance(found, str) and not rest:
        yield found


def has_value(fields: Mapping[str, Any], known: Mapping[str, Field], name: str, wanted: str) -> bool:
    """Whether a value wanted stands at a field, exactly; of a choice, its key and its label mean the same.

    `known`: the fields of the document's type.
    """
    field = field_at(known, name)
    labels = field.values if field else {}
    meant = key_of(labels, wanted)
    return any(key_of(labels, found) == meant for found in values_at(fields, name))


def field_at(known: Mapping[str, Field], name: str) -> Field | None:
    """The field that a dotted path names, None when there is none."""
    head, _, rest = name.partition(".")
    field = known.get(head)
    return field_at(field.item, rest) if field and rest else field


def key_of(labels: Mapping[str, str], text: str) -> str:
    """The key of a choice that a text means, in either script; a text that is neither key nor label as it is."""
    if text in labels:
        return text
    folded = fold(text)
    return next((key for key, label in labels.items() if fold(label) == folded), text)
