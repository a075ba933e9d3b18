"""The shared repository: fetching and pushing with compare-and-swap, whatever carries it (ssh, https, a folder)."""

from __future__ import annotations

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
# Why git push --porcelain and git receive-pack reject a ref that is no longer where we thought, or is just being
# moved. git push is not translated (Git runs with LC_ALL=C), these reasons of receive-pack never are.
_LOST = (
    "(stale info)",
    "(fetch first)",
    "(non-fast-forward)",
    "(failed to update ref)",
    "(atomic transaction failed)",
    "(incorrect old value provided)",
    "(reference already exists)",
)
_MOVED = "error[W130]"  # the same, found by the server's hook before git comes to it
_GIT_S_OWN = ("To ", "error: failed to push", "hint: ", "Done", "-")


@dataclass(frozen=True, slots=True)
class RefUpdate:
    """A ref to move on the server: `new` id, and the id that it must have there now (NONE: not exist)."""

    ref: str
    new: str
    expected: str


@dataclass(frozen=True, slots=True)
class PushResult:
    """How a push ended. `lost`: why somebody else was first, "" when nobody was; `refused`: what the server said when
    it declined, else ""."""

    ok: bool
    lost: str = ""
    refused: str = ""


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
    done = git.run("push", "--porcelain", "--atomic", "--no-verify", *leases, NAME, *specs, ok=(0, 1, 128))
    if done.returncode == 0:
        return PushResult(True)
    reasons = [
        line.rsplit("\t", 1)[-1] for line in done.stdout.decode("utf-8", "replace").split("\n") if line[:1] == "!"
    ]
    words = _words(done.stderr)
    if not reasons:
        raise PrsError("E150", remote=NAME, detail=words)
    if any(reason.endswith(_LOST) for reason in reasons) or _MOVED in words:
        return PushResult(False, lost=_said(words, reasons))
    return PushResult(False, refused=_said(words, reasons))


def push_in_order(git: Git, updates: Sequence[RefUpdate]) -> PushResult:
    """Claims of numbers first, then what uses them: a server that dies in the middle of a push may have moved some of
    its refs and not the others, and must never have a document whose number is free to the next one who asks."""
    claims = [update for update in updates if update.ref.startswith(NUMBERS)]
    rest = [update for update in updates if update not in claims]
    result = PushResult(True)
    for part in (claims, rest):
        if part and result.ok:
            result = push(git, part)
    return result


def _lease(expected: str) -> str:
    return "" if expected == NONE else expected


def _said(words: str, reasons: Sequence[str]) -> str:
    """The server's words; without any, what git says of the refs."""
    spoken = "\n".join(line for line in words.split("\n") if not line.startswith(_GIT_S_OWN))
    return spoken.strip() or ", ".join(dict.fromkeys(reasons))


def _words(stderr: bytes) -> str:
    """What git and the server said, without the marks of the transport."""
    lines = (line.removeprefix("remote:").strip() for line in stderr.decode("utf-8", "replace").split("\n"))
    return "\n".join(line for line in lines if line)[-2000:] or "-"
