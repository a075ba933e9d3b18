"""prs dispose"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.main import make_session
from presales_repo.cli.output import show_json
from presales_repo.i18n import gettext as _


@click.command("dispose")
@click.argument("number", shell_complete=complete_number)
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, number: str, as_json: bool) -> None:
    """Remove the files that a published disposal request names, in one commit."""
    from presales_repo.ops.dispose import dispose

    done = dispose(make_session(ctx), number)
    if as_json:
        show_json(asdict(done))
        return
    for path in done.paths:
        click.echo(path)
    if done.commit:
        click.echo(_("Removed by {request} in {commit}.").format(request=number, commit=done.commit[:10]))
    else:
        click.echo(_("Nothing is left to remove."), err=True)
