"""What a server accepts: the law behind the client hooks. Judges a push before any ref moves.

Nothing is taken from the pusher but objects and ref names; the policy that judges is the one in force before it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass

from presales_repo.codes import severity_of
from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.commit import parse_commit_loose
from presales_repo.model.entry import is_entry_message
from presales_repo.model.ledger import DocumentState
from presales_repo.model.policy import Person, Policy, build_policy, owner_of
from presales_repo.model.sshsig import parse_signature
from presales_repo.model.sshverify import verify
from presales_repo.model.upkeep import Standing, standing_of
from presales_repo.ops.changes import check_changes
from presales_repo.ops.editing import commit_findings
from presales_repo.store.files import locked
from presales_repo.store.git import EMPTY_TREE
from presales_repo.store.index import Index
from presales_repo.store.ledger import Ledger, advance, open_ledger
from presales_repo.store.repository import APPROVED, MAIN, Repository, open_bare
from presales_repo.store.reserve import check_claims, reservation_parts
from presales_repo.store.snapshot import Snapshot, range_changes
from presales_repo.store.verifier import ObjectReader

NONE = "0" * 40
_MAIN_REF = f"refs/heads/{MAIN}"
_PROTECTED = (_MAIN_REF, APPROVED)
# Names that clones keep below refs/remotes/origin/: HEAD there is a link to main, through which git would write.
_TAKEN_NAMES = (MAIN, "approved", "head")
_ALWAYS = 1 << 62  # a position behind every entry: a key revoked at any position is revoked there


@dataclass(frozen=True, slots=True)
class Update:
    """One line of git's pre-receive: a ref, the id it has (NONE: new) and the id it shall have (NONE: delete)."""

    ref: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """Who may have signed commits on main: the policy in force after the push, and the `earlier` ones when the push
    brings a whole history; `document`: what the ledger then knows of one."""

    policy: Policy
    document: Callable[[str], DocumentState | None]
    earlier: tuple[Policy, ...] = ()

    def standing(self, number: str, _path: str) -> Standing | None:
        """How a document is read-only after the push."""
        return standing_of(self.document(number))


def parse_updates(text: str) -> list[Update]:
    """`<old> <new> <ref>` a line, as githooks(5) describes them.

    Raises PrsError W119 for a line of another form and for a ref named twice: git would move it once for each, and
    only one of the two would have been judged.
    """
    updates: dict[str, Update] = {}
    for line in text.rstrip("\n").split("\n"):
        words = line.split(" ", 2)
        if len(words) != 3 or words[2] in updates:
            raise PrsError("W119", ref=words[-1])
        updates[words[2]] = Update(words[2], words[0], words[1])
    return list(updates.values())


def receive(directory: str, environment: Mapping[str, str], updates: Sequence[Update]) -> list[Finding]:
    """Why a push is refused; an empty list accepts it. Raises PrsError for what could not be judged at all."""
    findings = [Finding("W119", "", 0, 0, {"ref": update.ref}) for update in updates if not _may_be_named(update.ref)]
    if findings:
        return findings
    repository = open_bare(directory, environment)
    try:
        findings = [finding for update in updates for finding in _check_move(repository, update)]
        return findings or _check_contents(repository, {update.ref: update for update in updates})
    finally:
        repository.git.close()


def _is_protected(ref: str) -> bool:
    return ref in _PROTECTED or reservation_parts(ref) is not None


def _may_be_named(ref: str) -> bool:
    """Protected refs, and work branches that no clone, on any file system, mistakes for them."""
    first = ref.removeprefix("refs/heads/").split("/")[0]
    taken = unicodedata.normalize("NFKC", first).casefold() in _TAKEN_NAMES
    return _is_protected(ref) or (ref.startswith("refs/heads/") and not taken)


def _check_move(repository: Repository, update: Update) -> list[Finding]:
    """Protected refs only grow."""
    if not _is_protected(update.ref):
        return []
    if update.new == NONE:
        return [Finding("W110", "", 0, 0, {"ref": update.ref})]
    if update.old != NONE and not _is_ancestor(repository, update.old, update.new):
        return [Finding("W111", "", 0, 0, {"ref": update.ref})]
    return []


def _is_ancestor(repository: Repository, old: str, new: str) -> bool:
    return repository.git.run("merge-base", "--is-ancestor", old, new, ok=(0, 1, 128)).returncode == 0


