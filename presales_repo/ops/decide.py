"""Decisions on documents: submit, approve, reject, withdraw, register (docs/ledger-format.md)."""

from __future__ import annotations

import secrets
import time
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from presales_repo.codes import has_errors, severity_of
from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.countersign import deciders, missing_countersigns
from presales_repo.model.entry import BRINGS_TEXT, Entry
from presales_repo.model.ledger import Content, DocumentState, Release, Round, status_of
from presales_repo.model.policy import Person
from presales_repo.model.workflow import next_version
from presales_repo.ops.check import blocking_findings
from presales_repo.ops.deputies import find_principal
from presales_repo.ops.editing import editing_findings
from presales_repo.ops.lookup import find_document, require_number, split_version
from presales_repo.ops.minutes import name_minutes
from presales_repo.ops.session import (
    Actor,
    Session,
    Work,
    committed_snapshot,
    find_actor,
    open_work,
    stamp,
    working_snapshot,
)
from presales_repo.ops.shared import publisher
from presales_repo.ops.typerules import opening_findings, publishing_findings
from presales_repo.store.files import read_file
from presales_repo.store.history import committers
from presales_repo.store.repository import APPROVED, require_main
from presales_repo.store.snapshot import Snapshot
from presales_repo.store.verifier import load_content

_TRIES = 12
_T = TypeVar("_T")


class Blocked(Exception):
    """The document breaks rules: the findings say which."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(f"{len(findings)} findings")
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Decision:
    """What was recorded. `commit`: the entry; `status`: of the document afterwards; `waiting`: who may decide next;
    `shared` false: the server could not be reached, `prs sync` has to share it later; `on_behalf_of`: for whom `person`
    decided, "" for themselves; `missing`: the departments that have yet to countersign."""

    action: str
    number: str
    title: str
    version: str
    step: str
    person: str
    commit: str
    status: str
    next_step: str
    waiting: tuple[str, ...]
    shared: bool
    on_behalf_of: str
    department: str
    opinion: str
    minutes: str
    missing: tuple[str, ...]


def submit(session: Session, number: str, note: str, *, major: bool = False) -> Decision:
    """Open a round: fix content, version and chain. Raises Blocked when the document breaks a rule."""
    return _open_round(session, "submit", number, require_words(note, "-m"), major=major)


def register(session: Session, number: str, note: str = "", *, major: bool = False) -> Decision:
    """Publish a record whose type needs no approval, by its author's own signature (R167)."""
    return _open_round(session, "register", number, clean_comment(note), major=major)


def approve(session: Session, number: str, comment: str = "", principal: str = "", minutes: str = "") -> Decision:
    """Sign the open step, for `principal` or, where that is "", for oneself or the one person possible. `minutes`:
    NUMBER of those that it rests on, to choose among several."""
    return _decide_round(session, "approve", number, comment, principal, minutes)


def reject(session: Session, number: str, reason: str, principal: str = "") -> Decision:
    """Give the document back to its author; `principal` as for approve."""
    return _decide_round(session, "reject", number, reason, principal)


def withdraw(session: Session, number: str) -> Decision:
    """Take a submission back."""
    return _decide_round(session, "withdraw", number, "")


def reaffirm(session: Session, text: str, comment: str = "") -> Decision:
    """Say again, with a good key, what a stolen one signed. `text`: NUMBER, or NUMBER@VERSION.

    Raises PrsError A370 when no such version waits, A371 when it does not wait for this person.
    """
    number, version = split_version(text)
    comment = clean_comment(comment)
    return until_shared(session, number, lambda work: _try_reaffirm(work, number, version, comment))


def _try_reaffirm(work: Work, number: str, version: str, comment: str) -> Decision | None:
    actor = find_actor(work)
    state = work.ledger.document(require_number(number))
    waiting = [item for item in state.voided if version in ("", item.release.version)] if state else []
    if not waiting:
        raise PrsError("A370", number=number, version=version)
    mine = [item for item in waiting if actor.person.id in item.waiting] or waiting
    entry = _claiming(work, actor, "reaffirm", number, mine[-1].release, comment)
    return append(work, actor, entry)


