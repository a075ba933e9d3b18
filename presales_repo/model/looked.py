"""A document as a rule sees it that looks it up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Looked(NamedTuple):
    """`version`: the one in force, or the one asked for; "" for none, None when it cannot be told here (no ledger at
    hand); `fields`: its front matter, scalars as text, lists and mappings nest; `published_on`: the day of `version`,
    "" for none."""

    number: str
    type: str
    author: str
    version: str | None
    fields: Mapping[str, Any]
    published_on: str = ""
