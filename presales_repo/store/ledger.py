"""The ledger of one clone: verified up to its tip, ready to be asked, and extended by one signed entry."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.commit import Ident, attach_signature, build_commit
from presales_repo.model.entry import Entry, format_message
from presales_repo.model.ledger import DocumentState, Head
from presales_repo.model.policy import Person, Policy, build_policy, keys_of
from presales_repo.model.replay import Outcome, Stamp
from presales_repo.store.files import write_file
from presales_repo.store.ledgercache import LedgerCache
from presales_repo.store.objects import change_tree, new_object, write_objects
from presales_repo.store.repository import APPROVED, Repository, require_ledger
from presales_repo.store.sign import SigningKey, sign
from presales_repo.store.verifier import ObjectReader, judge_entry, next_head, verify_entry, verify_genesis

ALLOWED_SIGNERS = "allowed_signers"
_ZERO = "0" * 40
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an entry does not verify."""

    commit: str
    error: PrsError


class Ledger:
    """A verified ledger. `head` is its position; states come from the cache, one document at a time.

    `first_contact`: this clone saw the ledger for the first time, and pinned its genesis.
    """

    def __init__(self, repository: Repository, cache: LedgerCache, head: Head, reader: ObjectReader) -> None:
        self.repository = repository
        self.head = head
        self.reader = reader
        self._cache = cache
        self.first_contact = False

    @property
    def policy(self) -> Policy:
        """The policy in force."""
        return self.head.policy

    def document(self, number: str) -> DocumentState | None:
        """What the ledger knows of one document."""
        return self._cache.document(number)

    def documents(self, *, only_open: bool = False) -> Iterator[DocumentState]:
        """All documents that the ledger knows."""
        return self._cache.documents(only_open=only_open)

    def judge(self, entry: Entry, stamp: Stamp) -> Outcome:
        """What an entry would do at this position. Raises PrsError when it may not be made."""
        return judge_entry(self.reader, self.head, entry, stamp, self.document)

    def append(
        self,
        entry: Entry,
        person: Person,
        key: SigningKey,
        when: tuple[int, str],
        publish: Callable[[str, str], bool] | None = None,
    ) -> str | None:
        """Judge, sign and write one entry; the commit's id, or None when somebody else's entry came first.

        `publish` (new tip, old tip) shares the entry before it counts here; False: somebody was faster.
        """
        git = self.repository.git
        outcome = self.judge(entry, Stamp("", *when))
        tree, trees = change_tree(self.reader.tree, self.head.tree, outcome.changes)
        ident = Ident(person.name, person.email, *when)
        payload = build_commit(tree, [self.head.tip, entry.content], ident, ident, format_message(entry))
        commit = new_object("commit", attach_signature(payload, sign(payload, key)))
        write_objects(git, [*trees, commit])
        if publish is not None and not publish(commit.oid, self.head.tip):
            return None
        if not git.update_refs([(APPROVED, commit.oid, self.head.tip)], f"prs: {entry.action}"):
            return None
        # The same outcome again, with the id that was not known before signing.
        outcome = self.judge(entry, Stamp(commit.oid, *when))
        head = next_head(self.head, entry, outcome, commit.oid, tree)
        states = [outcome.state] if outcome.state else []
        _remember(self.repository, self._cache, self.reader, self.head, head, states)
        self.head = head
        return commit.oid

    def close(self) -> None:
        """Release the cache file."""
        self._cache.close()


