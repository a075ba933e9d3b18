"""prs diff"""

from __future__ import annotations

import sys

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.main import make_session
from presales_repo.i18n import gettext as _


@click.command("diff")
@click.argument("number", shell_complete=complete_number)
@click.argument("old", required=False, default="", metavar="[A]")
@click.argument("new", required=False, default="", metavar="[B]")
@click.pass_context
def command(ctx: click.Context, number: str, old: str, new: str) -> None:
    """Compare versions A and B, or version A (else the one in force) and the working file."""
    from presales_repo.ops.history import diff

    text = diff(make_session(ctx), number, old, new)
    if not text:
        click.echo(_("No difference."), err=True)
    sys.stdout.write(text)
