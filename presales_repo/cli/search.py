"""prs search"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from presales_repo.cli.filters import filter_options, make_filter
from presales_repo.cli.main import make_session
from presales_repo.cli.output import harmless, show_json
from presales_repo.i18n import gettext as _
from presales_repo.model.paths import SUFFIX

if TYPE_CHECKING:
    from presales_repo.ops.search import Found

_LIMIT = 200


@click.command("search")
@click.argument("text")
@filter_options
@click.option("--published", is_flag=True, help="In the published library, not in the files as they stand.")
@click.option(
    "--limit", type=click.IntRange(0), default=_LIMIT, show_default=True, help="At most so many lines; 0: all."
)
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, /, text: str, published: bool, limit: int, as_json: bool, **given: Any) -> int:
    """Find documents by their words. Blanks part words; a document must hold all of them, in either script. TEXT is
    taken as it is, never as a pattern. Exit 1 when nothing is found."""
    from presales_repo.ops.search import search

    found = search(make_session(ctx), text, make_filter(given), published=published, limit=limit)
    if as_json:
        show_json([asdict(hit) for hit in found.hits])
    else:
        _print(found.hits)
    if not ctx.find_root().obj["quiet"]:
        note = _("{lines} lines in {documents} documents.")
        if found.more:
            note = _("The first {lines} lines; there are more: say more words, or --limit 0.")
        click.echo(note.format(lines=len(found.hits), documents=found.documents), err=True)
    return 0 if found.hits else 1


def _print(hits: Sequence[Found]) -> None:
    """Each document by the name of its file, which is number and title; below it the lines."""
    for path, lines in groupby(hits, key=lambda hit: hit.path):
        click.echo(harmless(path.rpartition("/")[2].removesuffix(SUFFIX)))
        for hit in lines:
            click.echo(f"{hit.line:>6}  {hit.snippet}")
