"""Document numbers, 四(二)1: stage letters, year and month, sequence, as in QD202305001.

The regulation says "four digits" for year and month but shows six; the example rules.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

LAST_SEQUENCE = 999

# [0-9], not \d: \d accepts full-width digits. Only used with fullmatch: `$` accepts a trailing newline.
_NUMBER = re.compile(r"([A-Z]{2})(20[0-9]{2})(0[1-9]|1[0-2])([0-9]{3})")
_LOOSE = r"([A-Z]{2})[-_ ]*((?:20)?[0-9]{2})[-_ ]*(0[1-9]|1[0-2])[-_ ]*([0-9]{1,3})"

_REFERENCE = re.compile(r"([^@]+)(?:@([0-9]+\.[0-9]+))?")


class Number(NamedTuple):
    """A well-formed number. `year` has four digits, `month` is 1 to 12, `sequence` 1 to 999."""

    stage: str
    year: int
    month: int
    sequence: int

    @property
    def period(self) -> str:
        """Year and month as they stand in the number: 202305."""
        return f"{self.year:04d}{self.month:02d}"

    def __str__(self) -> str:
        return f"{self.stage}{self.period}{self.sequence:03d}"


def parse_number(text: str) -> Number | None:
    """The number that `text` is, or None when it is not exactly one (sequence 000 is none)."""
    match = _NUMBER.fullmatch(text)
    if match is None or match[4] == "000":
        return None
    return Number(match[1], int(match[2]), int(match[3]), int(match[4]))


def split_reference(text: str) -> tuple[str, str] | None:
    """Number and version ("" without one) of `number` or `number@version`, None when it is neither."""
    match = _REFERENCE.fullmatch(text)
    return (match[1], match[2] or "") if match and parse_number(match[1]) else None


def order_of(version: str) -> tuple[tuple[int, str], ...]:
    """A version for comparison: 1.10 comes after 1.9. By length, then digits: no number is too long for that."""
    parts = (part.lstrip("0") for part in version.split("."))
    return tuple((len(part), part) for part in parts)


def suggest_number(text: str) -> str | None:
    """The number that somebody meant: full-width folded, upper case, short years and sequences filled up."""
    folded = unicodedata.normalize("NFKC", text).strip().upper()
    match = re.fullmatch(_LOOSE, folded)
    if match is None or int(match[4]) == 0:
        return None
    year = match[2] if len(match[2]) == 4 else "20" + match[2]
    return f"{match[1]}{year}{match[3]}{int(match[4]):03d}"
