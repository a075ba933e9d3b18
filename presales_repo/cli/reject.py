"""prs reject"""

from __future__ import annotations

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.decision import show_decision
from presales_repo.cli.main import make_session


@click.command("reject")
@click.argument("number", shell_complete=complete_number)
@click.option("--reason", required=True, help="What the author has to mend.")
@click.option("--for", "principal", default="", metavar="PERSON", help="Sign for somebody who delegated it to you.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, number: str, reason: str, principal: str, as_json: bool) -> None:
    """Give the document back to its author."""
    from presales_repo.ops.decide import reject

    show_decision(reject(make_session(ctx), number, reason, principal), as_json)
