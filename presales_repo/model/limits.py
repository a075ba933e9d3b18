"""Bounds on a Markdown body beyond those on bytes and lines (`model.text`): what would take minutes to lay out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from presales_repo.findings import Finding

MAX_COLUMNS = 40  # narrower columns than those of a landscape page hold no word
MAX_CELLS = 20_000  # of all tables together: 20 to 80 s of layout, 0.8 GB
MAX_LINKS = 10_000  # links, references and images

# The line under a table's head (GFM 4.10), in quotes and lists too.
_DELIMITER = re.compile(r"[ \t>]*[|:-][ \t|:-]*")


def over_limits(body: str) -> list[Finding]:
    """Findings for a body that may not be laid out: S121 (a table's columns), S122 (cells of all tables), S123
    (links). Lines count from the body's first. One pass over the lines, no parser."""
    findings = []
    cells = 0
    for line, columns, rows in _tables(body.split("\n")):
        if columns > MAX_COLUMNS:
            findings.append(Finding("S121", line=line, args={"columns": columns, "limit": MAX_COLUMNS}))
        if cells <= MAX_CELLS < cells + columns * rows:
            findings.append(Finding("S122", line=line, args={"limit": MAX_CELLS}))
        cells += columns * rows
    links = body.count("[") + body.count("<http")
    if links > MAX_LINKS:
        findings.append(Finding("S123", args={"links": links, "limit": MAX_LINKS}))
    return findings


def _tables(lines: list[str]) -> Iterator[tuple[int, int, int]]:
    """First line, columns and rows of each table: from a delimiter under a line with a bar to an empty line."""
    start = columns = 0
    above = ""
    for number, line in enumerate(lines, 1):
        if columns and not line.strip(" \t>\r"):
            yield start, columns, number - start
            columns = 0
        elif not columns and "-" in line and "|" in above and _DELIMITER.fullmatch(line.rstrip("\r")):
            start, columns = number - 1, line.strip(" \t>|\r").count("|") + 1
        above = line
    if columns:
        yield start, columns, len(lines) + 1 - start
