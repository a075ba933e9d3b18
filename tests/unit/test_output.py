"""What commands print of somebody's text does nothing to a terminal."""

from __future__ import annotations

import pytest

from presales_repo.cli.output import harmless, show_table


@pytest.mark.parametrize("text", ["", "需求调研报告", "a\u3000b", "¥ 8,600,000.00", "é", "𠮷"])
def test_plain_text_stays(text: str) -> None:
    assert harmless(text) == text


@pytest.mark.parametrize("text", ["\x1b[2J清屏", "\x07", "甲\u202e乙", "a\u200bb", "\x9b31m", "a\u2028b"])
def test_controls_are_shown_as_what_cannot_be_shown(text: str) -> None:
    assert "�" in harmless(text)
    assert not any(char in harmless(text) for char in "\x1b\x07\u202e\u200b\x9b\u2028")


def test_a_cell_never_breaks_its_row(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("a", "b"), [("1\n2", "x\r\ty")])
    assert capsys.readouterr().out == "a    b\n1 2  x y\n"


def test_a_table_shows_no_controls(capsys: pytest.CaptureFixture[str]) -> None:
    show_table(("a",), [("\x1b[2J甲",)])
    assert "\x1b" not in capsys.readouterr().out
