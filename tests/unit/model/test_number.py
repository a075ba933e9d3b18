"""Document numbers: exactly one spelling is read, every other that people type gets the right one suggested."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from presales_repo.model.number import Number, parse_number, suggest_number

NUMBERS = st.builds(
    Number,
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2),
    st.integers(2000, 2099),
    st.integers(1, 12),
    st.integers(1, 999),
)


def test_the_example_of_the_regulation() -> None:
    assert parse_number("QD202305001") == Number("QD", 2023, 5, 1)
    assert Number("QD", 2023, 5, 1).period == "202305"


@given(NUMBERS)
def test_a_number_is_written_and_read_back(number: Number) -> None:
    assert parse_number(str(number)) == number
    assert suggest_number(str(number)) == str(number)


@given(NUMBERS, NUMBERS)
def test_numbers_sort_as_their_text_does(one: Number, other: Number) -> None:
    assert (one < other) == (str(one) < str(other))


@given(st.text("QDqd0123456789１２ -_\n", max_size=14))
@example("QD202305001\n")
def test_no_other_text_is_a_number(text: str) -> None:
    number = parse_number(text)
    assert number is None or str(number) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "QD202305000",
        "QD202300001",
        "QD202313001",
        "QD199905001",
        "QD2023050011",
        "QD20230501",
        "qd202305001",
        "QD202305001\n",
        " QD202305001",
        "ＱＤ202305001",
        "QD２０２３05001",
        "QD2023-05-001",
        "Q1202305001",
    ],
)
def test_what_only_looks_like_a_number(text: str) -> None:
    assert parse_number(text) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("qd202305001", "QD202305001"),
        ("ＱＤ２０２３０５００１", "QD202305001"),
        ("QD-2023-05-001", "QD202305001"),
        (" QD 2023 05 1 ", "QD202305001"),
        ("qd_2305_7", "QD202305007"),
        ("QD2305001", "QD202305001"),
        ("QD202005012", "QD202005012"),
    ],
)
def test_a_near_miss_is_corrected(typed: str, meant: str) -> None:
    assert suggest_number(typed) == meant


@pytest.mark.parametrize("text", ["", "QD", "QD202305000", "QD2023130001", "需求202305001", "QD202305001x"])
def test_nothing_is_suggested_for_what_nobody_can_guess(text: str) -> None:
    assert suggest_number(text) is None


@given(st.text("QDqd0123456789１２ -_", max_size=16))
def test_every_suggestion_is_a_number(text: str) -> None:
    suggested = suggest_number(text)
    assert suggested is None or parse_number(suggested) is not None
