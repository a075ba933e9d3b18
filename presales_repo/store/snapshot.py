"""A tree with changes on top: the staged files, the working files or a pushed range, as the rules see them.

Answers the questions of rules.register.Register, and lists what changed.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from presales_repo.errors import PrsError
from presales_repo.model.looked import Looked
from presales_repo.model.paths import PROJECT_RECORD
from presales_repo.model.text import MAX_BYTES
from presales_repo.model.tree import TREE_MODE, list_tree
from presales_repo.store.files import read_file
from presales_repo.store.git import EMPTY_TREE, Git
from presales_repo.store.index import Index, RawChange, Row, diff_trees, is_document, make_row, parse_raw_diff

# The ledger is more than git's hooks load.
if TYPE_CHECKING:
    from presales_repo.model.upkeep import Standing
    from presales_repo.store.published import Published

DELETED = "000000"
_ATTACHMENT_LIMIT = 512 * 1024 * 1024


class Change(NamedTuple):
    """One changed path. `mode` as git writes it (DELETED: gone); `oid` of its blob, "" for a working file."""

    path: str
    mode: str
    oid: str


class Snapshot:
    """`tree` (a git id) with `changes`; `root` is where working files are read, when they are what changed; `merged`:
    commits whose changes are among them, because they are being merged in; `standing`: says which documents are
    read-only."""

    def __init__(
        self,
        git: Git,
        index: Index,
        tree: str,
        changes: Mapping[str, Change],
        root: str = "",
        released: Published | None = None,
        merged: Collection[str] = (),
        reservations: Mapping[str, str] | None = None,
        standing: Callable[[str, str], Standing | None] | None = None,
    ) -> None:
        self._standing = standing
        self._reservations = reservations or {}
        self._released = released
        self._merged = merged
        self.git = git
        self.tree = tree
        self.changes = changes
        self._listed = changes
        self._index = index
        self._root = root
        self._rows: dict[str, Row] | None = None
        self._projects: list[str] | None = None
        self._near: list[str] | None = None
        self._kept_folders: tuple[set[str], dict[str, int]] | None = None
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
        import copy

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

    def standing(self, number: str, path: str = "") -> Standing | None:
        """How a document is read-only; None when it may be edited, or when there is no ledger to ask. `path`: of the
        changed file that it is asked for."""
        return self._standing(number, path) if self._standing else None

    def is_disposed(self, number: str) -> bool:
        """Whether a document's files have left by a published request."""
        found = self.standing(number)
        return found is not None and found.status == "disposed"

    def all_changes(self) -> list[Change]:
        """Every change that is looked at, by path, of files that go away too."""
        return [self._listed[path] for path in sorted(self._listed)]

    def blob_of(self, change: Change) -> str:
        """git's id of the bytes that a change leaves; "" when it leaves none."""
        return "" if change.mode == DELETED else change.oid or _blob_id(self.data(change))

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
        """Whether a document carries this number.

        Most references stay within a project: its folder is looked through first, which is quicker than the register.
        """
        return self._stands_near(number) or bool(self.find(number)) or self.is_disposed(number)

    def find(self, number: str) -> list[Row]:
        """The documents that carry a number."""
        kept = [row for row in self._base().by_number(number) if row.path not in self.changes]
        return kept + self._changed(number)

    def highest(self, stage: str, period: str) -> int:
        """The highest sequence that a document of the tree carries in a stage and month, 0 for none."""
        return self._base().highest(stage, period)

    def other_paths(self, number: str, path: str) -> tuple[str, ...]:
        """Every other path with the same number.

        A changed document that kept its number has none among the unchanged: it was accepted with it. So an edit,
        which is what most commits are, does not need the register. A check of working files says both places of a
        number that got past the hooks twice.
        """
        rows = self._changed(number) if not self._root and self._kept_number(number, path) else self.find(number)
        return tuple(row.path for row in rows if row.path != path)

    def has_file(self, path: str) -> bool:
        """Whether a file or folder is there."""
        change = self.changes.get(path)
        kept, removed = self._folders()
        if path in kept or (change is not None and change.mode != DELETED):
            return True
        found = self.git.resolve(f"{self.tree}:{path}")
        if found is None or change is not None:
            return False
        gone = removed.get(path, 0)  # of the files below this folder
        return not gone or gone < len(self.git.paths("ls-tree", "-r", "-z", "--name-only", found))

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
        """The folder of a project by its id; of several the one with a record: a folder may just have been renamed."""
        if self._projects is None:
            names = [name for mode, name in self._listing("projects") if mode == TREE_MODE]
            added = (path.split("/") for path, item in self.changes.items() if item.mode != DELETED)
            names += [parts[1] for parts in added if parts[0] == "projects" and len(parts) > 2]
            self._projects = list(dict.fromkeys(names))
        found = [name for name in self._projects if name.split("-", 1)[0] == project]
        found.sort(key=lambda name: not self.has_file(f"projects/{name}/{PROJECT_RECORD}"))
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
        """Whether path or number was committed before this change, here or in what is being merged in."""
        if any(self.git.resolve(f"{tree}:{path}") is not None for tree in (self.tree, *self._merged)):
            return True
        return bool(self._base().by_number(number))

    def has_release(self, number: str, version: str) -> bool | None:
        """Whether a version is published; None without a ledger to ask."""
        return self._released.has(number, version) if self._released else None

    def look(self, number: str, version: str = "") -> Looked | None:
        """The document with a number, or a published version of it; of one that is not published, or without a ledger,
        what stands in the file."""
        published = self._released.look(number, version) if version and self._released else None
        if published:
            return published
        changed, near = self._changed(number), self._near_row(number)
        rows = changed or ([near] if near else self.find(number))
        return self._looked(rows[0]) if rows else None

    def documents(self, project: str, type_id: str) -> list[Looked]:
        """The documents of a type in a project, by number."""
        kept = [row for row in self._base().of_project(project, type_id) if row.path not in self.changes]
        kept += [row for row in self._overlay().values() if (row.project, row.type) == (project, type_id)]
        return [self._looked(row) for row in sorted(kept, key=lambda row: row.number)]

    def project_state(self, project: str) -> str | None:
        """The state that a project is in; None without a ledger to ask."""
        return self._released.project_state(project) if self._released else None

    # -- inside

    def _looked(self, row: Row) -> Looked:
        version, day = self._released.version_of(row.number) if self._released else (None, "")
        return Looked(row.number, row.type, row.author, version, row.fields, day)

    def _folders(self) -> tuple[set[str], dict[str, int]]:
        """Folders that the change puts files into, and how many files it removes below others."""
        if self._kept_folders is None:
            kept: set[str] = set()
            removed: dict[str, int] = {}
            for path, change in self.changes.items():
                while path := path.rpartition("/")[0]:
                    if change.mode != DELETED:
                        kept.add(path)
                    else:
                        removed[path] = removed.get(path, 0) + 1
            self._kept_folders = kept, removed
        return self._kept_folders

    def _changed(self, number: str) -> list[Row]:
        return [row for row in self._overlay().values() if row.number == number]

    def _kept_number(self, number: str, path: str) -> bool:
        return path in self.changes and self._committed_number(path) == number

    def _committed_number(self, path: str) -> str:
        before = self.git.read(f"{self.tree}:{path}")
        return make_row(path, before.oid, before.data).number if before else ""

    def _stands_near(self, number: str) -> bool:
        """Whether an unchanged document carries a number in a project's folder in which something is changed."""
        return self._near_row(number) is not None

    def _near_row(self, number: str) -> Row | None:
        """That document."""
        if self._near is None:
            folders = {tuple(path.split("/")[:2]) for path in self._listed if path.startswith("projects/")}
            self._near = [path for folder in sorted(folders) for path in self._documents_in("/".join(folder))]
        for path in self._near:
            if path.rsplit("/", 1)[1].startswith(number) and path not in self.changes:
                before = self.git.read(f"{self.tree}:{path}")
                row = make_row(path, before.oid, before.data) if before else None
                if row and row.number == number:
                    return row
        return None

    def _documents_in(self, project: str) -> Iterator[str]:
        """The files of a project's category folders, as committed."""
        for mode, category in self._listing(project):
            if mode == TREE_MODE:
                for _, name in self._listing(f"{project}/{category}"):
                    yield f"{project}/{category}/{name}"

    def _listing(self, folder: str) -> list[tuple[str, str]]:
        """Mode and name of what a folder of the tree holds."""
        tree = self.git.read(f"{self.tree}:{folder}")
        return list_tree(tree.data or b"") if tree and tree.kind == "tree" else []

    def _base(self) -> Index:
        if not self._fresh:
            self._index.refresh(self.tree)
            self._fresh = True
        return self._index

    def _overlay(self) -> dict[str, Row]:
        if self._rows is None:
            self._rows = {}
            for change in self.changes.values():
                if change.mode.startswith("100") and is_document(change.path):
                    data = self.data(change)
                    oid = change.oid or _blob_id(data)
                    self._rows[change.path] = make_row(change.path, oid, data)
        return self._rows


