"""What happened (五(一)2 信息共享): decisions of the ledger, moves of projects and commits on main as one list."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from presales_repo.model.actions import ACTIONS
from presales_repo.model.effects import RELEASED
from presales_repo.model.facts import Fact, Facts, items_of, text_in, texts_in
from presales_repo.model.ledger import DocumentState, Event
from presales_repo.model.paths import split_document_path
from presales_repo.model.periods import iso_time
from presales_repo.model.projects import ProjectState

EDIT, PUBLISH, ADVANCE = "edit", "publish", "advance"
MENTION, ACTION, DISTRIBUTION = "mention", "action", "distribution"


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened. `time`: ISO 8601; `action`: what was done, a word of the ledger, edit (a commit on
    main), publish (the decision that published) or advance (a project went on); `note`: in the words of whoever did
    it; `to_me`: why it concerns the reader in person (mention, action, distribution), "" when it does not;
    `sequence`: of the entry, 0 for a commit."""

    time: str
    person: str
    action: str
    number: str
    version: str
    project: str
    type: str
    title: str
    note: str
    commit: str
    sequence: int
    to_me: str = ""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit on main. `time`: ISO 8601."""

    id: str
    time: str
    email: str
    subject: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads. `projects`: theirs; documents of no project are everybody's."""

    person: str
    department: str
    projects: frozenset[str]


def ledger_news(facts: Facts, after: int) -> Iterator[News]:
    """The decisions after an entry of the ledger."""
    for fact in facts:
        for event in fact.state.events if fact.state else ():
            if event.sequence > after and event.action != RELEASED and fact.state:
                yield _decided(fact, fact.state, event)


def _decided(fact: Fact, state: DocumentState, event: Event) -> News:
    release = next((item for item in state.releases if item.sequence == event.sequence), None)
    changes = [text for item in state.releases for done in item.tracked if done.sequence == event.sequence
               for text in done.changes]  # fmt: skip
    return News(
        time=iso_time(event.time, event.offset),
        person=event.person,
        action=PUBLISH if release and event.action == "approve" else event.action,
        number=fact.number,
        version=event.version,
        project=fact.project,
        type=fact.type,
        title=fact.title,
        note=", ".join(changes) or event.comment.split("\n")[0],
        commit=event.commit,
        sequence=event.sequence,
    )


def project_news(projects: Iterable[ProjectState], names: Mapping[str, str], after: int) -> Iterator[News]:
    """The moves of projects after an entry of the ledger. `names`: of projects, by id."""
    for project in projects:
        for move in project.valid:
            if move.sequence > after:
                time, note = iso_time(move.time, move.offset), f"{move.origin} → {move.to}"
                yield News(time, move.person, ADVANCE, "", "", project.id, "", names.get(project.id, ""), note,
                           move.commit, move.sequence)  # fmt: skip


def commit_news(commits: Iterable[Commit], facts: Facts, people: Mapping[str, str]) -> Iterator[News]:
    """The documents that commits changed. `people`: ids by e-mail address."""
    for commit in commits:
        numbers = [parts.number for path in commit.paths if (parts := split_document_path(path)) and parts.number]
        for number in dict.fromkeys(numbers):
            fact = facts.get(number)
            if fact is not None:
                yield News(commit.time, people.get(commit.email, commit.email), EDIT, number, "", fact.project,
                           fact.type, fact.title, commit.subject, commit.id, 0)  # fmt: skip


def feed(news: Iterable[News], facts: Facts, reader: Reader, *, everything: bool) -> list[News]:
    """What a reader should see: what concerns them in person first, then the newest first. Without `everything`
    neither other people's projects nor what they did themselves; a commit whose author then took a decision on the
    same document goes without saying."""
    marked = [replace(item, to_me=_to_me(item, facts, reader)) for item in news]
    decided = {(item.person, item.number): item.time for item in sorted(marked, key=_instant) if item.sequence}
    shown = [
        item
        for item in marked
        if not (item.action == EDIT and _moment(decided.get((item.person, item.number), "")) >= _instant(item))
    ]
    if not everything:
        shown = [item for item in shown if item.person != reader.person and _is_for(item, reader)]
    return sorted(shown, key=lambda item: (not item.to_me, -_instant(item), -item.sequence, item.number))


def _is_for(item: News, reader: Reader) -> bool:
    return bool(item.to_me) or not item.project or item.project in reader.projects


def _to_me(item: News, facts: Facts, reader: Reader) -> str:
    """Why news of a document concern the reader: their name stands in it. Only where its text is new."""
    fact = facts.get(item.number)
    if fact is None or item.person == reader.person or item.action not in (EDIT, PUBLISH, "register"):
        return ""
    fields = fact.current
    if reader.person in texts_in(fields, "mentions"):
        return MENTION
    if any(text_in(entry, "owner") == reader.person and not entry.get("done") for entry in items_of(fields, ACTIONS)):
        return ACTION
    given_out = item.action in (PUBLISH, "register") and {reader.person, reader.department} & set(
        texts_in(fields, "distribution")
    )
    return DISTRIBUTION if given_out else ""


def _instant(item: News) -> float:
    return _moment(item.time)


def _moment(text: str) -> float:
    return datetime.datetime.fromisoformat(text).timestamp() if text else 0.0
