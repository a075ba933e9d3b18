"""prs explain"""

from __future__ import annotations

import click

from presales_repo.cli.output import labelled, show_json
from presales_repo.codes import all_rules, rule_of
from presales_repo.errors import PrsError
from presales_repo.i18n import gettext as _


@click.command("explain")
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="JSON.")
def command(code: str | None, as_json: bool) -> None:
    """Explain CODE in words, with its source in the regulation; without CODE, list all."""
    if not code:
        for rule in all_rules():
            click.echo(f"{rule.code}  {_(rule.message)}")
        return
    found = rule_of(code.upper())
    if found is None:
        raise PrsError("W115", code=code)
    if as_json:
        texts = {name: _(getattr(found, name)) if getattr(found, name) else "" for name in ("message", "hint", "why")}
        show_json({"code": found.code, "severity": found.severity, **texts, "source": found.source})
        return
    click.echo(labelled(f"{found.code} ({_(found.severity)})", _(found.message)))
    if found.why:
        click.echo(_(found.why))
    click.echo(labelled(_("What to do"), _(found.hint)))
    if found.source:
        click.echo(labelled(_("Source"), found.source))
