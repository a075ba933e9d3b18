"""The company's calendar: on which days people work, and counting in such days (policy/calendar.yaml)."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from presales_repo.model.delegation import parse_day
from presales_repo.model.plaindata import list_of, mapping_of, text_of, whole_of

_DAY = datetime.timedelta(days=1)
_LONGEST_HOLIDAY = 60  # days; no holiday is longer, and a slip of the pen in a year must not make a loop of centuries


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """`week`: days of the week that are worked, Monday is 1; `holidays`: days off beside; `working`: days of a weekend
    that are worked (调休)."""

    week: frozenset[int]
    holidays: frozenset[datetime.date]
    working: frozenset[datetime.date]


def build_calendar(raw: Mapping[str, Any]) -> WorkCalendar:
    """The working days of policy/calendar.yaml. Raises KeyError, TypeError, ValueError for what is missing or wrong."""
    week = frozenset(whole_of(day) for day in list_of(raw["working_week"]))
    if not week or not week <= set(range(1, 8)):
        raise ValueError(f"working_week {sorted(week)}: days from 1 (Monday) to 7")
    holidays = (day for entry in list_of(raw.get("holidays")) for day in _holiday(mapping_of(entry)))
    working = (read_day(text_of(day)) for day in list_of(raw.get("working_weekends")))
    return WorkCalendar(week, frozenset(holidays), frozenset(working))


def _holiday(raw: Mapping[str, Any]) -> Iterator[datetime.date]:
    first, last = read_day(text_of(raw["from"])), read_day(text_of(raw["to"]))
    length = (last - first).days
    if not 0 <= length <= _LONGEST_HOLIDAY:
        raise ValueError(f"holidays: from {first} to {last}")
    yield from (first + _DAY * number for number in range(length + 1))


def read_day(text: str) -> datetime.date:
    """A day written as YYYY-MM-DD. Raises ValueError."""
    day = parse_day(text)
    if day is None:
        raise ValueError(f"{text}: a day is written YYYY-MM-DD")
    return day


def is_working_day(calendar: WorkCalendar, day: datetime.date) -> bool:
    """Whether people work on a day."""
    if day in calendar.working:
        return True
    return day.isoweekday() in calendar.week and day not in calendar.holidays


def add_working_days(calendar: WorkCalendar, day: datetime.date, count: int) -> datetime.date:
    """The `count`th working day after a day; the day itself for none."""
    while count > 0:
        day += _DAY
        count -= is_working_day(calendar, day)
    return day


def working_days_between(calendar: WorkCalendar, after: datetime.date, until: datetime.date) -> int:
    """How many working days come after one day, up to another; none when that is earlier."""
    days = range(1, (until - after).days + 1)
    return sum(is_working_day(calendar, after + _DAY * number) for number in days)


def last_working_day(calendar: WorkCalendar, first: datetime.date, last: datetime.date) -> datetime.date | None:
    """The last working day from one day to another, None when nobody works in between."""
    while last >= first:
        if is_working_day(calendar, last):
            return last
        last -= _DAY
    return None
