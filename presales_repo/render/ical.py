"""Deadlines as an iCalendar file (RFC 5545), which every calendar program reads. The one module that uses icalendar."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from icalendar import Alarm, Calendar, Event


class Entry(NamedTuple):
    """One day or time. `uid`: the same for the same item for ever, so that a calendar that is read again moves it;
    `begin`: a day, or a time with its zone; `alarms`: days before it; `categories`: words to sort by."""

    uid: str
    begin: datetime.date | datetime.datetime
    summary: str
    description: str
    alarms: Sequence[int]
    categories: Sequence[str]


def calendar_bytes(name: str, entries: Iterable[Entry], now: datetime.datetime) -> bytes:
    """The file: UTF-8, lines folded and ended as RFC 5545 wants them. `name`: how calendar programs show it;
    `now`: when it is made."""
    calendar = Calendar()
    calendar.add("prodid", "-//presales-repo//prs due//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for entry in entries:
        calendar.add_component(_event(entry, now))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(entry: Entry, now: datetime.datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", now.astimezone(datetime.timezone.utc))  # noqa: UP017
    event.add("dtstart", entry.begin)
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("categories", list(entry.categories))
    event.add("transp", "TRANSPARENT")  # it takes no time of anybody's day
    for days in entry.alarms:
        event.add_component(_alarm(entry.summary, days))
    return event


def _alarm(summary: str, days: int) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", summary)
    alarm.add("trigger", datetime.timedelta(days=-days))
    return alarm
