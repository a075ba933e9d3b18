"""prs export"""

from __future__ import annotations

import os
import sys
from dataclasses import asdict

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.main import make_session
from presales_repo.cli.messages import print_error, print_findings
from presales_repo.cli.output import show_json
from presales_repo.i18n import gettext as _


@click.command("export")
@click.argument("names", nargs=-1, metavar="[NUMBER[@VERSION]]...", shell_complete=complete_number)
@click.option("--all", "everything", is_flag=True, help="Every published document.")
@click.option("-o", "--output", "folder", default="", metavar="DIR", help="Folder; else pdf/ in the repository.")
@click.option(
    "--profile",
    type=click.Choice(["controlled", "external", "draft", "obsolete"]),
    default="controlled",
    help="controlled: all pages; external: for customers; draft: the working file, marked.",
)
@click.option("--copy", "copy_no", default="", metavar="NO", help="The controlled copy with this number.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(
    ctx: click.Context, names: tuple[str, ...], everything: bool, folder: str, profile: str, copy_no: str, as_json: bool
) -> int:
    """Make PDFs of published documents; a draft only with --profile draft."""
    from presales_repo.ops.export import export

    if not names and not everything:
        raise click.UsageError(_("Name a document, or use --all."))
    session = make_session(ctx)
    target = os.path.abspath(folder) if folder else ""
    if copy_no and (len(names) != 1 or everything or profile != "controlled"):
        raise click.UsageError(_("--copy goes with one document and the controlled profile."))
    result = export(
        session, names, everything=everything, folder=target, profile=profile, copy_no=copy_no,  # type: ignore[arg-type]
    )  # fmt: skip
    print_findings(result.warnings, sys.stderr)
    if as_json:
        show_json([asdict(item) for item in result.exported])
    else:
        for item in result.exported:
            pages = _("{count} pages").format(count=item.pages)
            mark = f" ({_('emergency release')})" if item.emergency else ""
            click.echo(f"{item.number} {item.version or _('draft')}{mark}  {pages}  {item.path}")
    for failure in result.failed:
        click.echo(f"{failure.number}:", err=True)
        print_error(failure.error)
    return 2 if result.failed else 0
