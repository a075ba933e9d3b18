"""prs due"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.complete import complete_project
from presales_repo.cli.main import make_session
from presales_repo.cli.messages import words
from presales_repo.cli.output import joined, show_json, show_table
from presales_repo.i18n import gettext as _
from presales_repo.model.deadlines import Due


@click.command("due")
@click.option("--within", type=click.IntRange(0, 3660), metavar="DAYS", help="Also what is due in so many days.")
@click.option("-p", "--project", default="", shell_complete=complete_project, help="Only this project.")
@click.option("--mine", is_flag=True, help="Only what concerns you.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, within: int | None, project: str, mine: bool, as_json: bool) -> int:
    """What is due and overdue; the exit code is 1 when there is something."""
    from presales_repo.ops.due import due

    found = due(make_session(ctx), within=within, project=project, mine=mine)
    if as_json:
        show_json([{**asdict(item), "message": said(item)} for item in found])
    elif found:
        heads = (_("due"), _("left"), _("document"), _("concerns"), _("code"), _("what"))
        show_table(heads, [_row(item) for item in found])
        click.echo(_("Next: prs show NUMBER; prs explain CODE"), err=True)
    else:
        click.echo(_("Nothing is due."), err=True)
    return int(any(item.presses for item in found))


def said(item: Due) -> str:
    """An item in words."""
    return words(item.code, {"number": item.number, "title": item.title, "subject": item.subject, "due": _time(item)})[
        0
    ]


def _row(item: Due) -> tuple[str, ...]:
    return (_time(item), _left(item), item.number or item.project or "-", joined(item.who), item.code, said(item))


def _time(item: Due) -> str:
    return item.due[:16].replace("T", " ")


def _left(item: Due) -> str:
    """How much time is left, in words."""
    if item.state == "late":
        return _("done late")
    if item.state == "overdue" and item.days == 0:
        return _("today, past")
    if item.days == 0:
        return _("today")
    days = _("{days} d over") if item.days < 0 else _("{days} d")
    return days.format(days=abs(item.days))
