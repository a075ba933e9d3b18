"""Retention (保管期限, A-26): how long an archived document is kept. The period starts on the day of archiving."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from presales_repo.model.doctype import ARCHIVE
from presales_repo.model.policy import Policy

if TYPE_CHECKING:
    from presales_repo.model.ledger import DocumentState


def retention_of(policy: Policy, state: DocumentState) -> str:
    """The retention of a document: what its version in force says, else that of its type; "" when neither is known."""
    doctype = policy.types.get(state.type_id)
    declared = state.release.retention if state.release else ""
    return declared if declared in policy.retentions else (doctype.retention if doctype else "")


def keep_until(policy: Policy, state: DocumentState, retention: str = "") -> datetime.date | None:
    """The last day on which a document has to be kept; None when it is not archived, or to be kept for good.

    `retention`: another one than the document's own.
    """
    archived = [mark.day for mark in state.marks if mark.effect == ARCHIVE]
    kept = policy.retentions.get(retention or retention_of(policy, state))
    years: Any = kept.raw.get("years") if kept else None
    if not archived or not isinstance(years, int):
        return None
    return years_later(datetime.date.fromisoformat(min(archived)), years)


def years_later(day: datetime.date, years: int) -> datetime.date:
    """The same day so many years later; 29 February becomes 1 March in a year without one."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return datetime.date(day.year + years, 3, 1)


def is_over(policy: Policy, state: DocumentState, today: datetime.date) -> bool:
    """Whether a document need not be kept any longer."""
    until = keep_until(policy, state)
    return until is not None and today > until
