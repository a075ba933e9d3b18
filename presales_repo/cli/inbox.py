"""prs inbox"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.main import make_session
from presales_repo.cli.output import show_json, show_table
from presales_repo.i18n import gettext as _
from presales_repo.ops.register import Waiting


def _task(item: Waiting) -> str:
    return f"{_(item.action)} {item.department}" if item.department else _(item.step)


@click.command("inbox")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """What waits for the owner of this key."""
    from presales_repo.ops.register import inbox

    found = inbox(make_session(ctx))
    if as_json:
        show_json([asdict(item) for item in found])
    elif found:
        rows = [(w.number, _task(w), w.version, w.since[:16].replace("T", " "), w.submitted_by, w.title) for w in found]
        show_table((_("number"), _("step"), _("version"), _("since"), _("submitted by"), _("title")), rows)
        if any(item.action == "approve" for item in found):
            click.echo(_("Next: prs show NUMBER; prs approve NUMBER, or prs reject NUMBER --reason TEXT"), err=True)
        if any(item.action == "countersign" for item in found):
            click.echo(_("For a department: prs countersign NUMBER, or with --disagree -m TEXT"), err=True)
    else:
        click.echo(_("Nothing waits for you."), err=True)
