"""prs watch"""

from __future__ import annotations

import sys

import click

from presales_repo.cli.main import make_session
from presales_repo.cli.messages import print_findings
from presales_repo.cli.output import labelled
from presales_repo.i18n import gettext as _


@click.command("watch")
@click.pass_context
def command(ctx: click.Context) -> None:
    """Check documents whenever they are saved; stop with Ctrl-C."""
    from presales_repo.ops.watch import watch

    session = make_session(ctx)
    click.echo(_("Watching; stop with Ctrl-C."), err=True)
    for paths, result in watch(session):
        for path in () if result.findings else paths:
            click.echo(labelled(path, _("in order")))
        print_findings(result.findings, sys.stdout)
        sys.stdout.flush()
