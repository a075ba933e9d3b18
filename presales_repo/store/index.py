"""The register's cache: what stands in the front matter of every document of a tree, in `.git/prs/index.sqlite`.

Keyed by blob, brought up to date by comparing trees, so that one changed document costs one document. It may be
deleted at any time; nothing but speed depends on it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from presales_repo.errors import PrsError
from presales_repo.model.document import Document, read_document
from presales_repo.model.paths import PROJECT_RECORD, SUFFIX, is_in_store, split_document_path
from presales_repo.model.yamlsubset import Items, Node, Scalar
from presales_repo.store.git import EMPTY_TREE, Git

if TYPE_CHECKING:
    from presales_repo.store.sqlite import Connection

FORMAT = "2"
_BATCH = 500
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS file (path TEXT PRIMARY KEY, blob TEXT NOT NULL, number TEXT NOT NULL, title TEXT NOT NULL,
  type TEXT NOT NULL, project TEXT NOT NULL, author TEXT NOT NULL, created TEXT NOT NULL, fields TEXT NOT NULL)
  WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS file_number ON file (number);
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One document as the register shows it. `fields`: scalar fields as text, lists of scalars as lists."""

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
        _plain_fields(document),
    )


def _plain_fields(document: Document) -> dict[str, Any]:
    fields = ((key, _plain(node)) for key, node in document.head.fields.values.items())
    return {key: value for key, value in fields if value is not None}


def _plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return [item.text for item in node.items if isinstance(item, Scalar)]
    return None


def is_document(path: str) -> bool:
    """Whether the register lists a path."""
    return is_in_store(path) and path.endswith(SUFFIX) and not path.endswith(f"/{PROJECT_RECORD}")


class Index:
    """The register of one tree. The file at `path` is opened when it is first needed."""

    def __init__(self, git: Git, path: str) -> None:
        self._git = git
        self._path = path

    @cached_property
    def _db(self) -> Connection:
        from presales_repo.store.sqlite import open_database

        database = open_database(self._path, _SCHEMA)
        known = database.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        if known != (FORMAT,):
            database.executescript("DELETE FROM file; DELETE FROM meta;")
        return database

    @property
    def tree(self) -> str:
        """The tree that the register is of."""
        known = self._db.execute("SELECT value FROM meta WHERE key = 'tree'").fetchone()
        return known[0] if known else EMPTY_TREE

    def refresh(self, tree: str, progress: Callable[[int, int], None] | None = None) -> None:
        """Make the register that of `tree`."""
        known = self.tree
        if tree == known:
            return
        changed, removed = self._compare(known, tree)
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("DELETE FROM file WHERE path = ?", [(path,) for path in removed])
            done = 0
            for start in range(0, len(changed), _BATCH):
                rows = self._read_rows(changed[start : start + _BATCH])
                self._db.executemany("INSERT OR REPLACE INTO file VALUES (?,?,?,?,?,?,?,?,?)", map(_values, rows))
                done += _BATCH
                if progress:
                    progress(min(done, len(changed)), len(changed))
            meta = [("tree", tree), ("format", FORMAT)]
            self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta)

    def _compare(self, known: str, tree: str) -> tuple[list[tuple[str, str]], list[str]]:
        """(path, blob) of documents new or changed, and paths gone, between the known tree and `tree`."""
        if known == EMPTY_TREE or self._git.resolve(known) is None:
            known = EMPTY_TREE
            self._db.execute("DELETE FROM file")
        changed: list[tuple[str, str]] = []
        removed: list[str] = []
        for status, _, oid, path in diff_trees(self._git, known, tree):
            if is_document(path):
                if status == "D":
                    removed.append(path)
                else:
                    changed.append((path, oid))
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
        return [
            _row(values) for values in self._db.execute("SELECT * FROM file WHERE number = ? ORDER BY path", (number,))
        ]

    def by_path(self, path: str) -> Row | None:
        """The document at a path."""
        values = self._db.execute("SELECT * FROM file WHERE path = ?", (path,)).fetchone()
        return _row(values) if values else None

    def highest(self, stage: str, period: str) -> int:
        """The highest sequence in use for a stage and month, 0 for none."""
        prefix = f"{stage}{period}"
        query = "SELECT max(number) FROM file WHERE number GLOB ? || '[0-9][0-9][0-9]'"
        found = self._db.execute(query, (prefix,)).fetchone()[0]
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

    return Row(*values[:8], fields=json.loads(values[8]))


def diff_trees(git: Git, old: str, new: str) -> Iterator[tuple[str, str, str, str]]:
    """(status, mode, id, path) of each file that differs between two trees, renames as delete and add.

    GIT_INDEX_FILE points nowhere: diff-tree would read the whole index for nothing.
    """
    done = git.run("diff-tree", "-r", "-z", "--no-renames", old, new, extra={"GIT_INDEX_FILE": "/nonexistent"})
    return parse_raw_diff(done.stdout)


def parse_raw_diff(output: bytes) -> Iterator[tuple[str, str, str, str]]:
    """The records of git's raw diff format with -z."""
    words: Iterable[bytes] = iter(output.split(b"\0"))
    for head, path in zip(words, words, strict=False):
        _, mode, _, oid, status = head.decode("ascii").removeprefix(":").split(" ")
        yield status[0], mode, oid, path.decode("utf-8", "surrogateescape")
