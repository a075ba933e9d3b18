"""Entries and contents for tests of the replay, made without a repository."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from presales_repo.model.delegation import Delegation, with_delegation
from presales_repo.model.document import Document, read_document
from presales_repo.model.entry import Entry
from presales_repo.model.ledger import Content, DocumentState, Head, Minutes
from presales_repo.model.policy import Policy
from presales_repo.model.replay import Outcome, Stamp, judge
from presales_repo.model.workflow import next_version

NUMBER = "QD202305001"
LEDGER = "1" * 64


def sha(text: str) -> str:
    """40 hexadecimal digits, always the same for a text."""
    return hashlib.sha1(text.encode()).hexdigest()


def content_of(type_id: str, author: str, number: str = NUMBER, title: str = "计划", **fields: str) -> Content:
    """A document; `fields` are further lines of its front matter, `attachments` paths divided by spaces."""
    paths = fields.pop("attachments", "").split()
    attachments = tuple((path, sha(path), hashlib.sha256(path.encode()).hexdigest()) for path in paths)
    lines = [f"{key}: {value}" for key, value in fields.items()]
    lines += ["attachments:", *(f"  - {{path: {path!r}, sha256: {digest}}}" for path, _, digest in attachments)]
    head = "\n".join([f"number: {number}", f"title: {title}", f"type: {type_id}", f"author: {author}", *lines])
    text = f"---\n{head}\n---\n"
    path = f"common/2-需求调研文档/{number}-{title}.md"
    return Content(read_document(text.encode(), path), sha(text), attachments)


@dataclass
class Desk:
    """A ledger in memory: `head`, and the state of every document. `time`: of the next entry."""

    policy: Policy
    states: dict[str, DocumentState] = field(default_factory=dict)
    sequence: int = 0
    files: dict[str, str] = field(default_factory=dict)
    time: int = 1_690_000_000
    offset: str = "+0800"
    latest: int = 0
    delegations: tuple[Delegation, ...] = ()
    texts: dict[str, Document] = field(default_factory=dict)  # by git id

    @property
    def head(self) -> Head:
        tip = sha(f"tip {self.sequence}")
        return Head(
            LEDGER, self.sequence, tip, sha("tree"), self.policy, latest=self.latest, delegations=self.delegations
        )

    def opening(self, action: str, signer: str, content: Content, **claims: object) -> Entry:
        """A submit or register entry that claims the truth, but for `claims`."""
        document = content.document
        state = self.states.get(document.number)
        release = state.release if state else None
        entry = Entry(
            action,
            LEDGER,
            self.sequence + 1,
            signer,
            self.policy.digest,
            document.number,
            document.path,
            next_version(release.version if release else None, major=False),
            authors=tuple(dict.fromkeys((*document.authors, signer))),
            content=sha(document.text + action),
            digest=document.digest,
            attachments=tuple((digest, path) for path, _, digest in content.attachments),
            comment="说明",
        )
        return replace(entry, **claims)  # type: ignore[arg-type]

    def deciding(self, action: str, signer: str, number: str = NUMBER, **claims: object) -> Entry:
        """An approve, reject or withdraw entry that claims the truth about the open round, but for `claims`."""
        entry = Entry(action, LEDGER, self.sequence + 1, signer, self.policy.digest, number, comment="意见")
        state = self.states.get(number)
        if state is not None and state.round is not None:
            opened = state.round
            entry = replace(
                entry,
                path=opened.path,
                version=opened.version,
                step="" if action == "withdraw" else opened.step.id,
                content=opened.content,
                digest=opened.digest,
                attachments=tuple((digest, path) for path, _, digest in opened.attachments),
            )
        return replace(entry, **claims)  # type: ignore[arg-type]

    def record(self, entry: Entry, content: Content | None = None, key: str = "") -> Outcome:
        """Judge an entry and, when it is allowed, make it part of the ledger. Raises PrsError."""
        if content is not None:
            self.texts[content.blob] = content.document
        signed_with = key or f"key of {entry.signer}"
        stamp = Stamp(sha(f"entry {entry.sequence}"), self.time, self.offset, signed_with)
        state, minutes = self.states.get(entry.document), self.minutes(entry.minutes)
        before = self.texts.get(state.release.blob) if state and state.release else None
        outcome = judge(self.head, entry, stamp, state, content, self.states.get, minutes, before)
        self.states |= {state.number: state for state in outcome.states}
        self.sequence = entry.sequence
        self.latest = max(self.latest, self.time)
        self.delegations = with_delegation(self.delegations, outcome.delegation, self.offset)
        for change in outcome.changes:
            if change.oid is None:
                del self.files[change.path]
            else:
                self.files[change.path] = change.oid
        return outcome

    def minutes(self, named: str) -> Minutes | None:
        """The minutes NUMBER@VERSION when that is a version in force."""
        number, _, version = named.partition("@")
        release = self.states[number].release if number in self.states else None
        return Minutes(release, self.texts[release.blob]) if release and release.version == version else None

    def countersign(
        self, signer: str, department: str, opinion: str = "agree", number: str = NUMBER, **claims: object
    ) -> Outcome:
        claims = {"step": "final", "department": department, "opinion": opinion, **claims}
        return self.decide("countersign", signer, number, **claims)

    def submit(self, signer: str, content: Content, **claims: object) -> Outcome:
        return self.record(self.opening("submit", signer, content, **claims), content)

    def register(self, signer: str, content: Content, **claims: object) -> Outcome:
        return self.record(self.opening("register", signer, content, **claims), content)

    def decide(self, action: str, signer: str, number: str = NUMBER, **claims: object) -> Outcome:
        return self.record(self.deciding(action, signer, number, **claims))

    def track(self, signer: str, content: Content) -> Outcome:
        """Put another text in the place of the one in force."""
        release = self.states[content.document.number].release
        assert release is not None
        entry = self.opening("track", signer, content, version=release.version, authors=(), replaces=release.digest)
        return self.record(entry, content)

    def state(self, number: str = NUMBER) -> DocumentState:
        return self.states[number]

    def published(self, number: str = NUMBER) -> Mapping[str, str]:
        """Paths and blobs that the library holds because of a document."""
        return {path: blob for path, blob in self.files.items() if number in path}
