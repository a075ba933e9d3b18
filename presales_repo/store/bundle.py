"""git bundle: all refs of a repository in one file, and a repository made from one."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess

from presales_repo.errors import PrsError
from presales_repo.store.files import disk_errors
from presales_repo.store.git import Git

KEPT_REFS = ("refs/heads/", "refs/tags/", "refs/prs/")


def write_bundle(git: Git, path: str) -> int:
    """Bundle every branch, tag and ref of prs into a new file, and have git verify it; how many refs it holds.

    Raises PrsError W322 when git cannot write or does not accept it; nothing is left then.
    """
    refs = [ref for ref in git.text("for-each-ref", "--format=%(refname)").split() if ref.startswith(KEPT_REFS)]
    temporary = f"{path}.part"
    try:
        made = git.run("bundle", "create", "--quiet", temporary, *refs, ok=(0, 1, 128))
        checked = git.run("bundle", "verify", "--quiet", temporary, ok=(0, 1, 128)) if made.returncode == 0 else made
        if checked.returncode != 0:
            raise PrsError("W322", path=path, detail=_said(checked.stderr))
        with disk_errors(path):
            _sync(temporary)
            os.rename(temporary, path)
    finally:
        with disk_errors(path):
            if os.path.exists(temporary):
                os.unlink(temporary)
    return len(refs)


def digest_of_file(path: str) -> str:
    """SHA-256 (hex) of a file's bytes. Raises PrsError E1xx."""
    hasher = hashlib.sha256()
    with disk_errors(path), open(path, "rb") as file:
        while block := file.read(1 << 20):
            hasher.update(block)
    return hasher.hexdigest()


def unpack_bundle(bundle: str, folder: str, environment: dict[str, str]) -> None:
    """A repository in a new folder with exactly the refs of a bundle, and main checked out.

    Raises PrsError W323 when git does not accept the bundle; nothing is left then.
    """
    try:
        _git(bundle, environment, "init", "--quiet", "--initial-branch=main", folder)
        _git(bundle, environment, "-C", folder, "bundle", "verify", "--quiet", bundle)
        # An object that is broken, or missing, is found here and not years later.
        fetch = ("-c", "fetch.fsckObjects=true", "fetch", "--quiet", "--update-head-ok", bundle, "+refs/*:refs/*")
        _git(bundle, environment, "-C", folder, *fetch)
        _git(bundle, environment, "-C", folder, "-c", "core.hooksPath=/dev/null", "reset", "--quiet", "--hard", "main")
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _git(bundle: str, environment: dict[str, str], *words: str) -> None:
    done = subprocess.run(["git", *words], env=environment, capture_output=True, check=False)
    if done.returncode != 0:
        raise PrsError("W323", path=bundle, detail=_said(done.stderr))


def _said(stderr: bytes) -> str:
    return " ".join(stderr.decode("utf-8", "replace").split())[-400:] or "-"


def _sync(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
