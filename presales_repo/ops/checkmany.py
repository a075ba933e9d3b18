"""The rules that need more than one file: deletions, names that collide, attachments and their documents."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.document import read_document
from presales_repo.model.paths import ATTACHMENTS, fold_path
from presales_repo.model.tree import list_tree
from presales_repo.rules.checks import is_project_record
from presales_repo.rules.links import check_unnamed
from presales_repo.rules.words import shell_word, shown
from presales_repo.store.index import Row
from presales_repo.store.snapshot import DELETED, Change, Snapshot


def tree_files(snapshot: Snapshot, below: Sequence[str] = ()) -> list[Change]:
    """Every file of the snapshot's tree, or those below some paths, without the snapshot's changes."""
    paths = [] if "." in below else [path.rstrip("/") for path in below]
    files = []
    for record in snapshot.git.paths("ls-tree", "-r", "-z", snapshot.tree, "--", *paths):
        head, _, path = record.partition("\t")
        mode, _, oid = head.split(" ")
        files.append(Change(path, mode, oid))
    return files


def check_deleted(snapshot: Snapshot) -> Iterator[Finding]:
    """P105 a numbered document is gone; P114 a project's record is gone while its documents stay."""
    for path in snapshot.deleted_documents():
        yield Finding("P105", path, 0, 0, {"file": shell_word(path)})
    for path in snapshot.deleted_paths():
        folder = os.path.dirname(path)
        if is_project_record(path) and any(row.path.startswith(f"{folder}/") for row in snapshot.rows()):
            yield Finding("P114", path, 0, 0, {"folder": folder})


def check_collisions(snapshot: Snapshot, files: Sequence[Change]) -> Iterator[Finding]:
    """P109 a file or folder whose name differs from another only in case or Unicode form: Windows and macOS keep
    one of the two. Among the files themselves, and between new ones and the rest of the tree."""
    seen: dict[str, str] = {}
    done: set[str] = set()
    names: dict[str, dict[str, list[str]]] = {}
    for file in files:
        for path in _with_folders(file.path):
            if path in done:
                break  # and so are the folders above it
            done.add(path)
            other = seen.setdefault(fold_path(path), path)
            if other == path and file.path in snapshot.changes:
                other = _committed_twin(snapshot, path, names) or path
            if other != path:
                yield Finding("P109", file.path, 0, 0, {"other": shown(other)})
                break


def _with_folders(path: str) -> Iterator[str]:
    while path:
        yield path
        path = os.path.dirname(path)


def _committed_twin(snapshot: Snapshot, path: str, names: dict[str, dict[str, list[str]]]) -> str:
    """A path of the tree, not removed by the change, that folds to `path`; "" when `path` itself is in the tree.
    `names` keeps the folded names of folders read before."""
    if snapshot.git.resolve(f"{snapshot.tree}:{path}") is not None:
        return ""
    folder, name = os.path.split(path)
    if folder not in names:
        names[folder] = _folded_names(snapshot, folder)
    for twin in names[folder].get(fold_path(name), ()):
        other = os.path.join(folder, twin)
        if any(snapshot.changes.get(file.path, file).mode != DELETED for file in tree_files(snapshot, (other,))):
            return other
    return ""


def _folded_names(snapshot: Snapshot, folder: str) -> dict[str, list[str]]:
    tree = snapshot.git.read(f"{snapshot.tree}:{folder}")
    names: dict[str, list[str]] = {}
    for _, name in list_tree(tree.data or b"") if tree and tree.kind == "tree" else ():
        names.setdefault(fold_path(name), []).append(name)
    return names


def owners(snapshot: Snapshot, changes: Sequence[Change]) -> list[Change]:
    """Unchanged documents of which an attachment is changed, added or removed."""
    paths = [*(change.path for change in changes), *snapshot.deleted_paths()]
    numbers = {path.split("/")[1] for path in paths if path.startswith(f"{ATTACHMENTS}/")}
    rows = [row for number in sorted(numbers) for row in snapshot.find(number) if row.path not in snapshot.changes]
    return [Change(row.path, "100644", row.blob) for row in rows]


def check_attachments(snapshot: Snapshot, files: Sequence[Change]) -> Iterator[Finding]:
    """L108 a file in `attachments/` that no document names, hidden files aside."""
    named: dict[str, set[str] | None] = {}
    for file in files:
        if not file.path.startswith(f"{ATTACHMENTS}/") or os.path.basename(file.path).startswith("."):
            continue
        number = file.path.split("/")[1]
        if number not in named:
            named[number] = _named(snapshot, snapshot.find(number))
        known = named[number]
        if known is not None:
            yield from check_unnamed(file.path, known)


def _named(snapshot: Snapshot, rows: Sequence[Row]) -> set[str] | None:
    """The attachments that documents name, None when one of them cannot be read."""
    paths: set[str] = set()
    for row in rows:
        try:
            data = snapshot.data(snapshot.changes.get(row.path) or Change(row.path, "100644", row.blob))
            document = read_document(data or b"", row.path)
        except PrsError:
            return None
        paths.update(item.path for item in document.attachments)
    return paths
