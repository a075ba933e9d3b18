"""prs approve"""

from __future__ import annotations

import sys

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.decision import show_decision
from presales_repo.cli.main import make_session
from presales_repo.cli.messages import print_error, print_findings
from presales_repo.errors import PrsError


@click.command("approve")
@click.argument("number", shell_complete=complete_number)
@click.option("-m", "--message", default="", help="A comment.")
@click.option("--for", "principal", default="", metavar="PERSON", help="Sign for somebody who delegated it to you.")
@click.option("--minutes", default="", metavar="NUMBER", help="The minutes that it rests on, where several fit.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, number: str, message: str, principal: str, minutes: str, as_json: bool) -> int:
    """Sign the open step."""
    from presales_repo.ops.decide import Blocked, approve

    try:
        show_decision(approve(make_session(ctx), number, message, principal, minutes), as_json)
    except Blocked as blocked:
        print_error(PrsError("W109"))
        print_findings(blocked.findings, sys.stderr)
        return 2
    return 0
