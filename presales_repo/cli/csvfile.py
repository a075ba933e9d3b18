"""Tables as CSV files (RFC 4180) that Excel opens without asking: UTF-8 with a byte order mark, no formulas."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence

import click

from presales_repo.errors import PrsError
from presales_repo.i18n import gettext as _

_BOM = "\ufeff"
# What Excel and LibreOffice take for the beginning of a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table as CSV; a cell that a spreadsheet would run is shown as text by an apostrophe before it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([[harmless(str(cell)) for cell in row] for row in (heads, *rows)])
    return out.getvalue()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers, and the dash for nothing, stay as they are."""
    bare = cell.lstrip()
    if cell == "-" or (not bare.startswith(_FORMULA) and not cell.startswith(_FORMULA)):
        return cell
    return cell if bare.startswith("-") and bare[1:].replace(".", "", 1).isdigit() else f"'{cell}"


def write_csv(path: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table to a file, or to stdout for `-`. Raises PrsError E109 when the file cannot be written."""
    text = csv_text(heads, rows)
    if path == "-":
        click.echo(text, nl=False)
        return
    target = os.path.abspath(path)
    try:
        with open(target, "w", encoding="utf-8", newline="") as file:
            file.write(_BOM + text)
    except OSError as error:
        raise PrsError("E109", path=path, detail=error.strerror or str(error)) from None
    click.echo(_("Wrote {path}").format(path=path), err=True)
