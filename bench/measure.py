"""What a command costs: CPU seconds of its whole process tree and wall time, as medians."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians over some runs, in seconds. `cpu`: user and system time, children included; `peak`: bytes of memory."""

    cpu: float
    wall: float
    peak: int


class Failed(Exception):
    """A measured command did not do what it was to do: its figures would mean nothing."""


def measure(
    command: Callable[[int], Sequence[str]] | Sequence[str],
    directory: str,
    environment: Mapping[str, str],
    runs: int,
    before: Callable[[], object] | None = None,
    ok: Container[int] = (0,),
) -> Cost:
    """Run a command `runs` times, after one run that is not counted. Raises Failed for an exit code not in `ok`.

    A callable `command` gives the words of run 0, 1, ...; `before` is called ahead of every run.
    """
    costs = []
    for run in range(runs + 1):
        if before:
            before()
        costs.append(_once(command(run) if callable(command) else command, directory, environment, ok))
    warm = costs[1:]
    return Cost(
        statistics.median(cost.cpu for cost in warm),
        statistics.median(cost.wall for cost in warm),
        max(cost.peak for cost in warm),
    )


def _once(command: Sequence[str], directory: str, environment: Mapping[str, str], ok: Container[int]) -> Cost:
    with tempfile.TemporaryFile() as complaints:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
        )
        # wait4 counts the child and every descendant that it waited for.
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in ok:
            complaints.seek(0)
            words = complaints.read().decode("utf-8", "replace")
            raise Failed(f"{' '.join(command)}: exit code {process.returncode}\n{words}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024)
