"""prs register"""

from __future__ import annotations

import sys

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.decision import show_decision
from presales_repo.cli.main import make_session
from presales_repo.cli.messages import print_error, print_findings
from presales_repo.errors import PrsError


@click.command("register")
@click.argument("number", shell_complete=complete_number)
@click.option("-m", "--message", default="", help="What is new in this version.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, number: str, message: str, as_json: bool) -> int:
    """Publish a record whose type needs no approval, by your own signature."""
    from presales_repo.ops.decide import Blocked, register

    try:
        show_decision(register(make_session(ctx), number, message), as_json)
    except Blocked as blocked:
        print_error(PrsError("W109"))
        print_findings(blocked.findings, sys.stderr)
        return 2
    return 0
