"""Several Unix users push into one repository (core.sharedRepository): what the hook keeps is for all of them."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.company import Desk, new_note
from tests.server.office import Office

_GROUP = "54321"
_USERS = ("54301", "54302")


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_private_files_follow_shared_repository(office: Office) -> None:
    song = office.clone("song")
    private = office.server / "prs"
    assert rights(private) == 0o700
    song.git_ok("--git-dir", office.server, "config", "core.sharedRepository", "group")
    song.ok("", "server", "hooks", office.server)
    shared = {path.name: path.parent.name for path in private.rglob("*") if path.is_file() and rights(path) == 0o660}
    assert {"lock", "id", "index.sqlite"} < shared.keys()
    assert "clones" in shared.values()  # the verified ledger
    assert {rights(path) for path in (private, *private.rglob("*")) if path.is_dir()} == {0o2770}


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become two users")
def test_two_users_push_in_turn(office: Office) -> None:
    with TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        place = Path(folder)
        place.chmod(0o755)
        shared = office.copy(place)
        song = office.clone("song")
        song.git_ok("--git-dir", shared.server, "config", "core.sharedRepository", "group")
        song.ok("", "server", "hooks", shared.server)
        for command in (
            ["chgrp", "-R", _GROUP, "."], ["chmod", "-R", "g+rwX", "."],
            ["find", ".", "-type", "d", "-exec", "chmod", "g+s", "{}", "+"],
        ):  # fmt: skip
            subprocess.run(command, cwd=shared.server, check=True)
        for user in (_USERS[0], _USERS[1], _USERS[0]):
            new_note(song, f"记录{user}")
            song.ok("song", "save", "-m", "记录")
            push_as(song, user, shared)
        kept = {path.stat().st_uid for path in (shared.server / "objects").rglob("*") if path.is_file()}
        assert {int(user) for user in _USERS} <= kept


def push_as(desk: Desk, user: str, office: Office) -> None:
    """Push with the server's side run by another user, by path instead of ssh."""
    become = f"setpriv --reuid={user} --regid={_GROUP} --clear-groups env HOME=/nonexistent"
    if subprocess.run([*become.split(), "test", "-x", sys.executable], check=False).returncode:
        pytest.skip("other users cannot run this Python")
    trust = "GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=*"
    program = f"--receive-pack={become} {trust} git-receive-pack"
    desk.git_ok("push", "-q", program, str(office.server), "main", "refs/prs/numbers/*:refs/prs/numbers/*")
