"""`prs sync`: fetch, verify, reconcile numbers, merge main, push; again when somebody was faster."""

from __future__ import annotations

import os
import secrets
import time
from dataclasses import dataclass, replace

from presales_repo.errors import PrsError
from presales_repo.model.commit import parse_commit
from presales_repo.model.entry import Entry, parse_message
from presales_repo.ops.renumber import Renumbered, renumber_claims
from presales_repo.ops.session import Actor, Session, Work, find_actor, open_work, stamp
from presales_repo.ops.shared import MAIN_REF, follow, is_ancestor
from presales_repo.store.files import locked
from presales_repo.store.ledger import forget_unshared
from presales_repo.store.remote import (
    NONE,
    NUMBERS,
    REMOTE_APPROVED,
    REMOTE_MAIN,
    REMOTE_NUMBERS,
    RefUpdate,
    fetch,
    has_remote,
    push,
)
from presales_repo.store.repository import APPROVED, Repository, check_git, open_repository, require_main

_ROUNDS = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision of ours that has to be made again, because what it was about has moved meanwhile."""

    action: str
    number: str
    step: str
    code: str


@dataclass(frozen=True, slots=True)
class Synced:
    """What a sync did. `pushed`: refs that moved on the server."""

    entries: int
    merged: bool
    pushed: tuple[str, ...]
    renumbered: tuple[Renumbered, ...]
    asked_again: tuple[Asked, ...]


def sync(session: Session) -> Synced:
    """Exchange work with the shared repository.

    Raises PrsError E152 no remote, E150 not reachable, E151 too many lost races, W122 conflict in documents, W123
    unsaved changes in the way, W120 the server declined, A2xx the shared ledger does not verify.
    """
    repository = open_repository(session.directory, session.environment)
    try:
        check_git(repository.git)
        if not has_remote(repository.git):
            raise PrsError("E152")
        with locked(repository.lock):
            require_main(repository)
            lost: tuple[Asked, ...] = ()
            renumbered: tuple[Renumbered, ...] = ()
            for attempt in range(_ROUNDS):
                done = _round(session, repository)
                lost, renumbered = (*lost, *done.asked_again), (*renumbered, *done.renumbered)
                if done.entries >= 0:
                    return replace(done, asked_again=lost, renumbered=renumbered)
                time.sleep(secrets.randbelow(50) / 1000 * (attempt + 1))
        raise PrsError("E151")
    finally:
        repository.git.close()


def _round(session: Session, repository: Repository) -> Synced:
    """One try. `entries` -1: somebody was faster, try again."""
    git = repository.git
    before = git.resolve(APPROVED)
    if follow(repository) == "offline":
        fetch(git)  # says why
    unshared = _unshared_entries(repository)
    with open_work(session) as work:
        asked = _remake(work, unshared) if unshared else ()
        renumbered = renumber_claims(work)
        merged = _merge_main(work)
        entries = _count(repository, before)
        updates = _updates(repository)
    if not updates:
        return Synced(entries, merged, (), renumbered, asked)
    result = push(git, updates)
    if result.refused:
        raise PrsError("W120", detail=result.refused)
    if not result.ok:
        return Synced(-1, merged, (), renumbered, asked)
    fetch(git)
    return Synced(entries, merged, tuple(update.ref for update in updates), renumbered, asked)


def _count(repository: Repository, before: str | None) -> int:
    span = f"{before}..{APPROVED}" if before else APPROVED
    return int(repository.git.text("rev-list", "--first-parent", "--count", span))


def _unshared_entries(repository: Repository) -> list[Entry]:
    """Entries made here while the server could not be reached, when the shared ledger has moved on meanwhile.

    The local ledger then follows the shared one; the entries are kept under refs/prs/kept/ and made again.
    """
    git = repository.git
    local, shared = git.resolve(APPROVED), git.resolve(REMOTE_APPROVED)
    if not local or not shared or is_ancestor(git, local, shared) or is_ancestor(git, shared, local):
        return []
    base = git.text("merge-base", local, shared)
    oids = git.text("rev-list", "--first-parent", "--reverse", f"{base}..{local}").split()
    entries = []
    for oid in oids:
        blob = git.read(oid)
        if blob is not None and blob.data is not None:
            entries.append(parse_message(parse_commit(blob.data).message))
    kept = f"refs/prs/kept/approved/{local[:12]}"
    git.update_refs([(kept, local, git.resolve(kept) or NONE), (APPROVED, shared, local)], "prs: sync")
    forget_unshared(repository)
    return entries


def _remake(work: Work, entries: list[Entry]) -> tuple[Asked, ...]:
    """Make our own entries again on top of the shared ledger; name those that nobody may sign unasked."""
    actor = find_actor(work)
    asked = []
    for entry in entries:
        code = _remake_one(work, actor, entry)
        if code:
            asked.append(Asked(entry.action, entry.document, entry.step, code))
    return tuple(asked)


def _remake_one(work: Work, actor: Actor, entry: Entry) -> str:
    head = work.ledger.head
    if entry.signer != actor.person.id:
        return "A301"
    if entry.policy != head.policy.digest or not entry.document:
        return "A203"  # the policy moved: the decision may not be what it was
    again = replace(entry, sequence=head.sequence + 1)
    try:
        work.ledger.append(again, actor.person, actor.key, stamp(work.session, work.policy))
    except PrsError as error:
        return error.code
    return ""


def _merge_main(work: Work) -> bool:
    """Merge the shared main. Never a rebase: entries name the commits that hold their texts."""
    git = work.repository.git
    shared, local = git.resolve(REMOTE_MAIN), git.resolve(MAIN_REF)
    if not shared or not local or is_ancestor(git, shared, local):
        return False
    if is_ancestor(git, local, shared):
        done = git.run("merge", "--quiet", "--ff-only", shared, ok=(0, 1, 128))
    else:
        actor = find_actor(work)
        when = stamp(work.session, work.policy)
        dates = {"GIT_AUTHOR_DATE": f"{when[0]} {when[1]}", "GIT_COMMITTER_DATE": f"{when[0]} {when[1]}"}
        spec = actor.key.path or f"key::{actor.key.public.line()}"
        identity = ("-c", f"user.name={actor.person.name}", "-c", f"user.email={actor.person.email}",
                    "-c", "gpg.format=ssh", "-c", f"user.signingkey={spec}")  # fmt: skip
        done = git.run(*identity, "merge", "--quiet", "--no-edit", "--no-ff", "-S", "-m", "prs sync", shared,
                       ok=(0, 1, 128), extra=dates)  # fmt: skip
    if done.returncode != 0:
        _explain_failed_merge(work.repository, done.stderr)
    return True


def _explain_failed_merge(repository: Repository, stderr: bytes) -> None:
    """Put everything back, then say what stands in the way."""
    git = repository.git
    conflicts = git.paths("diff", "--name-only", "--diff-filter=U", "-z")
    if os.path.exists(os.path.join(repository.git_dir, "MERGE_HEAD")):
        git.run("merge", "--abort")
    if conflicts:
        raise PrsError("W122", paths=", ".join(conflicts))
    words = stderr.decode("utf-8", "replace").strip()
    if "would be overwritten" in words:
        raise PrsError("W123", detail=words.split("\n")[0])
    raise PrsError("W124", detail=words[-800:])


def _updates(repository: Repository) -> list[RefUpdate]:
    """The refs in which this clone is ahead of the server."""
    git = repository.git
    pairs = [(MAIN_REF, REMOTE_MAIN), (APPROVED, REMOTE_APPROVED)]
    listed = git.text("for-each-ref", "--format=%(refname)", NUMBERS).split()
    pairs += [(ref, REMOTE_NUMBERS + ref.removeprefix(NUMBERS)) for ref in listed]
    updates = []
    for ref, known in pairs:
        local, shared = git.resolve(ref), git.resolve(known)
        if local and local != shared and (shared is None or is_ancestor(git, shared, local)):
            updates.append(RefUpdate(ref, local, shared or NONE))
    return updates
