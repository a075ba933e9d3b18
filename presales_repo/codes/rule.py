"""The shape of a row in the table of codes."""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """One code. `message` and `hint` have {placeholders}; all words are msgids for gettext. `source`: where the rule
    comes from: a section of the regulation, a requirement (A-01: a decision on a gap), or a format's specification."""

    code: str
    severity: str
    message: str
    hint: str
    why: str
    source: str


def N_(text: str) -> str:
    """Mark a text for translation (gettext's own name for it)."""
    return text
