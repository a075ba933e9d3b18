"""`prs track`: a small change of status after release, as one commit on main and one entry of the ledger (R168).

Everything is judged before anything moves. Killed in between, the same command finishes: a working file or main that
is the text in force but for what may change is where the last one stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from presales_repo.codes import severity_of
from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.commit import object_id
from presales_repo.model.doctype import DocType
from presales_repo.model.document import Document, read_document
from presales_repo.model.entry import Entry
from presales_repo.model.ledger import DocumentState, Release
from presales_repo.model.replay import Stamp
from presales_repo.model.text import MAX_BYTES
from presales_repo.model.track import TRACK, changed_places, check_tracker, described, with_values
from presales_repo.ops.changes import check_one
from presales_repo.ops.decide import Blocked, Decision, append, clean_comment, until_shared
from presales_repo.ops.lookup import find_document, require_number
from presales_repo.ops.session import (
    Actor,
    Session,
    Work,
    committed_snapshot,
    find_actor,
    ident,
    open_index,
    release_lookup,
    stamp,
    working_snapshot,
)
from presales_repo.ops.shared import require_newest_main
from presales_repo.store.files import read_file, write_file
from presales_repo.store.repository import require_main
from presales_repo.store.snapshot import Change, Snapshot
from presales_repo.store.verifier import load_text
from presales_repo.store.worktree import move_main, prepare_commit


@dataclass(frozen=True, slots=True)
class TrackedChange:
    """What was recorded, and the changes as `actions.1.done=2023-05-20`."""

    decision: Decision
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Target:
    """The document to change. `before`: its text in force; `working`: the file as it stands."""

    state: DocumentState
    release: Release
    doctype: DocType
    before: Document
    working: Document


def track(session: Session, number: str, pairs: Sequence[tuple[str, str]], comment: str = "") -> TrackedChange:
    """Set fields that may change after release, without a new approval.

    Raises Blocked when a value breaks a rule; PrsError A430 nothing in force, A309 in review, W300 to W303 what may not
    be set, W301 the file has other changes, A433 nothing changes, A434, A435 not by this person.
    """
    made: list[tuple[str, ...]] = []

    def attempt(work: Work) -> Decision | None:
        decision, changes = _try(work, number, pairs, clean_comment(comment))
        made.append(changes)
        return decision

    decision = until_shared(session, number, attempt)
    return TrackedChange(decision, made[-1])


def _try(
    work: Work, number: str, pairs: Sequence[tuple[str, str]], comment: str
) -> tuple[Decision | None, tuple[str, ...]]:
    actor = find_actor(work)
    target = _find(work, number)
    after = with_values(target.working, target.doctype, pairs)
    places = changed_places(target.before, after, target.doctype)
    if not places:
        raise PrsError("A433", number=number)
    check_tracker(work.policy, target.doctype, target.release, places, actor.person.id)
    require_newest_main(work.repository, work.mode)
    changes = described(after, target.doctype, places)
    head = require_main(work.repository)
    content = _prepare(work, actor, head, target, after, changes)
    entry = _entry(work, actor, target, after, content, comment)
    work.ledger.judge(entry, Stamp("", *stamp(work.session, work.policy), actor.key.public.fingerprint()))
    if content != head:
        write_file(work.repository.root, target.release.path, after.data, replace=True)
        move_main(work.repository, head, content, [target.release.path])
    return append(work, actor, entry), changes


def _find(work: Work, number: str) -> _Target:
    """The document, whose file is the text in force but for what may change. Raises PrsError."""
    state = work.ledger.document(require_number(number))
    release = state.release if state else None
    before = load_text(work.ledger.reader, state)
    if state is None or release is None or before is None:
        raise PrsError("A430", number=number)
    if state.round is not None:
        raise PrsError("A309", number=number, step=state.round.step.id, version=state.round.version)
    doctype = work.policy.types[state.type_id]
    row = find_document(working_snapshot(work), number)
    data = read_file(work.repository.root, row.path, MAX_BYTES)
    working = read_document(data or b"", row.path)
    try:
        changed_places(before, working, doctype)
    except PrsError as error:
        raise PrsError("W301", path=row.path, number=number, fields=error.args_.get("fields", "-")) from None
    committed = work.repository.git.read(f"HEAD:{release.path}")
    known = (before.data, working.data)
    if row.path != release.path or committed is None or committed.data not in known:
        raise PrsError("W301", path=row.path, number=number, fields="-")
    return _Target(state, release, doctype, before, working)


def _prepare(work: Work, actor: Actor, head: str, target: _Target, after: Document, changes: Sequence[str]) -> str:
    """The commit with the new text, which is not on main yet. Raises Blocked when the text breaks a rule."""
    repository, path = work.repository, target.release.path
    blob = repository.git.read(f"{head}:{path}")
    if blob is not None and blob.data == after.data:
        return head  # an earlier run was killed after this
    note = f"prs track {target.state.number}: {', '.join(changes)}"
    who = ident(actor.person, stamp(work.session, work.policy))
    commit = prepare_commit(repository, work.ledger.reader, head, path, after.data, note, who, actor.key)
    _require_clean(work, target, after)
    return commit


def _require_clean(work: Work, target: _Target, after: Document) -> None:
    """The new text breaks no rule that the text in force keeps. Raises Blocked."""
    known, found = (_findings(work, target, text) for text in (target.before, after))
    faults = [(finding.code, finding.args) for finding in known]
    new = [finding for finding in found if (finding.code, finding.args) not in faults]
    if new:
        raise Blocked(new)


def _findings(work: Work, target: _Target, text: Document) -> list[Finding]:
    change = Change(target.release.path, "100644", object_id("blob", text.data))
    snapshot = committed_snapshot(work)
    overlaid = Snapshot(
        snapshot.git,
        open_index(work.repository),
        snapshot.tree,
        {change.path: change},
        released=release_lookup(work.ledger),
    )
    found = check_one(work.policy, overlaid, change)
    return [finding for finding in found if severity_of(finding.code) == "error" or finding.code == "F110"]


def _entry(work: Work, actor: Actor, target: _Target, after: Document, content: str, comment: str) -> Entry:
    release = target.release
    return Entry(
        action=TRACK,
        ledger=work.ledger.head.ledger,
        sequence=work.ledger.head.sequence + 1,
        signer=actor.person.id,
        policy=work.policy.digest,
        document=target.state.number,
        path=release.path,
        version=release.version,
        content=content,
        digest=after.digest,
        replaces=release.digest,
        attachments=tuple((digest, path) for path, _, digest in release.attachments),
        comment=comment,
    )
