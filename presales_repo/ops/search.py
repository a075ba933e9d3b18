"""Full text: which documents hold some words, and where (四(四)3 追溯和查询)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.paths import COMMON, PROJECTS, split_document_path
from presales_repo.model.search import Query, git_pattern, read_query, search_text
from presales_repo.model.text import MAX_BYTES, decode_text
from presales_repo.ops.register import Filter, filter_rows
from presales_repo.ops.session import Session, Work, open_work, working_snapshot
from presales_repo.store.git import Git
from presales_repo.store.index import is_document
from presales_repo.store.snapshot import DELETED, Snapshot


@dataclass(frozen=True, slots=True)
class Found:
    """A line that holds a word. `line` counts from 1."""

    number: str
    path: str
    line: int
    snippet: str


@dataclass(frozen=True, slots=True)
class Results:
    """What was found, by path and line; `documents`: in how many of them; `more`: there would be more."""

    hits: tuple[Found, ...]
    documents: int
    more: bool


def search(session: Session, text: str, asked: Filter, *, published: bool = False, limit: int = 0) -> Results:
    """The lines of documents that hold any of the words, in documents that hold all of them: of the files as they
    stand, or of the published library. `limit`: at most so many lines, 0 for all.

    Raises PrsError W360, W361 as read_query.
    """
    query = read_query(text)
    with open_work(session) as work:
        snapshot = working_snapshot(work)
        wanted = _wanted(work, snapshot, asked)
        texts = _published(work, query) if published else _working(work, snapshot, query)
        return _collect(query, ((path, data) for path, data in texts if _fits(path, wanted)), limit)


def _wanted(work: Work, snapshot: Snapshot, asked: Filter) -> frozenset[str] | None:
    """The numbers that pass the filter; None when everything does, and the register need not be asked."""
    return None if asked == Filter() else frozenset(item.number for item in filter_rows(work, snapshot.rows(), asked))


def _fits(path: str, wanted: frozenset[str] | None) -> bool:
    return wanted is None or _number(path) in wanted


def _number(path: str) -> str:
    parts = split_document_path(path)
    return parts.number if parts else ""


def _working(work: Work, snapshot: Snapshot, query: Query) -> Iterator[tuple[str, bytes]]:
    """Documents of the last commit that may hold the words, and all that are changed since; by path."""
    git, changed = snapshot.git, snapshot.changes
    committed = [path for path in _candidates(git, snapshot.tree, query) if path not in changed]
    edited = [path for path, change in changed.items() if is_document(path) and change.mode != DELETED]
    for path in sorted([*committed, *edited]):
        if path in changed:
            data = snapshot.data(changed[path])
        else:
            blob = git.read(f"{snapshot.tree}:{path}")
            data = blob.data if blob else None
        if data is not None:
            yield path, data


def _published(work: Work, query: Query) -> Iterator[tuple[str, bytes]]:
    git, tree = work.repository.git, work.ledger.head.tree
    for path in sorted(_candidates(git, tree, query)):
        blob = git.read(f"{tree}:{path}")
        if blob is not None and blob.data is not None:
            yield path, blob.data


def _candidates(git: Git, tree: str, query: Query) -> list[str]:
    """Documents of a tree that hold all words. The patterns are bytes, so git looks in a locale of bytes."""
    words = [part for word in query.words for part in ("--or", "-e", git_pattern(word))][1:]
    options = (
        "--no-color",
        "--no-textconv",
        "--no-recurse-submodules",
        "--full-name",
        "-a",
        "-l",
        "-z",
        "-E",
        "--all-match",
    )
    command = ("grep", *options, *words, tree, "--", PROJECTS, COMMON)
    done = git.run(*command, ok=(0, 1), extra={"LC_ALL": "C"})
    names = (name.decode("utf-8", "surrogateescape") for name in done.stdout.split(b"\0") if name)
    return [path for path in (name.partition(":")[2] for name in names) if is_document(path)]


def _collect(query: Query, texts: Iterator[tuple[str, bytes]], limit: int) -> Results:
    hits: list[Found] = []
    documents = 0
    for path, data in texts:
        found = _search_one(query, path, data)
        documents += bool(found)
        hits += found
        if limit and len(hits) > limit:
            return Results(tuple(hits[:limit]), documents, True)
    return Results(tuple(hits), documents, False)


def _search_one(query: Query, path: str, data: bytes) -> list[Found]:
    """Hits of one file; one that is no text holds nothing: `prs check` reports it."""
    if len(data) > MAX_BYTES:
        return []
    try:
        text = decode_text(data, path)
    except PrsError:
        return []
    return [Found(_number(path), path, hit.line, hit.snippet) for hit in search_text(query, text)]
