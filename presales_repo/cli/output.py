"""Ways of showing results: JSON, and tables aligned for Chinese text."""

from __future__ import annotations

import json
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click

from presales_repo.i18n import gettext as _
from presales_repo.i18n import language

GAP = "  "
NARROWEST = 16  # columns; a cell that has less is left to the terminal
# What stays on one line: a word, or a Chinese character, with the stops behind it and the brackets before it.
_PIECES = re.compile(r"\s*(?:[（《“〈「【(\[]*(?:[!-~\u00a0-\u024f]+|[^\s])[，。、；：！？）》”〉」】…%,.;:!?)\]]*|$)")


def show_json(value: Any) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def in_language(chinese: str, english: str) -> str:
    """A title of the policy in the reader's language."""
    return chinese if language() == "zh" or not english else english


def labelled(name: str, value: object) -> str:
    """A name and its value on one line."""
    return _("{name}: {value}").format(name=name, value=value)


def joined(items: Iterable[str]) -> str:
    """Items one after the other, as the language separates them."""
    return _(", ").join(items)


def signer(person: str, principal: str) -> str:
    """Who signed, and for whom."""
    return _("{person} (for {principal})").format(person=person, principal=principal) if principal else person


def width(text: str) -> int:
    """Columns that a text takes on a terminal: two for a Chinese character."""
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def harmless(text: str) -> str:
    """A text of somebody's document for a terminal: without what would move the cursor, colour or hide anything."""
    bare = " ".join(text.split()) if any(char in text for char in "\r\n\t") else text
    if bare.isprintable():
        return bare
    return "".join("�" if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp") else char for char in bare)


def show_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns, each as wide as its widest cell; the last one not padded, and on a terminal folded below itself."""
    table = [list(heads), *[[harmless(str(cell)) for cell in row] for row in rows]]
    widths = [max(width(row[column]) for row in table) for column in range(len(heads))]
    before = sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
    room = _terminal_columns() - before
    for row in table:
        cells = [cell + " " * (size - width(cell)) for cell, size in zip(row[:-1], widths, strict=False)]
        first, *more = folded(row[-1], room) if room >= NARROWEST else [row[-1]]
        click.echo(GAP.join([*cells, first]).rstrip())
        for line in more:
            click.echo(" " * before + line)


def folded(text: str, columns: int) -> list[str]:
    """`text` in lines of at most `columns`: parted at blanks or beside Chinese characters, never before a stop."""
    lines, line, used = [], "", 0
    for piece in _PIECES.findall(text):
        size = width(piece)
        if line and used + size > columns:
            lines.append(line.rstrip())
            line, used = "", 0
            piece = piece.lstrip()
            size = width(piece)
        line, used = line + piece, used + size
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _terminal_columns() -> int:
    """Columns of the terminal that stdout is; without one nothing is folded, for programs read it line by line."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
