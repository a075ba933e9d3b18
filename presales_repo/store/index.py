"""The register's cache: what stands in the front matter of every document of a tree, in `.git/prs/index.sqlite`.

Keyed by blob, brought up to date by comparing trees, so that one changed document costs one document. It may be
deleted at any time; nothing but speed depends on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from presales_repo.errors import PrsError
from presales_repo.model.document import read_document
from presales_repo.model.paths import PROJECT_RECORD, SUFFIX, is_in_store, split_document_path
from presales_repo.store.git import EMPTY_TREE, Git

if TYPE_CHECKING:
    from presales_repo.store.sqlite import Connection

FORMAT = "5"
_NOT_UTF8 = re.compile("[\udc80-\udcff]")  # how Python shows bytes of a name that are not UTF-8 (PEP 383)
_BATCH = 500
_META = "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID"
_FORGET = "DROP TABLE IF EXISTS file; DELETE FROM meta"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS file (path TEXT PRIMARY KEY, blob TEXT NOT NULL, number TEXT NOT NULL, title TEXT NOT NULL,
  type TEXT NOT NULL, project TEXT NOT NULL, author TEXT NOT NULL, created TEXT NOT NULL, fields TEXT NOT NULL)
  WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS file_number ON file (number);
CREATE INDEX IF NOT EXISTS file_project ON file (project, type);
"""


class Row(NamedTuple):
    """One document as the register shows it. `fields`: scalars as text, lists and mappings nest."""

    path: str
    blob: str
    number: str
    title: str
    type: str
    project: str
    author: str
    created: str
    fields: dict[str, Any]


def make_row(path: str, blob: str, data: bytes | None) -> Row:
    """The row of a document; one that cannot be read is known by its file name alone."""
    try:
        document = read_document(data, path) if data is not None else None
    except PrsError:
        document = None
    if document is None:
        parts = split_document_path(path)
        return Row(path, blob, parts.number if parts else "", "", "", "", "", "", {})
    return Row(
        path,
        blob,
        document.number,
        document.title,
        document.type_id,
        document.value("project"),
        document.value("author"),
        document.value("created"),
        document.plain_fields(),
    )


def is_document(path: str) -> bool:
    """Whether the register lists a path. It has no room for names that are not UTF-8; `prs check` reports them."""
    listed = is_in_store(path) and path.endswith(SUFFIX) and not path.endswith(f"/{PROJECT_RECORD}")
    return listed and not _NOT_UTF8.search(path)


