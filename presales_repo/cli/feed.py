"""prs feed"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.complete import complete_project
from presales_repo.cli.filters import parse_day
from presales_repo.cli.main import make_session
from presales_repo.cli.naming import person
from presales_repo.cli.output import show_json, show_table
from presales_repo.i18n import gettext as _
from presales_repo.model.feed import News


@click.command("feed")
@click.option("-p", "--project", default="", shell_complete=complete_project, help="Only this project.")
@click.option("--since", default="", callback=parse_day, help="From this day on, not since you looked.")
@click.option("--all", "everything", is_flag=True, help="Of all times, projects and people.")
@click.option("--mark/--no-mark", default=None, help="Remember, or not, that you have seen this.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, project: str, since: str, everything: bool, mark: bool | None, as_json: bool) -> None:
    """What happened in your projects since you looked; what names you comes first."""
    from presales_repo.ops.feed import read_feed

    found = read_feed(make_session(ctx), project=project, since=since, everything=everything, mark=mark)
    if as_json:
        show_json([asdict(item) for item in found.news])
        return
    if found.news:
        heads = (_("time"), _("person"), "", _("what"), _("document"), _("title"), _("note"))
        show_table(heads, [_row(item) for item in found.news])
    else:
        click.echo(_("Nothing new."), err=True)
    if found.marked:
        click.echo(_("Seen. The same again: prs feed --since DAY"), err=True)


def _row(item: News) -> tuple[str, ...]:
    time = item.time[:16].replace("T", " ")
    what = _(item.action) + (f" {item.version}" if item.version else "")
    return (time, person(item.person), _(item.to_me), what, item.number or item.project, item.title, item.note)
