"""Tables on a terminal: the last column is folded below itself."""

from __future__ import annotations

import pytest

from presales_repo.cli.output import folded, last_cell, width

SENTENCE = "《移动展业解决方案》已按 WK202306006 紧急发布（补办审批），期限 2023-06-20。"


@pytest.mark.parametrize("columns", range(16, 90, 7))
def test_folding_loses_nothing_and_fits(columns: int) -> None:
    lines = folded(SENTENCE, columns)
    assert "".join("".join(lines).split()) == "".join(SENTENCE.split())
    assert all(width(line) <= columns for line in lines)


def test_a_line_begins_with_no_stop_and_ends_with_no_bracket() -> None:
    for columns in range(16, 60):
        lines = folded(SENTENCE, columns)
        assert not any(line[0] in "，。）》 " for line in lines)
        assert not any(line[-1] in "《（" for line in lines)


def test_a_word_is_never_cut() -> None:
    assert folded("见 https://qiheng.example/a-very-long-path", 16) == ["见", "https://qiheng.example/a-very-long-path"]


@pytest.mark.parametrize("text", ["", " ", "短"])
def test_what_is_short_is_one_line(text: str) -> None:
    assert folded(text, 16) == [text.rstrip()]


@pytest.mark.parametrize(
    ("before", "columns", "shown"),
    [
        (10, 0, (SENTENCE, [], 0)),  # no terminal
        (10, 200, (SENTENCE, [], 0)),
        (10, 60, (folded(SENTENCE, 50)[0], folded(SENTENCE, 50)[1:], 10)),
        (50, 60, ("", folded(SENTENCE, 56), 4)),
    ],
)
def test_the_last_cell(before: int, columns: int, shown: tuple[str, list[str], int]) -> None:
    assert last_cell(SENTENCE, before, columns) == shown
