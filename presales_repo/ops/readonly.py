"""What is archived, obsolete or disposed of is read-only (R121): every door to main asks here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from presales_repo.findings import Finding
from presales_repo.model.paths import ATTACHMENTS, split_document_path
from presales_repo.store.snapshot import DELETED, Change, Snapshot

if TYPE_CHECKING:
    from presales_repo.model.upkeep import Standing
    from presales_repo.store.repository import Repository


def check_read_only(snapshot: Snapshot) -> Iterator[Finding]:
    """W310 a document that is read-only, or an attachment of one, is changed.

    Its published text may come back, and the files of one that was disposed of go away.
    """
    for change in snapshot.all_changes():
        number = _number_in(change.path)
        found = snapshot.standing(number, change.path) if number else None
        if found is not None and not _is_allowed(snapshot, change, found):
            args = {"number": number, "status": found.status, "by": found.by}
            yield Finding("W310", change.path, 0, 0, args)


def _is_allowed(snapshot: Snapshot, change: Change, found: Standing) -> bool:
    if found.status == "disposed":
        return change.mode == DELETED
    return (change.path, snapshot.blob_of(change)) == (found.path, found.blob)


def _number_in(path: str) -> str:
    if path.startswith(f"{ATTACHMENTS}/"):
        return path.split("/")[1] if path.count("/") > 1 else ""
    parts = split_document_path(path)
    return parts.number if parts else ""


class KeptStanding:
    """What this clone has verified says which documents are read-only; for git's hooks, which verify nothing.

    Asked of a path, the ledger is looked at only when the library has a file there: most changes are to drafts.
    """

    def __init__(self, repository: Repository, approved: str) -> None:
        self._repository = repository
        self._approved = approved

    def __call__(self, number: str, path: str) -> Standing | None:
        """How a document is read-only; None when it may be edited, or this is not known here."""
        if path and self._repository.git.resolve(f"{self._approved}:{path}") is None:
            return None
        from presales_repo.model.upkeep import standing_of
        from presales_repo.store.ledger import kept_state

        return standing_of(kept_state(self._repository, number))