def _blob_id(data: bytes | None) -> str:
    from presales_repo.model.commit import object_id  # loads OpenSSL, which git's hooks do without

    return "" if data is None else object_id("blob", data)


def head_tree(git: Git) -> str:
    """The tree of HEAD, the empty tree before the first commit."""
    return git.resolve("HEAD^{tree}") or EMPTY_TREE


def staged_changes(git: Git) -> dict[str, Change]:
    """What the next commit would change (the index against HEAD)."""
    base = git.resolve("HEAD") or EMPTY_TREE
    done = git.run("diff-index", "--cached", "-z", "--no-renames", base)
    return _changes(parse_raw_diff(done.stdout))


def merge_heads(git: Git, environment: Mapping[str, str]) -> list[str]:
    """The commits being merged in. A hook of git merge sees them only in its environment (GITHEAD_<id>); once the
    merge waits for a person, in MERGE_HEAD, of which one is enough to know: an octopus merge does not wait."""
    named = [name.removeprefix("GITHEAD_") for name in environment if name.startswith("GITHEAD_")]
    waiting = git.resolve("MERGE_HEAD")
    return [*named, *([waiting] if waiting else [])]


def range_changes(git: Git, old: str, new: str) -> dict[str, Change]:
    """What differs between two commits or trees."""
    return _changes(diff_trees(git, old, new))


