"""python -m bench: prints one table of figures, targets and ratios. See bench.figures for what is measured."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import unicodedata
from collections.abc import Sequence

from bench.figures import Baseline, Row, growth, measure_baseline, measure_size
from bench.repository import make_repository


def main(arguments: Sequence[str]) -> int:
    """Measure as asked on the command line; 0 even when targets are missed: a benchmark is no test."""
    options = _parse(arguments)
    sizes = sorted(int(size) for size in options.docs.split(","))
    wanted = set(options.only.split(",")) if options.only else None
    base: Baseline | None = None
    measured = []
    with tempfile.TemporaryDirectory(prefix="prs-bench-", dir=options.place) as top:
        for docs in sizes:
            place = os.path.join(top, str(docs))
            os.mkdir(place)
            entries = docs if options.entries is None else options.entries
            fixture = make_repository(place, docs, entries, options.seed, repack=options.repack)
            print(f"{docs:,} documents, {fixture.entries:,} ledger entries made", file=sys.stderr)
            base = base or measure_baseline(fixture, options.runs)
            measured.append(measure_size(fixture, base, options.runs, lambda id_: not wanted or id_ in wanted))
    assert base is not None
    rows = [row for size in measured for row in size.rows]
    if len(measured) > 1:
        rows += growth(measured)
    _print_table(base, sorted(rows, key=lambda row: (row.id, row.work, row.docs)))
    return 0


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--docs", default="100,1000", help="sizes in documents (default 100,1000)")
    parser.add_argument("--entries", type=int, help="ledger entries (default: as many as documents)")
    parser.add_argument("--only", help="figures, for example P1,P2")
    parser.add_argument("--runs", type=int, default=7, help="runs of each command (default 7)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same repositories")
    parser.add_argument("--repack", action=argparse.BooleanOptionalAction, default=True, help="git repack before measuring")
    parser.add_argument("--place", help="folder for the repositories (default: the system's temporary folder)")
    return parser.parse_args(arguments)


def _print_table(base: Baseline, rows: Sequence[Row]) -> None:
    for name, cost in (("python -c pass", base.python), ("start-up", base.start), ("signature", base.signature)):
        print(f"{name}: {cost.cpu * 1000:.1f} ms CPU, {cost.wall * 1000:.1f} ms")
    print()
    table = [("", "work", "documents", "figure", "target", "ratio", "")]
    for row in rows:
        verdict = "holds" if row.holds else "falls short"
        table.append((row.id, row.work, f"{row.docs:,}", row.figure, row.target, f"{row.ratio:.2f}", verdict))
    widths = [max(_width(line[column]) for line in table) for column in range(len(table[0]))]
    for line in table:
        cells = [text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)]
        print("  ".join(cells).rstrip())


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
