"""Working files as a signed commit on main. Made beside the index, so that a refusal leaves nothing staged."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence

from presales_repo.errors import PrsError
from presales_repo.model.commit import Ident, attach_signature, build_commit
from presales_repo.model.ledger import TreeChange
from presales_repo.store.git import Git
from presales_repo.store.objects import change_tree, new_object, write_objects
from presales_repo.store.repository import MAIN, Repository
from presales_repo.store.sign import SigningKey, sign
from presales_repo.store.verifier import ObjectReader

_UPDATE = ("update-index", "--add", "--remove", "--replace", "-z", "--stdin")
_NONE = "0" * 40


def commit_paths(
    repository: Repository, head: str, paths: Sequence[str], message: str, who: Ident, key: SigningKey
) -> str:
    """One signed commit of exactly these paths on top of `head`, whatever else is staged; its id.

    The caller holds the clone's lock. The index follows before main moves: a crash between the two leaves the paths
    staged, never a commit that git shows as undone.

    Raises PrsError A15x, A16x the key cannot sign, A316 main was moved by another program, E108 another git is at work.
    """
    git = repository.git
    names = "".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape")
    commit = new_object("commit", _signed(_tree_with(repository, head, names), [head], message, who, key))
    write_objects(git, [commit])
    git.run(*_UPDATE, stdin=names)
    if not git.update_refs([(f"refs/heads/{MAIN}", commit.oid, head)], "prs: save"):
        raise PrsError("A316", number=MAIN)
    return commit.oid


def prepare_commit(
    repository: Repository,
    reader: ObjectReader,
    head: str,
    path: str,
    data: bytes,
    message: str,
    who: Ident,
    key: SigningKey,
) -> str:
    """A signed commit on top of `head` with one file's bytes, written but not on main yet; its id.

    Raises PrsError A15x, A16x the key cannot sign.
    """
    blob = new_object("blob", data)
    tree, trees = change_tree(reader.tree, reader.tree_of(head), [TreeChange(path, blob.oid)])
    commit = new_object("commit", _signed(tree, [head], message, who, key))
    write_objects(repository.git, [blob, *trees, commit])
    return commit.oid


def move_main(repository: Repository, head: str, commit: str, paths: Sequence[str]) -> None:
    """Make a prepared commit main's tip, and the working files at `paths` those of the index.

    Raises PrsError A316 main was moved by another program, E108 another git is at work.
    """
    git = repository.git
    git.run(*_UPDATE, stdin="".join(f"{path}\0" for path in paths).encode("utf-8", "surrogateescape"))
    if not git.update_refs([(f"refs/heads/{MAIN}", commit, head)], "prs: track"):
        raise PrsError("A316", number=MAIN)


def commit_first(git: Git, message: str, who: Ident, key: SigningKey) -> str:
    """The first commit of main, of all files there are; its id."""
    git.run("add", "--all", "--force", durable=True)
    commit = new_object("commit", _signed(git.text("write-tree"), [], message, who, key))
    write_objects(git, [commit])
    git.update_refs([(f"refs/heads/{MAIN}", commit.oid, _NONE)], "prs: init")
    return commit.oid


def _signed(tree: str, parents: Sequence[str], message: str, who: Ident, key: SigningKey) -> bytes:
    payload = build_commit(tree, parents, who, who, f"{message}\n")
    return attach_signature(payload, sign(payload, key))


def _tree_with(repository: Repository, head: str, names: bytes) -> str:
    """The tree of `head` with working files put in, made in an index of our own. Git's filters (LFS) apply."""
    index = repository.private("save-index")
    extra = {"GIT_INDEX_FILE": index}
    _remove(index)  # what a killed process left: nobody else uses it while we hold the lock
    try:
        repository.git.run("read-tree", head, extra=extra)
        repository.git.run(*_UPDATE, stdin=names, durable=True, extra=extra)
        return repository.git.run("write-tree", "--missing-ok", durable=True, extra=extra).stdout.decode().strip()
    finally:
        _remove(index)


def _remove(index: str) -> None:
    for path in (index, f"{index}.lock"):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
