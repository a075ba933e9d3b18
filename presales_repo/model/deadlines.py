"""What is due: the deadlines of the policy held against all documents, the ledger and the day (R073, R075, R076, R160).

One function for each measure of policy/calendar.yaml; each gives every open item, whenever it is due. `listed` then
chooses those whose time has come.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from presales_repo.model.actions import GONE
from presales_repo.model.calendar import WorkCalendar, add_working_days, last_working_day
from presales_repo.model.countersign import deciders
from presales_repo.model.deadlinerules import (
    DATE,
    DELEGATION,
    INTERVAL,
    MAKE_UP,
    PERIOD,
    PROJECT,
    PUBLISHED,
    STEP,
    Deadline,
    Timetable,
)
from presales_repo.model.delegation import Delegation
from presales_repo.model.effects import RELEASED
from presales_repo.model.facts import Fact, Facts, items_of, text_in, texts_in
from presales_repo.model.ledger import Round
from presales_repo.model.periods import Period, in_month, period_around, read_moment, read_period
from presales_repo.model.policy import Policy
from presales_repo.model.query import has_value

_Moment = datetime.date | datetime.datetime
UPCOMING, TODAY, OVERDUE, LATE = "upcoming", "due", "overdue", "late"
_COUNT = re.compile("[0-9]{1,3}")  # of months or days in a field


class ProjectSeen(NamedTuple):
    """What deadlines need of a project. `opened_on`: its first day, None when it is not known; `active`: it is neither
    closed nor suspended."""

    id: str
    name: str
    manager: str
    state: str
    active: bool
    opened_on: datetime.date | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What deadlines are held against. `now`: in the company's zone; `started`: the first day of the repository."""

    facts: Facts
    policy: Policy
    projects: Mapping[str, ProjectSeen]
    delegations: tuple[Delegation, ...]
    now: datetime.datetime
    started: datetime.date


@dataclass(frozen=True, slots=True)
class Due:
    """One open item. `rule`: its name in policy/calendar.yaml; `number`: of the document, "" for none; `subject`: what
    of it; `due`: day, or time with its zone, ISO 8601; `days`: days left, below 0 when it is past; `state`: upcoming,
    due (today), overdue or late (done after its time); `notice`: the warning that has begun, in days, None before any;
    `warn`: all of them; `who`: ids of people; `key`: the same for the same item whenever it is asked for."""

    rule: str
    code: str
    number: str
    project: str
    title: str
    subject: str
    due: str
    days: int
    state: str
    notice: int | None
    warn: tuple[int, ...]
    who: tuple[str, ...]
    key: str

    @property
    def presses(self) -> bool:
        """Whether it is due, past, or near enough for a warning."""
        return self.state != UPCOMING or self.notice is not None


def open_items(timetable: Timetable, seen: Surroundings) -> list[Due]:
    """Every open item of every deadline, the earliest first; those that one of another deadline covers left out."""
    found = [item for rule in timetable.deadlines for item in _MEASURES[rule.measure](rule, timetable.calendar, seen)]
    covered = {
        (rule.covers, item.number)
        for rule in timetable.deadlines
        if rule.covers
        for item in found
        if item.rule == rule.id and item.presses
    }
    kept = [item for item in found if (item.rule, item.number) not in covered]
    return sorted(_told_apart(kept), key=lambda item: (item.due, item.key))


def listed(items: Iterable[Due], within: int | None = None) -> list[Due]:
    """The items whose time has come; with `within` also those due in so many days."""
    return [item for item in items if item.presses or (within is not None and item.days <= within)]


def _told_apart(items: Iterable[Due]) -> Iterator[Due]:
    """Keys without doubles: two entries of a list may have the same words."""
    times: dict[str, int] = {}
    for item in items:
        times[item.key] = times.get(item.key, 0) + 1
        yield item if times[item.key] == 1 else replace(item, key=f"{item.key}:{times[item.key]}")


# -- of documents


def _date_items(rule: Deadline, calendar: WorkCalendar, seen: Surroundings) -> Iterator[Due]:
    for fact in seen.facts:
        if (rule.types and fact.type not in rule.types) or fact.status in GONE or _is_over(rule, fact, seen):
            continue
        if rule.published and not fact.is_effective:
            continue
        fields = fact.current
        for entry in items_of(fields, rule.each) if rule.each else [fields]:
            everything = {**fields, **entry}
            if _fits(rule, fact, everything, seen.policy) and not any(entry.get(name) for name in rule.done):
                yield from _date_item(rule, calendar, seen, fact, everything)


def _date_item(
    rule: Deadline, calendar: WorkCalendar, seen: Surroundings, fact: Fact, fields: Mapping[str, Any]
) -> Iterator[Due]:
    end = _end(rule, calendar, seen, fact, fields)
    if end is None:
        return
    settled = _settlements(rule, seen, fact, fields)
    if settled is None or (late := _late(rule, settled, end)):
        who = [person for name in rule.who for person in texts_in(fields, name)]
        item = _item(rule, seen, end, fact, text_in(fields, rule.subject), who)
        if settled is not None:
            item = replace(item, code=late, state=LATE)
        yield from _unless_lapsed(rule, item)


