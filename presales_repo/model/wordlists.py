"""Words that texts for customers do without: data of policy/repository.yaml, `words`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from presales_repo.model.plaindata import mapping_of, texts_of


class Honesty(NamedTuple):
    """一(三)4 诚实守信. `words`: exaggerations and promises; `fine`: phrases that hold one of them and mean nothing of
    the kind (第一章); `negations`: after one of these a word does not count."""

    words: tuple[str, ...] = ()
    fine: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()


NO_HONESTY = Honesty()


def build_honesty(raw: Any) -> Honesty:
    """The lists of `words: {honesty: …}`; nothing is asked for where the policy has none. Raises TypeError,
    ValueError."""
    table: Mapping[str, Any] = mapping_of(mapping_of(raw).get("honesty"))
    lists = Honesty(*(texts_of(table.get(name)) for name in Honesty._fields))
    if any(not text.strip() for words in lists for text in words):
        raise ValueError("words: an empty word")
    return lists
