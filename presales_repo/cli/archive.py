"""prs archive"""

from __future__ import annotations

import click

from presales_repo.cli.complete import complete_project
from presales_repo.cli.main import make_session
from presales_repo.cli.output import show_json
from presales_repo.i18n import gettext as _


@click.command("archive")
@click.option("-p", "--project", required=True, shell_complete=complete_project, help="The project's id.")
@click.option("-t", "--title", default="", help="Title.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, project: str, title: str, as_json: bool) -> None:
    """Draft the list of a project's published documents; once that is published they are archived."""
    from presales_repo.ops.archive import draft_archive_list

    made = draft_archive_list(make_session(ctx), project, title)
    if as_json:
        show_json({"number": made.number, "path": made.path, "type": made.type, "title": made.title})
        return
    click.echo(f"{made.number}  {made.path}")
    text = _("Next: look through the list, then: prs save {number} -m TEXT; prs submit {number} -m TEXT")
    click.echo(text.format(number=made.number), err=True)
