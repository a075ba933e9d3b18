"""Gathers what is known of every document: the register of the files and the replayed ledger."""

from __future__ import annotations

from presales_repo.model.facts import Fact, Facts
from presales_repo.model.ledger import DocumentState, status_of
from presales_repo.model.periods import iso_time
from presales_repo.ops.session import Work, working_snapshot
from presales_repo.store.index import Row, make_row
from presales_repo.store.snapshot import Snapshot
from presales_repo.store.verifier import released_bytes


def read_facts(work: Work, snapshot: Snapshot | None = None) -> Facts:
    """All documents of the working tree (or of `snapshot`) and of the library, by number."""
    states = {state.number: state for state in work.ledger.documents()}
    rows = {row.number: row for row in (snapshot or working_snapshot(work)).rows() if row.number}
    numbers = sorted({*rows, *(number for number, state in states.items() if state.release)})
    return Facts({number: _fact(work, rows.get(number), states.get(number)) for number in numbers})


def _fact(work: Work, row: Row | None, state: DocumentState | None) -> Fact:
    published = _published(work, row, state)
    shown = row or published
    assert shown is not None, "numbers are those of rows and releases"
    release = state.release if state else None
    return Fact(
        number=shown.number,
        title=shown.title,
        type=shown.type,
        project=shown.project,
        author=shown.author,
        created=shown.created,
        path=shown.path,
        status=status_of(state, row.blob if row else None),
        version=release.version if release else "",
        published_at=iso_time(release.time, release.offset) if release else "",
        fields=shown.fields,
        published=published.fields if published else None,
        state=state,
    )


def _published(work: Work, row: Row | None, state: DocumentState | None) -> Row | None:
    """The version in force as a row; the file's own row when it is the same text."""
    release = state.release if state else None
    if release is None:
        return None
    if row is not None and row.blob == release.blob:
        return row
    return make_row(release.path, release.blob, released_bytes(work.ledger.reader, release))
