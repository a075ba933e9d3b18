"""Prints one table of figures, targets and ratios; bench.figures says what is measured."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import unicodedata
from collections.abc import Sequence

from bench.figures import Row, growth, measure_size
from bench.make import add_size_options
from bench.repository import make_repository


def main(arguments: Sequence[str]) -> int:
    """Measure as asked on the command line; 0 even when targets are missed: a benchmark is no test."""
    options = _parse(arguments)
    wanted = set(options.only.split(",")) if options.only else None
    measured = []
    with tempfile.TemporaryDirectory(prefix="prs-bench-", dir=options.place) as top:
        for docs in sorted(int(size) for size in options.docs.split(",")):
            place = os.path.join(top, str(docs))
            os.mkdir(place)
            entries = docs if options.entries is None else options.entries
            fixture = make_repository(place, docs, entries, options.seed, repack=options.repack)
            print(f"made {docs:,} documents, {fixture.entries:,} ledger entries", file=sys.stderr)
            measured.append(measure_size(fixture, options.runs, lambda id_: wanted is None or id_ in wanted))
    rows = [row for size in measured for row in size.rows]
    if len(measured) > 1:
        rows += growth(measured[0], measured[-1])
    if wanted is None or "P9" in wanted:
        from bench.shared import numbers_over_ssh

        rows.append(numbers_over_ssh())
    _print_table(sorted(rows, key=lambda row: (row.id, row.work, row.docs)))
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--docs", default="100,1000", help="sizes in documents (default 100,1000)")
    add_size_options(parser)
    parser.add_argument("--only", help="figures, for example P1,P2")
    parser.add_argument("--runs", type=int, default=7, help="runs of each command, of which the median counts (7)")
    parser.add_argument("--place", help="folder for the repositories (default: the system's temporary folder)")
    return parser.parse_args(arguments)


def _print_table(rows: Sequence[Row]) -> None:
    table = [("", "work", "documents", "figure", "target", "ratio", "")]
    for row in rows:
        verdict = "" if row.limit == float("inf") else "holds" if row.holds else "falls short"
        table.append((row.id, row.work, f"{row.docs:,}", row.figure, row.target, f"{row.ratio:.2f}", verdict))
    widths = [max(map(_width, column)) for column in zip(*table, strict=True)]
    for line in table:
        cells = [text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)]
        print("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
