"""Bytes of an untrusted file to text, within limits. Everything read from a repository passes here."""

from __future__ import annotations

import re

from presales_repo.errors import PrsError

MAX_BYTES = 4 * 1024 * 1024
MAX_LINE = 20_000
BOM = "\ufeff"

# C0 without tab and line ends; DEL; C1. A carriage return alone, line and paragraph separators and U+0085 are line
# ends for libyaml but not for editors and git, so that line numbers would lie.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029]|\r(?!\n)")
# Characters that reorder or hide what a reader sees (Unicode TR 36): soft hyphen, bidi controls, zero widths,
# fillers, inner BOM, annotation and tag characters.
_HIDDEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)


def decode_text(data: bytes, path: str) -> str:
    """The text of a file, without its byte order mark; line ends stay as they are.

    Raises PrsError S101 (too large), S102 (not UTF-8), S103 (NUL or another control character),
    S104 (line too long), each with its place.
    """
    if len(data) > MAX_BYTES:
        raise PrsError("S101", path=path, size=len(data), limit=MAX_BYTES)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PrsError("S102", path=path, line=line, byte=f"0x{data[error.start]:02x}") from None
    text = text.removeprefix(BOM)
    control = control_character(text)
    if control:
        line, column = position(text, control.start())
        raise PrsError("S103", path=path, line=line, column=column, character=f"U+{ord(control[0]):04X}")
    if len(text) > MAX_LINE:
        _refuse_long_line(text, path)
    return text


def _refuse_long_line(text: str, path: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            raise PrsError("S104", path=path, line=number, length=len(line), limit=MAX_LINE)


def control_character(text: str) -> re.Match[str] | None:
    """The first control character other than tab and a line end (LF or CRLF)."""
    return _CONTROL.search(text)


def hidden_character(text: str) -> re.Match[str] | None:
    """The first character that hides or reorders text (bidi controls, zero widths, tag characters)."""
    return _HIDDEN.search(text)


def position(text: str, index: int) -> tuple[int, int]:
    """Line and column, both from 1, of the character at `index`."""
    start = text.rfind("\n", 0, index) + 1
    return text.count("\n", 0, index) + 1, index - start + 1


def line_end(text: str) -> str:
    """The line end that a text uses: that of its first line."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"
