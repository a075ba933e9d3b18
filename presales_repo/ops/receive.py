"""What a server accepts: the law behind the client hooks. Judges a push before any ref moves.

Nothing is taken from the pusher but objects and ref names; the policy that judges is the one in force before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from presales_repo.codes import severity_of
from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.commit import parse_commit_loose
from presales_repo.model.entry import is_entry_message
from presales_repo.model.policy import Policy, owner_of
from presales_repo.model.sshsig import parse_signature
from presales_repo.model.sshverify import verify
from presales_repo.ops.changes import check_changes
from presales_repo.store.index import Index
from presales_repo.store.ledger import Ledger, advance, open_ledger
from presales_repo.store.git import EMPTY_TREE
from presales_repo.store.repository import APPROVED, MAIN, Repository, open_bare
from presales_repo.store.reserve import check_claims, reservation_parts
from presales_repo.store.snapshot import Snapshot, range_changes
from presales_repo.store.verifier import ObjectReader

NONE = "0" * 40
_MAIN_REF = f"refs/heads/{MAIN}"
_PROTECTED_NAMES = ("refs/heads/main", "refs/heads/approved")


@dataclass(frozen=True, slots=True)
class Update:
    """One line of git's pre-receive: a ref, the id it has (NONE: new) and the id it shall have (NONE: delete)."""

    ref: str
    old: str
    new: str


def parse_updates(lines: Sequence[str]) -> list[Update]:
    """`<old> <new> <ref>` a line."""
    words = [line.split(" ", 2) for line in lines if line]
    return [Update(item[2], item[0], item[1]) for item in words if len(item) == 3]


def receive(directory: str, environment: Mapping[str, str], updates: Sequence[Update]) -> list[Finding]:
    """Why a push is refused; an empty list accepts it. Raises PrsError for what could not be judged at all."""
    repository = open_bare(directory, environment)
    try:
        findings = [finding for update in updates for finding in _check_ref(repository, update)]
        return findings or _check_contents(repository, {update.ref: update for update in updates})
    finally:
        repository.git.close()


def _check_ref(repository: Repository, update: Update) -> list[Finding]:
    """Names and fast-forwards, before anything is read."""
    branch = update.ref.startswith("refs/heads/")
    lookalike = update.ref.casefold() in _PROTECTED_NAMES and update.ref not in _PROTECTED_NAMES
    protected = update.ref in _PROTECTED_NAMES or reservation_parts(update.ref) is not None
    if lookalike or not (branch or protected):
        return [Finding("W119", "", 0, 0, {"ref": update.ref})]
    if not protected:
        return []
    if update.new == NONE:
        return [Finding("W110", "", 0, 0, {"ref": update.ref})]
    if update.old != NONE and not _is_ancestor(repository, update.old, update.new):
        return [Finding("W111", "", 0, 0, {"ref": update.ref})]
    return []


def _is_ancestor(repository: Repository, old: str, new: str) -> bool:
    return repository.git.run("merge-base", "--is-ancestor", old, new, ok=(0, 1, 128)).returncode == 0


def _check_contents(repository: Repository, updates: Mapping[str, Update]) -> list[Finding]:
    findings: list[Finding] = []
    for update in updates.values():
        if reservation_parts(update.ref) is not None:
            check_claims(repository.git, update.ref, update.old, update.new)
    main = updates.get(_MAIN_REF)
    head_of_main = main.new if main else repository.git.resolve(_MAIN_REF)
    policy = _check_ledger(repository, updates.get(APPROVED), head_of_main)
    if main is not None and policy is not None:
        reserved = {update.ref: update.new for update in updates.values()}
        findings += _check_main(repository, policy, main, reserved)
    return findings


def _check_ledger(repository: Repository, update: Update | None, main: str | None) -> Policy | None:
    """Verify the entries that a push adds; the policy in force after them. Raises PrsError when one does not hold."""
    reader = ObjectReader(repository.git)
    known: Ledger | None = None
    if repository.git.resolve(APPROVED) is not None:
        known = open_ledger(repository)
    if update is None:
        return known.policy if known else None
    head, entries = advance(repository, known, reader, update.new)
    for content in entries:
        if content and (main is None or not _is_ancestor(repository, content, main)):
            raise PrsError("A250", commit=content)
    return head.policy


def _check_main(repository: Repository, policy: Policy, update: Update, reserved: Mapping[str, str]) -> list[Finding]:
    span = [update.new] if update.old == NONE else [f"{update.old}..{update.new}"]
    for commit in repository.git.text("rev-list", *span).split():
        _check_commit(repository, policy, commit)
    base = EMPTY_TREE if update.old == NONE else repository.git.resolve(f"{update.old}^{{tree}}") or EMPTY_TREE
    tree = repository.git.resolve(f"{update.new}^{{tree}}") or EMPTY_TREE
    index = Index(repository.git, repository.private("index.sqlite"))
    try:
        snapshot = Snapshot(
            repository.git, index, base, range_changes(repository.git, base, tree), reservations=reserved
        )
        found = check_changes(policy, snapshot).findings
    finally:
        index.close()
    return [finding for finding in found if severity_of(finding.code) == "error"]


def _check_commit(repository: Repository, policy: Policy, oid: str) -> None:
    """A commit on main is signed by somebody of the policy, shows their address, and is no entry of the ledger."""
    commit = parse_commit_loose(ObjectReader(repository.git).read(oid, "commit"))
    if is_entry_message(commit.message):
        raise PrsError("W112", ref=MAIN, entry=oid)
    if commit.signature is None:
        raise PrsError("A251", commit=oid)
    key = verify(parse_signature(commit.signature), commit.payload)
    person = owner_of(policy, key, 1 << 62)
    if person is None:
        raise PrsError("A301", fingerprint=key.fingerprint(), entry=oid)
    if commit.committer.email != person.email:
        raise PrsError("A207", found=commit.committer.email, expected=person.email, entry=oid)
