"""Bytes of untrusted files: read within limits, refused with the place of the first fault."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.errors import PrsError
from presales_repo.model.text import (
    BOM,
    MAX_BYTES,
    MAX_LINE,
    control_character,
    decode_text,
    hidden_character,
    line_end,
    position,
)


def refused(data: bytes) -> PrsError:
    with pytest.raises(PrsError) as caught:
        decode_text(data, "a.md")
    return caught.value


@given(st.binary(max_size=60))
def test_bytes_are_read_or_refused_with_a_code(data: bytes) -> None:
    try:
        text = decode_text(data, "a.md")
    except PrsError as error:
        assert error.code in ("S102", "S103")
        assert (error.path, error.line > 0) == ("a.md", True)
    else:
        assert data.decode() in (text, BOM + text)
        assert control_character(text) is None


def test_a_byte_order_mark_and_windows_line_ends_are_accepted() -> None:
    assert decode_text(f"{BOM}甲\r\n乙\r\n".encode(), "a.md") == "甲\r\n乙\r\n"


@pytest.mark.parametrize(
    ("data", "code", "line", "column"),
    [
        (b"a\nb\x00", "S103", 2, 2),
        (b"\x1b[31m", "S103", 1, 1),
        ("甲\n乙丙\u2028".encode(), "S103", 2, 3),
        ("a\u0085b".encode(), "S103", 1, 2),
        (b"old Mac\rline", "S103", 1, 8),
        (b"end\r", "S103", 1, 4),
        ("一\n".encode() + "编号".encode("gbk"), "S102", 2, 0),
        ("中".encode("utf-16"), "S102", 1, 0),
        (b"\xed\xa0\x80", "S102", 1, 0),
        (b"x\n" + b"y" * (MAX_LINE + 1), "S104", 2, 0),
    ],
)
def test_what_is_refused_and_where(data: bytes, code: str, line: int, column: int) -> None:
    error = refused(data)
    assert (error.code, error.line, error.column) == (code, line, column)


def test_limits_are_the_last_sizes_accepted() -> None:
    assert decode_text(b"x" * MAX_LINE, "a.md") == "x" * MAX_LINE
    line = b"x" * 9_999 + b"\n"
    most = line * (MAX_BYTES // 10_000) + b"x" * (MAX_BYTES % 10_000)
    assert len(decode_text(most, "a.md")) == MAX_BYTES
    assert refused(most + b"x").code == "S101"


@pytest.mark.parametrize("point", [0xAD, 0x61C, 0x200B, 0x202E, 0x2066, 0x2060, 0x3164, 0xFEFF, 0xE0041])
def test_characters_that_hide_or_reorder_are_found(point: int) -> None:
    found = hidden_character(f"甲{chr(point)}乙")
    assert found is not None
    assert found.start() == 1


@pytest.mark.parametrize("text", ["", "项目 100%", "👩\u200d💻", "é", "﷼", "전", "全角　空格"])
def test_visible_text_hides_nothing(text: str) -> None:
    assert hidden_character(text) is None


@given(st.text("a\n甲", max_size=20), st.data())
def test_a_position_leads_back_to_its_character(text: str, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(text)))
    line, column = position(text, index)
    assert sum(len(part) + 1 for part in text.split("\n")[: line - 1]) + column - 1 == index


@pytest.mark.parametrize(
    ("text", "end"), [("", "\n"), ("a", "\n"), ("a\nb\r\n", "\n"), ("a\r\nb\n", "\r\n"), ("\n", "\n")]
)
def test_the_line_end_is_that_of_the_first_line(text: str, end: str) -> None:
    assert line_end(text) == end
