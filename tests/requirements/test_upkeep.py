"""What happens to a document after its release: 四(二)2, 四(四) and the small changes of status."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.company import PROJECT, Company, Desk, found_repository, new_note

LATER = "2023-05-20T09:00:00+08:00"
NOTE = "XS202305001"
MINUTES = "GT202305001"
ACTIONS = """
actions:
  - {text: 催问接口, owner: lin, due: 2023-05-19}
  - text: 补充报价
    owner: shen
    due: 2023-05-22
"""


def words(**fields: str) -> list[str]:
    """Options of `prs new` that fill fields."""
    return [word for name, value in fields.items() for word in ("--set", f"{name}={value}")]


@pytest.fixture(scope="module")
def tracked(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A published note by song, and published minutes by lin with two action items; each has one tracked change."""
    desk = found_repository(company, tmp_path_factory.mktemp("tracked"))
    assert new_note(desk) == NOTE
    fields = words(meeting_type="regular", held_at="2023-05-18T09:00:00+08:00", host="shen", attendees="lin,shen")
    assert desk.new("lin", "meeting-minutes", "周例会纪要", "-p", PROJECT, *fields) == MINUTES
    path = desk.path_of(MINUTES)
    before, _, rest = path.read_text(encoding="utf-8").partition("\nactions:")
    path.write_text(before + ACTIONS.rstrip("\n") + "\n" + rest.partition("\n")[2], encoding="utf-8")
    desk.ok("song", "save", NOTE, "-m", "研讨会信息")
    desk.ok("song", "register", NOTE)
    desk.ok("lin", "save", MINUTES, "-m", "周例会纪要")
    desk.ok("lin", "submit", MINUTES, "-m", "首次发布")
    desk.ok("shen", "approve", MINUTES)
    desk.ok("shen", "track", NOTE, "accuracy=verified", "accuracy_by=shen", "-m", "已向主办方核实", now=LATER)
    desk.ok("lin", "track", MINUTES, "actions.催问接口.done=2023-05-19", "actions.2.done=2023-05-20", now=LATER)
    return desk


def test_r168_a_status_changes_without_a_new_version(tracked: Desk) -> None:
    """R168 | prs track | Only fields of mutable_after_release change, without a new approval; the version stays."""
    shown = tracked.ok("", "show", MINUTES, "--json").json
    assert (shown["status"], shown["version"], shown["versions"]) == ("published", "1.0", ["1.0"])
    assert [item["done"] for item in shown["front_matter"]["actions"]] == ["2023-05-19", "2023-05-20"]
    now = tracked.ok("", "show", f"{MINUTES}@1.0").raw
    assert now == tracked.path_of(MINUTES).read_bytes()
    assert now == tracked.git("cat-file", "blob", f"approved:{tracked.path_of(MINUTES).relative_to(tracked.root)}").raw
    first = tracked.ok("", "show", f"{MINUTES}@1.0", "--as-published").out
    assert first.encode() != now and "done:" not in first
    history = tracked.ok("", "history", NOTE, "--json").json
    assert [item["decision"] for item in history][-1] == "track"
    assert history[-1]["changes"] == ["accuracy=verified", "accuracy_by=shen"]
    assert history[-1]["note"] == "已向主办方核实"
    assert tracked.ok("", "verify", "--full").out.startswith("The ledger verifies.")


def test_r168_another_field_is_refused(tracked: Desk) -> None:
    """R168 | prs track | Another field, another person, a wrong value or place: refused, and nothing changes."""
    for code, person, *command in (
        ("W300", "lin", MINUTES, "actions.1.due=2023-05-30"),
        ("W300", "lin", MINUTES, "title=别的"),
        ("W300", "lin", MINUTES, "actions.done=2023-05-20"),
        ("W302", "lin", MINUTES, "actions.9.done=2023-05-20"),
        ("W304", "lin", MINUTES, "actions.1.done=昨天"),
        ("A433", "lin", MINUTES, "actions.1.done=2023-05-19"),
        ("A434", "xu", MINUTES, "actions.1.done=2023-05-21"),
        ("A435", "song", NOTE, "accuracy=wrong"),
        ("A430", "lin", "QD202305009", "done_on=2023-05-20"),
    ):
        tracked.refuse(code, person, "track", *command, now=LATER)


def test_r168_only_the_text_in_force_is_tracked(tracked: Desk, tmp_path: Path) -> None:
    """R168 | prs track | A file with other changes, saved or not, and a version in review are not tracked."""
    desk = tracked.copy(tmp_path)
    desk.edit(MINUTES)
    desk.refuse("W301", "lin", "track", MINUTES, "actions.1.done=2023-05-21")
    desk.ok("lin", "save", MINUTES, "-m", "补充")
    desk.refuse("W301", "lin", "track", MINUTES, "actions.1.done=2023-05-21")
    desk.ok("lin", "submit", MINUTES, "-m", "补充")
    desk.refuse("A309", "lin", "track", MINUTES, "actions.1.done=2023-05-21")
    assert desk.ok("shen", "approve", MINUTES, "--json").json["version"] == "1.1"
    desk.ok("lin", "track", MINUTES, "actions.1.done=2023-05-21")
    assert desk.ok("", "show", MINUTES, "--json").json["version"] == "1.1"
