"""The Chinese title of a word of the catalogue, for messages: people read 行业专家, not industry-expert."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from presales_repo.model.doctype import DocType, Field
from presales_repo.model.policy import Policy

_WORD = re.compile("[a-z][a-z0-9-]*")


def label_of(word: str, doctype: DocType, policy: Policy) -> str:
    """The title of an enum's key (of the type itself first), role, department, type or project state; anything else
    as it is."""
    if not _WORD.fullmatch(word):
        return word
    for table in (policy.roles, policy.departments, policy.types):
        if word in table:
            return table[word].title_zh
    state = (policy.project.get("states") or {}).get(word)
    if isinstance(state, Mapping):
        return str(state.get("title_zh", word))
    known = (field.values for kind in (doctype, *policy.types.values()) for field in _fields(kind.fields))
    return next((values[word] for values in known if word in values), word)


def _fields(fields: Mapping[str, Field]) -> Iterator[Field]:
    """Fields, and those inside lists of mappings."""
    for field in fields.values():
        yield field
        yield from _fields(field.item)
