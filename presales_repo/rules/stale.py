"""Why documents are behind, as findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from presales_repo.findings import Finding
from presales_repo.model.facts import Facts
from presales_repo.model.trace import Reason

_CODES = {
    "changed": "L130",
    "outdated": "L131",
    "replaced": "L132",
    "withdrawn": "L133",
    "rests": "L134",
    "behind": "L135",
}


def stale_findings(found: Mapping[str, tuple[Reason, ...]], facts: Facts) -> Iterator[Finding]:
    """L130 to L135, one for each reason of each document, at its file."""
    for number, reasons in found.items():
        fact = facts.get(number)
        for reason in reasons:
            yield stale_finding(number, reason, fact.path if fact else "")


def stale_finding(number: str, reason: Reason, path: str = "") -> Finding:
    """One reason. The field's name is that of the list for a field of its items."""
    args = {
        "number": number,
        "by": reason.by,
        "field": reason.field.partition(".")[0],
        "via": reason.via,
        "named": reason.named,
        "current": reason.current,
    }
    return Finding(_CODES[reason.kind], path, 0, 0, args)
