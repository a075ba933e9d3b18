"""Verification of one ledger entry from raw objects, in the steps of docs/ledger-format.md.

Nothing is taken from git but bytes, and their ids are recomputed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from presales_repo.errors import PrsError
from presales_repo.model.advance import judge_advance
from presales_repo.model.commit import Commit, object_id, parse_commit_loose
from presales_repo.model.delegation import with_delegation, without_void
from presales_repo.model.document import Document, read_document
from presales_repo.model.entry import ADVANCE, BRINGS_TEXT, DOCUMENT_ACTIONS, GENESIS, NO_LEDGER, Entry
from presales_repo.model.gates import Evidence
from presales_repo.model.ledger import Content, DocumentState, Head, Minutes, Proposal, Release, Round
from presales_repo.model.policy import (
    Policy,
    administrators,
    build_policy,
    owner_of,
    policy_data,
    validate_policy,
)
from presales_repo.model.projects import void_moves, with_project
from presales_repo.model.replay import Outcome, Stamp, judge, judge_policy
from presales_repo.model.track import TRACK
from presales_repo.model.tree import TREE_MODE, TreeEntries, parse_tree
from presales_repo.model.upkeep import status_of_marks
from presales_repo.model.voiding import newly_revoked
from presales_repo.store.attest import Attested
from presales_repo.store.git import Git
from presales_repo.store.index import make_row
from presales_repo.store.objects import NewObject, change_tree

FILE_MODE = "100644"
MAX_ATTACHMENT = 512 * 1024 * 1024
MAX_POLICY_FILES = 200
MAX_DEPTH = 4  # folders below policy/
MAX_TREES = 1024  # kept in memory: each publication makes new ones, some with thousands of names
POLICY_FOLDER = "policy"


@dataclass(frozen=True, slots=True)
class Verified:
    """A verified entry and what it does."""

    commit: Commit
    entry: Entry
    outcome: Outcome
    head: Head


class ObjectReader:
    """Reads objects by id and checks that their bytes give that id. Trees are kept: entries share most of them.

    `policies` collects the data of each policy read, by digest, for the cache.
    """

    def __init__(self, git: Git) -> None:
        self.git = git
        self.policies: dict[str, dict[str, Any]] = {}
        self._trees: dict[str, TreeEntries] = {}
        self._computed: set[str] = set()

    def read(self, oid: str, kind: str, limit: int | None = None) -> bytes:
        """An object's bytes. Raises PrsError A221 when it is missing, of another kind, too large or not its id."""
        found = self.git.read(oid) if limit is None else self.git.read(oid, limit)
        if found is None or found.kind != kind or found.data is None:
            raise PrsError("A221", oid=oid, kind=kind)
        if object_id(kind, found.data) != oid:
            raise PrsError("A221", oid=oid, kind=kind)
        return found.data

    def tree(self, oid: str) -> TreeEntries:
        """The entries of a tree."""
        if oid not in self._trees:
            self._make_room()
            self._trees[oid] = parse_tree(self.read(oid, "tree"))
        return self._trees[oid]

    def _make_room(self) -> None:
        if len(self._trees) > MAX_TREES:
            self._trees.clear()

    def keep(self, trees: Iterable[NewObject]) -> None:
        """Trees whose bytes were computed here: their ids say what they hold, git need not be asked."""
        known = {tree.oid: tree.entries for tree in trees if tree.entries is not None}
        self._make_room()
        self._trees.update(known)
        self._computed.update(known)

    def require(self, tree: str) -> None:
        """Look whether git has a tree that was only computed so far, and its folders. Raises PrsError A221."""
        if tree in self._computed:
            self._computed.discard(tree)
            folders = parse_tree(self.read(tree, "tree")).values()
            for oid in [oid for mode, oid in folders if mode == TREE_MODE]:
                self.require(oid)

    def tree_of(self, commit: str) -> str:
        """The tree of any commit."""
        return parse_commit_loose(self.read(commit, "commit")).tree

    def find(self, tree: str, path: str) -> tuple[str, str] | None:
        """Mode and id of a path below a tree."""
        *folders, name = path.split("/")
        for folder in folders:
            mode, tree = self.tree(tree).get(folder, ("", ""))
            if mode != TREE_MODE:
                return None
        return self.tree(tree).get(name)

    def file(self, tree: str, path: str, limit: int | None = None) -> tuple[str, bytes]:
        """Id and bytes of a plain file. Raises PrsError A218 when it is absent, a link, executable or a submodule."""
        found = self.find(tree, path)
        if found is None or found[0] != FILE_MODE:
            raise PrsError("A218", path=path, mode=found[0] if found else "-")
        return found[1], self.read(found[1], "blob", limit)

    def files_below(self, tree: str, folder: str) -> dict[str, bytes]:
        """All files under a folder, path → bytes; only plain files may lie there, not too many, not too deep (A218)."""
        found = self.find(tree, folder)
        if found is None or found[0] != TREE_MODE:
            raise PrsError("A218", path=folder, mode=found[0] if found else "-")
        files: dict[str, bytes] = {}
        folders = [(folder, found[1])]
        while folders:
            parent, oid = folders.pop()
            for name, (mode, item) in self.tree(oid).items():
                path = f"{parent}/{name}"
                if mode == TREE_MODE and path.count("/") <= MAX_DEPTH:
                    folders.append((path, item))
                elif mode == FILE_MODE and len(files) < MAX_POLICY_FILES:
                    files[path] = self.read(item, "blob")
                else:
                    raise PrsError("A218", path=path, mode=mode)
        return files


