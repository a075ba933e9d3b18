"""prs sync"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.main import make_session
from presales_repo.cli.output import show_json
from presales_repo.i18n import gettext as _


@click.command("sync")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, as_json: bool) -> int:
    """Fetch, verify, reconcile numbers, merge main, push main and approved."""
    from presales_repo.ops.sync import sync

    done = sync(make_session(ctx))
    if as_json:
        show_json(asdict(done))
        return 1 if done.asked_again else 0
    click.echo(_("{count} new entries in the ledger.").format(count=done.entries))
    for item in done.renumbered:
        click.echo(_("{old} was taken meanwhile; your document is now {new}: {path}").format(**asdict(item)))
        for path in item.links:
            click.echo(_("  reference changed in {path}").format(path=path))
    for asked in done.asked_again:
        text = _("Your decision ({action} {number}) was not kept, because something moved meanwhile; decide again.")
        click.echo(text.format(action=_(asked.action), number=asked.number))
    click.echo(_("Shared.") if done.pushed else _("Up to date."))
    return 1 if done.asked_again else 0
