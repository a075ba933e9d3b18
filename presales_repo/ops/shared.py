"""Working with the shared repository: follow what others did, publish what we did, lose races cleanly."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from presales_repo.errors import PrsError
from presales_repo.store.git import Git
from presales_repo.store.ledger import advance, open_ledger
from presales_repo.store.remote import (
    NONE,
    NUMBERS,
    REMOTE_APPROVED,
    REMOTE_MAIN,
    REMOTE_NUMBERS,
    RefUpdate,
    fetch,
    fetch_ref,
    has_remote,
    push,
    push_in_order,
)
from presales_repo.store.repository import APPROVED, MAIN, Repository, require_ledger
from presales_repo.store.reserve import Share, reservation_ref
from presales_repo.store.verifier import ObjectReader

MAIN_REF = f"refs/heads/{MAIN}"
Publish = Callable[[str, str], bool]


def is_ancestor(git: Git, old: str, new: str) -> bool:
    """Whether `new` contains `old`."""
    return git.run("merge-base", "--is-ancestor", old, new, ok=(0, 1, 128)).returncode == 0


def follow(repository: Repository) -> str:
    """Fetch, and move the local ledger forward to the shared one where that is a plain step ahead.

    "shared" when the server answered, "alone" without one, "offline" when it could not be reached. Raises PrsError
    E113, E114 before anything is fetched, A230 when the shared ledger lost entries that it had, A1xx to A4xx when what
    is new in it does not verify.
    """
    require_ledger(repository)
    git = repository.git
    if not has_remote(git):
        return "alone"
    before = git.resolve(REMOTE_APPROVED)
    try:
        fetch(git)
    except PrsError as error:
        if error.code != "E150":
            raise
        return "offline"
    after = git.resolve(REMOTE_APPROVED)
    try:
        if before and (after is None or not is_ancestor(git, before, after)):
            raise PrsError("A230", sequence="-", remembered=before, found=after or "-")
        _follow_ledger(repository, after)
    except PrsError:
        # Remembered as it was: the next command finds the same, until the server is mended.
        git.update_refs([(REMOTE_APPROVED, before or NONE, after or NONE)], "prs: not followed")
        raise
    return "shared"


def _follow_ledger(repository: Repository, shared: str | None) -> None:
    """Move the local ledger to the shared one, once what is new there verifies."""
    git = repository.git
    local = git.resolve(APPROVED)
    if shared is None or local == shared or (local and not is_ancestor(git, local, shared)):
        return
    if local:
        with closing(open_ledger(repository)) as known:
            advance(repository, known, ObjectReader(git), shared)
    git.update_refs([(APPROVED, shared, local or NONE)], "prs: follow origin")


def publisher(repository: Repository, mode: str, content: str = "") -> Publish | None:
    """What shares an entry before it counts here; None when there is nobody to share it with (yet).

    With `content` the text on main goes along, and the claims of numbers with it, so that no entry ever stands on the
    server without its text. Raises PrsError W121 when main or numbers on the server went another way, W120 when the
    server declines.
    """
    if mode != "shared":
        return None
    git = repository.git

    def publish(new: str, old: str) -> bool:
        known = git.resolve(REMOTE_APPROVED)
        if known not in (old, None):
            return False
        before = _before_entry(git, content) if content else []
        result = push_in_order(git, [*before, RefUpdate(APPROVED, new, known or NONE)])
        if result.refused:
            raise PrsError("W120", detail=result.refused)
        return result.ok

    return publish


def _before_entry(git: Git, content: str) -> list[RefUpdate]:
    """What the server must have when an entry on `content` arrives."""
    updates = claims_ahead(git)
    if updates is None:
        raise PrsError("W121")
    known = git.resolve(REMOTE_MAIN)
    if known is not None and is_ancestor(git, content, known):
        return updates
    if known is not None and not is_ancestor(git, known, content):
        raise PrsError("W121")
    return [*updates, RefUpdate(MAIN_REF, content, known or NONE)]


def require_newest_main(repository: Repository, mode: str) -> None:
    """Whether main here holds what the server's does, so that a commit made now can be shared at once. Raises PrsError
    W121 when `prs sync` has to come first."""
    git = repository.git
    known = git.resolve(REMOTE_MAIN) if mode == "shared" else None
    if known is not None and not is_ancestor(git, known, MAIN_REF):
        raise PrsError("W121")


def claims_ahead(git: Git) -> list[RefUpdate] | None:
    """Claims of numbers that the server does not have yet; None when it went another way, so that some are lost."""
    updates = []
    for ref in git.text("for-each-ref", "--format=%(refname)", NUMBERS).split():
        local, shared = git.resolve(ref), git.resolve(REMOTE_NUMBERS + ref.removeprefix(NUMBERS))
        if local is None or local == shared or (shared and is_ancestor(git, local, shared)):
            continue
        if shared and not is_ancestor(git, shared, local):
            return None
        updates.append(RefUpdate(ref, local, shared or NONE))
    return updates


def claimer(repository: Repository, stage: str, period: str) -> Share | None:
    """How a number is claimed at the shared repository; None without one, or when it cannot be reached: the number is
    then provisional, and `prs sync` settles it."""
    git = repository.git
    ref = reservation_ref(stage, period)
    if not has_remote(git) or not _follow_claims(git, ref):
        return None

    def share(name: str, new: str, old: str) -> bool:
        result = push(git, [RefUpdate(name, new, old)])
        if result.refused:
            raise PrsError("W120", detail=result.refused)
        if not result.ok:
            _follow_claims(git, ref)
        return result.ok

    return share


def _follow_claims(git: Git, ref: str) -> bool:
    """Bring one reservation up to date; False when the server cannot be reached, or when claims were made here
    without it: they are for `prs sync` to settle."""
    shared_ref = REMOTE_NUMBERS + ref.removeprefix(NUMBERS)
    if not fetch_ref(git, ref, shared_ref):
        return False
    local, shared = git.resolve(ref), git.resolve(shared_ref)
    if local == shared:
        return True
    if local and (shared is None or not is_ancestor(git, local, shared)):
        return False
    return git.update_refs([(ref, shared or NONE, local or NONE)], "prs: follow origin")
