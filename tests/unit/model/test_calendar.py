"""Working days and reporting periods."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest

from presales_repo.model.calendar import (
    add_working_days,
    build_calendar,
    is_working_day,
    last_working_day,
    working_days_between,
)
from presales_repo.model.periods import Period, in_month, period_around, read_moment, read_period
from presales_repo.model.policy import CALENDAR, build_policy, policy_data
from presales_repo.ops.init import built_in_policy

DAY = datetime.date.fromisoformat
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture(scope="module")
def built_in():
    return build_calendar(build_policy(policy_data(built_in_policy())).calendar)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2023-05-18", True),  # a Thursday
        ("2023-05-20", False),  # a Saturday
        ("2023-05-01", False),  # 劳动节
        ("2023-05-06", True),  # a Saturday worked for it
        ("2023-10-08", True),  # a Sunday worked for 国庆节
        ("2024-02-12", False),
        ("2025-10-08", False),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2027-02-05", False),  # 除夕
    ],
)
def test_working_day(built_in, day: str, works: bool) -> None:
    assert is_working_day(built_in, DAY(day)) is works


def test_holidays_are_days_off_and_worked_weekends_are_weekends(built_in) -> None:
    assert all(day.isoweekday() > 5 for day in built_in.working)
    assert not built_in.working & built_in.holidays
    assert {day.year for day in built_in.holidays} == {2023, 2024, 2025, 2026, 2027}


def test_counting_over_a_holiday(built_in) -> None:
    before = DAY("2023-04-28")  # 劳动节 until 3 May, worked on Saturday the 6th
    assert add_working_days(built_in, before, 0) == before
    assert add_working_days(built_in, before, 3) == DAY("2023-05-06")
    assert add_working_days(built_in, before, 4) == DAY("2023-05-08")
    assert working_days_between(built_in, before, DAY("2023-05-08")) == 4
    assert working_days_between(built_in, DAY("2023-05-08"), before) == 0
    assert last_working_day(built_in, DAY("2023-10-02"), DAY("2023-10-08")) == DAY("2023-10-08")
    assert last_working_day(built_in, DAY("2023-09-29"), DAY("2023-10-06")) is None


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"working_week": []},
        {"working_week": [0, 1]},
        {"working_week": ["Monday"]},
        {"working_week": [1], "holidays": [{"from": "2023-05-03", "to": "2023-05-01"}]},
        {"working_week": [1], "holidays": [{"from": "2023-05-03", "to": "3023-05-01"}]},
        {"working_week": [1], "holidays": [{"from": "2023-5-3", "to": "2023-05-03"}]},
        {"working_week": [1], "working_weekends": ["2023-02-30"]},
    ],
)
def test_calendar_that_cannot_be(raw) -> None:
    with pytest.raises((KeyError, TypeError, ValueError)):
        build_calendar(raw)


def test_policy_of_before_the_calendar_is_a_policy() -> None:
    files = {path: data for path, data in built_in_policy().items() if path != CALENDAR}
    assert build_policy(policy_data(files)).calendar == {}


@pytest.mark.parametrize(
    ("text", "label", "first", "last"),
    [
        ("2023-05", "2023-05", "2023-05-01", "2023-05-31"),
        ("2023Q1", "2023Q1", "2023-01-01", "2023-03-31"),
        ("2023Q4", "2023Q4", "2023-10-01", "2023-12-31"),
        ("2024", "2024", "2024-01-01", "2024-12-31"),
        ("2024-02", "2024-02", "2024-02-01", "2024-02-29"),
        ("2023-05-18", "2023-05-18", "2023-05-18", "2023-05-18"),
        ("2023-05-18T23:30:00Z", "2023-05-19", "2023-05-19", "2023-05-19"),  # in Shanghai
    ],
)
def test_period_as_written(text: str, label: str, first: str, last: str) -> None:
    assert read_period(text, ZONE) == Period(label, DAY(first), DAY(last))


def test_weeks_begin_on_monday_and_belong_to_the_year_of_their_thursday() -> None:
    assert period_around(DAY("2023-01-01"), "week") == Period(
        "2022-W52 (12-26 ~ 01-01)", DAY("2022-12-26"), DAY("2023-01-01")
    )


@pytest.mark.parametrize("text", ["", "2023-13", "2023Q5", "2023-02-30", "yesterday", "2023-05-18T25:00", "9999-01-01"])
def test_no_period(text: str) -> None:
    assert read_period(text, ZONE) is None


def test_time_without_an_offset_is_the_company_s() -> None:
    assert read_moment("2023-06-20T09:30", ZONE) == read_moment("2023-06-20T01:30:00+00:00", ZONE)


def test_months_end_with_their_last_day() -> None:
    assert in_month(2024, 14, 31) == DAY("2025-02-28")
    assert in_month(2023, 12, 31) == DAY("2023-12-31")
