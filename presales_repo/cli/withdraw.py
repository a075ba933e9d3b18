"""prs withdraw"""

from __future__ import annotations

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.decision import show_decision
from presales_repo.cli.main import make_session


@click.command("withdraw")
@click.argument("number", shell_complete=complete_number)
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, number: str, as_json: bool) -> None:
    """Take your submission back."""
    from presales_repo.ops.decide import withdraw

    show_decision(withdraw(make_session(ctx), number), as_json)
