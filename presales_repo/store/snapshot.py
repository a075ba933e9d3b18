"""A tree with changes on top: the staged files, the working files or a pushed range, as the rules see them.

Answers the questions of rules.register.Register, and lists what changed.
"""

from __future__ import annotations

import copy
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.text import MAX_BYTES
from presales_repo.store.files import read_file
from presales_repo.store.git import EMPTY_TREE, Git
from presales_repo.store.index import Index, Row, diff_trees, is_document, make_row, parse_raw_diff

DELETED = "000000"
_ATTACHMENT_LIMIT = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Change:
    """One changed path. `mode` as git writes it (DELETED: gone); `oid` of its blob, "" for a working file."""

    path: str
    mode: str
    oid: str


class Snapshot:
    """`tree` (a git id) with `changes`; `root` is where working files are read, when they are what changed."""

    def __init__(
        self,
        git: Git,
        index: Index,
        tree: str,
        changes: Mapping[str, Change],
        root: str = "",
        released: Callable[[str, str], bool] | None = None,
        reservations: Mapping[str, str] | None = None,
    ) -> None:
        self._reservations = reservations or {}
        self._released = released
        self.git = git
        self.tree = tree
        self.changes = changes
        self._listed = changes
        self._index = index
        self._root = root
        self._rows: dict[str, Row] | None = None
        self._projects: list[str] | None = None
        self._fresh = False

    # -- files

    def data(self, change: Change) -> bytes | None:
        """The bytes of a changed file; None when it is larger than a document may be."""
        if change.oid:
            blob = self.git.read(change.oid)
            return blob.data if blob else None
        data = read_file(self._root, change.path, MAX_BYTES)
        return None if data is None or len(data) > MAX_BYTES else data

    def narrowed(self, paths: Collection[str]) -> Snapshot:
        """The same state of all files, of which only some changes are to be looked at."""
        other = copy.copy(self)
        other._listed = {path: self.changes[path] for path in paths}
        return other

    def changed_documents(self) -> Iterator[Change]:
        """Changes that leave a file, by path."""
        for path in sorted(self._listed):
            if self._listed[path].mode != DELETED:
                yield self._listed[path]

    def deleted_paths(self) -> list[str]:
        """Files that the change removes."""
        return sorted(path for path, change in self._listed.items() if change.mode == DELETED)

    def deleted_documents(self) -> Iterator[str]:
        """Documents that the change removes, with their number nowhere else afterwards."""
        for path in self.deleted_paths():
            if is_document(path):
                row = self._base().by_path(path)
                if row is not None and row.number and not self.has_number(row.number):
                    yield path

    def rows(self) -> Iterator[Row]:
        """Every document of the tree with the changes applied, by path."""
        overlay = dict(self._overlay())
        for row in self._base().rows():
            if row.path not in self.changes:
                overlay[row.path] = row
        for path in sorted(overlay):
            yield overlay[path]

    # -- the questions of the rules

    def has_number(self, number: str) -> bool:
        """Whether a document carries this number."""
        return bool(self.find(number))

    def find(self, number: str) -> list[Row]:
        """The documents that carry a number."""
        kept = [row for row in self._base().by_number(number) if row.path not in self.changes]
        return kept + self._changed(number)

    def other_paths(self, number: str, path: str) -> tuple[str, ...]:
        """Every other path with the same number.

        A changed document that kept its number has none among the unchanged: it was accepted with it. So an edit,
        which is what most commits are, does not need the register.
        """
        rows = self._changed(number) if self._kept_number(number, path) else self.find(number)
        return tuple(row.path for row in rows if row.path != path)

    def has_file(self, path: str) -> bool:
        """Whether a file or folder is there."""
        change = self.changes.get(path)
        if change is not None:
            return change.mode != DELETED
        return self.git.resolve(f"{self.tree}:{path}") is not None or any(
            name.startswith(f"{path}/") and item.mode != DELETED for name, item in self.changes.items()
        )

    def digest_of(self, path: str) -> str | None:
        """SHA-256 of a file's bytes."""
        change = self.changes.get(path)
        if change is not None and change.mode == DELETED:
            return None
        if change is not None and not change.oid:
            data = read_file(self._root, path, _ATTACHMENT_LIMIT)
        else:
            blob = self.git.read(change.oid if change else f"{self.tree}:{path}", _ATTACHMENT_LIMIT)
            data = blob.data if blob and blob.kind == "blob" else None
        if data is None:
            return None
        import hashlib

        return hashlib.sha256(data).hexdigest()

    def project_folder(self, project: str) -> str | None:
        """The folder of a project by its id."""
        from presales_repo.store.objects import TREE_MODE, parse_tree

        if self._projects is None:
            listing = self.git.read(f"{self.tree}:projects")
            entries = parse_tree(listing.data) if listing and listing.data else {}
            names = [name for name, (mode, _) in entries.items() if mode == TREE_MODE]
            added = (path.split("/") for path, item in self.changes.items() if item.mode != DELETED)
            names += [parts[1] for parts in added if parts[0] == "projects" and len(parts) > 2]
            self._projects = list(dict.fromkeys(names))
        found = [name for name in self._projects if name.split("-", 1)[0] == project]
        return f"projects/{found[0]}" if found else None

    def last_reserved(self, stage: str, period: str) -> int | None:
        """The highest sequence issued for a stage and month."""
        from presales_repo.store.reserve import last_reserved, reservation_ref

        try:
            moved = self._reservations.get(reservation_ref(stage, period))
            return last_reserved(self.git, stage, period, moved)
        except PrsError:
            return None  # `prs doctor` reports a broken reservation; here the number counts as not issued

    def is_known(self, number: str, path: str) -> bool:
        """Whether path or number was committed before this change."""
        return self.git.resolve(f"{self.tree}:{path}") is not None or bool(self._base().by_number(number))

    def has_release(self, number: str, version: str) -> bool | None:
        """Whether a version is published; None without a ledger to ask."""
        return self._released(number, version) if self._released else None

    # -- inside

    def _changed(self, number: str) -> list[Row]:
        return [row for row in self._overlay().values() if row.number == number]

    def _kept_number(self, number: str, path: str) -> bool:
        before = self.git.read(f"{self.tree}:{path}") if path in self.changes else None
        return before is not None and make_row(path, before.oid, before.data).number == number

    def _base(self) -> Index:
        if not self._fresh:
            self._index.refresh(self.tree)
            self._fresh = True
        return self._index

    def _overlay(self) -> dict[str, Row]:
        if self._rows is None:
            from presales_repo.model.commit import object_id

            self._rows = {}
            for change in self.changes.values():
                if change.mode.startswith("100") and is_document(change.path):
                    data = self.data(change)
                    oid = change.oid or (object_id("blob", data) if data is not None else "")
                    self._rows[change.path] = make_row(change.path, oid, data)
        return self._rows


