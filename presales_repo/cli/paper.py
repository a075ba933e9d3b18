"""prs paper"""

from __future__ import annotations

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.main import make_session
from presales_repo.cli.messages import words
from presales_repo.cli.output import show_json, show_table
from presales_repo.i18n import gettext as _
from presales_repo.model.paper import PAPER_MISSING, RECALL, Filed


@click.group("paper")
def command() -> None:
    """The register of paper: where it lies, what is missing, which copies have to come back."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """All paper that is filed."""
    from presales_repo.ops.paper import list_paper

    _show(list_paper(make_session(ctx)), as_json)


@command.command("find")
@click.argument("number", shell_complete=complete_number)
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def find(ctx: click.Context, number: str, as_json: bool) -> int:
    """Where the paper of a document lies, and how many copies; the exit code is 1 when there is none."""
    from presales_repo.ops.paper import list_paper

    found = list_paper(make_session(ctx), number)
    _show(found, as_json)
    return 0 if found else 1


def _show(found: list[Filed], as_json: bool) -> None:
    if as_json:
        show_json([item._asdict() for item in found])
    elif found:
        heads = (_("number"), _("version"), _("archive no."), _("location"), _("copies"), _("filed on"), _("title"))
        rows = [
            (i.number, i.version if i.current else f"{i.version} ({_('not in force')})", i.archive_no, i.location,
             i.copies, i.archived_on, i.title)
            for i in found
        ]  # fmt: skip
        show_table(heads, rows)
    else:
        click.echo(_("No paper is filed."), err=True)


@command.command("missing")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def missing(ctx: click.Context, as_json: bool) -> int:
    """Important documents whose version in force has no paper; the exit code is 1 when there are any."""
    from presales_repo.ops.paper import missing_paper

    found = missing_paper(make_session(ctx))
    if as_json:
        show_json([{"code": PAPER_MISSING, **item._asdict()} for item in found])
        return int(bool(found))
    if not found:
        click.echo(_("No paper is missing."), err=True)
        return 0
    heads = (_("code"), _("number"), _("version"), _("due"), "", _("title"))
    rows = [(PAPER_MISSING, i.number, i.version, i.due, _("overdue") if i.overdue else "", i.title) for i in found]
    show_table(heads, rows)
    click.echo(words(PAPER_MISSING, {})[1], err=True)
    return 1


@command.command("recall")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def recall(ctx: click.Context, as_json: bool) -> int:
    """Copies given out of what is not in force any longer; the exit code is 1 when there are any."""
    from presales_repo.ops.paper import open_recalls

    found = open_recalls(make_session(ctx))
    if as_json:
        show_json([{"code": RECALL, **item._asdict()} for item in found])
        return int(bool(found))
    if not found:
        click.echo(_("No copy has to come back."), err=True)
        return 0
    heads = (_("code"), _("number"), _("version"), _("reason"), _("since"), _("copy"), _("holder"), _("record"))
    rows = [(RECALL, i.number, i.version, _(i.reason), i.since, i.copy_no, i.holder, i.record) for i in found]
    show_table(heads, rows)
    click.echo(words(RECALL, {"number": found[0].record})[1], err=True)
    return 1
