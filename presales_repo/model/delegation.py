"""Delegation (授权): the right to sign for somebody who is away (四(三)1, A-17).

A published letter gives the right; its next version replaces it. It covers roles that the principal holds by the
policy, so nobody passes on what was only delegated to them.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from presales_repo.errors import PrsError
from presales_repo.model.doctype import DELEGATION, EFFECTS
from presales_repo.model.document import Document
from presales_repo.model.policy import Policy, can_sign
from presales_repo.model.workflow import signing_role

if TYPE_CHECKING:
    from presales_repo.model.ledger import DocumentState, Head, Round


@dataclass(frozen=True, slots=True)
class Delegation:
    """What a letter gives. `letter`: its number; `roles`: those in which `delegate` may sign for `principal`;
    `from_date`, `to_date`: first and last day, YYYY-MM-DD; `offset`: the zone of these days (as +0800), that of the
    entry which published the letter: a later signer could choose another one to win some hours."""

    letter: str
    principal: str
    delegate: str
    roles: tuple[str, ...]
    from_date: str
    to_date: str
    offset: str = ""


def read_letter(policy: Policy, document: Document, *, first: bool) -> Delegation:
    """The right that a letter asks for. `first`: no version of it is published.

    Raises PrsError: A331 not two days in order (a later version may end before it begins: the right is taken back),
    A330 longer than the policy allows, A334 unknown person or role, A332 to oneself, A333 a role that the principal
    does not hold.
    """
    letter = Delegation(
        document.number,
        document.value("principal"),
        document.value("delegate"),
        document.values("roles"),
        document.value("from_date"),
        document.value("to_date"),
    )
    _check_days(letter, int(policy.chain_rules[EFFECTS[DELEGATION]]), first=first)
    for id_ in (letter.principal, letter.delegate):
        if id_ not in policy.people or not can_sign(policy.people[id_]):
            raise PrsError("A334", number=letter.letter, found=id_)
    for role in letter.roles or ("",):
        if role not in policy.roles:
            raise PrsError("A334", number=letter.letter, found=role)
    if letter.principal == letter.delegate:
        raise PrsError("A332", number=letter.letter, person=letter.delegate)
    lacking = [role for role in letter.roles if role not in policy.people[letter.principal].roles]
    if lacking:
        raise PrsError("A333", number=letter.letter, person=letter.principal, role=", ".join(lacking))
    return letter


def _check_days(letter: Delegation, limit: int, *, first: bool) -> None:
    begin, end = parse_day(letter.from_date), parse_day(letter.to_date)
    if begin is None or end is None or (first and end < begin):
        raise PrsError("A331", number=letter.letter, begin=letter.from_date, end=letter.to_date)
    days = (end - begin).days
    if days > limit:
        raise PrsError("A330", number=letter.letter, begin=letter.from_date, end=letter.to_date, days=days, limit=limit)


def parse_day(text: str) -> datetime.date | None:
    """A day written as YYYY-MM-DD and in no other of ISO 8601's forms, None when it is not one."""
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def day_of(time: int, offset: str) -> str:
    """The day (YYYY-MM-DD) of a Git time: seconds since 1970, zone as +0800."""
    sign = -1 if offset.startswith("-") else 1
    zone = datetime.timezone(sign * datetime.timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5])))
    try:
        return datetime.datetime.fromtimestamp(time, zone).date().isoformat()
    except (ValueError, OverflowError):  # Git's times reach beyond the calendar
        return "9999-12-31"


def with_delegation(known: Iterable[Delegation], new: Delegation | None, offset: str) -> tuple[Delegation, ...]:
    """The delegations after a letter was published (None: none was), each letter's newest version only."""
    if new is None:
        return tuple(known)
    return (*(item for item in known if item.letter != new.letter), replace(new, offset=offset))


def without_void(known: Iterable[Delegation], states: Iterable[DocumentState]) -> tuple[Delegation, ...]:
    """The delegations whose letters hold. `states`: documents whose standing has just changed. A right ends with the
    version that gave it, and does not come back with an earlier one: a new letter is soon written."""
    void = {state.number for state in states if state.voided}
    return tuple(item for item in known if item.letter not in void)


def check_deputy(head: Head, number: str, opened: Round, signer: str, principal: str, time: int) -> None:
    """Whether `signer` may decide the open step for `principal`, who could decide it now.

    Raises PrsError: A302 the signer wrote the text, A338 the text is itself a letter, A335 no delegation of that role,
    A336 not on the day of `time` (seconds since 1970), A306 one of the two signed before: this step, or any step of an
    important document.
    """
    if signer in opened.authors:
        raise PrsError("A302", number=number, person=signer)
    if opened.grants is not None:
        raise PrsError("A338", number=number, person=signer, principal=principal)
    role = signing_role(head.policy, opened, principal)
    found = [item for item in head.delegations if (item.principal, item.delegate) == (principal, signer)]
    found = [item for item in found if role in item.roles]
    if not found:
        raise PrsError("A335", number=number, person=signer, principal=principal, role=role)
    if not any(item.from_date <= day_of(time, item.offset) <= item.to_date for item in found):
        last, day = found[-1], day_of(time, found[-1].offset)
        raise PrsError(
            "A336", number=number, person=signer, principal=principal, letter=last.letter, day=day,
            begin=last.from_date, end=last.to_date,
        )  # fmt: skip
    before = {*opened.signers, *opened.seats} if opened.important else {*opened.signed, *opened.hands}
    for person in (signer, principal):
        if person in before:
            raise PrsError("A306", person=person, version=opened.version)
