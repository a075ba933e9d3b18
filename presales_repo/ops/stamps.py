"""What a copy says of itself beside its text: 作废, 作废保留, 已归档, its number as a copy (四(二)2, 四(四)2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from presales_repo.errors import PrsError
from presales_repo.model.doctype import ARCHIVE, OBSOLETE
from presales_repo.model.ledger import DocumentState, Release
from presales_repo.ops.facts import read_facts
from presales_repo.ops.paper import copies, issued_copies
from presales_repo.ops.session import Work
from presales_repo.render.sheet import Profile, Sheet


class Stamps(NamedTuple):
    """`kept`: obsolete and kept all the same; `archived_on`: a day, or "" when it is not archived; `copy_no`: or ""."""

    kept: bool = False
    archived_on: str = ""
    copy_no: str = ""

    def on(self, sheet: Sheet) -> Sheet:
        """The sheet with these stamps."""
        return replace(sheet, kept=self.kept, archived_on=self.archived_on, copy_no=self.copy_no)


def stamps_of(state: DocumentState) -> Stamps:
    """The stamps that a document has now."""
    kept = any(mark.effect == OBSOLETE and mark.keep for mark in state.marks)
    days = [mark.day for mark in state.marks if mark.effect == ARCHIVE]
    return Stamps(kept, min(days, default=""))


def profile_now(state: DocumentState, release: Release, profile: Profile, superseded: Iterable[str]) -> Profile:
    """The profile of a copy that is made now: what is not in force never looks as if it were."""
    if any(mark.effect == OBSOLETE for mark in state.marks):
        return "obsolete"
    replaced = release != state.release or state.number in superseded
    return "obsolete" if replaced and profile == "controlled" else profile


def require_issued(work: Work, number: str, version: str, copy_no: str) -> None:
    """Raises PrsError W320 when no distribution record in force says that this copy of the version is out."""
    known = issued_copies(work, read_facts(work), number, version)
    if copy_no not in known:
        raise PrsError("W320", number=number, version=version, copy=copy_no, known=", ".join(known) or "-")


def possible_stamps(work: Work, state: DocumentState, release: Release) -> list[Stamps]:
    """All stamps that a copy of a version may have been made with, the plain one first."""
    plain = list(dict.fromkeys((Stamps(), stamps_of(state), stamps_of(state)._replace(kept=False))))
    numbers = copies(work, read_facts(work), state.number, release.version)
    return [*plain, *(stamp._replace(copy_no=copy_no) for stamp in plain for copy_no in numbers)]