def _end(
    rule: Deadline, calendar: WorkCalendar, seen: Surroundings, fact: Fact, fields: Mapping[str, Any]
) -> _Moment | None:
    """The last moment of a deadline, None where the document does not say one."""
    text = fact.published_at if rule.due == PUBLISHED else text_in(fields, rule.due)
    begin = read_moment(text, seen.now.tzinfo)
    counts = [_COUNT.fullmatch(text_in(fields, name)) if name else None for name in (rule.months, rule.day_count)]
    if begin is None or (rule.months and not counts[0]) or (rule.day_count and not counts[1]):
        return None
    months, days = (int(count[0]) if count else 0 for count in counts)
    return _moved(begin, rule, calendar, months, days)


def _is_over(rule: Deadline, fact: Fact, seen: Surroundings) -> bool:
    """Whether its project is past what the deadline is for; nothing is due in a closed one."""
    known = seen.projects.get(fact.project)
    return known is not None and (not known.active or (bool(rule.states) and known.state not in rule.states))


def _fits(rule: Deadline, fact: Fact, fields: Mapping[str, Any], policy: Policy) -> bool:
    doctype = policy.types.get(fact.type)
    known = doctype.fields if doctype else {}
    inner = known[rule.each].item if rule.each in known else {}
    return all(
        any(has_value(fields, {**known, **inner}, name, value) for value in values)
        for name, values in rule.where.items()
    )


def _settlements(rule: Deadline, seen: Surroundings, fact: Fact, fields: Mapping[str, Any]) -> list[_Moment] | None:
    """The times of the documents that settle an item, as far as they have one; None when there is no such document."""
    way = rule.settled_by
    if way is None:
        return None
    zone = seen.now.tzinfo
    others = [other for other in seen.facts.effective(project=fact.project, type_id=way.type) if other is not fact]
    if way.after:
        mine = (_instant(read_moment(text_in(fields, way.after), zone), zone), fact.number)
        others = [
            other
            for other in others
            if (_instant(read_moment(text_in(other.in_force, way.field), zone), zone), other.number) > mine
        ]
    moments = (read_moment(text_in(other.in_force, way.field), zone) for other in others)
    return [moment for moment in moments if moment] if others else None


def _late(rule: Deadline, settled: list[_Moment], end: _Moment) -> str:
    """The code that says that even the first settlement came too late, "" when it did not."""
    code = rule.settled_by.late if rule.settled_by else ""
    zone = next((moment.tzinfo for moment in (*settled, end) if isinstance(moment, datetime.datetime)), None)
    first = min((_instant(moment, zone) for moment in settled), default=0.0)
    return code if code and first > _instant(end, zone, last=True) else ""


def _instant(moment: _Moment | None, zone: datetime.tzinfo | None, *, last: bool = False) -> float:
    """A moment to compare with others; of a day its first one, or the last; before all others when there is none."""
    if moment is None:
        return 0.0
    if not isinstance(moment, datetime.datetime):
        clock = datetime.time.max if last else datetime.time.min
        moment = datetime.datetime.combine(moment, clock, zone)
    return moment.timestamp()


def _moved(begin: _Moment, rule: Deadline, calendar: WorkCalendar, months: int, days: int) -> _Moment:
    """The last moment, counted from the one that a field names; a day, where anything is to be added."""
    days += rule.days
    if not (months or days or rule.working_days):
        return begin
    day = begin.date() if isinstance(begin, datetime.datetime) else begin
    day = in_month(day.year, day.month + months, day.day)
    return add_working_days(calendar, day + datetime.timedelta(days=days), rule.working_days)


# -- of regular events


def _period_items(rule: Deadline, calendar: WorkCalendar, seen: Surroundings) -> Iterator[Due]:
    """The period that ended last and the running one, where nothing shows that it was done."""
    today = seen.now.date()
    running = period_around(today, rule.every)
    ended = period_around(running.first - datetime.timedelta(days=1), rule.every)
    for project, started in _places(rule, seen):
        done = list(_evidence(rule, seen, project))
        for period in (ended, running):
            last = _last_day(rule, calendar, period)
            missing = not any(period.overlaps(other) for other in done)
            if last and missing and period.first >= started:
                yield from _unless_lapsed(rule, _item(rule, seen, last, project, period.label, []))


def _last_day(rule: Deadline, calendar: WorkCalendar, period: Period) -> datetime.date | None:
    """The last day to do it, None when nobody worked in the period."""
    last = last_working_day(calendar, period.first, period.last)
    if last is None or not (rule.days or rule.working_days):
        return last
    return add_working_days(calendar, period.last + datetime.timedelta(days=rule.days), rule.working_days)


def _interval_items(rule: Deadline, _calendar: WorkCalendar, seen: Surroundings) -> Iterator[Due]:
    if rule.applies_with and not any(fact.type in rule.applies_with for fact in seen.facts):
        return
    for project, started in _places(rule, seen):
        days = [period.last for period in _evidence(rule, seen, project)]
        last = max(days, default=started)
        end = last + datetime.timedelta(days=rule.days)
        yield from _unless_lapsed(rule, _item(rule, seen, end, project, last.isoformat() if days else "", []))


