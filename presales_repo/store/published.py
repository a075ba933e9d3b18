"""What the rules ask of the ledger: which versions are published, and what stands in them."""

from __future__ import annotations

from presales_repo.errors import PrsError
from presales_repo.model.delegation import day_of
from presales_repo.model.lifecycle import build_lifecycle
from presales_repo.model.looked import Looked
from presales_repo.model.projects import find_project
from presales_repo.model.upkeep import Standing, standing_of
from presales_repo.store.index import make_row
from presales_repo.store.ledger import Ledger
from presales_repo.store.verifier import released_bytes


class Published:
    """The published versions of a verified ledger."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def has(self, number: str, version: str) -> bool:
        """Whether a version is published."""
        state = self._ledger.document(number)
        return state is not None and state.release_of(version) is not None

    def standing(self, number: str, _path: str = "") -> Standing | None:
        """How a document is read-only; None when it may be edited."""
        return standing_of(self._ledger.document(number))

    def look(self, number: str, version: str = "") -> Looked | None:
        """A published version (the one in force without `version`); None when there is none, or its text is lost."""
        state = self._ledger.document(number)
        if state is None:
            return None
        release = state.release_of(version) if version else state.release
        try:
            data = released_bytes(self._ledger.reader, release) if release else None
        except PrsError:  # `prs verify` reports a text that is lost or not the one signed
            return None
        if release is None or data is None:
            return None
        row = make_row(release.path, release.blob, data)
        return Looked(number, row.type, row.author, release.version, row.fields, day_of(release.time, release.offset))

    def version_of(self, number: str) -> tuple[str, str]:
        """The version in force and its day, "" for none."""
        state = self._ledger.document(number)
        release = state.release if state else None
        return (release.version, day_of(release.time, release.offset)) if release else ("", "")

    def project_state(self, project: str) -> str:
        """The state that a project is in."""
        return find_project(self._ledger.head.projects, project).state(build_lifecycle(self._ledger.policy.project))
