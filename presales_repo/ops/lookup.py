"""Finding documents by number."""

from __future__ import annotations

from presales_repo.errors import PrsError
from presales_repo.model.number import parse_number, suggest_number
from presales_repo.store.index import Row
from presales_repo.store.snapshot import Snapshot


def require_number(number: str) -> str:
    """A well-formed number. Raises PrsError N102 with the number that was meant."""
    if parse_number(number) is None:
        raise PrsError("N102", found=number, corrected=suggest_number(number) or "QD202305001")
    return number


def split_version(text: str) -> tuple[str, str]:
    """`NUMBER@VERSION` as number and version ("" without one). Raises PrsError N102."""
    number, _, version = text.partition("@")
    return require_number(number), version


def find_document(snapshot: Snapshot, number: str) -> Row:
    """The one document that carries a number. Raises PrsError W103 none, N106 several."""
    found = snapshot.find(require_number(number))
    if not found:
        raise PrsError("W103", number=number)
    if len(found) > 1:
        raise PrsError("N106", path=found[0].path, number=number, other=found[1].path)
    return found[0]
