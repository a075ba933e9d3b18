"""prs inbox"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.main import make_session
from presales_repo.cli.naming import department, people, person
from presales_repo.cli.output import show_json, show_table, signer
from presales_repo.cli.urgency import warn_if_overdue
from presales_repo.i18n import gettext as _
from presales_repo.ops.register import Waiting


@click.command("inbox")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> None:
    """What waits for the owner of this key."""
    from presales_repo.ops.register import inbox

    found = inbox(make_session(ctx))
    for item in found:
        warn_if_overdue(item.number, item.emergency)
    if as_json:
        show_json([asdict(item) for item in found])
    elif found:
        heads = (_("number"), _("step"), _("version"), _("since"), _("submitted by"), _("title"))
        show_table(heads, [_row(item) for item in found])
        if any(item.action == "approve" for item in found):
            click.echo(_("Next: prs show NUMBER; prs approve NUMBER, or prs reject NUMBER --reason TEXT"), err=True)
        if any(item.action == "countersign" for item in found):
            click.echo(_("For a department: prs countersign NUMBER, or with --disagree -m TEXT"), err=True)
    else:
        click.echo(_("Nothing waits for you."), err=True)


def _row(item: Waiting) -> tuple[str, ...]:
    task = f"{_(item.action)} {department(item.department)}" if item.department else _(item.step)
    step = signer(task, people(item.on_behalf_of))
    since = item.since[:16].replace("T", " ")
    return (item.number, step, item.version, since, person(item.submitted_by), item.title)