def _open_round(session: Session, action: str, number: str, note: str, *, major: bool) -> Decision:
    return until_shared(session, number, lambda work: _try_open(work, action, number, note, major))


def _try_open(work: Work, action: str, number: str, note: str, major: bool) -> Decision | None:
    actor = find_actor(work)
    head = require_main(work.repository)
    snapshot = committed_snapshot(work)
    path = _require_saved(work, snapshot, number)
    findings = blocking_findings(work, snapshot, path)
    findings += editing_findings(work.repository.git, APPROVED, work.policy, actor.person, snapshot, [path])
    if findings:
        raise Blocked(findings)
    content = load_content(work.ledger.reader, head, path)
    _require_rules(opening_findings(work, snapshot, content.document, action, note))
    entry = _opening_entry(work, actor, action, head, content, note, major)
    return append(work, actor, entry)


def until_shared(session: Session, number: str, attempt: Callable[[Work], _T | None]) -> _T:
    """Try a decision on the newest ledger until nobody is faster; each try judges anew what stands there then.

    Raises PrsError A316 when every try lost.
    """
    for tried in range(_TRIES):
        with open_work(session, deciding=True) as work:
            decision = attempt(work)
        if decision is not None:
            return decision
        time.sleep(secrets.randbelow(100) / 1000 * (tried + 1))
    raise PrsError("A316", number=number)


def _require_rules(findings: list[Finding]) -> None:
    """Raises Blocked when a rule of the type does not hold; what only warns is `prs check`'s to say."""
    if has_errors(findings):
        raise Blocked([finding for finding in findings if severity_of(finding.code) == "error"])


def _opening_entry(work: Work, actor: Actor, action: str, head: str, content: Content, note: str, major: bool) -> Entry:
    document = content.document
    state = work.ledger.document(document.number)
    release = state.release if state else None
    last = state.last_version if state else None
    return Entry(
        action=action,
        ledger=work.ledger.head.ledger,
        sequence=work.ledger.head.sequence + 1,
        signer=actor.person.id,
        policy=work.policy.digest,
        document=document.number,
        path=document.path,
        version=next_version(last, major=major),
        authors=_authors(work, content, head, release.content if release else ""),
        content=head,
        digest=document.digest,
        attachments=tuple((digest, path) for path, _, digest in content.attachments),
        comment=note,
    )


def _authors(work: Work, content: Content, head: str, since: str) -> tuple[str, ...]:
    """Everybody whose words these are: author, contributors, and who committed to the file since the last version."""
    by_email = {person.email: person.id for person in work.policy.people.values()}
    emails = committers(work.repository, content.document.path, since, head)
    written = [by_email[email] for email in emails if email in by_email]
    return tuple(dict.fromkeys([*content.document.authors, *written]))


def _require_saved(work: Work, committed: Snapshot, number: str) -> str:
    """The path of a document that is committed as it stands in the working tree. Raises PrsError W101 when it is not.

    Only its own file is looked at: asking git what changed takes the longer the more documents there are.
    """
    if not committed.find(require_number(number)):
        raise PrsError("W101", path=find_document(working_snapshot(work), number).path, number=number)
    found = find_document(committed, number)
    blob = work.repository.git.read(found.blob)
    if blob is None or read_file(work.repository.root, found.path, blob.size) != blob.data:
        raise PrsError("W101", path=found.path, number=number)
    return found.path


def _decide_round(
    session: Session, action: str, number: str, comment: str, principal: str = "", minutes: str = ""
) -> Decision:
    comment = clean_comment(comment)
    return until_shared(session, number, lambda work: _try_decide(work, action, number, comment, principal, minutes))