def _places(rule: Deadline, seen: Surroundings) -> Iterator[tuple[ProjectSeen | None, datetime.date]]:
    """Whom a regular event is asked of, and since when: the company as a whole (None), or each of its projects."""
    if rule.per != PROJECT:
        yield None, seen.started
        return
    for project in seen.projects.values():
        if project.active and (not rule.states or project.state in rule.states):
            yield project, project.opened_on or seen.started


def _evidence(rule: Deadline, seen: Surroundings, project: ProjectSeen | None) -> Iterator[Period]:
    """When it was done, by the published documents that show it."""
    for type_id, field in rule.evidence.items():
        for fact in seen.facts.effective(type_id=type_id, project=project.id if project else None):
            period = read_period(text_in(fact.in_force, field), seen.now.tzinfo)
            if period and _fits(rule, fact, fact.in_force, seen.policy):
                yield period


# -- of the ledger


def _step_items(rule: Deadline, calendar: WorkCalendar, seen: Surroundings) -> Iterator[Due]:
    for fact, opened in _open_rounds(seen):
        assert fact.state is not None, "a round is part of a state"
        last = next(item for item in reversed(fact.state.events) if item.action not in (RELEASED, "countersign"))
        since = datetime.datetime.fromtimestamp(last.time, seen.now.tzinfo).date()
        end = add_working_days(calendar, since + datetime.timedelta(days=rule.days), rule.working_days)
        yield from _unless_lapsed(rule, _item(rule, seen, end, fact, opened.step.title_zh, _deciders(seen, opened)))


def _make_up_items(rule: Deadline, _calendar: WorkCalendar, seen: Surroundings) -> Iterator[Due]:
    for fact, opened in _open_rounds(seen):
        end = read_moment(opened.released.make_up_by, seen.now.tzinfo) if opened.released else None
        if end and opened.released:
            yield from _unless_lapsed(
                rule, _item(rule, seen, end, fact, opened.released.request, _deciders(seen, opened))
            )


def _deciders(seen: Surroundings, opened: Round) -> list[str]:
    return list(deciders(seen.policy, opened))


def _open_rounds(seen: Surroundings) -> Iterator[tuple[Fact, Round]]:
    for fact in seen.facts:
        if fact.state is not None and fact.state.round is not None:
            yield fact, fact.state.round


def _delegation_items(rule: Deadline, _calendar: WorkCalendar, seen: Surroundings) -> Iterator[Due]:
    for given in seen.delegations:
        letter, end = seen.facts.get(given.letter), read_moment(given.to_date, seen.now.tzinfo)
        if letter and end and given.to_date >= given.from_date:
            item = _item(rule, seen, end, letter, given.delegate, [given.principal, given.delegate])
            yield from _unless_lapsed(rule, item)


# -- one item


def _item(
    rule: Deadline,
    seen: Surroundings,
    end: _Moment,
    of: Fact | ProjectSeen | None,
    subject: str,
    who: list[str],
) -> Due:
    """An item of a document, of a project or of the company."""
    day = end.date() if isinstance(end, datetime.datetime) else end
    days = (day - seen.now.date()).days
    number = of.number if isinstance(of, Fact) else ""
    project = of.project if isinstance(of, Fact) else of.id if of else ""
    title = of.title if isinstance(of, Fact) else of.name if of else ""
    people = who + ([of.manager] if isinstance(of, ProjectSeen) else []) + _holders(rule, seen.policy)
    people = people or ([of.author] if isinstance(of, Fact) else [])
    return Due(
        rule=rule.id,
        code=rule.code,
        number=number,
        project=project,
        title=title,
        subject=subject,
        due=end.isoformat(),
        days=days,
        state=_state(end, days, seen.now),
        notice=next((warning for warning in reversed(rule.warn) if days <= warning), None),
        warn=rule.warn,
        who=tuple(dict.fromkeys(people)),
        key=":".join((rule.id, number or project, subject)),
    )


def _holders(rule: Deadline, policy: Policy) -> list[str]:
    return [person.id for person in policy.people.values() if person.active and set(rule.roles) & set(person.roles)]


def _state(end: _Moment, days: int, now: datetime.datetime) -> str:
    if days < 0 or (isinstance(end, datetime.datetime) and end < now):
        return OVERDUE
    return TODAY if days == 0 else UPCOMING


def _unless_lapsed(rule: Deadline, item: Due) -> Iterator[Due]:
    if rule.lapse is None or -item.days <= rule.lapse:
        yield item


_MEASURES: dict[str, Callable[[Deadline, WorkCalendar, Surroundings], Iterator[Due]]] = {
    DATE: _date_items,
    PERIOD: _period_items,
    INTERVAL: _interval_items,
    STEP: _step_items,
    MAKE_UP: _make_up_items,
    DELEGATION: _delegation_items,
}
