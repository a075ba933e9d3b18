"""prs init"""

from __future__ import annotations

import os

import click

from presales_repo.cli.main import input_path, make_session
from presales_repo.i18n import gettext as _
from presales_repo.model.fingerprint import spoken


@click.command("init")
@click.argument("directory")
@click.option("--org", required=True, help="Name of the company.")
@click.option("--name", required=True, help="Your name.")
@click.option("--email", required=True, help="Your e-mail address.")
@click.option("--key", default="", help="Your SSH key: a file, or key::ssh-ed25519 AAAA...")
@click.option("--people", default="", help="YAML list of people to begin with.")
@click.pass_context
def command(ctx: click.Context, directory: str, org: str, name: str, email: str, key: str, people: str) -> None:
    """Make a new document repository in DIRECTORY."""
    from presales_repo.ops.init import init

    if key:
        ctx.find_root().obj["key"] = key
    made = init(make_session(ctx), os.path.abspath(directory), org, name, email, input_path(ctx, people))
    click.echo(_("Made {directory}: {people} people, founder {founder}.").format(
        directory=made.directory, people=made.people, founder=made.founder))  # fmt: skip
    click.echo(_("Genesis of the ledger: {genesis}").format(genesis=made.genesis))
    said = spoken(made.genesis)
    click.echo(f"  {' '.join(said.words)}\n  {' '.join(said.digits)}")
    click.echo(_("Next: cd {directory}; prs types; prs project new XM2023001 -t NAME --customer CUSTOMER").format(
        directory=made.directory))  # fmt: skip
