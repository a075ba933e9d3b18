"""The ledger of one clone: verified up to its tip, ready to be asked, and extended by one signed entry."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from presales_repo.errors import PrsError
from presales_repo.model.commit import Ident, attach_signature, build_commit
from presales_repo.model.entry import Entry, format_message
from presales_repo.model.ledger import DocumentState, Head
from presales_repo.model.policy import Person, Policy, keys_of
from presales_repo.model.replay import Outcome, Stamp
from presales_repo.store.attest import Attested, attest, attest_all
from presales_repo.store.files import read_file, write_file
from presales_repo.store.ledgercache import LedgerCache
from presales_repo.store.objects import change_tree, new_object, write_objects
from presales_repo.store.repository import APPROVED, Repository, require_ledger
from presales_repo.store.sign import SigningKey, sign
from presales_repo.store.verifier import Documents, ObjectReader, judge_entry, verify_entry, verify_genesis

ALLOWED_SIGNERS = "allowed_signers"
_ID = "prs/id"
_ZERO = "0" * 40
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an entry does not verify."""

    commit: str
    error: PrsError


class Advanced(NamedTuple):
    """A ledger verified further. `contents`: the commits that the new entries rest on; `document`: one document as
    they leave it, while the known ledger is open."""

    head: Head
    contents: list[str]
    document: Callable[[str], DocumentState | None]


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

    def superseding(self) -> Iterator[DocumentState]:
        """The documents of which a version says that it takes the place of others."""
        return self._cache.superseding()

    def highest(self, stage: str, period: str) -> int:
        """The highest sequence of a stage and month that the ledger knows, 0 for none."""
        return self._cache.highest(stage, period)

    def judge(self, entry: Entry, stamp: Stamp) -> Outcome:
        """What an entry would do at this position. Raises PrsError when it may not be made."""
        return judge_entry(self.reader, self.head, entry, stamp, self)

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
        outcome = self.judge(entry, Stamp("", *when, key.public.fingerprint()))
        tree, trees = change_tree(self.reader.tree, self.head.tree, outcome.changes)
        ident = Ident(person.name, person.email, *when)
        payload = build_commit(tree, [self.head.tip, entry.content], ident, ident, format_message(entry))
        commit = new_object("commit", attach_signature(payload, sign(payload, key)))
        write_objects(git, [*trees, commit])
        # What others would refuse must not get in: our own entry is verified like anybody's.
        walk = _Walk(self.reader, self.head, self)
        walk.step(attest(commit.oid, commit.data))
        if publish is not None and not publish(commit.oid, self.head.tip):
            return None
        if not git.update_refs([(APPROVED, commit.oid, self.head.tip)], f"prs: {entry.action}"):
            return None
        self.head = walk.remember(self.repository, self._cache)
        return commit.oid

    def close(self) -> None:
        """Release the cache file."""
        self._cache.close()


def cache_path(repository: Repository) -> str | None:
    """Where this clone's verified state is kept: named by its place and an id made at first contact, so that a
    repository made anew in the same folder is not mistaken for the old one. None when the clone cannot be written."""
    try:
        clone = read_file(repository.git_dir, _ID, 64)
        if not clone:
            clone = secrets.token_hex(16).encode()
            write_file(repository.git_dir, _ID, clone, replace=True)
    except PrsError as error:
        if error.code not in ("E106", "E107"):
            raise
        return None
    place = f"{repository.git_dir}\n".encode("utf-8", "surrogateescape") + clone.strip()
    return os.path.join(repository.state, "clones", f"{hashlib.sha256(place).hexdigest()[:32]}.sqlite")


def kept_state(repository: Repository, number: str) -> DocumentState | None:
    """A document as this clone verified it last, without a look at what came since: for the client hooks only."""
    cache = LedgerCache(cache_path(repository))
    try:
        return cache.document(number)
    finally:
        cache.close()


