"""Values of untrusted documents as they stand in a message: one line, short, safe to copy into a shell."""

from __future__ import annotations

from collections.abc import Collection

_LONGEST = 80
FEW = 200  # entries of which every one is compared with what was written


def shown(text: str) -> str:
    """A value for a message: line ends as ↵, cut after 80 characters."""
    line = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "↵")
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def shell_word(text: str) -> str:
    """A value as one word of a POSIX shell: hints are copied into terminals, and names come from strangers."""
    from shlex import quote

    return quote(text)


def nearest(text: str, known: Collection[str]) -> str:
    """Up to three entries that look like `text`, "" for none. A list of thousands is searched by first letter only:
    a hostile document can name thousands of things that do not exist."""
    from difflib import get_close_matches

    pool = known if len(known) <= FEW else [entry for entry in known if entry[:1] == text[:1]]
    return ", ".join(get_close_matches(text[:_LONGEST], pool, 3, 0.5))
