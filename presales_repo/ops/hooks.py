"""Client hooks: a few lines of shell each, with the interpreter of this installation written in."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.ops.session import Session
from presales_repo.resources import data_dir
from presales_repo.store.files import disk_errors, write_file
from presales_repo.store.git import Git
from presales_repo.store.ledger import ALLOWED_SIGNERS, open_ledger
from presales_repo.store.repository import Repository, open_repository

NAMES = ("pre-commit", "pre-merge-commit", "commit-msg", "pre-push")
_MARK = b"# prs "


@dataclass(frozen=True, slots=True)
class Hook:
    """One hook of this clone: `state` is `current`, `outdated`, `absent` or `foreign` (somebody else's)."""

    name: str
    path: str
    state: str


def hooks_folder(repository: Repository) -> str:
    """Where git looks for hooks here (core.hooksPath included)."""
    path = repository.git.text("rev-parse", "--git-path", "hooks")
    return os.path.join(repository.root, path)


def hook_text(name: str) -> bytes:
    """The hook file of this installation."""
    with open(os.path.join(data_dir("hooks"), name), encoding="utf-8") as file:
        text = file.read()
    entry = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "cli", "hook.py")
    return text.replace("@PYTHON@", sys.executable).replace("@HOOK@", entry).encode()


def hook_states(repository: Repository) -> list[Hook]:
    """The hooks of this clone."""
    return _states(hooks_folder(repository))


def _states(folder: str) -> list[Hook]:
    return [Hook(name, os.path.join(folder, name), _state(os.path.join(folder, name), name)) for name in NAMES]


def _state(path: str, name: str) -> str:
    try:
        with open(path, "rb") as file:
            found = file.read(65536)
    except FileNotFoundError:
        return "absent"
    if found == hook_text(name):
        return "current" if os.access(path, os.X_OK) else "outdated"
    return "outdated" if _MARK in found[:200] else "foreign"


def own_hooks_folder(git: Git, own: str) -> None:
    """Give a clone the hooks folder `own` when the user's settings share one between all repositories."""
    configured = git.run("config", "core.hooksPath", ok=(0, 1)).stdout.decode().strip()
    if configured and os.path.realpath(configured) != own:
        git.run("config", "--local", "core.hooksPath", own)


def install_hooks(repository: Repository) -> list[Hook]:
    """Write this clone's hooks, and tell plain git how to sign and whose signatures are good (`git verify-commit`).

    Raises PrsError E141 when somebody else's hook stands there.
    """
    written = write_hooks(hooks_folder(repository))
    git = repository.git
    settings = {"gpg.ssh.allowedSignersFile": repository.private(ALLOWED_SIGNERS), "core.quotepath": "false"}
    if git.run("config", "user.signingkey", ok=(0, 1)).stdout.strip():
        settings |= {"gpg.format": "ssh", "commit.gpgsign": "true"}  # without a key git could commit nothing
    for name, value in settings.items():
        git.run("config", "--local", name, value)
    return written


def set_up_clone(session: Session) -> list[Hook]:
    """The hooks of a clone, and the file that its plain git reads the signers from.

    Raises PrsError E141 somebody else's hook, and what a ledger that does not verify raises.
    """
    repository = open_repository(session.directory, session.environment)
    try:
        written = install_hooks(repository)
        with _ledger_may_be_absent():
            open_ledger(repository).close()  # the first look at a ledger writes the signers' file
        return written
    finally:
        repository.git.close()


@contextlib.contextmanager
def _ledger_may_be_absent() -> Iterator[None]:
    """Hooks may be installed before the ledger has been fetched, or where it cannot be verified yet."""
    try:
        yield
    except PrsError as error:
        if error.code not in ("E113", "E114"):
            raise


def write_hooks(folder: str) -> list[Hook]:
    """Write the hooks that are absent or ours. Raises PrsError E141 when somebody else's hook stands there."""
    states = _states(folder)
    foreign = [hook for hook in states if hook.state == "foreign"]
    if foreign:
        raise PrsError("E141", path=foreign[0].path, hook=foreign[0].name)
    for hook in states:
        with disk_errors(hook.path):
            os.makedirs(folder, exist_ok=True)
        write_file(folder, hook.name, hook_text(hook.name), replace=True)
        with disk_errors(hook.path):
            os.chmod(hook.path, 0o755)
    return _states(folder)