def open_ledger(repository: Repository, progress: Progress | None = None) -> Ledger:
    """Verify what is new since the last command and open the ledger.

    Raises PrsError: the first problem found (A1xx to A4xx, or why a text cannot be read), A230 when the ledger was
    rewound or rewritten since this clone last verified it, A231 when its genesis was exchanged.
    """
    tip = require_ledger(repository)
    cache = LedgerCache(cache_path(repository))
    reader = ObjectReader(repository.git)
    pinned = cache.remembered_ledger
    head = cache.head()
    if head is None or head.tip != tip:
        walk = _Walk(reader, head, cache)
        walk.run(_new_entries(repository, cache, reader, head, tip), progress)
        head = walk.remember(repository, cache)
    ledger = Ledger(repository, cache, head, reader)
    ledger.first_contact = pinned is None
    return ledger


def advance(repository: Repository, known: Ledger | None, reader: ObjectReader, tip: str) -> Advanced:
    """Verify the entries from a known ledger to `tip` without keeping anything: the head there, and the content
    commits that the new entries rest on, the documents that they change. Raises PrsError as open_ledger does."""
    oids = _entries_after(repository, known.head, tip) if known else _first_parents(repository, tip)
    if oids is None or not (oids or known):
        raise PrsError("A230", sequence=0, remembered=known.head.tip if known else "-", found=tip)
    walk = _Walk(reader, known.head if known else None, known)
    walk.run(oids, None)
    assert walk.head is not None, "a ledger has at least its genesis"
    return Advanced(walk.head, walk.contents, walk.document)


class _Walk:
    """Verifies entry after entry; `head` is where it stands, None before genesis. `contents`: the commits that the
    verified entries rest on; `before`: the documents as they were before the first of them, None: there are none."""

    def __init__(self, reader: ObjectReader, head: Head | None, before: Documents | None) -> None:
        self.head = head
        self.contents: list[str] = []
        self._reader = reader
        self._begin = head
        self._before = before
        self._states: dict[str, DocumentState] = {}
        self._in_force: dict[str, Policy] = {}

    def run(self, oids: Sequence[str], progress: Progress | None) -> None:
        """Verify these entries. Raises PrsError with the id of the one that fails as its `entry`."""
        read = attest_all(self._reader.git, oids)
        for done, oid in enumerate(oids, 1):
            try:
                self.step(next(read))
                if done == len(oids) and self.head is not None:  # the library itself must be there, not only its name
                    self._reader.require(self.head.tree)
            except PrsError as error:
                error.args_["entry"] = oid
                raise
            if progress:
                progress(done, len(oids))

    def step(self, found: Attested) -> None:
        """Verify the next entry. Raises PrsError."""
        if self.head is None:
            self.head = verify_genesis(self._reader, found)
        else:
            verified = verify_entry(self._reader, self.head, found, self)
            self.head = verified.head
            self.contents.append(verified.entry.content)
            self._states |= {state.number: state for state in verified.outcome.states}
        self._in_force[self.head.policy.digest] = self.head.policy

    def document(self, number: str) -> DocumentState | None:
        """One document, as the entries so far left it."""
        before = self._before.document(number) if self._before and number not in self._states else None
        return self._states.get(number, before)

    def documents(self) -> Iterator[DocumentState]:
        """All documents, as the entries so far left them."""
        yield from (
            state for state in (self._before.documents() if self._before else ()) if state.number not in self._states
        )
        yield from self._states.values()

    def remember(self, repository: Repository, cache: LedgerCache) -> Head:
        """Keep what was verified. The signers' file comes first: after a crash between the two the entries are
        verified again, and the file is written again."""
        assert self.head is not None
        if self._begin is None or self._begin.policy.digest != self.head.policy.digest:
            _write_signers_if_possible(repository, [*cache.policies(), *self._in_force.values()])
        self.keep_in(cache)
        return self.head

    def keep_in(self, cache: LedgerCache) -> None:
        """Store head, documents and policies."""
        assert self.head is not None
        cache.store(self.head, self._states.values(), self._reader.policies, self._in_force)


def _new_entries(
    repository: Repository, cache: LedgerCache, reader: ObjectReader, head: Head | None, tip: str
) -> list[str]:
    """Ids of the entries after the verified head, oldest first; all of them when there is none.

    Raises PrsError A230, A231 when the ledger is not a continuation of what was verified before.
    """
    oids = _entries_after(repository, head, tip) if head else None
    if not oids:
        oids = _first_parents(repository, tip)
        _check_memory(cache, reader, oids)
    return oids