def load_content(reader: ObjectReader, commit: str, path: str) -> Content:
    """The document at `path` of a commit, with the ids and digests of its attachments."""
    tree = reader.tree_of(commit)
    oid, data = reader.file(tree, path)
    document = read_document(data, path)
    attachments = []
    for item in document.attachments:
        blob, content = reader.file(tree, item.path, MAX_ATTACHMENT)
        digest = hashlib.sha256(content).hexdigest()
        if digest != item.sha256:
            raise PrsError("A217", path=item.path)
        attachments.append((item.path, blob, digest))
    return Content(document, oid, tuple(attachments))


def released_bytes(reader: ObjectReader, release: Release | Round) -> bytes:
    """The text of a version, published or in review. Raises PrsError A221 when git has it no more or shows something
    else under its id, A216 when its bytes are not those that were signed: SHA-256 decides, never SHA-1."""
    data = reader.read(release.blob, "blob")
    if hashlib.sha256(data).hexdigest() != release.digest:
        raise PrsError("A216", path=release.path)
    return data


def check_release(reader: ObjectReader, tree: str, release: Release) -> None:
    """Whether a library holds a version's text and attachments, byte for byte. Raises PrsError A216, A217, A219,
    A221."""
    for path, blob in ((release.path, release.blob), *((path, blob) for path, blob, _ in release.attachments)):
        if reader.find(tree, path) != (FILE_MODE, blob):
            raise PrsError("A219", commit=release.commit)
    released_bytes(reader, release)
    for path, blob, digest in release.attachments:
        if hashlib.sha256(reader.read(blob, "blob", MAX_ATTACHMENT)).hexdigest() != digest:
            raise PrsError("A217", path=path)


def load_minutes(reader: ObjectReader, named: str, known: Documents) -> Minutes | None:
    """The minutes NUMBER@VERSION; None when that is not a version in force.

    Raises PrsError A216 when the bytes are not those that were published, and whatever makes them unreadable.
    """
    number, _, version = named.partition("@")
    state = known.document(number)
    if state is None or state.release is None or state.release.version != version:
        return None
    return Minutes(state.release, read_document(released_bytes(reader, state.release), state.release.path))


def load_text(reader: ObjectReader, state: DocumentState | None) -> Document | None:
    """The text in force of a document, None when there is none. Raises PrsError A216, A221."""
    if state is None or state.release is None:
        return None
    return read_document(released_bytes(reader, state.release), state.release.path)


def load_evidence(reader: ObjectReader, named: Sequence[str], known: Documents) -> list[tuple[Release, Evidence]]:
    """The documents that a project's move rests on, NUMBER@VERSION each.

    Raises PrsError A426 when one is named twice or is no version in force, A216, A221 when its bytes are not those that
    were published.
    """
    found = []
    for name in named:
        number, _, version = name.partition("@")
        state = known.document(number)
        release = state.release if state else None
        over = state is not None and status_of_marks(state.marks) in ("obsolete", "disposed")
        if state is None or release is None or over or release.version != version or named.count(name) > 1:
            raise PrsError("A426", evidence=name)
        found.append((release, evidence_of(reader, state, release)))
    return found


def evidence_of(reader: ObjectReader, state: DocumentState, release: Release) -> Evidence:
    """A version as evidence for a gate."""
    row = make_row(release.path, release.blob, released_bytes(reader, release))
    return Evidence(state.number, release.version, state.type_id, release.sequence, row.fields)


def load_policy(reader: ObjectReader, tree: str) -> Policy:
    """The policy in a tree, validated. Raises PrsError A4xx."""
    data = policy_data(reader.files_below(tree, POLICY_FOLDER))
    policy = build_policy(data)
    validate_policy(policy)
    reader.policies[policy.digest] = data
    return policy


def load_proposal(reader: ObjectReader, commit: str) -> Proposal:
    """The policy that a commit on main proposes."""
    tree = reader.tree_of(commit)
    policy = load_policy(reader, tree)
    found = reader.find(tree, POLICY_FOLDER)
    assert found is not None
    return Proposal(policy.digest, commit, found[1], policy, ())


