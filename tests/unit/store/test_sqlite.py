"""Cache files: opened anywhere, shared by processes, and never the reason why a command fails for good."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from presales_repo.errors import PrsError
from presales_repo.store.sqlite import Connection, open_database

SCHEMA = "CREATE TABLE IF NOT EXISTS word (text TEXT PRIMARY KEY) WITHOUT ROWID"


def words(database: Connection) -> list[str]:
    return [text for (text,) in database.execute("SELECT text FROM word ORDER BY text")]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "cache.sqlite"


def test_a_file_is_made_with_its_folder_and_kept(path: Path) -> None:
    database = open_database(str(path), SCHEMA)
    with database.writing():
        database.executemany("INSERT INTO word VALUES (?)", [(f"{number:05d}",) for number in range(2500)])
    database.close()
    again = open_database(str(path), SCHEMA)
    assert words(again) == [f"{number:05d}" for number in range(2500)]
    assert again.execute("SELECT text FROM word WHERE text = '01234'").fetchone() == ("01234",)
    assert again.execute("SELECT text FROM word WHERE text = 'no'").fetchone() is None
    again.close()
    assert path.parent.stat().st_mode & 0o077 == 0, "nobody else reads along"


def write_words(database: Connection, *texts: str, error: BaseException | None = None) -> None:
    with database.writing():
        for text in texts:
            database.execute("INSERT INTO word VALUES (?)", (text,))
        if error:
            raise error


@pytest.mark.parametrize("error", [ValueError(), KeyboardInterrupt()])
def test_a_transaction_is_kept_whole_or_not_at_all(path: Path, error: BaseException) -> None:
    database = open_database(str(path), SCHEMA)
    with pytest.raises(type(error)):
        write_words(database, "a", error=error)
    assert words(database) == []
    with pytest.raises(PrsError):
        write_words(database, "a", "a")
    database.close()


def test_without_a_place_the_database_is_in_memory(path: Path) -> None:
    (path.parent.parent / "file").write_bytes(b"")
    for place in (
        None,
        str(path.parent.parent / "file" / "cache.sqlite"),
        "/proc/cache.sqlite",
        str(path.parent.parent),
    ):
        database = open_database(place, SCHEMA)
        database.execute("INSERT INTO word VALUES ('a')")
        assert words(database) == ["a"]
        database.close()
    assert (path.parent.parent / "file").read_bytes() == b""


@pytest.mark.parametrize("data", [b"rubbish" * 1000, b"SQLite format 3\0" + b"\xff" * 5000, b"x"])
def test_a_file_that_is_no_database_is_replaced(path: Path, data: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(data)
    Path(f"{path}-wal").write_bytes(b"left over")
    database = open_database(str(path), SCHEMA)
    database.execute("INSERT INTO word VALUES ('a')")
    database.close()
    assert sqlite3.connect(path).execute("SELECT * FROM word").fetchall() == [("a",)]


def test_damage_found_while_reading_removes_the_file(path: Path) -> None:
    database = open_database(str(path), SCHEMA)
    with database.writing():
        database.executemany("INSERT INTO word VALUES (?)", [(f"{number}" * 300,) for number in range(3000)])
    database.close()
    whole = path.read_bytes()
    path.write_bytes(whole[:8192] + os.urandom(50_000) + whole[58_192:])
    damaged = open_database(str(path), SCHEMA)
    with pytest.raises(PrsError) as caught:
        words(damaged)
    assert (caught.value.code, caught.value.path) == ("E124", str(path))
    damaged.close()
    assert not path.exists()
    anew = open_database(str(path), SCHEMA)
    assert words(anew) == []
    anew.close()


def test_a_writer_who_holds_the_file_too_long_is_named(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: connect(*args, **{**options, "timeout": 0.05}))
    holder = open_database(str(path), SCHEMA)
    other = open_database(str(path), SCHEMA)
    with holder.writing():
        with pytest.raises(PrsError) as caught, other.writing():
            pass
        assert (caught.value.code, caught.value.path) == ("E119", str(path))
        assert words(other) == [], "readers need not wait"
    with other.writing():
        other.execute("INSERT INTO word VALUES ('a')")
    holder.close()
    other.close()
