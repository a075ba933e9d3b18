"""Days, times and reporting periods as they are written in front matter, and the periods of the calendar."""

from __future__ import annotations

import datetime
import re
from typing import NamedTuple

from presales_repo.model.delegation import parse_day

_PERIOD = re.compile(r"(20[0-9]{2})(?:Q([1-4])|-(0[1-9]|1[0-2]))?")
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


class Period(NamedTuple):
    """From one day to another, both included. `label`: 2023-05, 2023Q2, 2023, 2023-W20 (05-15 ~ 05-21), or the
    day itself."""

    label: str
    first: datetime.date
    last: datetime.date

    def overlaps(self, other: Period) -> bool:
        """Whether they have a day in common."""
        return self.first <= other.last and other.first <= self.last


def read_moment(text: str, zone: datetime.tzinfo | None) -> datetime.date | datetime.datetime | None:
    """A day, or a time in the company's zone (that is also what a time without offset means); None for neither."""
    if not "1970" <= text[:4] < "2900":  # before clocks, or a slip of the pen: no room for what is added to it
        return None
    day = parse_day(text)
    if day is not None or "T" not in text:
        return day
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.replace(tzinfo=zone) if moment.tzinfo is None else moment.astimezone(zone)


def read_period(text: str, zone: datetime.tzinfo | None) -> Period | None:
    """A reporting period (2023, 2023Q2, 2023-05), a day or a time; None for none of them."""
    match = _PERIOD.fullmatch(text)
    if match is None:
        moment = read_moment(text, zone)
        day = moment.date() if isinstance(moment, datetime.datetime) else moment
        return Period(day.isoformat(), day, day) if day else None
    year, quarter, month = match.groups()
    if quarter:
        return period_around(datetime.date(int(year), int(quarter) * 3, 1), "quarter")
    return period_around(datetime.date(int(year), int(month or 1), 1), "month" if month else "year")


def period_around(day: datetime.date, every: str) -> Period:
    """The week (from Monday), month, quarter or year that a day lies in."""
    if every == "week":
        year, week, weekday = day.isocalendar()
        first = day - datetime.timedelta(days=weekday - 1)
        last = first + datetime.timedelta(days=6)
        return Period(f"{year}-W{week:02d} ({first:%m-%d} ~ {last:%m-%d})", first, last)
    months = _MONTHS[every]
    first = datetime.date(day.year, (day.month - 1) // months * months + 1, 1)
    last = in_month(first.year, first.month + months - 1, 31)
    labels = {"month": f"{first:%Y-%m}", "quarter": f"{first.year}Q{first.month // 3 + 1}", "year": f"{first.year}"}
    return Period(labels[every], first, last)


def in_month(year: int, month: int, day: int) -> datetime.date:
    """A day of a month, its last one where it has not so many; months after the twelfth are those of later years."""
    years, month = divmod(month - 1, 12)
    first = datetime.date(year + years, month + 1, 1)
    following = datetime.date(year + years + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(first + datetime.timedelta(days=day - 1), following - datetime.timedelta(days=1))


def iso_time(seconds: int, offset: str) -> str:
    """A git time (seconds since 1970, zone as +0800) in ISO 8601."""
    sign = -1 if offset.startswith("-") else 1
    zone = datetime.timezone(sign * datetime.timedelta(hours=int(offset[1:3]), minutes=int(offset[3:5])))
    return datetime.datetime.fromtimestamp(seconds, zone).isoformat()
