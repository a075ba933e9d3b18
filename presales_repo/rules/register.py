"""What the rules may look up about the rest of the repository. The store's index implements it; tests fake it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from presales_repo.model.looked import Looked


class Shelf(Protocol):
    """Other documents, as a rule of a type sees them."""

    def look(self, number: str, version: str = "") -> Looked | None:
        """The document with a number as its file stands, or as a version of it was published; None when it is not
        there."""

    def documents(self, project: str, type_id: str) -> Sequence[Looked]:
        """The documents of a type in a project, as their files stand; "" for those of no project."""

    def project_state(self, project: str) -> str | None:
        """The state that a project is in; None when it cannot be told here (no ledger at hand)."""


class Register(Shelf, Protocol):
    """Answers about the repository as it will be after the change that is being checked."""

    def has_number(self, number: str) -> bool:
        """Whether a document carries this number."""

    def other_paths(self, number: str, path: str) -> tuple[str, ...]:
        """Every other path whose document carries the number of the document at `path`."""

    def has_file(self, path: str) -> bool:
        """Whether a file (document or attachment) is there."""

    def digest_of(self, path: str) -> str | None:
        """SHA-256 (hex) of a file's bytes, None when it is not there."""

    def project_folder(self, project: str) -> str | None:
        """The folder of a project by its id (`projects/XM2023001-…`), None when there is no such project."""

    def last_reserved(self, stage: str, period: str) -> int | None:
        """The highest sequence issued for a stage and month, None when nothing is recorded in this clone."""

    def is_known(self, number: str, path: str) -> bool:
        """Whether path or number was committed before this change, here or in what is being merged in: the number
        was accepted then."""

    def has_release(self, number: str, version: str) -> bool | None:
        """Whether a version is published; None when this cannot be told here (no ledger at hand)."""
