"""prs demo"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from presales_repo.cli.main import make_session
from presales_repo.i18n import gettext as _

if TYPE_CHECKING:
    from presales_repo.ops.demo import Demo


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
    click.echo(_("Try next:"))
    for line in _next(made):
        click.echo(f"  {line}")


def _next(made: Demo) -> list[str]:
    """Commands that show what was made. The demo's last day is long past: `due` is asked on that day."""
    here = os.path.relpath(made.directory)
    day = f"PRS_NOW={made.last[:10]}T18:00:00+08:00"
    return [
        f"prs -C {here} list",
        f"prs -C {here} project show {made.projects['education']}",
        f"{day} prs -C {here} due",
        f"prs -C {here} trace {made.projects['park']}",
        f"prs -C {here} show {made.documents['park/survey-report']}",
        f"prs -C {here} --key {here}/keys/shen.yanzhou inbox",
        f"git -C {here} log --show-signature --first-parent approved",
    ]
