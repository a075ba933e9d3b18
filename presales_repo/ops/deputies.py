"""For whom somebody may sign: the delegations of the ledger, asked before an entry is made."""

from __future__ import annotations

from presales_repo.errors import PrsError
from presales_repo.model.ledger import Round
from presales_repo.model.replay import check_right
from presales_repo.ops.session import Work, stamp


def find_principal(work: Work, number: str, opened: Round, signer: str, asked: str) -> str:
    """For whom `signer` decides the open step: `asked`, else themselves (""), else the one person for whom they may.

    Raises PrsError A339 when there are several; whether they may at all is judged with the entry.
    """
    if asked:
        return "" if asked == signer else asked
    if may_decide(work, number, opened, signer, ""):
        return ""
    possible = principals(work, number, opened, signer)
    if len(possible) > 1:
        raise PrsError("A339", number=number, person=signer, people=", ".join(possible))
    return possible[0] if possible else ""


def principals(work: Work, number: str, opened: Round, signer: str) -> list[str]:
    """Everybody for whom `signer` may decide the open step now."""
    named = dict.fromkeys(item.principal for item in work.ledger.head.delegations if item.delegate == signer)
    return [principal for principal in named if may_decide(work, number, opened, signer, principal)]


def deputies(work: Work, number: str, opened: Round) -> list[tuple[str, str]]:
    """Everybody who may decide the open step now for somebody else, with that person."""
    named = dict.fromkeys((item.delegate, item.principal) for item in work.ledger.head.delegations)
    return [pair for pair in named if may_decide(work, number, opened, *pair)]


def may_decide(work: Work, number: str, opened: Round, signer: str, principal: str) -> bool:
    """Whether `signer` may decide the open step now, for `principal` or for themselves ("")."""
    time, _ = stamp(work.session, work.policy)
    try:
        check_right(work.ledger.head, number, opened, signer, principal, time)
    except PrsError:
        return False
    return True
