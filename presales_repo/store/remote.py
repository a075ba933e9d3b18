"""The shared repository: fetching and pushing with compare-and-swap, whatever carries it (ssh, https, a folder)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.store.git import Git

NAME = "origin"
NUMBERS = "refs/prs/numbers/"
REMOTE_NUMBERS = f"refs/prs/remotes/{NAME}/numbers/"
REMOTE_MAIN = f"refs/remotes/{NAME}/main"
REMOTE_APPROVED = f"refs/remotes/{NAME}/approved"
NONE = "0" * 40
_REFSPECS = (f"+refs/heads/*:refs/remotes/{NAME}/*", f"+{NUMBERS}*:{REMOTE_NUMBERS}*")
_SPOKEN = re.compile(r"^remote: ?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class RefUpdate:
    """A ref to move on the server: `new` id, and the id that it must have there now (NONE: not exist)."""

    ref: str
    new: str
    expected: str


@dataclass(frozen=True, slots=True)
class PushResult:
    """`lost`: somebody else moved a ref first; `refused`: what the server said when it declined."""

    ok: bool
    lost: bool
    refused: str


def has_remote(git: Git) -> bool:
    """Whether this clone has a shared repository."""
    return git.run("config", "--get", f"remote.{NAME}.url", ok=(0, 1)).returncode == 0


def fetch(git: Git) -> None:
    """Bring branches and reservations. Raises PrsError E150 when the server cannot be reached."""
    done = git.run("fetch", "--quiet", "--no-tags", "--prune", NAME, *_REFSPECS, ok=(0, 1, 128))
    if done.returncode != 0:
        raise PrsError("E150", remote=NAME, detail=_words(done.stderr))


def fetch_ref(git: Git, ref: str, into: str) -> bool:
    """Bring one ref, or drop ours when the server has none; False when the server cannot be reached."""
    done = git.run("fetch", "--quiet", "--no-tags", NAME, f"+{ref}:{into}", ok=(0, 1, 128))
    if done.returncode == 0:
        return True
    if b"couldn't find remote ref" in done.stderr:
        known = git.resolve(into)
        return known is None or git.update_refs([(into, NONE, known)], "prs: gone")
    return False


def push(git: Git, updates: Sequence[RefUpdate]) -> PushResult:
    """Move refs on the server, all or none, each only if it is where we think it is.

    Raises PrsError E150 when the server cannot be reached.
    """
    leases = [f"--force-with-lease={update.ref}:{_lease(update.expected)}" for update in updates]
    specs = [f"{update.new}:{update.ref}" for update in updates]
    done = git.run("push", "--quiet", "--porcelain", "--atomic", *leases, NAME, *specs, ok=(0, 1, 128))
    if done.returncode == 0:
        return PushResult(True, False, "")
    report = done.stdout.decode("utf-8", "replace") + done.stderr.decode("utf-8", "replace")
    if "pre-receive hook declined" in report or "hook declined" in report:
        return PushResult(False, False, _words(done.stderr))
    if any(
        word in report for word in ("stale info", "fetch first", "non-fast-forward", "cannot lock ref", "rejected]")
    ):
        return PushResult(False, True, "")
    raise PrsError("E150", remote=NAME, detail=_words(done.stderr))


def _lease(expected: str) -> str:
    return "" if expected == NONE else expected


def _words(stderr: bytes) -> str:
    """What git and the server said, without the marks of the transport."""
    text = _SPOKEN.sub("", stderr.decode("utf-8", "replace")).strip()
    return text[-2000:] or "-"
