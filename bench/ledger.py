"""Many ledger entries quickly: the same judgement and the same bytes as `prs submit` and `prs approve`, signed in
this process with keys made for the purpose. Nothing outside the benchmarks may sign like this."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.corpus import Made
from presales_repo.model.commit import Ident, attach_signature, build_commit, object_id
from presales_repo.model.document import read_document
from presales_repo.model.entry import Entry, format_message
from presales_repo.model.ledger import Content, DocumentState, Head
from presales_repo.model.policy import Person
from presales_repo.model.replay import Stamp, judge
from presales_repo.model.sshkey import parse_public_key, wire_string
from presales_repo.model.sshsig import armour, signed_data
from presales_repo.model.tree import TreeEntries, parse_tree
from presales_repo.model.workflow import chain_of, holders, is_important
from presales_repo.store.git import Git
from presales_repo.store.objects import NewObject, build_pack, change_tree, new_object
from presales_repo.store.verifier import ObjectReader, next_head

_PACKED_TOGETHER = 20_000


def make_key(name: str, seed: int) -> Ed25519PrivateKey:
    """A key that is the same for the same name and seed, and therefore worth nothing."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"bench {seed} {name}".encode()).digest())


def public_line(key: Ed25519PrivateKey) -> str:
    """The public half as `ssh-ed25519 AAAA...`."""
    encoding, form = serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    return key.public_key().public_bytes(encoding, form).decode()


def private_file(key: Ed25519PrivateKey) -> bytes:
    """The key as ssh-keygen reads it."""
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH
    return key.private_bytes(encoding, form, serialization.NoEncryption())


def sign(payload: bytes, key: Ed25519PrivateKey) -> str:
    """What `ssh-keygen -Y sign -n git` would print (PROTOCOL.sshsig)."""
    signature = wire_string(b"ssh-ed25519") + wire_string(key.sign(signed_data(payload, "git", "sha512")))
    public = parse_public_key(public_line(key)).blob
    fields = (public, b"git", b"", b"sha512", signature)
    return armour(b"SSHSIG" + (1).to_bytes(4, "big") + b"".join(map(wire_string, fields)))


class LedgerWriter:
    """Extends the ledger from `head` by entries of people whose keys are `make_key(person, seed)`."""

    def __init__(self, git: Git, head: Head, seed: int, time: int) -> None:
        self.head = head
        self._git = git
        self._reader = ObjectReader(git)
        self._seed = seed
        self._time = time
        self._new: list[NewObject] = []
        self._trees: dict[str, TreeEntries] = {}

    def publish(self, made: Made, commit: str) -> None:
        """All entries of one document, from its submission at a commit of main until it is published."""
        content = Content(read_document(made.data, made.path), object_id("blob", made.data))
        state = self._append(self._opening(made, content, commit), made.person, None, content)
        while state.round is not None:
            policy, opened = self.head.policy, state.round
            signer = holders(policy, opened.step, opened.department, opened.authors)[0]
            entry = replace(self._entry("approve", signer, made, content, commit), step=opened.step.id)
            state = self._append(entry, policy.people[signer], state, None)

    def _opening(self, made: Made, content: Content, commit: str) -> Entry:
        important = is_important(made.doctype, content.document.value("important"))
        chain = chain_of(self.head.policy, made.doctype, important=important, scope=content.document.value("scope"))
        entry = self._entry("submit" if chain.steps else "register", made.person.id, made, content, commit)
        return replace(entry, authors=content.document.authors)

    def _entry(self, action: str, signer: str, made: Made, content: Content, commit: str) -> Entry:
        return Entry(
            action=action,
            ledger=self.head.ledger,
            sequence=self.head.sequence + 1,
            signer=signer,
            policy=self.head.policy.digest,
            document=made.number,
            path=made.path,
            version="1.0",
            content=commit,
            digest=content.document.digest,
        )

    def _append(
        self, entry: Entry, person: Person, state: DocumentState | None, content: Content | None
    ) -> DocumentState:
        self._time += 60
        outcome = judge(self.head, entry, Stamp("", self._time, "+0800", ""), state, content, lambda _number: None)
        tree, trees = change_tree(self._tree, self.head.tree, outcome.changes)
        ident = Ident(person.name, person.email, self._time, "+0800")
        payload = build_commit(tree, [self.head.tip, entry.content], ident, ident, format_message(entry))
        commit = new_object("commit", attach_signature(payload, sign(payload, make_key(person.id, self._seed))))
        self._trees |= {item.oid: parse_tree(item.data) for item in trees}
        self._new += [*trees, commit]
        self.head = next_head(self.head, entry, outcome, Stamp(commit.oid, self._time, "+0800", ""), tree)
        if len(self._new) > _PACKED_TOGETHER:
            self.flush()
        (after,) = outcome.states
        return after

    def _tree(self, oid: str) -> TreeEntries:
        return self._trees.get(oid) or self._reader.tree(oid)

    def flush(self) -> None:
        """Hand git what is not written yet."""
        if self._new:
            self._git.run("index-pack", "--stdin", stdin=build_pack(self._new))
        self._new.clear()
        self._trees.clear()
