"""`prs dispose`: take the files of a published disposal request from main, in one commit that names it (销毁, R122).

The library lost them when the request was published. History keeps their bytes: real erasure is an administrator's
work outside of prs (A-22).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.doctype import DISPOSE
from presales_repo.model.ledger import DocumentState
from presales_repo.model.paths import ATTACHMENTS
from presales_repo.ops.lookup import require_number
from presales_repo.ops.session import Session, Work, find_actor, ident, open_work, stamp, working_snapshot
from presales_repo.ops.shared import require_newest_main
from presales_repo.store.files import remove_file
from presales_repo.store.repository import require_main
from presales_repo.store.snapshot import DELETED
from presales_repo.store.worktree import commit_paths


@dataclass(frozen=True, slots=True)
class Disposed:
    """What was removed from main. `commit`: "" when nothing was left to remove."""

    request: str
    numbers: tuple[str, ...]
    paths: tuple[str, ...]
    commit: str


def dispose(session: Session, request: str) -> Disposed:
    """Remove the files that a request names. Run again after a crash, it removes what is left.

    Raises PrsError W312 no published disposal request, W313 not its author nor a document controller, W101 one of the
    files has changes that are not saved.
    """
    with open_work(session, deciding=True) as work:
        state = work.ledger.document(require_number(request))
        if state is None or state.release is None or state.upkeep is None or state.upkeep.effect != DISPOSE:
            raise PrsError("W312", number=request)
        actor = find_actor(work)
        allowed = (*state.release.authors, *work.policy.trackers)
        if actor.person.id not in state.release.authors and not set(work.policy.trackers) & set(actor.person.roles):
            raise PrsError("W313", number=request, person=actor.person.id, allowed=", ".join(allowed))
        require_newest_main(work.repository, work.mode)
        numbers = state.upkeep.targets
        paths = _files_of(work, numbers)
        present = _present(work, paths)
        head = require_main(work.repository)
        if not paths:
            return Disposed(request, numbers, (), "")
        for path in present:
            remove_file(work.repository.root, path)
        note = f"prs dispose {request}: {', '.join(numbers)}"
        who = ident(actor.person, stamp(session, work.policy))
        commit = commit_paths(work.repository, head, paths, note, who, actor.key)
        return Disposed(request, numbers, tuple(paths), commit)


def _files_of(work: Work, numbers: Sequence[str]) -> list[str]:
    """The committed files of documents: their texts and all below their folders of attachments."""
    states = [state for number in numbers if (state := work.ledger.document(number)) is not None]
    wanted = [pattern for state in states for pattern in _patterns(state)]
    return work.repository.git.paths("ls-tree", "-r", "-z", "--name-only", "HEAD", "--", *wanted)


def _patterns(state: DocumentState) -> list[str]:
    release = state.release
    return [f"{ATTACHMENTS}/{state.number}/", *([release.path] if release else [])]


def _present(work: Work, paths: Sequence[str]) -> list[str]:
    """Those of the files that are still there. Raises PrsError W101 when one was edited and not saved."""
    changes = working_snapshot(work).changes
    changed = [path for path in paths if path in changes and changes[path].mode != DELETED]
    if changed:
        raise PrsError("W101", path=changed[0], number="")
    return [path for path in paths if path not in changes]
