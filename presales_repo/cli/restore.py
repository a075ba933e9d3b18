"""prs restore"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.main import input_path, make_session
from presales_repo.cli.output import show_json
from presales_repo.i18n import gettext as _


@click.command("restore")
@click.argument("bundle", metavar="BUNDLE")
@click.argument("directory", metavar="DIR")
@click.option("--genesis", default="", metavar="SHA256", help="The genesis it must have.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, bundle: str, directory: str, genesis: str, as_json: bool) -> None:
    """Make a repository in DIR, which is new, from a bundle; verified from genesis."""
    from presales_repo.ops.backup import restore

    done = restore(make_session(ctx), input_path(ctx, bundle), input_path(ctx, directory), genesis)
    if as_json:
        show_json(asdict(done))
        return
    text = _("Restored {directory}: {entries} entries, tip {tip}, genesis {genesis}")
    click.echo(text.format(**{**asdict(done), "tip": done.tip[:12]}))
    click.echo(_("Next: compare the genesis with the one that you kept; prs -C DIR doctor"), err=True)
