"""SQLite, opened the one way we use it: for caches, which may be deleted at any time and are made again."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from presales_repo.errors import PrsError


class Rows:
    """What a statement found. Reading on is where a damaged file shows."""

    def __init__(self, database: Connection, cursor: sqlite3.Cursor) -> None:
        self._database = database
        self._cursor = cursor

    def fetchone(self) -> Any:
        """The next row, None after the last."""
        return next(iter(self._fetch(1)), None)

    def __iter__(self) -> Iterator[Any]:
        while rows := self._fetch(1000):
            yield from rows

    def _fetch(self, count: int) -> list[Any]:
        with self._database.refusals():
            return self._cursor.fetchmany(count)


class Connection:
    """A database whose statements raise PrsError: E119 locked for too long, E107 the disk is full, E106 it cannot be
    written, E109 it cannot be read, E124 damaged; a damaged file is removed: the next command makes it anew."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        with self.refusals():
            self._raw = sqlite3.connect(path or ":memory:", timeout=20, isolation_level=None)

    @contextlib.contextmanager
    def refusals(self) -> Iterator[None]:
        """Turn SQLite's errors into ours."""
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise self._refusal(str(error)) from None

    def _refusal(self, words: str) -> PrsError:
        if "locked" in words:
            return PrsError("E119", path=self._path or "")
        if "full" in words:
            return PrsError("E107", detail=words)
        if "I/O" in words:
            return PrsError("E109", path=self._path or "", detail=words)
        if "readonly" in words or "unable to open" in words:
            return PrsError("E106", detail=words)
        return self.discard(words)

    def discard(self, detail: str) -> PrsError:
        """Remove the file, whose content makes no sense; what to raise about it (E124)."""
        for name in (self._path, f"{self._path}-wal", f"{self._path}-shm") if self._path else ():
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
        return PrsError("E124", path=self._path or "", detail=detail)

    def execute(self, sql: str, parameters: Sequence[object] = ()) -> Rows:
        """Run one statement."""
        with self.refusals():
            return Rows(self, self._raw.execute(sql, parameters))

    def executemany(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for each row of values."""
        with self.refusals():
            self._raw.executemany(sql, rows)

    def executescript(self, script: str) -> None:
        """Run several statements, inside the transaction if one is open."""
        for statement in script.split(";"):
            self.execute(statement)

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction, kept whole or not at all. Other processes that write wait for its end."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            self.leave()
            raise

    def leave(self) -> None:
        """End the open transaction, if there is one, without writing."""
        if self._raw.in_transaction:
            self._raw.rollback()

    def close(self) -> None:
        """Close the file."""
        self._raw.close()


def open_database(path: str | None, schema: str) -> Connection:
    """A cache file with its tables; a file that is no database is thrown away and made anew.

    `path` None, or a place that cannot be written, gives a database in memory. Raises PrsError E119.
    """
    if path is None:
        return _connect(None, schema)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        return _connect(path, schema)
    except OSError:
        return _connect(None, schema)
    except PrsError as error:
        if error.code == "E119":
            raise
        return _connect(path if error.code == "E124" else None, schema)


def _connect(path: str | None, schema: str) -> Connection:
    database = Connection(path)
    try:
        if path:
            database.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL")
        database.executescript(schema)
    except PrsError:
        database.close()
        raise
    return database