def cache_path(repository: Repository) -> str:
    """Where this clone's verified state is kept: named by its place and an id made at first contact, so that a
    repository made anew in the same folder is not mistaken for the old one."""
    id_file = repository.private("id")
    try:
        with open(id_file, encoding="ascii") as file:
            clone = file.read().strip()
    except FileNotFoundError:
        clone = secrets.token_hex(16)
        write_file(repository.git_dir, "prs/id", clone.encode(), replace=True)
    name = hashlib.sha256(f"{repository.git_dir}\n{clone}".encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return os.path.join(repository.state, "clones", f"{name}.sqlite")


def open_ledger(repository: Repository, progress: Progress | None = None) -> Ledger:
    """Verify what is new since the last command and open the ledger.

    Raises PrsError: the first problem found (A1xx to A4xx), A230 when the ledger was rewound or rewritten since
    this clone last verified it, A231 when its genesis was exchanged.
    """
    tip = require_ledger(repository)
    cache = LedgerCache(cache_path(repository))
    reader = ObjectReader(repository.git)
    pinned = cache.remembered_ledger
    head = cache.head()
    if head is None or head.tip != tip:
        head = _catch_up(repository, cache, reader, head, tip, progress)
    ledger = Ledger(repository, cache, head, reader)
    ledger.first_contact = pinned is None
    return ledger


def _catch_up(
    repository: Repository,
    cache: LedgerCache,
    reader: ObjectReader,
    head: Head | None,
    tip: str,
    progress: Progress | None,
) -> Head:
    before = head
    oids = _entries(repository, tip, head)
    states: dict[str, DocumentState] = {}
    try:
        for done, oid in enumerate(oids):
            head = _step(cache, reader, head, oid, states)
            if progress:
                progress(done + 1, len(oids))
    except PrsError as error:
        error.args_["entry"] = oid
        raise
    assert head is not None
    _remember(repository, cache, reader, before, head, states.values())
    return head


def advance(repository: Repository, known: Ledger | None, reader: ObjectReader, tip: str) -> tuple[Head, list[str]]:
    """Verify the entries from a known ledger to `tip` without keeping anything: the head there, and the content
    commits that the new entries rest on. Raises PrsError as open_ledger does."""
    head = known.head if known else None
    states: dict[str, DocumentState] = {}
    contents: list[str] = []

    def state_of(number: str) -> DocumentState | None:
        return states.get(number) or (known.document(number) if known else None)

    for oid in _entries(repository, tip, head):
        try:
            if head is None:
                head = verify_genesis(reader, oid)
                continue
            verified = verify_entry(reader, head, oid, state_of)
        except PrsError as error:
            error.args_["entry"] = oid
            raise
        if verified.outcome.state:
            states[verified.outcome.state.number] = verified.outcome.state
        contents.append(verified.entry.content)
        head = verified.head
    assert head is not None, "a ledger has at least its genesis"
    return head, contents


def _remember(
    repository: Repository,
    cache: LedgerCache,
    reader: ObjectReader,
    before: Head | None,
    head: Head,
    states: Iterable[DocumentState],
) -> None:
    """Keep what was verified. The signers' file comes first: after a crash between the two the entries are
    verified again, and the file is written again."""
    if before is None or before.policy.digest != head.policy.digest:
        write_allowed_signers(repository, [*cache.policies(), *map(build_policy, reader.policies.values())])
    cache.store(head, states, reader.policies)


def _step(
    cache: LedgerCache, reader: ObjectReader, head: Head | None, oid: str, states: dict[str, DocumentState]
) -> Head:
    if head is None:
        head = verify_genesis(reader, oid)
        if cache.remembered_ledger not in (None, head.ledger):
            raise PrsError("A231", found=head.ledger, expected=cache.remembered_ledger)
        return head
    verified = verify_entry(reader, head, oid, lambda number: states.get(number) or cache.document(number))
    if verified.outcome.state:
        states[verified.outcome.state.number] = verified.outcome.state
    return verified.head


def _entries(repository: Repository, tip: str, head: Head | None) -> list[str]:
    """Ids of the entries after `head`, oldest first; all of them when head is None."""
    limit = [f"^{head.tip}"] if head else []
    done = repository.git.run("rev-list", "--first-parent", "--reverse", tip, *limit, ok=(0, 128))
    oids = done.stdout.decode().split()
    if done.returncode != 0 or (head and not oids):
        raise _rewound(head, tip)
    if head and not _follows(repository, oids[0], head.tip):
        raise _rewound(head, tip)
    return oids


def _follows(repository: Repository, oid: str, parent: str) -> bool:
    return repository.git.resolve(f"{oid}^1") == parent


def _rewound(head: Head | None, tip: str) -> PrsError:
    if head is None:
        return PrsError("A221", oid=tip, kind="commit")
    return PrsError("A230", sequence=head.sequence, remembered=head.tip, found=tip)


def forget_unshared(repository: Repository) -> None:
    """Let the next open_ledger verify from genesis, because local entries that were never shared were taken back."""
    cache = LedgerCache(cache_path(repository))
    cache.forget_head()
    cache.close()


def verify_all(repository: Repository, progress: Progress | None = None) -> tuple[Head | None, int, list[Problem]]:
    """Verify every entry from genesis, trusting nothing kept. The head reached, entries seen, problems found.

    The first problem ends it: what follows rests on an entry that counts for nothing.
    """
    tip = require_ledger(repository)
    remembered = LedgerCache(cache_path(repository))
    memory, reader = LedgerCache(None), ObjectReader(repository.git)
    oids = _entries(repository, tip, None)
    head: Head | None = None
    states: dict[str, DocumentState] = {}
    oid = tip
    try:
        for done, oid in enumerate(oids):
            head = _step(remembered if head is None else memory, reader, head, oid, states)
            if progress:
                progress(done + 1, len(oids))
        assert head is not None
        seen = remembered.remembered_tip
        if seen and seen[1] not in oids:
            raise PrsError("A230", sequence=seen[0], remembered=seen[1], found=tip)
        remembered.store(head, states.values(), reader.policies)
    except PrsError as error:
        return head, len(oids), [Problem(oid, error)]
    finally:
        remembered.close()
    return head, len(oids), []


def found_ledger(
    repository: Repository, policy_tree: str, entry: Entry, person: Person, key: SigningKey, when: tuple[int, str]
) -> str:
    """Write the genesis entry over a tree that holds only policy/; the ledger's identity (SHA-256). Raises PrsError when it may not be."""
    git = repository.git
    ident = Ident(person.name, person.email, *when)
    payload = build_commit(policy_tree, [], ident, ident, format_message(entry))
    commit = new_object("commit", attach_signature(payload, sign(payload, key)))
    write_objects(git, [commit])
    reader = ObjectReader(git)
    head = verify_genesis(reader, commit.oid)
    if not git.update_refs([(APPROVED, commit.oid, _ZERO)], "prs: genesis"):
        raise PrsError("E120", directory=repository.root)
    write_allowed_signers(repository, [head.policy])
    return head.ledger


def write_allowed_signers(repository: Repository, policies: Iterable[Policy]) -> None:
    """The file that lets plain git check us: `git verify-commit`, `git log --show-signature`.

    It names every key that was ever in force: what a rotated key signed in its time stays verifiable.
    """
    lines = {
        f'{person.email} namespaces="git" {" ".join(key.line().split(" ")[:2])}\n'
        for policy in policies
        for person in policy.people.values()
        for key in keys_of(person)
    }
    write_file(repository.git_dir, f"prs/{ALLOWED_SIGNERS}", "".join(sorted(lines)).encode(), replace=True)
