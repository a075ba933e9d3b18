"""How a text is shown that is given out before its approval."""

from __future__ import annotations

import sys

from presales_repo.cli.messages import print_findings
from presales_repo.findings import Finding
from presales_repo.i18n import gettext as _
from presales_repo.ops.register import Emergency, Listed


def status_words(listed: Listed) -> str:
    """A document's status, and whether it was released in an emergency."""
    if listed.emergency is None:
        return _(listed.status)
    return _("{status} (emergency release)").format(status=_(listed.status))


def warn_if_overdue(number: str, emergency: Emergency | None) -> None:
    """A345 on stderr when the approval was to be made up by a day that is over."""
    if emergency is not None and emergency.overdue:
        args = {"number": number, "request": emergency.request, "due": emergency.make_up_by}
        print_findings([Finding("A345", "", 0, 0, args)], sys.stderr)
