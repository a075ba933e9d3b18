"""prs due"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.complete import complete_project
from presales_repo.cli.main import input_path, make_session
from presales_repo.cli.messages import words
from presales_repo.cli.naming import people
from presales_repo.cli.output import joined, show_json, show_table
from presales_repo.i18n import gettext as _
from presales_repo.model.deadlines import Due
from presales_repo.ops.due import Agenda
from presales_repo.ops.session import Session

A_YEAR = 366  # days; a calendar shows what is far away too


@click.command("due")
@click.option("--within", type=click.IntRange(0, 3660), metavar="DAYS", help="Also what is due in so many days.")
@click.option("-p", "--project", default="", shell_complete=complete_project, help="Only this project.")
@click.option("--mine", is_flag=True, help="Only what concerns you.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.option("--ics", metavar="FILE", default="", help="Write a calendar file with what is due in the coming year.")
@click.pass_context
def command(ctx: click.Context, within: int | None, project: str, mine: bool, as_json: bool, ics: str) -> int:
    """What is due and overdue; the exit code is 1 when there is something."""
    from presales_repo.ops.due import due

    session = make_session(ctx)
    if ics and within is None:
        within = A_YEAR
    agenda = due(session, within=within, project=project, mine=mine)
    if ics:
        _write_calendar(session, input_path(ctx, ics), agenda)
    if as_json:
        show_json([{**asdict(item), "message": said(item)} for item in agenda.items])
    elif agenda.items:
        heads = (_("due"), _("left"), _("document"), _("concerns"), _("code"), _("what"))
        show_table(heads, [_row(item) for item in agenda.items])
        click.echo(_("Next: prs show NUMBER; prs explain CODE"), err=True)
    else:
        click.echo(_("Nothing is due."), err=True)
    return int(any(item.presses for item in agenda.items))


def _write_calendar(session: Session, path: str, agenda: Agenda) -> None:
    from presales_repo.ops.due import calendar_entry, write_calendar

    entries = [calendar_entry(agenda, item, said(item), _described(item)) for item in agenda.items]
    write_calendar(session, path, _("Presales deadlines"), entries)
    click.echo(_("Written: {path}").format(path=path), err=True)


def _described(item: Due) -> str:
    """Which document, what to do, whom it concerns: a line each."""
    hint = words(item.code, {"number": item.number})[1]
    lines = (" ".join((item.number or item.project, item.title)).strip(), hint, joined(item.who))
    return "\n".join(line for line in lines if line)


def said(item: Due) -> str:
    """An item in words."""
    args = {"number": item.number, "title": item.title, "subject": item.subject, "due": _time(item)}
    return words(item.code, args)[0].rstrip()


def _row(item: Due) -> tuple[str, ...]:
    return (_time(item), _left(item), item.number or item.project or "-", people(item.who), item.code, said(item))


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
