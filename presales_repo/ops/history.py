"""A document's history: its commits on main and the decisions of the ledger, in one list (R125)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.ledger import DocumentState
from presales_repo.model.periods import iso_time
from presales_repo.ops.lookup import find_document, require_number
from presales_repo.ops.register import find_release, row_of
from presales_repo.ops.session import Session, Work, open_work, working_snapshot
from presales_repo.store.files import read_file
from presales_repo.store.history import Revision, diff_blobs, revisions

WORKING = "working"


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the history. `decision`: `edit` for a commit; `changed`: lines added and removed;
    `on_behalf_of`: for whom the person decided; `department`, `opinion`: of a countersignature; `changes`: of a change
    after release, as `actions.1.done=2023-05-20`."""

    time: str
    person: str
    decision: str
    version: str
    step: str
    changed: str
    commit: str
    note: str
    on_behalf_of: str = ""
    department: str = ""
    opinion: str = ""
    changes: tuple[str, ...] = ()


def history(session: Session, number: str) -> list[Happening]:
    """Everything that happened to a document, oldest first. Raises PrsError W103."""
    with open_work(session) as work:
        state = work.ledger.document(require_number(number))
        row = row_of(work, working_snapshot(work), number, state)
        found = [_edit(work, item) for item in revisions(work.repository, row.path)][::-1]
        found += [*_decisions(state)] if state else []
    return sorted(found, key=lambda item: (datetime.datetime.fromisoformat(item.time), item.decision != "edit"))


def _edit(work: Work, item: Revision) -> Happening:
    people = {person.email: person.id for person in work.policy.people.values()}
    zone = datetime.timezone(datetime.timedelta(seconds=item.offset))
    time = datetime.datetime.fromtimestamp(item.time, zone).isoformat()
    note = item.message.strip().split("\n")[0]
    return Happening(
        time, people.get(item.email, item.name), "edit", "", "", f"+{item.added} -{item.deleted}", item.commit, note
    )


def _decisions(state: DocumentState) -> list[Happening]:
    versions = (*state.releases, *(item.release for item in state.voided))
    tracked = {mark.sequence: mark.changes for release in versions for mark in release.tracked}
    return [
        Happening(
            iso_time(event.time, event.offset), event.person, event.action, event.version, event.step, "", event.commit,
            event.comment.split("\n")[0], event.on_behalf, event.department, event.opinion,
            tracked.get(event.sequence, ()),
        )
        for event in state.events
    ]  # fmt: skip


def diff(session: Session, number: str, old: str = "", new: str = "") -> str:
    """The difference between two versions, or the published version and the working file.

    Raises PrsError W107 for a version that was never published, W108 when none was.
    """
    with open_work(session) as work:
        require_number(number)
        before = find_release(work, number, old).blob
        after = find_release(work, number, new).blob if new else _working_blob(work, number)
        return diff_blobs(work.repository.git, before, after)


def _working_blob(work: Work, number: str) -> str:
    row = find_document(working_snapshot(work), number)
    data = read_file(work.repository.root, row.path, 1 << 26)
    if data is None:
        raise PrsError("W105", path=row.path)
    return work.repository.git.run("hash-object", "-w", "--stdin", stdin=data).stdout.decode().strip()
