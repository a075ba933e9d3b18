"""Makes a generated repository and leaves it there, to try things on: `python -m bench.make PLACE --docs 10000`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from bench.repository import make_repository


def main(arguments: Sequence[str]) -> int:
    """Make the folder PLACE with the keys of its people, a home, and the working tree `repository`."""
    parser = argparse.ArgumentParser(prog="python -m bench.make", description=__doc__)
    parser.add_argument("place", metavar="PLACE")
    add_size_options(parser)
    parser.add_argument("--docs", type=int, default=1000)
    options = parser.parse_args(arguments)
    place = os.path.abspath(options.place)
    os.mkdir(place)
    entries = options.docs if options.entries is None else options.entries
    made = make_repository(place, options.docs, entries, options.seed, repack=options.repack)
    print(f"{made.root}: {made.corpus.count:,} documents, {made.published:,} published, {made.entries:,} entries")
    return 0


def add_size_options(parser: argparse.ArgumentParser) -> None:
    """The options that say what is generated, all but the number of documents."""
    parser.add_argument("--entries", type=int, help="ledger entries (default: as many as documents)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same repository (1)")
    parser.add_argument("--repack", action=argparse.BooleanOptionalAction, default=True, help="rewrite the packs")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
