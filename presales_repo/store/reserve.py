"""Numbers claimed by compare-and-swap on one ref per stage and month: `refs/prs/numbers/<stage>/<yyyymm>`.

Each claim is a commit of its own (the nonce makes it unique: two clients that push the same object both succeed),
child of the claim before it, so `git log refs/prs/numbers/QD/202305` lists what was issued.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable

from presales_repo.errors import PrsError
from presales_repo.model.commit import Ident, build_commit
from presales_repo.model.number import LAST_SEQUENCE, Number, parse_number
from presales_repo.store.git import EMPTY_TREE, Blob, Git
from presales_repo.store.objects import new_object, write_objects

_CLAIM = re.compile(rb"^Prs-Number: ([A-Z0-9]+)$", re.MULTILINE)
_NONE = "0" * 40
_TRIES = 50


def reservation_ref(stage: str, period: str) -> str:
    """The ref that counts a stage's numbers of one month (`period`: 202305)."""
    return f"refs/prs/numbers/{stage}/{period}"


def last_reserved(git: Git, stage: str, period: str) -> int | None:
    """The highest sequence issued, None when this clone has no reservation for the month.

    Raises PrsError N110 when the ref holds something else than a claim of ours.
    """
    claim = git.read(reservation_ref(stage, period))
    return _sequence(claim, stage, period) if claim else None


def _sequence(claim: Blob, stage: str, period: str) -> int:
    match = _CLAIM.search(claim.data or b"") if claim.kind == "commit" else None
    number = parse_number(match[1].decode()) if match else None
    if number is None or (number.stage, number.period) != (stage, period):
        raise PrsError("N110", ref=reservation_ref(stage, period))
    return number.sequence


def reserve_number(git: Git, stage: str, year: int, month: int, who: Ident, highest_known: Callable[[], int]) -> Number:
    """Claim the number after the last one issued here and after `highest_known`, the highest that a document
    carries: those of colleagues come by `git pull`, without their claims.

    Raises PrsError N105 when the month is full (999), N110 when the ref is broken, N111 when others won every race.
    """
    period = f"{year:04d}{month:02d}"
    ref = reservation_ref(stage, period)
    known = highest_known()
    for attempt in range(_TRIES):
        claim = git.read(ref)
        last = max(known, _sequence(claim, stage, period) if claim else 0)
        if last >= LAST_SEQUENCE:
            raise PrsError("N105", stage=stage, period=period, last=LAST_SEQUENCE)
        number = Number(stage, year, month, last + 1)
        if _claim(git, ref, claim.oid if claim else None, number, who):
            return number
        if claim is None and git.resolve(ref) is None:
            raise PrsError("N110", ref=ref)  # there is a ref, and it leads nowhere
        time.sleep(secrets.randbelow(20) / 1000 * (attempt + 1))
    raise PrsError("N111", stage=stage, period=period)


def _claim(git: Git, ref: str, tip: str | None, number: Number, who: Ident) -> bool:
    message = f"prs: reserve {number}\n\nPrs-Number: {number}\nPrs-Nonce: {secrets.token_hex(16)}\n"
    claim = new_object("commit", build_commit(EMPTY_TREE, [tip] if tip else [], who, who, message))
    write_objects(git, [new_object("tree", b""), claim])
    return git.update_refs([(ref, claim.oid, tip or _NONE)], f"prs: reserve {number}")
