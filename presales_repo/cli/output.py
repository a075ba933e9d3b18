"""Ways of showing results: JSON, and tables aligned for Chinese text."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

import click

from presales_repo.i18n import gettext as _
from presales_repo.i18n import language


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


def show_table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns, each as wide as its widest cell; the last one not padded."""
    table = [list(heads), *[list(map(str, row)) for row in rows]]
    widths = [max(width(row[column]) for row in table) for column in range(len(heads))]
    for row in table:
        cells = [cell + " " * (size - width(cell)) for cell, size in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())
