"""prs new"""

from __future__ import annotations

import click

from presales_repo.cli.complete import complete_project, complete_type
from presales_repo.cli.main import make_session
from presales_repo.cli.output import joined, show_json
from presales_repo.i18n import gettext as _


def parse_pairs(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """FIELD=VALUE words as a mapping."""
    pairs = {}
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name:
            raise click.BadParameter(_("write FIELD=VALUE"))
        pairs[name.strip()] = text.strip()
    return pairs


@click.command("new")
@click.argument("type_id", metavar="TYPE", shell_complete=complete_type)
@click.option("-p", "--project", default="", shell_complete=complete_project, help="The project's id.")
@click.option("-t", "--title", required=True, help="Title.")
@click.option("--set", "values", multiple=True, metavar="FIELD=VALUE", callback=parse_pairs, help="Fill a field.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, type_id: str, project: str, title: str, values: dict[str, str], as_json: bool) -> None:
    """Allocate a number and write a new document of TYPE from its template."""
    from presales_repo.ops.new import new

    made = new(make_session(ctx), type_id, title, project, values)
    if as_json:
        show_json({"number": made.number, "path": made.path, "type": made.type, "title": made.title})
        return
    click.echo(f"{made.number}  {made.path}")
    if made.empty:
        click.echo(_("Still to be filled in: {fields}").format(fields=joined(made.empty)), err=True)
    click.echo(_("Next: edit the file, then: prs save {number} -m TEXT").format(number=made.number), err=True)
