"""What happened in somebody's projects since they looked (R006, R131)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from presales_repo.model.facts import Facts
from presales_repo.model.feed import News, Reader, commit_news, feed, ledger_news, project_news
from presales_repo.model.policy import Person
from presales_repo.ops.due import require_project
from presales_repo.ops.facts import read_facts
from presales_repo.ops.projects import Project, read_projects
from presales_repo.ops.projectview import team_of
from presales_repo.ops.session import Session, Work, company_zone, find_actor, open_work, today
from presales_repo.store.bookmark import Bookmark, read_bookmark, write_bookmark
from presales_repo.store.commits import commits_since

FIRST_LOOK = 14  # days that are shown to somebody who never looked


@dataclass(frozen=True, slots=True)
class Feed:
    """`since`: where it begins: a day, or "" for where the reader stopped last time; `marked`: that is now here."""

    news: tuple[News, ...]
    since: str
    marked: bool


def read_feed(
    session: Session, *, project: str = "", since: str = "", everything: bool = False, mark: bool | None = None
) -> Feed:
    """What concerns the owner of the key first, then the newest first. `since`: a day; `everything`: of all times,
    projects and people. `mark`: remember that this was seen; None: where nothing was left out.

    Raises PrsError P106 no such project, E130 and A301 the key.
    """
    with open_work(session) as work:
        person = find_actor(work).person
        if project:
            require_project(work, project)
        seen = None if since or everything else read_bookmark(work.repository, person.id)
        complete = not (project or since or everything)
        if complete and seen is None:
            since = (today(session, work.policy) - datetime.timedelta(days=FIRST_LOOK)).isoformat()
        found = _gather(work, person, seen, since, everything)
        if project:
            found = [item for item in found if item.project == project]
        marked = complete if mark is None else mark
        head = work.repository.git.resolve("HEAD")
        if marked and head:
            write_bookmark(work.repository, person.id, Bookmark(work.ledger.head.sequence, head))
        return Feed(tuple(found), "" if seen else since, marked)


def _gather(work: Work, person: Person, seen: Bookmark | None, since: str, everything: bool) -> list[News]:
    facts, projects = read_facts(work), read_projects(work)
    after = seen.sequence if seen else -1
    begin = _midnight(work, since)
    people = {known.email: known.id for known in work.policy.people.values()}
    commits = commits_since(work.repository.git, seen.commit if seen else "", begin.isoformat() if begin else "")
    news = [
        *ledger_news(facts, after),
        *project_news(work.ledger.head.projects, {known.id: known.name for known in projects}, after),
        *commit_news(commits, facts, people),
    ]
    if begin:
        news = [item for item in news if datetime.datetime.fromisoformat(item.time) >= begin]
    reader = Reader(person.id, person.department, frozenset(_mine(work, facts, projects, person.id)))
    return feed(news, facts, reader, everything=everything)


def _midnight(work: Work, day: str) -> datetime.datetime | None:
    """The beginning of a day in the company's zone."""
    zone = company_zone(work.policy)
    return datetime.datetime.combine(datetime.date.fromisoformat(day), datetime.time(), zone) if day else None


def _mine(work: Work, facts: Facts, projects: Iterable[Project], person: str) -> Iterable[str]:
    """The projects that a person manages, is on the team of, or wrote in."""
    for project in projects:
        _, team = team_of(work.policy, facts, project.id)
        members = {member.person for member in team} | {project.manager}
        written = facts.of(project=project.id)
        if person in members or any(person == fact.author for fact in written):
            yield project.id
