"""prs history"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.main import make_session
from presales_repo.cli.naming import department, signed_by
from presales_repo.cli.output import show_json, show_table
from presales_repo.i18n import gettext as _
from presales_repo.ops.history import Happening


@click.command("history")
@click.argument("number", shell_complete=complete_number)
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, number: str, as_json: bool) -> None:
    """Time, person, what changed, version, decision."""
    from presales_repo.ops.history import history

    found = history(make_session(ctx), number)
    if as_json:
        show_json([asdict(item) for item in found])
        return
    rows = [_row(item) for item in found]
    heads = (_("time"), _("person"), _("decision"), _("version"), _("changed"), _("commit"), _("note"))
    show_table(heads, rows)


def _row(item: Happening) -> tuple[str, ...]:
    time = item.time[:16].replace("T", " ")
    note = " ".join(part for part in (department(item.department), _(item.opinion), *item.changes, item.note) if part)
    who = signed_by(item.person, item.on_behalf_of)
    return (time, who, _(item.decision), item.version, item.changed, item.commit[:10], note)