class Index:
    """The register of one tree. The file at `path` is opened when it is first needed."""

    def __init__(self, git: Git, path: str | None) -> None:
        self._git = git
        self._path = path

    @cached_property
    def _db(self) -> Connection:
        from presales_repo.store.sqlite import open_database

        database = open_database(self._path, _META)
        if database.execute("SELECT value FROM meta WHERE key = 'format'").fetchone() != (FORMAT,):
            with database.writing():
                database.executescript(_FORGET)
                database.executescript(_SCHEMA)
                database.execute("INSERT OR REPLACE INTO meta VALUES ('format', ?)", (FORMAT,))
        return database

    @property
    def tree(self) -> str:
        """The tree that the register is of."""
        known = self._db.execute("SELECT value FROM meta WHERE key = 'tree'").fetchone()
        return known[0] if known else EMPTY_TREE

    def refresh(self, tree: str, progress: Callable[[int, int], None] | None = None) -> None:
        """Make the register that of `tree`. What other processes of this clone make of it meanwhile is not seen."""
        try:
            while not self._reads(tree):
                self._rewrite(tree, progress)
        except PrsError as error:
            if error.code not in ("E106", "E107"):
                raise
            self._path = None  # nothing more fits on the disk: this command keeps the register in memory
            self.__dict__.pop("_db", None)
            while not self._reads(tree):
                self._rewrite(tree, progress)

    def _reads(self, tree: str) -> bool:
        """Begin to read: from here to the next refresh the file shows one state. Whether it is that of `tree`."""
        self._db.leave()
        self._db.execute("BEGIN")
        return self.tree == tree

    def _rewrite(self, tree: str, progress: Callable[[int, int], None] | None) -> None:
        self._db.leave()
        with self._db.writing():
            changed, removed = self._compare(self.tree, tree)
            self._db.executemany("DELETE FROM file WHERE path = ?", [(path,) for path in removed])
            done = 0
            for start in range(0, len(changed), _BATCH):
                rows = self._read_rows(changed[start : start + _BATCH])
                self._db.executemany("INSERT OR REPLACE INTO file VALUES (?,?,?,?,?,?,?,?,?)", map(_values, rows))
                done += _BATCH
                if progress:
                    progress(min(done, len(changed)), len(changed))
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('tree', ?)", (tree,))

    def _compare(self, known: str, tree: str) -> tuple[list[tuple[str, str]], list[str]]:
        """(path, blob) of documents new or changed, and paths gone, between the known tree and `tree`."""
        if known == EMPTY_TREE or self._git.resolve(known) is None:
            known = EMPTY_TREE
            self._db.execute("DELETE FROM file")
        changed: list[tuple[str, str]] = []
        removed: list[str] = []
        for item in diff_trees(self._git, known, tree):
            if is_document(item.path):
                if item.status == "D":
                    removed.append(item.path)
                else:
                    changed.append((item.path, item.oid))
        return changed, removed

    def _read_rows(self, files: list[tuple[str, str]]) -> Iterator[Row]:
        blobs = self._git.read_many(oid for _, oid in files)
        for (path, oid), blob in zip(files, blobs, strict=True):
            yield make_row(path, oid, blob.data if blob else None)

    def rows(self) -> Iterator[Row]:
        """All documents, by path."""
        for values in self._db.execute("SELECT * FROM file ORDER BY path"):
            yield _row(values)

    def by_number(self, number: str) -> list[Row]:
        """Documents that carry a number; more than one is a fault in the data."""
        found = self._db.execute("SELECT * FROM file WHERE number = ? ORDER BY path", (number,))
        return [_row(values) for values in found]

    def of_project(self, project: str, type_id: str) -> list[Row]:
        """The documents of a type in a project, by number."""
        query = "SELECT * FROM file WHERE project = ? AND type = ? ORDER BY number"
        return [_row(values) for values in self._db.execute(query, (project, type_id))]

    def by_path(self, path: str) -> Row | None:
        """The document at a path."""
        values = self._db.execute("SELECT * FROM file WHERE path = ?", (path,)).fetchone()
        return _row(values) if values else None

    def highest(self, stage: str, period: str) -> int:
        """The highest sequence in use for a stage and month, 0 for none."""
        month = f"{stage}{period}"
        query = "SELECT max(number) FROM file WHERE number BETWEEN ? AND ? AND number GLOB '????????[0-9][0-9][0-9]'"
        found = self._db.execute(query, (f"{month}000", f"{month}999")).fetchone()[0]
        return int(found[-3:]) if found else 0

    def close(self) -> None:
        """Close the file, if it was needed."""
        if "_db" in self.__dict__:
            self._db.close()


def _values(row: Row) -> tuple[str, ...]:
    import json

    fields = json.dumps(row.fields, ensure_ascii=False)
    return (row.path, row.blob, row.number, row.title, row.type, row.project, row.author, row.created, fields)


def _row(values: tuple[Any, ...]) -> Row:
    import json

    return Row._make((*values[:8], json.loads(values[8])))


class RawChange(NamedTuple):
    """A record of git's raw diff format. `status`: A, D, M, T, U; an id of a working file is all zeros."""

    old_mode: str
    mode: str
    old_oid: str
    oid: str
    status: str
    path: str


def diff_trees(git: Git, old: str, new: str) -> Iterator[RawChange]:
    """Each file that differs between two trees, renames as delete and add.

    GIT_INDEX_FILE points nowhere: diff-tree would read the whole index for nothing.
    """
    done = git.run("diff-tree", "-r", "-z", "--no-renames", old, new, extra={"GIT_INDEX_FILE": "/nonexistent"})
    return parse_raw_diff(done.stdout)


def parse_raw_diff(output: bytes) -> Iterator[RawChange]:
    """The records of git's raw diff format with -z."""
    words: Iterable[bytes] = iter(output.split(b"\0"))
    for head, path in zip(words, words, strict=False):
        old_mode, mode, old_oid, oid, status = head.decode("ascii").removeprefix(":").split(" ")
        yield RawChange(old_mode, mode, old_oid, oid, status[0], path.decode("utf-8", "surrogateescape"))
