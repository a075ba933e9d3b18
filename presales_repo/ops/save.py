"""Commit changed documents for people who do not want to know git: the same rules as in the hook, then one commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from presales_repo.codes import has_errors
from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.entry import is_entry_message
from presales_repo.model.paths import ATTACHMENTS, COMMON, PROJECTS
from presales_repo.ops.changes import check_changes
from presales_repo.ops.decide import Blocked, require_words
from presales_repo.ops.editing import editing_findings
from presales_repo.ops.lookup import find_document
from presales_repo.ops.session import Session, find_actor, ident, open_work, stamp, working_snapshot
from presales_repo.rules.trace import UNFINISHED
from presales_repo.store.repository import APPROVED, require_main
from presales_repo.store.snapshot import Snapshot
from presales_repo.store.worktree import commit_paths

_OURS = (f"{PROJECTS}/", f"{COMMON}/", f"{ATTACHMENTS}/", "policy/")


@dataclass(frozen=True, slots=True)
class Saved:
    """What was committed; `warnings`: findings that did not stop it."""

    commit: str
    paths: tuple[str, ...]
    warnings: tuple[Finding, ...]


def save(session: Session, numbers: Sequence[str], message: str) -> Saved:
    """Commit the changed documents (all, or those named) with their attachments.

    Raises Blocked when a rule is broken, PrsError W106 nothing changed, W117 no message, A210 a message like a
    ledger entry's, E115 to E117 the state of the clone, A15x the key.
    """
    message = require_words(message, "-m")
    if is_entry_message(message):
        raise PrsError("A210")
    with open_work(session, exclusive=True) as work:
        head = require_main(work.repository)
        snapshot = working_snapshot(work)
        wanted = _wanted(snapshot, numbers)
        if not wanted:
            raise PrsError("W106")
        findings = check_changes(work.policy, snapshot.narrowed(wanted)).findings
        actor = find_actor(work)
        findings += tuple(editing_findings(work.repository.git, APPROVED, work.policy, actor.person, snapshot, wanted))
        if has_errors(item for item in findings if item.code not in UNFINISHED):
            raise Blocked(list(findings))
        who = ident(actor.person, stamp(session, work.policy))
        commit = commit_paths(work.repository, head, wanted, message, who, actor.key)
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
