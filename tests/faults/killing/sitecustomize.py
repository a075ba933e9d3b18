"""Kills the process it is loaded into at its Nth write. Python loads this at start when the folder is on PYTHONPATH.

A write is whatever another process can see afterwards: a file opened for writing, written, synced, named, renamed or
removed, a program started or waited for, a statement or commit of SQLite. Each counts twice, before and after.

PRS_TEST_KILL_AT: the number at which to die, 0 for never. PRS_TEST_KILL_LOG: a file that gets one line a write.
"""

from __future__ import annotations

import builtins
import functools
import io
import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from typing import Any

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_kill = os.kill
_write = os.write
_open = os.open


class _Counter:
    def __init__(self, limit: int, log: str) -> None:
        self.limit = limit
        self.count = 0
        self.log = _open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666) if log else -1

    def tick(self, label: str) -> None:
        self.count += 1
        if self.log >= 0:
            _write(self.log, f"{label}\n".encode("utf-8", "surrogateescape"))
        if self.count == self.limit:
            _kill(os.getpid(), signal.SIGKILL)


def _counted(counter: _Counter, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(real)
    def call(*args: Any, **kwargs: Any) -> Any:
        counter.tick(f"before {name}")
        result = real(*args, **kwargs)
        counter.tick(f"after {name}")
        return result

    return call


def _patch(counter: _Counter) -> None:
    for name in (
        "link",
        "replace",
        "rename",
        "mkdir",
        "rmdir",
        "unlink",
        "remove",
        "chmod",
        "symlink",
        "write",
        "fsync",
    ):
        setattr(os, name, _counted(counter, f"os.{name}", getattr(os, name)))
    _patch_open(counter)
    _patch_programs(counter)
    _patch_sqlite(counter)


def _patch_open(counter: _Counter) -> None:
    counted_open = _counted(counter, "os.open", os.open)
    counted_file = _counted(counter, "open", builtins.open)

    def os_open(path: Any, flags: int, *args: Any, **kwargs: Any) -> int:
        chosen = counted_open if flags & _WRITING else _open
        descriptor: int = chosen(path, flags, *args, **kwargs)
        return descriptor

    real_file = builtins.open

    def file_open(file: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        chosen = counted_file if set(mode) & set("wax+") and not isinstance(file, int) else real_file
        return chosen(file, mode, *args, **kwargs)

    os.open = os_open
    builtins.open = io.open = file_open  # type: ignore[assignment]


def _patch_programs(counter: _Counter) -> None:
    real = subprocess.Popen

    class Popen(real):  # type: ignore[type-arg, misc, valid-type]
        def __init__(self, args: Any, *more: Any, **kwargs: Any) -> None:
            words = args if isinstance(args, list) else [args]
            self.prs_label = " ".join(str(word) for word in words if not str(word).startswith(("-", "core.")))[:60]
            counter.tick(f"before start of {self.prs_label}")
            super().__init__(args, *more, **kwargs)
            counter.tick(f"after start of {self.prs_label}")

        def communicate(self, *args: Any, **kwargs: Any) -> Any:
            result = super().communicate(*args, **kwargs)
            counter.tick(f"after end of {self.prs_label}")
            return result

    subprocess.Popen = Popen  # type: ignore[misc]


def _patch_sqlite(counter: _Counter) -> None:
    class Connection(sqlite3.Connection):
        def __exit__(self, *args: Any) -> Any:
            counter.tick("before commit of sqlite")
            result = super().__exit__(*args)
            counter.tick("after commit of sqlite")
            return result

    for name in ("execute", "executemany", "executescript"):
        setattr(Connection, name, _counted(counter, f"sqlite {name}", getattr(sqlite3.Connection, name)))
    real = sqlite3.connect

    def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        return _counted(counter, "sqlite connect", real)(*args, **{"factory": Connection, **kwargs})

    sqlite3.connect = connect


if "PRS_TEST_KILL_AT" in os.environ:
    _patch(_Counter(int(os.environ["PRS_TEST_KILL_AT"]), os.environ.get("PRS_TEST_KILL_LOG", "")))
