"""A change of several committed files, made whole or not at all: what is about to change is noted before, and a
command that finds the note of one that was killed puts the files back to the last commit.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping

from presales_repo.model.text import MAX_BYTES
from presales_repo.store.files import read_file, remove_file, write_file
from presales_repo.store.git import Git
from presales_repo.store.objects import new_object
from presales_repo.store.repository import MAIN, PRIVATE, Repository

_NOTE = "unfinished.json"
_MAIN = f"refs/heads/{MAIN}"
_LARGEST = 1 << 30


def change_files(repository: Repository, files: Mapping[str, bytes | None]) -> None:
    """Write working files, or remove those whose bytes are None. The caller holds the clone's lock, has found them
    as the last commit has them, commits them, then calls `finish`."""
    root = repository.root
    noted = {path: None if data is None else new_object("blob", data).oid for path, data in files.items()}
    note = {"head": repository.git.resolve(_MAIN), "files": noted}
    write_file(repository.git_dir, f"{PRIVATE}/{_NOTE}", json.dumps(note).encode(), replace=True)
    for path in (path for path, data in files.items() if data is None and read_file(root, path, 0) is not None):
        remove_file(root, path)
    for path, data in files.items():
        if data is not None:
            write_file(root, path, data, replace=True)


def finish(repository: Repository) -> None:
    """The files are committed."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(repository.private(_NOTE))


def take_back(repository: Repository) -> None:
    """Undo what a killed command left half done. A file that somebody edited since stays as it is."""
    data = read_file(repository.git_dir, f"{PRIVATE}/{_NOTE}", MAX_BYTES)
    if data is None:
        return
    note = json.loads(data)
    if note["head"] == repository.git.resolve(_MAIN):  # else it was killed after its commit
        for path, oid in note["files"].items():
            _restore(repository, path, oid)
    finish(repository)


def _restore(repository: Repository, path: str, noted: str | None) -> None:
    git, root = repository.git, repository.root
    data = read_file(root, path, _LARGEST)
    found = None if data is None else new_object("blob", data).oid
    if found != noted:
        return
    if git.resolve(f"HEAD:{path}") is not None:
        git.run("checkout", "--quiet", "HEAD", "--", path)
        return
    if found is not None:
        remove_file(root, path)
    _unstage(git, path)


def _unstage(git: Git, path: str) -> None:
    git.run("update-index", "--force-remove", "-z", "--stdin", stdin=f"{path}\0".encode("utf-8", "surrogateescape"))
