"""What commands cost: CPU seconds of the whole process tree and wall time, as medians."""

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


@dataclass(frozen=True, slots=True)
class Command:
    """A command to measure. `words` may depend on the number of the run; `before` is called ahead of every run;
    `ok`: exit codes that are no failure."""

    words: Sequence[str] | Callable[[int], Sequence[str]]
    before: Callable[[], object] | None = None
    ok: Container[int] = (0,)


class Failed(Exception):
    """A measured command did not do what it was to do: its figures would mean nothing."""


def measure(commands: Sequence[Command], directory: str, environment: Mapping[str, str], runs: int) -> list[Cost]:
    """Run commands in turn, `runs` times after a first time that is not counted; the cost of each.

    In turn, so that what else the machine does meanwhile falls on all of them: ratios hold where times do not.
    Raises Failed for an exit code that is a failure.
    """
    costs: list[list[Cost]] = [[] for _ in commands]
    for run in range(runs + 1):
        for command, found in zip(commands, costs, strict=True):
            if command.before:
                command.before()
            words = command.words(run) if callable(command.words) else command.words
            found.append(_once(words, directory, environment, command.ok))
    return [_median(found[1:]) for found in costs]


def _median(costs: Sequence[Cost]) -> Cost:
    cpu, wall = (statistics.median(values) for values in ([c.cpu for c in costs], [c.wall for c in costs]))
    return Cost(cpu, wall, max(cost.peak for cost in costs))


def _once(words: Sequence[str], directory: str, environment: Mapping[str, str], ok: Container[int]) -> Cost:
    with tempfile.TemporaryFile() as complaints:
        start = time.perf_counter()
        process = subprocess.Popen(
            words,
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
            said = complaints.read().decode("utf-8", "replace")
            raise Failed(f"{' '.join(words)}: exit code {process.returncode}\n{said}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024)