def _try_decide(work: Work, action: str, number: str, comment: str, principal: str, minutes: str) -> Decision | None:
    actor = find_actor(work)
    state = work.ledger.document(require_number(number))
    opened = require_round(state, number)
    if action == "reject" and not comment:
        raise PrsError("A314", number=number)
    if action != "withdraw":
        principal = find_principal(work, number, opened, actor.person.id, principal)
    entry = replace(round_entry(work, actor, action, number, opened, comment), on_behalf=principal)
    if action == "approve":
        require_same_text(work, opened, number)
        entry = replace(entry, minutes=name_minutes(work, entry, opened, minutes))
        _require_rules(publishing_findings(work, committed_snapshot(work), opened))
    return append(work, actor, entry)


def round_entry(work: Work, actor: Actor, action: str, number: str, opened: Round, comment: str) -> Entry:
    """An entry that claims what is true of the open round and its open step."""
    entry = _claiming(work, actor, action, number, opened, comment)
    return entry if action == "withdraw" else replace(entry, step=opened.step.id)


def _claiming(work: Work, actor: Actor, action: str, number: str, text: Round | Release, comment: str) -> Entry:
    """An entry on the text of a round or release."""
    return Entry(
        action=action,
        ledger=work.ledger.head.ledger,
        sequence=work.ledger.head.sequence + 1,
        signer=actor.person.id,
        policy=work.policy.digest,
        document=number,
        path=text.path,
        version=text.version,
        content=text.content,
        digest=text.digest,
        attachments=tuple((digest, path) for path, _, digest in text.attachments),
        comment=comment,
    )


def require_round(state: DocumentState | None, number: str) -> Round:
    """The open round. Raises PrsError A308 when there is none."""
    if state is None or state.round is None:
        raise PrsError("A308", number=number)
    return state.round


def require_same_text(work: Work, opened: Round, number: str) -> None:
    """An approver signs what stands in front of them: refuse when the file on main, or the working file, is no
    longer the submitted text (R116)."""
    git = work.repository.git
    data = read_file(work.repository.root, opened.path, 1 << 30)
    submitted = git.read(opened.blob)
    current = git.resolve(f"HEAD:{opened.path}")
    if git.run("merge-base", "--is-ancestor", opened.content, "HEAD", ok=(0, 1, 128)).returncode != 0:
        raise PrsError("W126", number=number)
    if current != opened.blob or submitted is None or data != submitted.data:
        raise PrsError("A307", number=number, version=opened.version)


def clean_comment(text: str) -> str:
    """A comment as it goes into the ledger: NFC, LF, no control characters, no blank ends."""
    normal = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    hidden = ("Cc", "Cf", "Cs")
    printable = "".join(char for char in normal if char in "\n\t" or unicodedata.category(char) not in hidden)
    return "\n".join(line.rstrip() for line in printable.strip().split("\n"))


def require_words(text: str, option: str) -> str:
    """A comment that may not be empty. Raises PrsError W117."""
    words = clean_comment(text)
    if not words:
        raise PrsError("W117", found=f'{option} ""', expected=f'{option} "..."')
    return words


def append(work: Work, actor: Actor, entry: Entry) -> Decision | None:
    """Sign, share and record; None when somebody was faster. The text goes to the server with the submission."""
    content = entry.content if entry.action in BRINGS_TEXT else ""
    publish = publisher(work.repository, work.mode, content)
    commit = work.ledger.append(entry, actor.person, actor.key, stamp(work.session, work.policy), publish)
    if commit is None:
        return None
    state = work.ledger.document(entry.document)
    assert state is not None, "a decision on a document leaves a state"
    return _decision(work, entry, actor.person, commit, state)


def _decision(work: Work, entry: Entry, person: Person, commit: str, state: DocumentState) -> Decision:
    waiting: Iterable[str] = ()
    missing: Iterable[str] = ()
    if state.round:
        waiting = deciders(work.policy, state.round)
        missing = dict.fromkeys(name for _, name, _ in missing_countersigns(work.policy, state.round))
    status = status_of(state, work.repository.git.resolve(f"HEAD:{entry.path}"))
    return Decision(
        entry.action, entry.document, state.title, entry.version, entry.step, person.id, commit, status,
        state.round.step.id if state.round else "", tuple(waiting), work.mode != "offline",
        entry.on_behalf, entry.department, entry.opinion, entry.minutes, tuple(missing),
    )  # fmt: skip