def verify_genesis(reader: ObjectReader, found: Attested) -> Head:
    """The ledger's first entry: installs the policy that its own tree holds, signed by one of its administrators."""
    commit, entry = found.commit, found.entry
    if commit.parents or entry.action != GENESIS or entry.sequence != 0 or entry.ledger != NO_LEDGER:
        raise PrsError("A222", commit=found.oid)
    policy = load_policy(reader, commit.tree)
    if set(reader.tree(commit.tree)) != {POLICY_FOLDER}:
        raise PrsError("A219", commit=found.oid)
    if entry.policy != policy.digest:
        raise PrsError("A203", found=entry.policy, expected=policy.digest)
    if policy.version != 1:
        raise PrsError("A323", found=policy.version, expected=1)
    _check_signer(policy, found)
    if entry.signer not in administrators(policy):
        raise PrsError("A320", person=entry.signer)
    ledger = hashlib.sha256(found.raw).hexdigest()
    return Head(ledger, 0, found.oid, commit.tree, policy, latest=commit.committer.time)


class Documents(Protocol):
    """The documents as the entries so far left them."""

    def document(self, number: str) -> DocumentState | None:
        """One document's state."""

    def documents(self) -> Iterable[DocumentState]:
        """All of them."""


def verify_entry(reader: ObjectReader, head: Head, found: Attested, known: Documents) -> Verified:
    """Verify an entry as the one after `head`. Raises PrsError with the reason when it is not."""
    commit, entry, oid = found.commit, found.entry, found.oid
    if len(commit.parents) != 2 or commit.parents[0] != head.tip or commit.parents[1] != entry.content:
        raise PrsError("A223", commit=oid, expected=head.tip)
    _check_signer(head.policy, found)
    stamp = Stamp(oid, commit.committer.time, commit.committer.offset, found.key.fingerprint())
    outcome = judge_entry(reader, head, entry, stamp, known)
    tree, made = change_tree(reader.tree, head.tree, outcome.changes)
    if tree != commit.tree:
        raise PrsError("A219", commit=oid)
    reader.keep(made)
    return Verified(commit, entry, outcome, next_head(head, entry, outcome, stamp, tree))


def judge_entry(reader: ObjectReader, head: Head, entry: Entry, stamp: Stamp, known: Documents) -> Outcome:
    """Read what an entry speaks of and judge it."""
    if entry.action in DOCUMENT_ACTIONS:
        state = known.document(entry.document)
        brings = entry.action in BRINGS_TEXT
        content = load_content(reader, entry.content, entry.path) if brings else None
        minutes = load_minutes(reader, entry.minutes, known) if entry.minutes else None
        before = load_text(reader, state) if entry.action == TRACK else None
        return judge(head, entry, stamp, state, content, known.document, minutes, before)
    if entry.action == ADVANCE:
        record = load_content(reader, entry.content, entry.path).document
        return judge_advance(head, entry, stamp, record, load_evidence(reader, entry.evidence, known))
    if entry.action == "policy-endorse" and head.proposal is not None:
        proposal = head.proposal if head.proposal.content == entry.content else None
        return judge_policy(head, entry, stamp, proposal, known.documents)
    if entry.action == "policy-propose":
        return judge_policy(head, entry, stamp, load_proposal(reader, entry.content), known.documents)
    raise PrsError("A321")


def next_head(head: Head, entry: Entry, outcome: Outcome, stamp: Stamp, tree: str) -> Head:
    """The head after the entry that `stamp` names. A policy change closes every open proposal."""
    policy = outcome.policy or head.policy
    proposal = outcome.proposal if outcome.policy is None else None
    if entry.action in DOCUMENT_ACTIONS or entry.action == ADVANCE:
        proposal = head.proposal
    delegations = with_delegation(head.delegations, outcome.delegation, stamp.offset)
    projects = with_project(head.projects, outcome.project)
    if outcome.policy is not None:
        delegations = without_void(delegations, outcome.states)
        projects = void_moves(projects, newly_revoked(head.policy, outcome.policy))
    return replace(
        head,
        sequence=entry.sequence,
        tip=stamp.commit,
        tree=tree,
        policy=policy,
        proposal=proposal,
        latest=max(head.latest, stamp.time),
        delegations=delegations,
        projects=projects,
    )


def _check_signer(policy: Policy, found: Attested) -> None:
    """The key is that of the person whom the entry names, and git shows that person's name and address."""
    entry, key = found.entry, found.key
    person = owner_of(policy, key, entry.sequence)
    if person is None:
        raise PrsError("A301", fingerprint=key.fingerprint())
    if person.id != entry.signer:
        raise PrsError("A206", found=person.id, claimed=entry.signer)
    for ident in (found.commit.author, found.commit.committer):
        if (ident.name, ident.email) != (person.name, person.email):
            raise PrsError("A207", found=f"{ident.name} <{ident.email}>", expected=f"{person.name} <{person.email}>")
