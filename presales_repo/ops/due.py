"""What is due: deadlines of the policy over all documents, for everybody or for the owner of the key."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from presales_repo.errors import PrsError
from presales_repo.model.deadlines import LATE, Due, ProjectSeen, Surroundings, listed, open_items
from presales_repo.model.delegation import parse_day
from presales_repo.ops.facts import read_facts
from presales_repo.ops.paper import paper_items
from presales_repo.ops.projects import Project, read_projects, records
from presales_repo.ops.session import Session, Work, company_time, company_zone, find_actor, open_work
from presales_repo.ops.timetable import read_timetable
from presales_repo.store.files import disk_errors, write_file

if TYPE_CHECKING:
    from presales_repo.render.ical import Entry

_CALENDAR = b"BEGIN:VCALENDAR"


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is due. `zone`: of the company; `ledger`: the repository's identity."""

    items: tuple[Due, ...]
    zone: datetime.tzinfo
    ledger: str


def due(session: Session, *, within: int | None = None, project: str = "", mine: bool = False) -> Agenda:
    """The items whose time has come, the earliest first; with `within` also those due in so many days. `mine`: only
    those that concern the owner of the key.

    Raises PrsError P106 no such project, A402 the policy's calendar, E130 and A301 the key with `mine`.
    """
    with open_work(session) as work:
        timetable, seen = read_timetable(work.policy), surroundings(work)
        items = [*open_items(timetable, seen), *paper_items(timetable.paper, timetable.calendar, seen)]
        found = listed(sorted(items, key=lambda item: (item.due, item.key)), within)
        if project:
            require_project(work, project)
            found = [item for item in found if item.project == project]
        if mine:
            person = find_actor(work).person.id
            found = [item for item in found if person in item.who]
        return Agenda(tuple(found), company_zone(work.policy), work.ledger.head.ledger)


def write_calendar(session: Session, path: str, name: str, entries: Sequence[Entry]) -> None:
    """Write an iCalendar file. Raises PrsError W340 when something else stands at `path`, E1xx the disk."""
    from presales_repo.render.ical import calendar_bytes

    folder, file = os.path.split(path)
    with disk_errors(path):
        if os.path.lexists(path) and not _is_calendar(path):
            raise PrsError("W340", path=path)
    write_file(folder, file, calendar_bytes(name, entries, session.now), replace=True)


def calendar_entry(agenda: Agenda, item: Due, summary: str, description: str) -> Entry:
    """An item as a calendar shows it. What was done late, or has no warning, rings no bell."""
    from presales_repo.render.ical import Entry

    begin: datetime.date = datetime.date.fromisoformat(item.due[:10])
    if "T" in item.due:
        begin = datetime.datetime.fromisoformat(item.due).astimezone(agenda.zone)
    uid = f"{sha256(f'{agenda.ledger} {item.key}'.encode()).hexdigest()[:32]}@prs"
    return Entry(uid, begin, summary, description, item.warn if item.state != LATE else (), [item.code])


def _is_calendar(path: str) -> bool:
    if not os.path.isfile(path) or os.path.islink(path):
        return False
    with open(path, "rb") as file:
        return file.read(len(_CALENDAR)) == _CALENDAR


def surroundings(work: Work) -> Surroundings:
    """All that deadlines are held against, read once."""
    facts = read_facts(work)
    now = company_time(work.session, work.policy)
    opened_on = {record.value("id"): parse_day(record.value("opened_on")) for record in records(work)}
    seen = {project.id: _seen(work, project, opened_on.get(project.id)) for project in read_projects(work)}
    opened = (project.opened_on for project in seen.values() if project.opened_on)
    started = min([now.date(), *opened, *_days(fact.created for fact in facts)])
    return Surroundings(facts, work.policy, seen, work.ledger.head.delegations, now, started)


def require_project(work: Work, project: str) -> None:
    """Raises PrsError P106 when there is no such project."""
    if project not in {known.id for known in read_projects(work)}:
        raise PrsError("P106", project=project)


def _seen(work: Work, project: Project, opened_on: datetime.date | None) -> ProjectSeen:
    states = work.policy.project.get("states") or {}
    active = bool((states.get(project.state) or {}).get("active", True))
    return ProjectSeen(project.id, project.name, project.manager, project.state, active, opened_on)


def _days(texts: Iterable[str]) -> list[datetime.date]:
    return [day for text in texts if (day := parse_day(text))]
