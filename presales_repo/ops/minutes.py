"""The minutes that an approval rests on, found among what is published (四(三)1, R108)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from presales_repo.errors import PrsError
from presales_repo.model.countersign import check_minutes
from presales_repo.model.entry import Entry
from presales_repo.model.ledger import Round
from presales_repo.model.needs import MEETING_TYPE
from presales_repo.ops.lookup import split_version
from presales_repo.ops.session import Work
from presales_repo.store.verifier import load_minutes

_TELLING = ("A362", "A363")  # minutes that speak of this version, and yet do not carry it


def name_minutes(work: Work, entry: Entry, opened: Round, asked: str) -> str:
    """The minutes that an approval should name: those asked for, else the only ones that fit, else "" (or the ones
    whose refusal tells most).

    Raises PrsError A359 when those asked for are not published, A364 when several fit.
    """
    if asked:
        return _published(work, asked)
    if not opened.step.needs.minutes:
        return ""
    fitting, telling = [], ""
    for named in _all_minutes(work):
        minutes = load_minutes(work.ledger.reader, named, work.ledger)
        try:
            check_minutes(work.policy, replace(entry, minutes=named), opened, minutes)
        except PrsError as error:
            telling = named if error.code in _TELLING else telling
        else:
            fitting.append(named)
    if len(fitting) > 1:
        wanted = f"{entry.document}@{opened.version}"
        raise PrsError("A364", number=entry.document, wanted=wanted, found=", ".join(fitting))
    return fitting[0] if fitting else telling


def _published(work: Work, asked: str) -> str:
    number, version = split_version(asked)
    state = work.ledger.document(number)
    if state is None or state.release is None:
        raise PrsError("A359", minutes=asked)
    return f"{number}@{version or state.release.version}"


def _all_minutes(work: Work) -> Iterator[str]:
    types = work.policy.types
    for state in work.ledger.documents():
        if state.release and state.type_id in types and MEETING_TYPE in types[state.type_id].fields:
            yield f"{state.number}@{state.release.version}"
