"""prs actions"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.complete import complete_project
from presales_repo.cli.main import make_session
from presales_repo.cli.naming import person
from presales_repo.cli.output import show_json, show_table
from presales_repo.i18n import gettext as _
from presales_repo.model.actions import Action


@click.command("actions")
@click.option("-p", "--project", default="", shell_complete=complete_project, help="Only this project.")
@click.option("--mine", is_flag=True, help="Only yours.")
@click.option("--overdue", is_flag=True, help="Only those whose day is over.")
@click.option("--done", is_flag=True, help="Those that are done as well.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, project: str, mine: bool, overdue: bool, done: bool, as_json: bool) -> None:
    """Action items of all minutes and records, with owner and day."""
    from presales_repo.ops.actions import list_actions

    found = list_actions(make_session(ctx), project=project, mine=mine, overdue=overdue, done=done)
    if as_json:
        show_json([asdict(action) for action in found])
    elif found:
        heads = (_("due"), _("state"), _("owner"), _("document"), _("item"), _("what"))
        show_table(heads, [_row(action) for action in found])
        click.echo(_("When one is done: prs track NUMBER actions.ITEM.done=DAY"), err=True)
    else:
        click.echo(_("No action items."), err=True)


def _row(action: Action) -> tuple[str, ...]:
    state = _("done") if action.done else _("overdue") if action.overdue else _("open")
    return (action.due, state, person(action.owner), action.number, str(action.entry), action.text)
