"""prs doctor"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.main import make_session
from presales_repo.cli.messages import hint_line, words
from presales_repo.cli.output import labelled, show_json
from presales_repo.i18n import gettext as _


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> int:
    """What is missing on this machine or in this clone, and the command that mends it."""
    from presales_repo.ops.doctor import examine

    found = examine(make_session(ctx))
    if as_json:
        rows = [{**asdict(item), "message": words(item.code, item.args)[0]} for item in found if item.code]
        show_json(rows)
    else:
        for item in found:
            mark = "ok" if not item.code else ("!" if item.serious else "-")
            text = _(item.found) if item.code or not item.args else _(item.found).format_map(item.args)
            click.echo(f"[{mark}] {labelled(_title(item.what), text)}")
            if item.code:
                message, hint = words(item.code, item.args)
                click.echo(f"     [{item.code}] {message}")
                click.echo(f"     {hint_line(hint)}")
    return 1 if any(item.code and item.serious for item in found) else 0


def _title(what: str) -> str:
    """What was looked at, in words; a hook keeps its name."""
    kind, _space, name = what.partition(" ")
    title = {"hook": _("hook"), "state": _("state folder")}.get(kind) or _(kind)
    return f"{title} {name}".rstrip()
