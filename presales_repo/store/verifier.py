"""Verification of one ledger entry from raw objects, in the steps of docs/ledger-format.md.

Nothing is taken from git but bytes, and their ids are recomputed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from presales_repo.errors import PrsError
from presales_repo.model.commit import Commit, object_id, parse_commit, parse_commit_loose
from presales_repo.model.document import read_document
from presales_repo.model.entry import DOCUMENT_ACTIONS, GENESIS, NO_LEDGER, Entry, parse_message
from presales_repo.model.ledger import Content, DocumentState, Head, Minutes, Proposal
from presales_repo.model.policy import (
    Policy,
    administrators,
    build_policy,
    owner_of,
    policy_data,
    validate_policy,
)
from presales_repo.model.replay import Outcome, Stamp, judge, judge_policy
from presales_repo.model.sshsig import parse_signature
from presales_repo.model.sshverify import verify
from presales_repo.model.tree import TREE_MODE, TreeEntries, parse_tree
from presales_repo.store.git import Git
from presales_repo.store.objects import change_tree

FILE_MODE = "100644"
MAX_ATTACHMENT = 512 * 1024 * 1024
MAX_POLICY_FILES = 200
MAX_DEPTH = 4  # folders below policy/
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
            if len(self._trees) > 4096:
                self._trees.clear()
            self._trees[oid] = parse_tree(self.read(oid, "tree"))
        return self._trees[oid]

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


def load_minutes(reader: ObjectReader, named: str, state_of: Callable[[str], DocumentState | None]) -> Minutes | None:
    """The minutes NUMBER@VERSION; None when that is not a version in force.

    Raises PrsError A216 when the bytes are not those that were published, and whatever makes them unreadable.
    """
    number, _, version = named.partition("@")
    state = state_of(number)
    if state is None or state.release is None or state.release.version != version:
        return None
    release = state.release
    document = read_document(reader.read(release.blob, "blob"), release.path)
    if document.digest != release.digest:
        raise PrsError("A216", path=release.path)
    return Minutes(release, document)


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


def verify_genesis(reader: ObjectReader, oid: str) -> Head:
    """The ledger's first entry: installs the policy that its own tree holds, signed by one of its administrators."""
    raw = reader.read(oid, "commit")
    commit = parse_commit(raw)
    entry = parse_message(commit.message)
    if commit.parents or entry.action != GENESIS or entry.sequence != 0 or entry.ledger != NO_LEDGER:
        raise PrsError("A222", commit=oid)
    policy = load_policy(reader, commit.tree)
    if set(reader.tree(commit.tree)) != {POLICY_FOLDER}:
        raise PrsError("A219", commit=oid)
    if entry.policy != policy.digest:
        raise PrsError("A203", found=entry.policy, expected=policy.digest)
    if policy.version != 1:
        raise PrsError("A323", found=policy.version, expected=1)
    head = Head(hashlib.sha256(raw).hexdigest(), 0, oid, commit.tree, policy)
    _check_signer(policy, commit, entry)
    if entry.signer not in administrators(policy):
        raise PrsError("A320", person=entry.signer)
    return head


def verify_entry(
    reader: ObjectReader, head: Head, oid: str, state_of: Callable[[str], DocumentState | None]
) -> Verified:
    """Verify the entry `oid` as the one after `head`. Raises PrsError with the reason when it is not."""
    commit = parse_commit(reader.read(oid, "commit"))
    entry = parse_message(commit.message)
    if len(commit.parents) != 2 or commit.parents[0] != head.tip or commit.parents[1] != entry.content:
        raise PrsError("A223", commit=oid, expected=head.tip)
    _check_signer(head.policy, commit, entry)
    stamp = Stamp(oid, commit.committer.time, commit.committer.offset)
    outcome = judge_entry(reader, head, entry, stamp, state_of)
    tree, _ = change_tree(reader.tree, head.tree, outcome.changes)
    if tree != commit.tree:
        raise PrsError("A219", commit=oid)
    return Verified(commit, entry, outcome, next_head(head, entry, outcome, oid, tree))


def judge_entry(
    reader: ObjectReader, head: Head, entry: Entry, stamp: Stamp, state_of: Callable[[str], DocumentState | None]
) -> Outcome:
    """Read what an entry speaks of and judge it."""
    if entry.action in DOCUMENT_ACTIONS:
        opens = entry.action in ("submit", "register")
        content = load_content(reader, entry.content, entry.path) if opens else None
        minutes = load_minutes(reader, entry.minutes, state_of) if entry.minutes else None
        return judge(head, entry, stamp, state_of(entry.document), content, minutes)
    if entry.action == "policy-endorse" and head.proposal is not None:
        return judge_policy(head, entry, head.proposal if head.proposal.content == entry.content else None)
    if entry.action == "policy-propose":
        return judge_policy(head, entry, load_proposal(reader, entry.content))
    raise PrsError("A321")


def next_head(head: Head, entry: Entry, outcome: Outcome, oid: str, tree: str) -> Head:
    """The head after an entry. A policy change closes every open proposal."""
    policy = outcome.policy or head.policy
    proposal = outcome.proposal if outcome.policy is None else None
    if entry.action in DOCUMENT_ACTIONS:
        proposal = head.proposal
    return replace(head, sequence=entry.sequence, tip=oid, tree=tree, policy=policy, proposal=proposal)


def _check_signer(policy: Policy, commit: Commit, entry: Entry) -> None:
    """The signature is that of the person whom the entry names, and git shows that person's name and address."""
    if commit.signature is None:
        raise PrsError("A205")
    key = verify(parse_signature(commit.signature), commit.payload)
    person = owner_of(policy, key, entry.sequence)
    if person is None:
        raise PrsError("A301", fingerprint=key.fingerprint())
    if person.id != entry.signer:
        raise PrsError("A206", found=person.id, claimed=entry.signer)
    for ident in (commit.author, commit.committer):
        if (ident.name, ident.email) != (person.name, person.email):
            raise PrsError("A207", found=f"{ident.name} <{ident.email}>", expected=f"{person.name} <{person.email}>")
