"""A bare repository that others push to: made with hooks that judge every push."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.ops.session import Session
from presales_repo.resources import data_dir
from presales_repo.store.files import disk_errors, write_file
from presales_repo.store.git import Git, git_environment
from presales_repo.store.ledger import cache_path
from presales_repo.store.repository import MAIN, Repository, check_git, open_bare

HOOKS = ("pre-receive",)
_SETTINGS = {
    "receive.fsckObjects": "true",  # damaged and hostile objects are refused before our hook reads them
    "receive.denyDeletes": "true",
    "receive.denyNonFastForwards": "true",
    "receive.advertisePushOptions": "false",
    "receive.shallowUpdate": "false",
    "receive.maxInputSize": "600m",  # the largest attachment, and room
    "core.logAllRefUpdates": "true",
    "core.fsync": "all",
    "gc.auto": "0",  # an administrator's task: a gc in the middle of a push makes every client wait
}


@dataclass(frozen=True, slots=True)
class Served:
    """Where the shared repository is."""

    directory: str


def server_init(session: Session, directory: str) -> Served:
    """Make a bare repository with the server's hooks; the first push of main and approved founds it.

    Raises PrsError E121 when the folder holds something.
    """
    target = os.path.abspath(os.path.join(session.directory, directory))
    if os.path.lexists(target) and (not os.path.isdir(target) or os.listdir(target)):
        raise PrsError("E121", directory=directory)
    temporary = f"{target}.{secrets.token_hex(4)}.prs-tmp"
    try:
        with disk_errors(directory):
            os.makedirs(temporary)
        git = Git(temporary, git_environment(session.environment))
        check_git(git)
        git.run("init", "-q", "--bare", "-b", MAIN, "--object-format=sha1", "--template=", ".")
        for name, value in _SETTINGS.items():
            git.run("config", name, value)
        with disk_errors(directory):
            os.rename(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return server_hooks(session, target)


def server_hooks(session: Session, directory: str) -> Served:
    """Write the hooks of a bare repository again, after prs was moved or upgraded, or the rights of its files changed.

    Raises PrsError E102 when there is no repository, E121 when it is a clone with a working tree.
    """
    target = os.path.abspath(os.path.join(session.directory, directory))
    git = Git(target, git_environment(session.environment))
    if git.text("rev-parse", "--is-bare-repository") != "true":
        raise PrsError("E121", directory=directory)
    _install(git, target)
    return Served(target)


def _install(git: Git, target: str) -> None:
    """The hooks, with the interpreter of this installation, and the folder for what they keep."""
    entry = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "cli", "hook.py")
    for name in HOOKS:
        with open(os.path.join(data_dir("hooks"), name), encoding="utf-8") as file:
            text = file.read()
        text = text.replace("@PYTHON@", sys.executable).replace("@HOOK@", entry)
        write_file(target, f"hooks/{name}", text.encode(), replace=True)
        with disk_errors(name):
            os.chmod(os.path.join(target, "hooks", name), 0o755)
    repository = open_bare(target, git.environment)
    with disk_errors(target):
        _make_private_files(repository, _group_rights(git))
    repository.git.close()


def _group_rights(git: Git) -> bool:
    """Whether several users of this machine push (core.sharedRepository, git-config(1))."""
    value = git.run("config", "core.sharedRepository", ok=(0, 1)).stdout.decode().strip()
    return value not in ("", "0", "false", "umask")


def _make_private_files(repository: Repository, group: bool) -> None:
    """SQLite gives a file that it makes no rights for the group, whatever the umask: so the files are made here."""
    cache = cache_path(repository)
    if cache is None:
        raise PrsError("E106", detail=repository.git_dir)
    for folder in (repository.private(""), repository.state, os.path.dirname(cache)):
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o2770 if group else 0o700)
    for path in (repository.lock, repository.private("index.sqlite"), repository.private("id"), cache):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        os.chmod(path, 0o660 if group else 0o600)