def _check_contents(repository: Repository, updates: Mapping[str, Update]) -> list[Finding]:
    """Claims of numbers first: they need neither ledger nor register, and are what most pushes are.

    The rest is judged one push after another: two at once would bring the register of the same file to two trees.
    """
    claims = [update for update in updates.values() if reservation_parts(update.ref)]
    for update in claims:
        if update.old != NONE:
            check_claims(repository.git, update.ref, update.old, update.new)
    first = [update for update in claims if update.old == NONE]
    if not first and not any(ref in updates for ref in _PROTECTED):
        return []
    with (
        locked(repository.lock),
        closing(Index(repository.git, repository.private("index.sqlite"))) as index,
        _known_ledger(repository) as known,
    ):
        _require_current(repository, updates)
        rule = _check_ledger(repository, known, updates)
        for update in first:
            index.refresh(_tree_of_main(repository, updates))
            check_claims(repository.git, update.ref, NONE, update.new, index.highest)
        return _check_main(repository, index, rule, updates) if _MAIN_REF in updates else []


def _require_current(repository: Repository, updates: Mapping[str, Update]) -> None:
    """Judged is what the push would change, so it has to start where the refs are: `old` is the pusher's word, and
    another push may have been let in while this one waited. Raises PrsError W130."""
    for ref in _PROTECTED:
        if ref in updates and (repository.git.resolve(ref) or NONE) != updates[ref].old:
            raise PrsError("W130", ref=ref)


@contextmanager
def _known_ledger(repository: Repository) -> Iterator[Ledger | None]:
    """The ledger before the push, None before the first."""
    ledger = open_ledger(repository) if repository.git.resolve(APPROVED) else None
    with closing(ledger) if ledger else nullcontext():
        yield ledger


def _tree_of_main(repository: Repository, updates: Mapping[str, Update]) -> str:
    """The tree of main before the push; of the main that it brings, when it is the first."""
    main = repository.git.resolve(_MAIN_REF) or (updates[_MAIN_REF].new if _MAIN_REF in updates else "")
    return (main and repository.git.resolve(f"{main}^{{tree}}")) or EMPTY_TREE


def _check_ledger(repository: Repository, known: Ledger | None, updates: Mapping[str, Update]) -> _Rule:
    """Verify the entries that a push adds; the policy in force after them.

    Raises PrsError W127 when there is no ledger yet and the push brings none, A250 for an entry without its text on
    main, A1xx to A4xx for one that does not verify.
    """
    if APPROVED not in updates:
        if known is None:
            raise PrsError("W127")
        return _Rule(known.policy, known.document)
    reader = ObjectReader(repository.git)
    head, contents, document = advance(repository, known, reader, updates[APPROVED].new)
    main = updates[_MAIN_REF].new if _MAIN_REF in updates else repository.git.resolve(_MAIN_REF)
    for content in contents:
        if content and (main is None or not _is_ancestor(repository, content, main)):
            raise PrsError("A250", commit=content)
    return _Rule(head.policy, document, () if known else tuple(map(build_policy, reader.policies.values())))


def _check_main(repository: Repository, index: Index, rule: _Rule, updates: Mapping[str, Update]) -> list[Finding]:
    """Every commit that main gains is signed; what they change together holds to the rules."""
    git, update = repository.git, updates[_MAIN_REF]
    span = [update.new] if update.old == NONE else [f"{update.old}..{update.new}"]
    approved = updates[APPROVED].new if APPROVED in updates else APPROVED
    refused: list[Finding] = []
    for commit in git.text("rev-list", *span).split():
        person = _check_commit(repository, rule, commit)
        if update.old != NONE:  # a history that is brought whole was judged where it was made
            refused += commit_findings(git, approved, rule.policy, person, commit)
    if refused:
        return refused
    base = EMPTY_TREE if update.old == NONE else _tree_of_main(repository, updates)
    changes = range_changes(git, base, git.resolve(f"{update.new}^{{tree}}") or EMPTY_TREE)
    reserved = {ref: item.new for ref, item in updates.items()}
    snapshot = Snapshot(git, index, base, changes, reservations=reserved, standing=rule.standing)
    found = check_changes(rule.policy, snapshot).findings
    return [finding for finding in found if severity_of(finding.code) == "error"]


def _check_commit(repository: Repository, rule: _Rule, oid: str) -> Person:
    """Whose commit it is: one on main is signed by somebody of the policy, shows their address, and is no entry of
    the ledger."""
    commit = parse_commit_loose(ObjectReader(repository.git).read(oid, "commit"))
    if is_entry_message(commit.message):
        raise PrsError("W112", ref=MAIN, entry=oid)
    if commit.signature is None:
        raise PrsError("A251", commit=oid)
    key = verify(parse_signature(commit.signature), commit.payload)
    owners = [owner_of(policy, key, _ALWAYS) for policy in (rule.policy, *rule.earlier)]
    emails = [person.email for person in owners if person]
    if not emails:
        raise PrsError("A301", fingerprint=key.fingerprint(), entry=oid)
    if commit.committer.email not in emails:
        raise PrsError("A207", found=commit.committer.email, expected=emails[0], entry=oid)
    return next(person for person in owners if person)
