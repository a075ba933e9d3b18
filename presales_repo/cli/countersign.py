"""prs countersign"""

from __future__ import annotations

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.decision import show_decision
from presales_repo.cli.main import make_session


@click.command("countersign")
@click.argument("number", shell_complete=complete_number)
@click.option("-m", "--message", default="", help="The department's opinion in words.")
@click.option("--disagree", is_flag=True, help="The department disagrees; say why with -m.")
@click.option("--department", default="", help="For a leader who signs for a department without anyone who may.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, number: str, message: str, disagree: bool, department: str, as_json: bool) -> None:
    """Sign your department's opinion."""
    from presales_repo.ops.countersign import countersign

    decision = countersign(make_session(ctx), number, message, agrees=not disagree, department=department)
    show_decision(decision, as_json)
