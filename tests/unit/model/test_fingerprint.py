"""A digest as two people read it to each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from presales_repo.model.fingerprint import GROUPS, spoken

DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)
# The examples of arXiv:0901.4016: an IPv4 address is two words.
PUBLISHED = {"7f000001": "lusab babad", "3f54dcc1": "gutih tugad", "3f760723": "gutuk bisog", "40ff06c8": "haguz biram"}


def test_words_are_the_published_proquints() -> None:
    for digits, words in PUBLISHED.items():
        assert " ".join(spoken(digits + "0" * 24).words[:2]) == words


@given(DIGESTS)
def test_words_and_digits_say_the_same_128_bits(digest: str) -> None:
    said = spoken(digest)
    assert len(said.words) == len(said.digits) == GROUPS
    assert "".join(f"{int(group):04x}" for group in said.digits) == digest[:32]
    assert all(len(word) == 5 and word.isalpha() for word in said.words)


@given(DIGESTS, st.integers(0, 127))
def test_one_other_bit_changes_word_and_digits(digest: str, bit: int) -> None:
    other = f"{int(digest, 16) ^ (1 << (255 - bit)):064x}"
    ours, theirs = spoken(digest), spoken(other)
    assert [index for index in range(GROUPS) if ours.words[index] != theirs.words[index]] == [bit // 16]
    assert [index for index in range(GROUPS) if ours.digits[index] != theirs.digits[index]] == [bit // 16]


def test_every_word_is_spelt_once() -> None:
    words = {spoken(f"{value:04x}" * 8).words[0] for value in range(1 << 16)}
    assert len(words) == 1 << 16
