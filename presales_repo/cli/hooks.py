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
    from presales_repo.ops.hooks import set_up_clone

    for hook in set_up_clone(make_session(ctx)):
        click.echo(labelled(hook.name, _(hook.state)))
