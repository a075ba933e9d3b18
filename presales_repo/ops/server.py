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
from presales_repo.store.repository import MAIN, check_git

HOOKS = ("pre-receive",)
_SETTINGS = {
    "receive.fsckObjects": "true",  # damaged and hostile objects are refused before our hook reads them
    "receive.denyDeletes": "true",
    "receive.denyNonFastForwards": "true",
    "receive.advertisePushOptions": "false",
    "receive.shallowUpdate": "false",
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
        install_server_hooks(temporary)
        with disk_errors(directory):
            os.rename(temporary, target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return Served(target)


def install_server_hooks(git_dir: str) -> None:
    """Write the hooks with the interpreter of this installation."""
    entry = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "cli", "hook.py")
    for name in HOOKS:
        with open(os.path.join(data_dir("hooks"), name), encoding="utf-8") as file:
            text = file.read()
        text = text.replace("@PYTHON@", sys.executable).replace("@HOOK@", entry)
        write_file(git_dir, f"hooks/{name}", text.encode(), replace=True)
        os.chmod(os.path.join(git_dir, "hooks", name), 0o755)
