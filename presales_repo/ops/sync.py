"""`prs sync`: fetch, verify, reconcile numbers, merge main, push; again when somebody was faster."""

from __future__ import annotations

import os
import secrets
import subprocess
import time
from collections.abc import Collection
from dataclasses import dataclass, replace

from presales_repo.errors import PrsError
from presales_repo.model.commit import parse_commit
from presales_repo.model.entry import Entry, parse_message
from presales_repo.ops.renumber import KEPT, Renumbered, lost_numbers, renumber_claims
from presales_repo.ops.session import Actor, Session, Work, find_actor, open_work, stamp
from presales_repo.ops.shared import MAIN_REF, claims_ahead, follow, is_ancestor
from presales_repo.store.files import locked
from presales_repo.store.git import Git
from presales_repo.store.ledger import forget_unshared
from presales_repo.store.remote import (
    NONE,
    REMOTE_APPROVED,
    REMOTE_MAIN,
    RefUpdate,
    fetch,
    has_remote,
    push_in_order,
)
from presales_repo.store.repository import APPROVED, Repository, check_git, open_repository, require_main
from presales_repo.store.undo import take_back
from presales_repo.store.verifier import ObjectReader

_UNSHARED = "refs/prs/unshared"  # entries that are just being made again: a crash on the way loses none
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
            return _until_pushed(session, repository)
    finally:
        repository.git.close()


def _until_pushed(session: Session, repository: Repository) -> Synced:
    take_back(repository)
    _finish_merge(session, repository)
    require_main(repository)
    before = repository.git.resolve(APPROVED)
    done, lost = Synced(0, False, (), (), ()), ""
    for attempt in range(_ROUNDS):
        done = _reconcile(session, repository, done)
        updates = _updates(repository)
        result = push_in_order(repository.git, updates)
        if result.refused:
            raise PrsError("W120", detail=result.refused)
        if result.ok:
            fetch(repository.git)
            pushed = tuple(update.ref for update in updates)
            return replace(done, pushed=pushed, entries=_count(repository, before))
        lost = result.lost
        time.sleep(secrets.randbelow(50) / 1000 * (attempt + 1))
    raise PrsError("E151", detail=lost)


def _reconcile(session: Session, repository: Repository, done: Synced) -> Synced:
    """Bring what the server has and what we have together here; `done` is what earlier rounds did."""
    if follow(repository) == "offline":
        fetch(repository.git)  # says why
    lost = lost_numbers(repository.git)
    unshared = _unshared_entries(repository, lost)
    with open_work(session) as work:
        asked = _remake(work, unshared, lost) if unshared else ()
        _keep_unshared(repository.git)
        renumbered = renumber_claims(work)
        merged = _merge_main(work)
    return Synced(0, done.merged or merged, (), (*done.renumbered, *renumbered), (*done.asked_again, *asked))


def _finish_merge(session: Session, repository: Repository) -> None:
    """Commit a merge with the shared main whose conflicts somebody has settled (W122 tells them how)."""
    git = repository.git
    head = os.path.join(repository.git_dir, "MERGE_HEAD")
    if not os.path.exists(head) or git.resolve("MERGE_HEAD") != git.resolve(REMOTE_MAIN):
        return
    open_files = git.paths("diff", "--name-only", "--diff-filter=U", "-z")
    if open_files:
        raise PrsError("W129", paths=", ".join(open_files))
    with open_work(session) as work:
        done = _commit_as(work, "commit", "--quiet", "--no-edit", "-S")
        if done.returncode != 0:
            raise PrsError("W124", detail=done.stderr.decode("utf-8", "replace").strip()[-800:])


def _count(repository: Repository, before: str | None) -> int:
    """How many entries came, made here or elsewhere."""
    return int(
        repository.git.text("rev-list", "--first-parent", "--count", APPROVED, *([f"^{before}"] if before else []))
    )