def _entries_after(repository: Repository, head: Head, tip: str) -> list[str] | None:
    """Ids of the entries from a verified head to `tip`, oldest first; None when `tip` does not go on from it."""
    oids = _first_parents(repository, tip, f"^{head.tip}")
    if oids:
        return oids if repository.git.resolve(f"{oids[0]}^1") == head.tip else None
    return [] if head.tip == tip else None


def _first_parents(repository: Repository, *revisions: str) -> list[str]:
    """Ids along the first parents, oldest first; none when git cannot follow them."""
    done = repository.git.run("rev-list", "--first-parent", "--reverse", *revisions, ok=(0, 128))
    return done.stdout.decode().split() if done.returncode == 0 else []


def _check_memory(cache: LedgerCache, reader: ObjectReader, oids: list[str]) -> None:
    """Whether all entries of a ledger go on from what this clone verified before, by whatever version of prs."""
    if not oids:
        raise PrsError("A221", oid="approved", kind="commit")
    ledger = hashlib.sha256(reader.read(oids[0], "commit")).hexdigest()
    if cache.remembered_ledger not in (None, ledger):
        raise PrsError("A231", found=ledger, expected=cache.remembered_ledger)
    seen = cache.remembered_tip
    if seen and seen[1] not in oids:
        raise PrsError("A230", sequence=seen[0], remembered=seen[1], found=oids[-1])


def forget_unshared(repository: Repository) -> None:
    """Let the next open_ledger verify from genesis, because local entries that were never shared were taken back."""
    cache = LedgerCache(cache_path(repository))
    cache.forget_head()
    cache.close()


def verify_all(repository: Repository, progress: Progress | None = None) -> tuple[Head | None, int, list[Problem]]:
    """Verify every entry from genesis, trusting nothing kept. The head reached, entries seen, problems found.

    The first problem ends it: what follows rests on an entry that counts for nothing. Raises PrsError E1xx for what
    is no fault of the ledger (disk, memory, git).
    """
    tip = require_ledger(repository)
    remembered = LedgerCache(cache_path(repository))
    reader = ObjectReader(repository.git)
    walk = _Walk(reader, None, None)
    oids: list[str] = []
    try:
        oids = _first_parents(repository, tip)
        _check_memory(remembered, reader, oids)
        walk.run(oids, progress)
        _require_objects(repository, tip)
        walk.keep_in(remembered)
    except PrsError as error:
        if error.code.startswith("E") and error.code != "E104":
            raise
        return walk.head, len(oids), [Problem(str(error.args_.get("entry", tip)), error)]
    finally:
        remembered.close()
    return walk.head, len(oids), []


def _require_objects(repository: Repository, tip: str) -> None:
    """Whether everything that is published can be read: the walk computes trees, and reads texts only at their
    submission. Raises PrsError A221."""
    done = repository.git.run("rev-list", "--objects", "--quiet", f"{tip}^{{tree}}", ok=(0, 1, 128))
    if done.returncode:
        words = done.stderr.decode("utf-8", "replace").split()
        raise PrsError("A221", oid=next((word for word in words if len(word) == 40), tip), kind="tree, blob")


def found_ledger(
    repository: Repository, policy_tree: str, entry: Entry, person: Person, key: SigningKey, when: tuple[int, str]
) -> str:
    """Write the genesis entry over a tree that holds only policy/; the ledger's identity (SHA-256).

    Raises PrsError when the entry may not be made.
    """
    git = repository.git
    ident = Ident(person.name, person.email, *when)
    payload = build_commit(policy_tree, [], ident, ident, format_message(entry))
    commit = new_object("commit", attach_signature(payload, sign(payload, key)))
    write_objects(git, [commit])
    reader = ObjectReader(git)
    head = verify_genesis(reader, attest(commit.oid, commit.data))
    if not git.update_refs([(APPROVED, commit.oid, _ZERO)], "prs: genesis"):
        raise PrsError("E120", directory=repository.root)
    write_allowed_signers(repository, [head.policy])
    return head.ledger


def _write_signers_if_possible(repository: Repository, policies: Iterable[Policy]) -> None:
    """A clone that cannot be written, or whose disk is full, can be verified all the same."""
    try:
        write_allowed_signers(repository, policies)
    except PrsError as error:
        if error.code not in ("E106", "E107"):
            raise


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
