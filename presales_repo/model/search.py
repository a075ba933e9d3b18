"""What a person looks for, as patterns: words are folded, so that either script and either case finds the other.

The words are never regular expressions: each character stands for itself and its other spellings.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from presales_repo.errors import PrsError
from presales_repo.model.text import control_character, hidden_character
from presales_repo.model.variants import fold_widely, spellings

LONGEST, MOST = 200, 12  # characters and words of a query: more than a person types, few enough to be quick
_AROUND = 30  # characters of a snippet before and after what was found
_SPECIAL = frozenset("\\.[]{}()*+?^$|")


class Query(NamedTuple):
    """Words that a document must hold, all of them, in any order."""

    words: tuple[str, ...]


class Hit(NamedTuple):
    """A line (from 1) that holds a word, and the part of it around that."""

    line: int
    snippet: str


def read_query(text: str) -> Query:
    """A query from what was typed; blanks part its words. Raises PrsError W360 when nothing is left to look for, W361
    when it is too long or holds what no text holds."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PrsError("W361", limit=LONGEST, words=MOST) from None
    words = tuple(dict.fromkeys(fold_widely(text).split()))
    if not words:
        raise PrsError("W360")
    if len(text) > LONGEST or len(words) > MOST or any(control_character(word) for word in words):
        raise PrsError("W361", limit=LONGEST, words=MOST)
    return Query(words)


def git_pattern(word: str) -> str:
    """A word for `git grep -E` on bytes: alternatives, since a class of characters means nothing to bytes."""
    return "".join(_alternatives([_escaped(form) for form in spellings(char)]) for char in word)


def _escaped(char: str) -> str:
    return f"\\{char}" if char in _SPECIAL else char


def _alternatives(forms: list[str]) -> str:
    return forms[0] if len(forms) == 1 else f"({'|'.join(forms)})"


def pattern(query: Query) -> re.Pattern[str]:
    """Any word of the query."""
    words = ("".join(f"[{''.join(map(re.escape, spellings(char)))}]" for char in word) for word in query.words)
    return re.compile("|".join(words))


def search_text(query: Query, text: str) -> list[Hit]:
    """The lines of a text that hold a word, when the text holds all of them."""
    wanted = [pattern(Query((word,))) for word in query.words]
    if not all(one.search(text) for one in wanted):
        return []
    anything = pattern(query)
    lines = enumerate(text.split("\n"), 1)
    return [Hit(number, snippet(anything, line)) for number, line in lines if anything.search(line)]


def snippet(anything: re.Pattern[str], line: str) -> str:
    """What stands around the first word found in a line, on one line without control characters."""
    found = anything.search(line)
    start, end = found.span() if found else (0, 0)
    low, high = max(0, start - _AROUND), end + _AROUND
    cut = "".join(" " if control_character(char) or hidden_character(char) else char for char in line[low:high])
    return f"{'…' if low else ''}{' '.join(cut.split())}{'…' if high < len(line) else ''}"
