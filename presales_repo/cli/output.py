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
INDENT = 4  # columns
NARROWEST = 24  # columns; a cell that has less stands on lines of its own
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
    """Columns, each as wide as its widest cell; the last one not padded. On a terminal a last cell that does not fit
    is folded below itself, or stands on lines of its own where the columns before it leave no room."""
    table = [list(heads), *[[harmless(str(cell)) for cell in row] for row in rows]]
    widths = [max(width(row[column]) for row in table) for column in range(len(heads))]
    before = sum(widths[:-1]) + len(GAP) * (len(widths) - 1)
    columns = _terminal_columns()
    for row in table:
        cells = [cell + " " * (size - width(cell)) for cell, size in zip(row[:-1], widths, strict=False)]
        first, more, indent = last_cell(row[-1], before, columns)
        click.echo(GAP.join([*cells, first]).rstrip())
        for line in more:
            click.echo(" " * indent + line)


def last_cell(text: str, before: int, columns: int) -> tuple[str, list[str], int]:
    """What of a last cell stands in its row, the lines below it, and their indent; `before`: columns left of it."""
    if before + width(text) <= columns or not columns:
        return text, [], 0
    if columns - before >= NARROWEST:
        first, *more = folded(text, columns - before)
        return first, more, before
    return "", folded(text, columns - INDENT), INDENT


def show_line(line: str) -> None:
    """A line that, on a terminal, is folded below its own beginning; whole if there is a command in it to copy."""
    text = line.lstrip(" ")
    indent = len(line) - len(text)
    columns = _terminal_columns()
    if "prs " in text or indent + width(line) <= columns or columns - indent < NARROWEST:
        click.echo(line)
        return
    for number, part in enumerate(folded(text, columns - indent - len(GAP))):
        click.echo(" " * (indent + (len(GAP) if number else 0)) + part)


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
