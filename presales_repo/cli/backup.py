"""prs backup"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.main import input_path, make_session
from presales_repo.cli.output import labelled, show_json
from presales_repo.i18n import gettext as _


@click.command("backup")
@click.argument("folder", metavar="DIR")
@click.option("--no-record", is_flag=True, help="Write no backup-record document.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, folder: str, no_record: bool, as_json: bool) -> None:
    """Put everything into one bundle in DIR, verify it, and record that."""
    from presales_repo.ops.backup import backup

    done = backup(make_session(ctx), input_path(ctx, folder), record=not no_record)
    if as_json:
        show_json(asdict(done))
        return
    click.echo(done.file)
    click.echo(labelled("SHA-256", done.sha256))
    click.echo(labelled(_("refs"), str(done.refs)))
    click.echo(labelled(_("genesis"), done.genesis))
    if done.record:
        click.echo(labelled(_("record"), done.record))
    click.echo(_("Keep the genesis in another place: prs restore BUNDLE DIR --genesis SHA256"), err=True)
