"""What a check found in somebody's data: values, never exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Finding(NamedTuple):
    """One violation of one rule at one place.

    `code` names the rule (see presales_repo.codes, which holds its words and severity), `path` is
    relative to the repository, `line` and `column` count from 1 (0: the whole file), `args` fill the
    placeholders of the rule's message and hint.
    """

    code: str
    path: str = ""
    line: int = 0
    column: int = 0
    args: Mapping[str, object] = MappingProxyType({})
