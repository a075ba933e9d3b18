"""A document repository on this machine: where it is, what kind of clone it is, its branches."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import NamedTuple

from presales_repo.errors import PrsError
from presales_repo.store.git import OLDEST_GIT, Git, git_environment, git_failure

MAIN = "main"
APPROVED = "refs/heads/approved"
PRIVATE = "prs"  # our folder inside .git


class Repository(NamedTuple):
    """`root`: the working tree; `git_dir`: this clone's .git (shared by linked work trees); `state`: the folder
    outside the repository for what was verified; `shallow`: history is cut off."""

    git: Git
    root: str
    git_dir: str
    state: str
    shallow: bool

    def private(self, name: str) -> str:
        """A path inside `.git/prs`."""
        return os.path.join(self.git_dir, PRIVATE, name)

    @property
    def lock(self) -> str:
        """The file whose lock keeps two processes of one clone apart."""
        return self.private("lock")


def state_folder(environment: Mapping[str, str], git_dir: str) -> str:
    """Where verified tips are kept: outside every repository (XDG base directory specification), or in the clone
    itself for a job that has no home."""
    home = environment.get("HOME")
    base = environment.get("XDG_STATE_HOME") or (os.path.join(home, ".local", "state") if home else "")
    return os.path.join(base, "prs") if base else os.path.join(git_dir, PRIVATE, "state")


def open_repository(directory: str, environment: Mapping[str, str], *, inside_hook: bool = False) -> Repository:
    """The repository that holds `directory`.

    Raises PrsError E101 no git, E102 no repository here, E105 owned by somebody else, E110 git too old, E111 bare,
    E112 a SHA-256 repository.
    """
    git = Git(os.path.abspath(directory), git_environment(environment, inside_hook=inside_hook))
    own = os.path.realpath(os.path.join(git.directory, ".git"))
    if inside_hook and "GIT_DIR" not in environment and os.path.isdir(own):
        # git starts hooks at the top of the working tree: in an ordinary clone there is nothing to ask.
        shallow = os.path.exists(os.path.join(own, "shallow"))
        return Repository(git, git.directory, own, state_folder(environment, own), shallow)
    asked = ("--is-shallow-repository", "--show-object-format", "--git-common-dir", "--is-inside-work-tree")
    done = git.run("rev-parse", *asked, "--show-toplevel", ok=(0, 128))
    facts = done.stdout.decode("utf-8", "surrogateescape").split("\n", len(asked))
    if len(facts) <= len(asked):
        raise git_failure(("rev-parse",), done.stderr, git.directory)
    if facts[3] != "true":  # then git knows no top level either
        raise PrsError("E111", directory=directory)
    if facts[1] != "sha1":
        check_git(git)  # an old git answers what it does not know by repeating the question
        raise PrsError("E112", directory=directory)
    root = facts[4].removesuffix("\n")
    git_dir = os.path.realpath(os.path.join(git.directory, facts[2]))
    git.directory = root
    return Repository(git, root, git_dir, state_folder(environment, git_dir), facts[0] == "true")


def open_bare(directory: str, environment: Mapping[str, str]) -> Repository:
    """A server's bare repository, as git's own hooks see it: what is verified is kept inside it.

    Raises PrsError E102 no repository, E112 a SHA-256 repository.
    """
    git = Git(os.path.abspath(directory), git_environment(environment, inside_hook=True))
    facts = git.text("rev-parse", "--show-object-format", "--absolute-git-dir").split("\n")
    if facts[0] != "sha1":
        raise PrsError("E112", directory=directory)
    git_dir = os.path.realpath(facts[1])
    return Repository(git, git_dir, git_dir, os.path.join(git_dir, PRIVATE, "state"), False)


def check_git(git: Git) -> str:
    """Git's version. Raises PrsError E101 (none) or E110 (older than OLDEST_GIT)."""
    words = git.text("version")
    match = re.search(r"([0-9]+)\.([0-9]+)", words)
    if match is None or (int(match[1]), int(match[2])) < OLDEST_GIT:
        raise PrsError("E110", found=words, needed=".".join(map(str, OLDEST_GIT)))
    return words


def require_ledger(repository: Repository) -> str:
    """The ledger's tip. Raises PrsError E113 when this is no document repository, E114 when history is cut off, A221
    when the last entry is missing: without a word, an older one of origin would take its place."""
    git = repository.git
    tip = git.resolve(APPROVED)
    named = "" if tip else git.run("rev-parse", "--verify", "-q", APPROVED, ok=(0, 1)).stdout.decode().strip()
    if named:
        raise PrsError("A221", oid=named, kind="commit")
    found = tip or git.resolve("refs/remotes/origin/approved")
    if found is None:
        raise PrsError("E113", directory=repository.root)
    if repository.shallow:
        raise PrsError("E114")
    if tip is None:  # a fresh `git clone`: make the local branch that it would have
        git.update_refs([(APPROVED, found, "0" * 40)], "prs: adopt origin/approved")
    return found


def require_main(repository: Repository) -> str:
    """The commit that main points to, with main checked out and nothing half done.

    Raises PrsError E115 (detached HEAD), E116 (another branch), E117 (a merge, rebase or pick is under way),
    E118 (no commit yet).
    """
    done = repository.git.run("symbolic-ref", "-q", "HEAD", ok=(0, 1))
    branch = done.stdout.decode().strip()
    own = os.path.join(repository.root, repository.git.text("rev-parse", "--git-dir"))  # of a linked work tree too
    for name in ("MERGE_HEAD", "CHERRY_PICK_HEAD", "REVERT_HEAD", "rebase-merge", "rebase-apply"):
        if os.path.exists(os.path.join(own, name)):
            raise PrsError("E117", operation=name)
    if not branch:
        raise PrsError("E115")
    if branch != f"refs/heads/{MAIN}":
        raise PrsError("E116", branch=branch.removeprefix("refs/heads/"))
    tip = repository.git.resolve("HEAD^{commit}")
    if tip is None:
        raise PrsError("E118")
    return tip
