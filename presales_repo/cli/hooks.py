"""prs hooks"""

from __future__ import annotations

import click

from presales_repo.cli.main import make_session
from presales_repo.cli.output import labelled
from presales_repo.i18n import gettext as _


@click.group("hooks")
def command() -> None:
    """Install git's hooks."""


@command.command("install")
@click.pass_context
def install(ctx: click.Context) -> None:
    """Write pre-commit, pre-merge-commit, commit-msg and pre-push for this clone."""
    from presales_repo.ops.hooks import install_hooks
    from presales_repo.store.repository import open_repository

    session = make_session(ctx)
    repository = open_repository(session.directory, session.environment)
    for hook in install_hooks(repository):
        click.echo(labelled(hook.name, _(hook.state)))