def _unshared_entries(repository: Repository, lost: Collection[str]) -> list[Entry]:
    """Entries made here while the server could not be reached, when they cannot stay as they are: the shared ledger
    has moved on meanwhile, or they are about a number that is lost.

    The local ledger then follows the shared one; the entries are kept under refs/prs/kept/ and made again.
    """
    git = repository.git
    local, shared = git.resolve(APPROVED), git.resolve(REMOTE_APPROVED)
    pending = git.resolve(_UNSHARED)
    if not local or not shared:
        return []
    if pending:
        return _entries_between(git, shared, pending)
    entries = _entries_between(git, shared, local)
    if is_ancestor(git, shared, local) and not any(entry.document in lost for entry in entries):
        return []
    git.update_refs([(_UNSHARED, local, NONE), (APPROVED, shared, local)], "prs: sync")
    forget_unshared(repository)
    return entries


def _entries_between(git: Git, shared: str, local: str) -> list[Entry]:
    oids = git.text("rev-list", "--first-parent", "--reverse", f"{shared}..{local}").split()
    reader = ObjectReader(git)
    return [parse_message(parse_commit(reader.read(oid, "commit")).message) for oid in oids]


def _keep_unshared(git: Git) -> None:
    """Every entry was made again or asked for: the old ones stay for whoever wants to look."""
    tip = git.resolve(_UNSHARED)
    if tip is not None:
        kept = f"{KEPT}approved/{tip[:12]}"
        git.update_refs([(kept, tip, git.resolve(kept) or NONE), (_UNSHARED, NONE, tip)], "prs: sync")


def _remake(work: Work, entries: list[Entry], lost: Collection[str]) -> tuple[Asked, ...]:
    """Make our own entries again on top of the shared ledger; name those that nobody may sign unasked."""
    actor = find_actor(work)
    asked = []
    for entry in entries:
        code = "W125" if entry.document in lost else _remake_one(work, actor, entry)
        if code:
            asked.append(Asked(entry.action, entry.document or entry.project, entry.step, code))
    return tuple(asked)


def _remake_one(work: Work, actor: Actor, entry: Entry) -> str:
    head = work.ledger.head
    if entry.signer != actor.person.id:
        return "A301"
    if entry.policy != head.policy.digest or not (entry.document or entry.project):
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
        done = _commit_as(work, "merge", "--quiet", "--no-ff", "-S", "-m", "prs sync", shared)
    if done.returncode != 0:
        _explain_failed_merge(work.repository, done.stderr)
    return True


def _commit_as(work: Work, *command: str) -> subprocess.CompletedProcess[bytes]:
    """Run a git command that makes a signed commit of the person whose key is at hand."""
    actor = find_actor(work)
    seconds, zone = stamp(work.session, work.policy)
    dates = {"GIT_AUTHOR_DATE": f"{seconds} {zone}", "GIT_COMMITTER_DATE": f"{seconds} {zone}"}
    spec = actor.key.path or f"key::{actor.key.public.line()}"
    identity = ("-c", f"user.name={actor.person.name}", "-c", f"user.email={actor.person.email}",
                "-c", "gpg.format=ssh", "-c", f"user.signingkey={spec}")  # fmt: skip
    return work.repository.git.run(*identity, *command, ok=(0, 1, 128), extra=dates)


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
        named = [line.strip() for line in words.split("\n") if line.startswith("\t")]
        raise PrsError("W123", paths=", ".join(named) or words.split("\n")[0])
    raise PrsError("W124", detail=words[-800:])


def _updates(repository: Repository) -> list[RefUpdate]:
    """The refs in which this clone is ahead of the server."""
    git = repository.git
    updates = claims_ahead(git) or []
    for ref, known in ((MAIN_REF, REMOTE_MAIN), (APPROVED, REMOTE_APPROVED)):
        local, shared = git.resolve(ref), git.resolve(known)
        if local and local != shared and (shared is None or is_ancestor(git, shared, local)):
            updates.append(RefUpdate(ref, local, shared or NONE))
    return updates
