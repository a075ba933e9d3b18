"""Commit changed documents for people who do not want to know git. The index is git's own; nothing is staged by us
before the rules were asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from presales_repo.codes import has_errors
from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.entry import is_entry_message
from presales_repo.model.paths import ATTACHMENTS, COMMON, PROJECTS
from presales_repo.ops.changes import check_changes
from presales_repo.ops.decide import Blocked, clean_comment
from presales_repo.ops.lookup import find_document
from presales_repo.ops.session import Actor, Session, Work, find_actor, open_work, stamp, working_snapshot
from presales_repo.store.files import locked
from presales_repo.store.repository import require_main
from presales_repo.store.snapshot import Snapshot

_OURS = (f"{PROJECTS}/", f"{COMMON}/", f"{ATTACHMENTS}/", "policy/")


@dataclass(frozen=True, slots=True)
class Saved:
    """What was committed; `warnings`: findings that did not stop it."""

    commit: str
    paths: tuple[str, ...]
    warnings: tuple[Finding, ...]


def save(session: Session, numbers: Sequence[str], message: str) -> Saved:
    """Commit the changed documents (all, or those named) with their attachments.

    Raises Blocked when a rule is broken, PrsError W106 nothing changed, E115 to E117 the state of the clone.
    """
    message = clean_comment(message)
    if is_entry_message(message):
        raise PrsError("A210")
    with open_work(session) as work, locked(work.repository.lock):
        require_main(work.repository)
        snapshot = working_snapshot(work)
        wanted = _wanted(snapshot, numbers)
        if not wanted:
            raise PrsError("W106")
        findings = check_changes(work.policy, snapshot.narrowed(wanted)).findings
        if has_errors(findings):
            raise Blocked(list(findings))
        commit = commit_paths(work, find_actor(work), wanted, message)
        return Saved(commit, tuple(wanted), findings)


def _wanted(snapshot: Snapshot, numbers: Sequence[str]) -> list[str]:
    changed = sorted(path for path in snapshot.changes if path.startswith(_OURS))
    if not numbers:
        return changed
    chosen = []
    for number in numbers:
        path = find_document(snapshot, number).path
        # An old name of a renamed document goes with it.
        chosen += [
            item
            for item in changed
            if item == path or item.startswith(f"{ATTACHMENTS}/{number}/") or item.rsplit("/", 1)[-1].startswith(number)
        ]
    return list(dict.fromkeys(chosen))


def commit_paths(work: Work, actor: Actor, paths: Sequence[str], message: str) -> str:
    """One signed commit of exactly these paths, whatever else is staged; its id."""
    git = work.repository.git
    when = stamp(work.session, work.policy)
    date = f"{when[0]} {when[1]}"
    names = "\0".join(paths).encode("utf-8", "surrogateescape")
    listed = ("--pathspec-from-file=-", "--pathspec-file-nul")
    spec = actor.key.path or f"key::{actor.key.public.line()}"
    identity = ("-c", f"user.name={actor.person.name}", "-c", f"user.email={actor.person.email}",
                "-c", "gpg.format=ssh", "-c", f"user.signingkey={spec}")  # fmt: skip
    git.environment["GIT_LITERAL_PATHSPECS"] = "1"
    git.run("add", "--all", "--force", *listed, stdin=names)
    dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
    # The rules were asked just now, of the same bytes: git's hook need not ask again.
    git.run(*identity, "commit", "-q", "-S", "--no-verify", "-m", message, "--only", *listed, stdin=names, extra=dates)
    return git.text("rev-parse", "HEAD")
