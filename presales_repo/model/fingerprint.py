"""A digest as words and digits that two people can read to each other over the phone.

The words are proquints (arXiv:0901.4016): five letters for 16 bits, consonants and vowels in turn, so that every
word can be spoken. The digits are the same 16 bits as a number from 00000 to 65535. Eight groups carry 128 bits:
nobody can make a second ledger with the same ones.
"""

from __future__ import annotations

from dataclasses import dataclass

_CONSONANTS = "bdfghjklmnprstvz"
_VOWELS = "aiou"
GROUPS = 8


@dataclass(frozen=True, slots=True)
class Spoken:
    """The first 128 bits of a digest, twice."""

    words: tuple[str, ...]
    digits: tuple[str, ...]


def spoken(digest: str) -> Spoken:
    """Words and digits of a digest in hexadecimal (at least 32 digits)."""
    values = [int(digest[start : start + 4], 16) for start in range(0, 4 * GROUPS, 4)]
    return Spoken(tuple(map(_word, values)), tuple(f"{value:05d}" for value in values))


def _word(value: int) -> str:
    return (
        _CONSONANTS[value >> 12]
        + _VOWELS[value >> 10 & 3]
        + _CONSONANTS[value >> 6 & 15]
        + _VOWELS[value >> 4 & 3]
        + _CONSONANTS[value & 15]
    )
