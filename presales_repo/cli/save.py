"""prs save"""

from __future__ import annotations

import sys

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.main import make_session
from presales_repo.cli.messages import print_findings
from presales_repo.i18n import gettext as _


@click.command("save")
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...", shell_complete=complete_number)
@click.option("-m", "--message", required=True, help="What you changed.")
@click.pass_context
def command(ctx: click.Context, numbers: tuple[str, ...], message: str) -> int:
    """Commit the changed documents, or those named."""
    from presales_repo.ops.decide import Blocked
    from presales_repo.ops.save import save

    try:
        saved = save(make_session(ctx), numbers, message)
    except Blocked as blocked:
        print_findings(blocked.findings, sys.stdout)
        click.echo(_("Nothing was saved."), err=True)
        if not numbers and len({finding.path for finding in blocked.findings}) > 1:
            click.echo(_("Only what is right: prs save NUMBER -m TEXT"), err=True)
        return 1
    print_findings(saved.warnings, sys.stderr)
    for path in saved.paths:
        click.echo(path)
    click.echo(_("Saved as {commit}.").format(commit=saved.commit[:10]))
    return 0
