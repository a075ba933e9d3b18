"""Deadlines as an iCalendar file: what is written is read again by the library, and byte for byte what it was."""

from __future__ import annotations

import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from icalendar import Calendar

from presales_repo.render.ical import Entry, calendar_bytes

GOLDEN = Path(__file__).parents[2] / "golden" / "due" / "deadlines.ics"
ZONE = ZoneInfo("Asia/Shanghai")
LONG = "滨江智慧园区综合管理平台建设项目招标编号 BJ-2023-01; 投标截止时间, 2023年6月20日上午九时三十分\n携带密封文件"
ENTRIES = [
    Entry("bid@prs", datetime.datetime(2023, 6, 20, 9, 30, tzinfo=ZONE), LONG, "宋佳宁", (7, 3, 1), ["D101"]),
    Entry("action@prs", datetime.date(2023, 6, 1), "待办：发资料。", "GT202305001\n林越", (), ["D116"]),
]
NOW = datetime.datetime(2023, 6, 1, 9, 0, tzinfo=ZONE)


def test_file_is_what_it_was() -> None:
    assert calendar_bytes("售前期限", ENTRIES, NOW) == GOLDEN.read_bytes()


def test_file_is_read_again() -> None:
    data = calendar_bytes("售前期限", ENTRIES, NOW)
    assert data.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in data.split(b"\r\n")), "RFC 5545, 3.1: octets of a line"
    calendar = Calendar.from_ical(data)
    assert calendar["x-wr-calname"] == "售前期限"
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    bid, action = calendar.walk("VEVENT")
    assert (bid["uid"], bid["summary"], bid["dtstart"].dt) == ("bid@prs", LONG, ENTRIES[0].begin)
    assert bid["dtstart"].dt.utcoffset() == datetime.timedelta(hours=8)
    assert [alarm["trigger"].dt.days for alarm in bid.walk("VALARM")] == [-7, -3, -1]
    assert (action["dtstart"].dt, action["description"]) == (datetime.date(2023, 6, 1), "GT202305001\n林越")
    assert action.walk("VALARM") == []
