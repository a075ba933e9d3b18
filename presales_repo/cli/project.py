"""prs project"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.main import make_session
from presales_repo.cli.output import labelled, show_json, show_table
from presales_repo.i18n import gettext as _


@click.group("project")
def command() -> None:
    """Projects: new, list, show."""


@command.command("new")
@click.argument("project", metavar="ID")
@click.option("-t", "--title", required=True, help="Name of the project.")
@click.option("--customer", required=True, help="Name of the customer.")
@click.option("--manager", default="", help="Id of the presales manager; else you.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def new(ctx: click.Context, project: str, title: str, customer: str, manager: str, as_json: bool) -> None:
    """Make a project's folder and record. ID: XM, year, three digits."""
    from presales_repo.ops.projects import new_project

    made = new_project(make_session(ctx), project, title, customer, manager)
    if as_json:
        show_json({**asdict(made), "gate": {"id": "", "missing": []}})
    else:
        click.echo(made.path)
        click.echo(_("Next: prs new opportunity-registration -p {id} -t TITLE").format(id=made.id))


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """All projects."""
    from presales_repo.ops.projects import list_projects

    found = list_projects(make_session(ctx))
    if as_json:
        show_json([asdict(item) for item in found])
    else:
        rows = [(item.id, item.name, item.customer, item.manager) for item in found]
        show_table((_("project"), _("name"), _("customer"), _("manager")), rows)


@command.command("show")
@click.argument("project", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def show(ctx: click.Context, project: str, as_json: bool) -> None:
    """One project."""
    from presales_repo.ops.projects import show_project

    found = show_project(make_session(ctx), project)
    if as_json:
        show_json({**asdict(found), "gate": {"id": "", "missing": []}})
    else:
        for name, value in asdict(found).items():
            click.echo(labelled(_(name), value))
