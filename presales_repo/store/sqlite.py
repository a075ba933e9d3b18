"""SQLite, opened the one way we use it."""

from __future__ import annotations

import contextlib
import os
import sqlite3

from presales_repo.errors import PrsError

Connection = sqlite3.Connection

def open_database(path: str | None, schema: str) -> Connection:
    """A cache file with its tables. A file that is no database is thrown away: it can be made again.

    `path` None, or a folder that cannot be written, gives a database in memory.
    """
    if path is None:
        return _connect(":memory:", schema)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        return _connect(path, schema)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            if "locked" in str(error):
                raise PrsError("E119", path=path) from None
            return _connect(":memory:", schema)
        for name in (path, f"{path}-wal", f"{path}-shm"):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name)
        return _connect(path, schema)
    except OSError:
        return _connect(":memory:", schema)


def _connect(path: str, schema: str) -> Connection:
    database = sqlite3.connect(path, timeout=20, isolation_level=None)
    if path != ":memory:":
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
    database.executescript(schema)
    return database
