"""prs demo"""

from __future__ import annotations

import os

import click

from presales_repo.cli.main import make_session
from presales_repo.i18n import gettext as _


@click.command("demo")
@click.argument("directory")
@click.pass_context
def command(ctx: click.Context, directory: str) -> None:
    """Make a populated repository in DIRECTORY, with throw-away keys in DIRECTORY/keys."""
    from presales_repo.ops.demo import demo

    made = demo(make_session(ctx), os.path.abspath(directory))
    text = _("Made {directory} with {count} documents.")
    click.echo(text.format(directory=made.directory, count=len(made.documents)))
    click.echo(_("PDFs:"))
    for pdf in made.pdfs:
        click.echo(f"  {pdf.path}")
    here = os.path.relpath(made.directory)
    click.echo(_("Try next:"))
    click.echo(f"  prs -C {here} show {made.documents['park/survey-report']}")
    click.echo(f"  prs -C {here} inbox")
    click.echo(f"  git -C {here} log --show-signature --first-parent approved")
