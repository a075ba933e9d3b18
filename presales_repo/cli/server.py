"""prs server"""

from __future__ import annotations

import os

import click

from presales_repo.cli.main import make_session
from presales_repo.i18n import gettext as _


@click.group("server")
def command() -> None:
    """The shared repository that everybody pushes to."""


@command.command("init")
@click.argument("path", metavar="PATH.git")
@click.pass_context
def init(ctx: click.Context, path: str) -> None:
    """Make a bare repository whose hooks judge every push."""
    from presales_repo.ops.server import server_init

    made = server_init(make_session(ctx), os.path.abspath(path))
    click.echo(_("Made {directory}.").format(directory=made.directory))
    click.echo(_("Next, in the founder's repository: git remote add origin {directory}; prs sync").format(
        directory=made.directory))  # fmt: skip


@command.command("hooks")
@click.argument("path", metavar="PATH.git")
@click.pass_context
def hooks(ctx: click.Context, path: str) -> None:
    """Write the server's hooks again, after moving or upgrading prs."""
    from presales_repo.ops.server import server_hooks

    made = server_hooks(make_session(ctx), os.path.abspath(path))
    click.echo(_("Wrote the hooks of {directory}.").format(directory=made.directory))
