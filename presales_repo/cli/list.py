"""prs list"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.complete import complete_project, complete_type
from presales_repo.cli.main import make_session
from presales_repo.cli.new import parse_pairs
from presales_repo.cli.output import show_json, show_table
from presales_repo.cli.urgency import status_words
from presales_repo.errors import PrsError
from presales_repo.i18n import gettext as _
from presales_repo.rules.values import is_date

STATUSES = (
    "draft",
    "in-review",
    "changes-requested",
    "published",
    "revising",
    "void",
    "obsolete",
    "archived",
    "disposed",
)


def parse_day(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """A day as YYYY-MM-DD."""
    if value and not is_date(value):
        raise PrsError("W116", found=value)
    return value


@click.command("list")
@click.option("-p", "--project", default="", shell_complete=complete_project, help="Only this project.")
@click.option("--type", "type_id", default="", shell_complete=complete_type, help="Only this type.")
@click.option("--category", default="", help="Only this category.")
@click.option("--stage", default="", help="Only this stage.")
@click.option("--status", type=click.Choice(STATUSES), default=None, help="Only this status.")
@click.option("--author", default="", help="Only this author.")
@click.option("--since", default="", callback=parse_day, help="Made on this day or later.")
@click.option("--until", default="", callback=parse_day, help="Made on this day or earlier.")
@click.option("--where", multiple=True, metavar="FIELD=VALUE", callback=parse_pairs, help="Field has this value.")
@click.option("--effective", is_flag=True, help="Only documents in force.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    project: str,
    type_id: str,
    category: str,
    stage: str,
    status: str | None,
    author: str,
    since: str,
    until: str,
    where: dict[str, str],
    effective: bool,
    as_json: bool,
) -> None:
    """The register of documents."""
    from presales_repo.ops.register import Filter, list_documents

    asked = Filter(project, type_id, category, stage, status or "", author, since, until, where, effective)
    found = list_documents(make_session(ctx), asked)
    if as_json:
        show_json([asdict(item) for item in found])
        return
    heads = (_("number"), _("status"), _("version"), _("author"), _("updated"), _("title"))
    rows = [(d.number, status_words(d), d.version or "", d.author, d.updated[:10], d.title) for d in found]
    show_table(heads, rows)
