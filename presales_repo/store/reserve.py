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
from presales_repo.model.commit import Ident, build_commit, parse_commit_loose
from presales_repo.model.number import LAST_SEQUENCE, Number, parse_number
from presales_repo.store.git import EMPTY_TREE, Blob, Git
from presales_repo.store.objects import new_object, write_objects

_CLAIM = re.compile(rb"^Prs-Number: ([A-Z0-9]+)$", re.MULTILINE)
_NONE = "0" * 40
_TRIES = 100


def reservation_ref(stage: str, period: str) -> str:
    """The ref that counts a stage's numbers of one month (`period`: 202305)."""
    return f"refs/prs/numbers/{stage}/{period}"


def last_reserved(git: Git, stage: str, period: str, at: str | None = None) -> int | None:
    """The highest sequence issued, None when this clone has no reservation for the month. `at`: the claim to count
    by, when the ref is about to move there.

    Raises PrsError N110 when the ref holds something else than a claim of ours.
    """
    claim = git.read(at or reservation_ref(stage, period))
    return _sequence(claim, stage, period) if claim else None


def _number(claim: Blob) -> Number | None:
    match = _CLAIM.search(claim.data or b"") if claim.kind == "commit" else None
    return parse_number(match[1].decode()) if match else None


def _sequence(claim: Blob, stage: str, period: str) -> int:
    number = _number(claim)
    if number is None or (number.stage, number.period) != (stage, period):
        raise PrsError("N110", ref=reservation_ref(stage, period))
    return number.sequence


def reservation_parts(ref: str) -> tuple[str, str] | None:
    """Stage and month of a reservation ref, None for any other ref."""
    match = re.fullmatch(r"refs/prs/numbers/([A-Z]{2})/(20[0-9]{2}(?:0[1-9]|1[0-2]))", ref)
    return (match[1], match[2]) if match else None


def check_claims(
    git: Git, ref: str, old: str, new: str, highest_known: Callable[[str, str], int] = lambda _stage, _period: 0
) -> None:
    """Whether the commits from `old` (zeros: none) to `new` claim one number after the other.

    The first claim of a month is 001, or the next after the `highest_known` document of that stage and month: such
    documents may be older than the record of claims. Raises PrsError N110 for anything else: a claim of another stage
    or month, a gap, a repeat, a merge.
    """
    parts = reservation_parts(ref)
    assert parts is not None, "only reservation refs are asked for"
    oids = git.text("rev-list", "--reverse", "--topo-order", new, *([] if old == _NONE else [f"^{old}"])).split()
    if old == _NONE:
        first = _sequence(_read_claim(git, oids[0], ref), *parts)
        parents: tuple[str, ...] = ()
        last = min(first, highest_known(*parts) + 1) - 1
    else:
        parents, last = (old,), _sequence(_read_claim(git, old, ref), *parts)
    for oid in oids:
        claim = _read_claim(git, oid, ref)
        commit = parse_commit_loose(claim.data or b"")
        if commit.parents != parents or commit.tree != EMPTY_TREE or _sequence(claim, *parts) != last + 1:
            raise PrsError("N110", ref=ref)
        parents, last = (oid,), last + 1


def claimed_numbers(git: Git, shared: str, local: str) -> list[Number]:
    """The numbers that the claims from `shared` to `local` issued, oldest first."""
    claims = (git.read(oid) for oid in git.text("rev-list", "--reverse", f"{shared}..{local}").split())
    return [number for claim in claims if claim and (number := _number(claim)) is not None]


def _read_claim(git: Git, oid: str, ref: str) -> Blob:
    claim = git.read(oid)
    if claim is None or claim.kind != "commit" or claim.data is None:
        raise PrsError("N110", ref=ref)
    return claim


Share = Callable[[str, str, str], bool]


def reserve_number(
    git: Git,
    stage: str,
    year: int,
    month: int,
    who: Ident,
    highest_known: Callable[[], int],
    share: Share | None = None,
) -> Number:
    """Claim the number after the last one issued here and after `highest_known`, the highest that a document
    carries: those of colleagues come by `git pull`, without their claims.

    `share` (ref, new id, id it had) claims at the shared repository first: False when somebody was faster, and the
    local ref then stands where theirs is. Raises PrsError N105 when the month is full (999), N110 when the ref is
    broken, N111 when others won every race.
    """
    period = f"{year:04d}{month:02d}"
    ref = reservation_ref(stage, period)
    known = highest_known()
    for _ in range(_TRIES):
        claim = git.read(ref)
        last = max(known, _sequence(claim, stage, period) if claim else 0)
        if last >= LAST_SEQUENCE:
            raise PrsError("N105", stage=stage, period=period, last=LAST_SEQUENCE)
        number = Number(stage, year, month, last + 1)
        if _claim(git, ref, claim.oid if claim else None, number, who, share):
            return number
        if claim is None and git.resolve(ref) is None:
            raise PrsError("N110", ref=ref)  # there is a ref, and it leads nowhere
        # Never longer after more tries: whoever has waited long would lose to those who have just come.
        time.sleep(secrets.randbelow(100) / 1000)
    raise PrsError("N111", stage=stage, period=period)


def _claim(git: Git, ref: str, tip: str | None, number: Number, who: Ident, share: Share | None) -> bool:
    message = f"prs: reserve {number}\n\nPrs-Number: {number}\nPrs-Nonce: {secrets.token_hex(16)}\n"
    claim = new_object("commit", build_commit(EMPTY_TREE, [tip] if tip else [], who, who, message))
    write_objects(git, [new_object("tree", b""), claim])
    if share is not None and not share(ref, claim.oid, tip or _NONE):
        return False
    return git.update_refs([(ref, claim.oid, tip or _NONE)], f"prs: reserve {number}")
