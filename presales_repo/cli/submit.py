"""prs submit"""

from __future__ import annotations

import sys

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.decision import show_decision
from presales_repo.cli.main import make_session
from presales_repo.cli.messages import print_error, print_findings
from presales_repo.errors import PrsError
from presales_repo.i18n import gettext as _


@click.command("submit")
@click.argument("number", shell_complete=complete_number)
@click.option("-m", "--message", required=True, help="What is new in this version.")
@click.option("--major", is_flag=True, help="The next major version (2.0).")
@click.option("--minor", is_flag=True, help="The next minor version (1.1); the default.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, number: str, message: str, major: bool, minor: bool, as_json: bool) -> int:
    """Open a round of approval: fixes content, version and chain."""
    from presales_repo.ops.decide import Blocked, submit

    if major and minor:
        raise click.UsageError(_("Use --major or --minor, not both."))
    try:
        show_decision(submit(make_session(ctx), number, message, major=major), as_json)
    except Blocked as blocked:
        print_error(PrsError("W109"))
        print_findings(blocked.findings, sys.stderr)
        return 2
    return 0
