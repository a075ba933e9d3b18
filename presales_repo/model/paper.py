"""The paper register (四(二)2): where the paper of important documents lies, what is missing, and which copies have to
come back. Which types hold this, and how soon paper has to be filed, says policy/calendar.yaml."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from presales_repo.model.calendar import WorkCalendar, add_working_days
from presales_repo.model.delegation import parse_day
from presales_repo.model.facts import Fact, Facts, items_of, text_in, texts_in
from presales_repo.model.plaindata import mapping_of, text_of, texts_of, whole_of

if TYPE_CHECKING:
    from presales_repo.model.policy import Policy

PAPER_MISSING = "D201"
RECALL = "D202"
ISSUED = "issued"
_FILED = ("archive_no", "location", "copies", "archived_on")
_COPY = ("copy_no", "holder", "department")


class PaperRules(NamedTuple):
    """`record`: the type that says where paper lies; `distribution`: the type that says who has copies; `working_days`
    after publication the paper has to be filed; `roles`: who looks after it."""

    record: str
    distribution: str
    working_days: int
    roles: tuple[str, ...]


class Filed(NamedTuple):
    """Paper of one version. `record`: number of the record; `current`: the version is in force; `copies`: how many."""

    number: str
    version: str
    title: str
    archive_no: str
    location: str
    copies: str
    archived_on: str
    record: str
    current: bool


class Missing(NamedTuple):
    """A version in force without paper. `due`: the last day to file it, YYYY-MM-DD; `overdue`: that is over."""

    number: str
    version: str
    title: str
    project: str
    due: str
    overdue: bool


class Recall(NamedTuple):
    """A copy given out of a version that is not in force any longer. `record`: number of the distribution record;
    `since`: the day (YYYY-MM-DD) from which it has to come back; `reason`: obsolete, superseded or revised."""

    number: str
    version: str
    title: str
    copy_no: str
    holder: str
    department: str
    record: str
    since: str
    reason: str


def build_paper(raw: Any) -> PaperRules | None:
    """The rules of policy/calendar.yaml; None without them. Raises KeyError, TypeError, ValueError."""
    if raw is None:
        return None
    table: Mapping[str, Any] = mapping_of(raw)
    return PaperRules(
        text_of(table["record"]),
        text_of(table["distribution"]),
        whole_of(table["working_days"]),
        texts_of(table.get("roles")),
    )


def filed(rules: PaperRules, facts: Facts) -> list[Filed]:
    """All paper, by the number of its document."""
    found = []
    for record in facts.effective(type_id=rules.record):
        number, _, version = text_in(record.in_force, "target").partition("@")
        target = facts.get(number)
        archive_no, location, copies, day = (text_in(record.in_force, name) for name in _FILED)
        current = target is not None and target.is_effective and target.version == version
        title = target.title if target else ""
        found.append(Filed(number, version, title, archive_no, location, copies, day, record.number, current))
    return sorted(found)


def missing(rules: PaperRules, calendar: WorkCalendar, facts: Facts, today: datetime.date) -> list[Missing]:
    """Important documents whose version in force has no paper (PAPER-MISSING), the earliest due first."""
    there = {(item.number, item.version) for item in filed(rules, facts)}
    found = []
    for fact in facts.effective():
        release = fact.state.release if fact.state else None
        published = parse_day(fact.published_at[:10])
        if release is None or not release.important or published is None or (fact.number, fact.version) in there:
            continue
        due = add_working_days(calendar, published, rules.working_days)
        found.append(Missing(fact.number, fact.version, fact.title, fact.project, due.isoformat(), due < today))
    return sorted(found, key=lambda item: (item.due, item.number))


def recalls(rules: PaperRules, facts: Facts) -> list[Recall]:
    """Copies that are still out though their version is not in force (RECALL)."""
    replaced = {
        name.partition("@")[0]: fact for fact in facts.effective() for name in texts_in(fact.in_force, "supersedes")
    }
    found = []
    for record in facts.effective(type_id=rules.distribution):
        number, _, version = text_in(record.in_force, "target").partition("@")
        target = facts.get(number)
        ended = _ended(target, version, replaced.get(number)) if target else None
        if target is None or ended is None:
            continue
        for copy in items_of(record.in_force, "copies"):
            if text_in(copy, "status") == ISSUED:
                copy_no, holder, department = (text_in(copy, name) for name in _COPY)
                found.append(Recall(number, version, target.title, copy_no, holder, department, record.number, *ended))
    return sorted(found)


def _ended(target: Fact, version: str, other: Fact | None) -> tuple[str, str] | None:
    """Since when, and why, a version is not in force; None while it is."""
    marks = [mark for mark in target.state.marks if mark.effect != "archive"] if target.state else []
    if marks:
        return marks[0].day, target.status
    if other is not None:
        return other.published_at[:10], "superseded"
    return (target.published_at[:10], "revised") if target.version != version else None


def copies_of(rules: PaperRules, facts: Facts, number: str, version: str, *, out: bool) -> Iterator[str]:
    """The numbers of the copies of a version that were given out; `out`: only of those that are not back."""
    for record in facts.effective(type_id=rules.distribution):
        if text_in(record.in_force, "target") == f"{number}@{version}":
            for copy in items_of(record.in_force, "copies"):
                if not out or text_in(copy, "status") == ISSUED:
                    yield text_in(copy, "copy_no")


def keepers(policy: Policy, roles: Collection[str]) -> tuple[str, ...]:
    """Ids of the active people who look after paper."""
    return tuple(person.id for person in policy.people.values() if person.active and set(roles) & set(person.roles))
