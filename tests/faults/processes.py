"""Processes that die at a chosen write, and the ones that they leave running."""

from __future__ import annotations

import time
from pathlib import Path

# A folder for PYTHONPATH: Python loads what kills it at its Nth write (PRS_TEST_KILL_AT).
KILLING = Path(__file__).parent / "killing"


def wait_for_group(group: int) -> None:
    """Wait until the programs that a killed command had started are through."""
    deadline = time.monotonic() + 60
    while any(belongs(stat, group) for stat in Path("/proc").glob("[0-9]*/stat")):
        assert time.monotonic() < deadline, "a program that the command started does not end"
        time.sleep(0.005)


def belongs(stat: Path, group: int) -> bool:
    """Whether a process of /proc is of this group and still runs (proc(5): the name may hold spaces)."""
    try:
        state, _, found = stat.read_text().rpartition(") ")[2].split()[:3]
    except OSError:
        return False
    return int(found) == group and state not in "ZX"