def _changes(records: Iterator[RawChange]) -> dict[str, Change]:
    return {
        item.path: Change(item.path, DELETED if item.status == "D" else item.mode, item.oid)
        for item in records
        if item.status != "U"  # unmerged: git itself refuses to commit it
    }


def working_changes(git: Git, root: str) -> dict[str, Change]:
    """What differs between HEAD and the working files, staged or not, untracked files included."""
    done = git.run("diff-index", "-z", "--no-renames", git.resolve("HEAD") or EMPTY_TREE)
    names = [item.path for item in parse_raw_diff(done.stdout) if not _is_only_touched(git, root, item)]
    names += git.paths("ls-files", "-z", "--others", "--exclude-standard")
    return {path: Change(path, _working_mode(root, path), "") for path in names}


def _is_only_touched(git: Git, root: str, item: RawChange) -> bool:
    """Whether a file that git reports by its time stamp (saved unchanged, copied, checked out anew) is as it was."""
    if item.status != "M" or item.old_mode != item.mode or item.mode not in ("100644", "100755"):
        return False
    if _working_mode(root, item.path) != "100644":
        return False  # a pipe or a device, which git takes for the file that it replaced
    before = git.read(item.old_oid)
    if before is None or before.data is None:
        return False
    return before.data == read_file(root, item.path, before.size)


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
