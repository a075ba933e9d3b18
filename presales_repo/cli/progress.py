"""A progress bar on stderr for work that takes longer than a second. The one module that imports rich."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from presales_repo.i18n import gettext as _

_PATIENCE = 1.0


def progress_bar() -> Callable[[str, int, int], None]:
    """A callback (what, done, total) that shows a bar once the work has lasted a second, and removes it at the end."""
    started: dict[str, float] = {}
    bars: dict[str, Any] = {}

    def show(what: str, done: int, total: int) -> None:
        begun = started.setdefault(what, time.monotonic())
        if what not in bars and (done >= total or time.monotonic() - begun < _PATIENCE):
            return
        if what not in bars:
            from rich.console import Console
            from rich.progress import Progress

            bar = Progress(console=Console(stderr=True), transient=True)
            bars[what] = (bar, bar.add_task(_names().get(what, what), total=total))
            bar.start()
        bar, task = bars[what]
        bar.update(task, completed=done, total=total)
        if done >= total:
            bar.stop()
            del bars[what], started[what]

    return show


def _names() -> dict[str, str]:
    return {
        "verify": _("Verifying the ledger"),
        "check": _("Checking"),
        "export": _("Making PDFs"),
        "demo": _("Building the demo"),
    }
