"""Looking for values in front matter: `actions.owner` means that field of each entry of the list `actions`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from presales_repo.model.doctype import Field, enum_key

_NUMBER = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,9})?")


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


_OPERATORS = "<>!"


def bare_name(name: str) -> str:
    """The field of a filter, without the operator that may end it: `due<` of `due<=2023-06-01`."""
    return name.rstrip(_OPERATORS + " ")


def holds(fields: Mapping[str, Any], known: Mapping[str, Field], name: str, wanted: str) -> bool:
    """Whether a filter lets a document through. `name`: a field, for `!=`, `<=`, `>=` with the sign before `=` at its
    end; days, times and numbers are compared, of a time only as much as is asked for. Several values: one suffices,
    for `!=` none may be it. `known`: the fields of the document's type.
    """
    field, operator = bare_name(name), name[len(bare_name(name)) :].strip()
    if operator in ("", "!"):
        return has_value(fields, known, field, wanted) is not bool(operator)
    return any(_is_ordered(found, wanted, operator) for found in values_at(fields, field) if found)


def _is_ordered(found: str, wanted: str, operator: str) -> bool:
    if _NUMBER.fullmatch(found) and _NUMBER.fullmatch(wanted):
        low, high = Decimal(found), Decimal(wanted)
        return low <= high if operator == "<" else low >= high
    cut = found[: len(wanted)]
    return cut <= wanted if operator == "<" else cut >= wanted


def has_value(fields: Mapping[str, Any], known: Mapping[str, Field], name: str, wanted: str) -> bool:
    """Whether a value wanted stands at a field, exactly; of a choice, its key and its label mean the same.

    `known`: the fields of the document's type.
    """
    field = field_at(known, name)
    meant = key_of(field, wanted)
    return any(key_of(field, found) == meant for found in values_at(fields, name))


def key_of(field: Field | None, text: str) -> str:
    """The key of a choice that a text means, in either script; a text that is neither key nor label as it is."""
    return (enum_key(field, text) or text) if field else text


def field_at(known: Mapping[str, Field], name: str) -> Field | None:
    """The field that a dotted path names, None when there is none."""
    head, _, rest = name.partition(".")
    field = known.get(head)
    return field_at(field.item, rest) if field and rest else field
