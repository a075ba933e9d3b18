"""prs track"""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.decision import show_decision
from presales_repo.cli.main import make_session
from presales_repo.cli.messages import print_error, print_findings
from presales_repo.cli.new import parse_pairs
from presales_repo.cli.output import show_json
from presales_repo.errors import PrsError


@click.command("track")
@click.argument("number", shell_complete=complete_number)
@click.argument("pairs", nargs=-1, required=True, metavar="FIELD=VALUE...", callback=parse_pairs)
@click.option("-m", "--message", default="", help="Why.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, number: str, pairs: dict[str, str], message: str, as_json: bool) -> int:
    """Change fields that may change without a new approval; comments.C1.status=adopted sets one of entry C1."""
    from presales_repo.ops.decide import Blocked
    from presales_repo.ops.track import track

    try:
        done = track(make_session(ctx), number, tuple(pairs.items()), message)
    except Blocked as blocked:
        print_error(PrsError("W304", number=number))
        print_findings(blocked.findings, sys.stderr)
        return 2
    if as_json:
        show_json({**asdict(done.decision), "changes": done.changes})
        return 0
    show_decision(done.decision, as_json)
    for change in done.changes:
        click.echo(f"  {change}")
    return 0