def head_tree(git: Git) -> str:
    """The tree of HEAD, the empty tree before the first commit."""
    return git.resolve("HEAD^{tree}") or EMPTY_TREE


def staged_changes(git: Git) -> dict[str, Change]:
    """What the next commit would change (the index against HEAD)."""
    base = git.resolve("HEAD") or EMPTY_TREE
    done = git.run("diff-index", "--cached", "-z", "--no-renames", base)
    return _changes(parse_raw_diff(done.stdout))


def range_changes(git: Git, old: str, new: str) -> dict[str, Change]:
    """What differs between two commits or trees."""
    return _changes(diff_trees(git, old, new))


def _changes(records: Iterator[tuple[str, str, str, str]]) -> dict[str, Change]:
    return {
        path: Change(path, DELETED if status == "D" else mode, oid)
        for status, mode, oid, path in records
        if status != "U"  # unmerged: git itself refuses to commit it
    }


def working_changes(git: Git, root: str) -> dict[str, Change]:
    """What differs between HEAD and the working files, staged or not, untracked files included."""
    names: set[str] = set()
    if git.resolve("HEAD") is not None:
        names.update(git.paths("diff-index", "-z", "--no-renames", "--name-only", "HEAD"))
    else:
        names.update(git.paths("ls-files", "-z"))
    names.update(git.paths("ls-files", "-z", "--others", "--exclude-standard"))
    return {path: Change(path, _working_mode(root, path), "") for path in names}


def _working_mode(root: str, path: str) -> str:
    try:
        mode = os.lstat(os.path.join(root, path)).st_mode
    except OSError:
        return DELETED
    if stat.S_ISLNK(mode):
        return "120000"
    if stat.S_ISDIR(mode):
        return "160000"
    return "100644" if stat.S_ISREG(mode) else "000001"
