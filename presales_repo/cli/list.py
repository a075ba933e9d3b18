"""prs list"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from presales_repo.cli.filters import filter_options, make_filter
from presales_repo.cli.main import make_session
from presales_repo.cli.naming import person
from presales_repo.cli.output import show_json, show_table
from presales_repo.cli.urgency import status_words
from presales_repo.i18n import gettext as _


@click.command("list")
@filter_options
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.option("--csv", "csv_file", default="", metavar="FILE", help="The master list as CSV for Excel; - for stdout.")
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, csv_file: str, **given: Any) -> None:
    """The register of documents."""
    from presales_repo.ops.register import list_documents

    if csv_file:
        _master_list(ctx, csv_file, given)
        return
    found = list_documents(make_session(ctx), make_filter(given))
    if as_json:
        show_json([asdict(item) for item in found])
        return
    heads = (_("number"), _("status"), _("version"), _("author"), _("updated"), _("title"))
    rows = [(d.number, status_words(d), d.version or "", person(d.author), d.updated[:10], d.title) for d in found]
    show_table(heads, rows)
    if not rows:
        click.echo(_("No document fits."), err=True)


def _master_list(ctx: click.Context, path: str, given: dict[str, Any]) -> None:
    """文件总清单: the columns are the company's own words, in Chinese in every language (R169)."""
    from presales_repo.cli.csvfile import write_csv
    from presales_repo.ops.masterlist import HEADS, master_list

    rows = master_list(make_session(ctx), make_filter(given))
    write_csv(path, HEADS, rows)
