"""Emergency release (紧急发布, A-18): a text in review is given out before its approval, which is made up for later.

A published request marks the open round of its target; the mark ends with the round. Nothing else is published.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from presales_repo.errors import PrsError
from presales_repo.model.delegation import day_of, parse_day
from presales_repo.model.doctype import EFFECTS, EMERGENCY
from presales_repo.model.document import Document
from presales_repo.model.policy import Policy

if TYPE_CHECKING:
    from presales_repo.model.ledger import DocumentState, Event, Round

_WORKING_DAYS = 5  # of a week, from Monday on


@dataclass(frozen=True, slots=True)
class EmergencyRequest:
    """What a request asks for. `target`, `version`: the document in review; `start`: sequence of its submission, so
    that no text which is submitted later counts; `signed_by`: who has to sign; `make_up_by`: last day (YYYY-MM-DD) to
    finish the approval."""

    target: str
    version: str
    start: int
    signed_by: str
    make_up_by: str


@dataclass(frozen=True, slots=True)
class EmergencyRelease:
    """A round whose text is given out. `request`: number of the request; `digest`: SHA-256 of the text; `commit`: the
    entry that published the request, by `person`, for `on_behalf` where that is not "", at `time` (seconds since 1970,
    zone `offset`)."""

    request: str
    version: str
    digest: str
    make_up_by: str
    commit: str
    person: str
    on_behalf: str
    time: int
    offset: str


def read_request(
    policy: Policy, document: Document, target: DocumentState | None, time: int, offset: str
) -> EmergencyRequest:
    """What a request asks for at a Git time. `target`: the document that it names.

    Raises PrsError: A340 its target is not in review, A341 it is in review as another version, A343 the approval is
    to be made up too late, before the request, or on no day.
    """
    number, _, version = document.value("target").partition("@")
    opened = target.round if target else None
    if opened is None:
        raise PrsError("A340", number=document.number, target=number)
    if opened.version != version:
        raise PrsError("A341", number=document.number, target=number, found=version, expected=opened.version)
    due, limit = document.value("make_up_by"), int(policy.chain_rules[EFFECTS[EMERGENCY]])
    today, last = parse_day(day_of(time, offset)), parse_day(due)
    if today is None or last is None or last < today or working_days(today, last) > limit:
        raise PrsError("A343", number=document.number, found=due, today=day_of(time, offset), limit=limit)
    return EmergencyRequest(number, version, opened.start, document.value("signed_by"), due)


def working_days(after: datetime.date, until: datetime.date) -> int:
    """How many days from Monday to Friday come after one day, up to another; holidays are not known."""
    weeks, rest = divmod((until - after).days, 7)
    days = (after.weekday() + 1 + number for number in range(rest))
    return weeks * _WORKING_DAYS + sum(day % 7 < _WORKING_DAYS for day in days)


def check_request(number: str, request: EmergencyRequest, target: DocumentState | None, signed: Event) -> Round:
    """The round that a request releases now that it is signed. `number`: of the request.

    Raises PrsError: A342 the round that it was made for has ended, A344 signed by, or for, another than it names.
    """
    opened = target.round if target else None
    if opened is None or opened.start != request.start:
        raise PrsError("A342", number=number, target=request.target, version=request.version)
    seat = signed.on_behalf or signed.person
    if seat != request.signed_by:
        raise PrsError("A344", number=number, person=seat, named=request.signed_by)
    return opened


def released(number: str, request: EmergencyRequest, opened: Round, signed: Event) -> EmergencyRelease:
    """The mark on the target's round."""
    return EmergencyRelease(
        number, opened.version, opened.digest, request.make_up_by, signed.commit, signed.person, signed.on_behalf,
        signed.time, signed.offset,
    )  # fmt: skip
