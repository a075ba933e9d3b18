"""prs reaffirm"""

from __future__ import annotations

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.decision import show_decision
from presales_repo.cli.main import make_session


@click.command("reaffirm")
@click.argument("number", metavar="NUMBER[@VERSION]", shell_complete=complete_number)
@click.option("-m", "--message", default="", help="A comment.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, number: str, message: str, as_json: bool) -> None:
    """Say again, with your new key, what you signed with a key that was revoked from an earlier entry on."""
    from presales_repo.ops.decide import reaffirm

    show_decision(reaffirm(make_session(ctx), number, message), as_json)
