"""Numbers over the wire: claimed at the server, provisional without it, settled by `prs sync`."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.company import Desk, new_note, new_plan
from tests.faults.test_kill import Fault, kill
from tests.server.office import Office, assert_all_equal, numbers_of

SYNC = Fault("song", ("sync",), "", lambda _desk: None, (), lambda _desk, _done: None)


@pytest.mark.parametrize("size", [(3, 2), pytest.param((8, 10), marks=pytest.mark.slow)])
def test_clones_at_once_leave_no_gap_and_no_duplicate(office: Office, size: tuple[int, int]) -> None:
    clones, each = size
    desks = [office.clone("song", f"song{count}") for count in range(clones)]

    def make(desk: Desk) -> list[str]:
        return [new_note(desk, f"记录{count}") for count in range(each)]

    with ThreadPoolExecutor(clones) as pool:
        made = [number for numbers in pool.map(make, desks) for number in numbers]
    assert sorted(made) == [f"XS202305{count:03d}" for count in range(1, clones * each + 1)]


def test_clone_without_the_record_claims_behind_documents_of_the_month(office: Office) -> None:
    """A server that lost refs/prs (moved as branches only, say) goes on behind the documents that there are."""
    lin = office.clone("lin")
    note = new_note(lin)
    lin.ok("song", "save", note, "-m", "记录")
    lin.ok("song", "sync")
    lin.git_ok("--git-dir", office.server, "update-ref", "-d", "refs/prs/numbers/XS/202305")
    assert new_note(office.clone("song")) == "XS202305002"


def offline_plan(desk: Desk, title: str) -> str:
    """A survey plan with an attachment, and a note beside it that is based on it."""
    person = desk.root.parent.name
    plan = new_plan(desk, title)
    folder = desk.root / "attachments" / plan
    folder.mkdir(parents=True)
    (folder / "提纲.txt").write_text(f"{title}的访谈提纲\n")
    path = desk.path_of(plan)
    path.write_text(path.read_text() + f"\n[提纲](../../../attachments/{plan}/提纲.txt)\n")
    note = new_note(desk, f"{title}的来源")
    path = desk.path_of(note)
    path.write_text(path.read_text() + f"\n参见 {plan}。全角{plan}也算,{plan}9 与 A{plan} 不算。\n")
    desk.ok(person, "save", "-m", title)
    return plan


@pytest.mark.parametrize("first", ["lin", pytest.param("shen", marks=pytest.mark.slow)])
def test_the_later_of_two_offline_numbers_changes_with_all_that_names_it(office: Office, first: str) -> None:
    desks = {person: office.clone(person) for person in ("lin", "shen")}
    with office.unreachable():
        plans = {person: offline_plan(desk, f"{person}的计划") for person, desk in desks.items()}
    assert set(plans.values()) == {"QD202305001"}
    second = next(person for person in desks if person != first)
    assert desks[first].ok(first, "sync", "--json").json["renumbered"] == []
    done = desks[second].ok(second, "sync", "--json").json["renumbered"]
    plan, note = (next(item for item in done if item["old"].startswith(stage)) for stage in ("QD", "XS"))
    assert (plan["old"], plan["new"]) == ("QD202305001", "QD202305002")
    assert (note["old"], note["new"]) == ("XS202305001", "XS202305002")
    assert plan["links"] == [note["path"]]
    loser = desks[second]
    assert (loser.root / "attachments" / "QD202305002" / "提纲.txt").read_text() == f"{second}的计划的访谈提纲\n"
    assert "attachments/QD202305002/" in loser.path_of("QD202305002").read_text()
    text = loser.path_of("XS202305002").read_text()
    assert "参见 QD202305002。全角QD202305002也算,QD2023050019 与 AQD202305001 不算。" in text
    assert_all_equal(office, list(desks.values()))
    assert numbers_of(loser) == ["QD202305001", "QD202305002", "XS202305001", "XS202305002"]
    assert "参见 QD202305001。" in loser.path_of("XS202305001").read_text()  # theirs means theirs
    loser.ok("", "check")


@pytest.mark.slow
def test_three_clones_offline_with_the_same_numbers(office: Office) -> None:
    desks = [office.clone("song", f"song{count}") for count in range(3)]
    with office.unreachable():
        for name, desk in zip("甲乙丙", desks, strict=True):
            for count in (1, 2):
                assert new_note(desk, f"{name}{count}") == f"XS20230500{count}"
            first, second = desk.path_of("XS202305001"), desk.path_of("XS202305002")
            first.write_text(first.read_text() + "\n后文见 XS202305002。\n")
            second.write_text(second.read_text() + "\n前文见 XS202305001。\n")
            desk.ok("song", "save", "-m", name)
    for desk in [*desks, *desks]:
        desk.ok("song", "sync")
    for desk in desks:
        assert numbers_of(desk) == [f"XS20230500{count}" for count in range(1, 7)]
        for number in numbers_of(desk):
            path = desk.path_of(number)
            found = re.search(r"[前后]文见 (XS[0-9]+)", path.read_text())
            assert found is not None
            other = desk.path_of(found[1])
            assert path.stem.split("-")[1][0] == other.stem.split("-")[1][0], "a link left its author's pair"


def test_unsaved_changes_stop_renumbering(office: Office) -> None:
    one, two = office.clone("song", "one"), office.clone("song", "two")
    with office.unreachable():
        for name, desk in (("甲", one), ("乙", two)):
            new_note(desk)
            desk.edit("XS202305001", name)  # the same title, so the same path
            desk.ok("song", "save", "-m", "离线")
    one.ok("song", "sync")
    two.edit("XS202305001")
    office.refuse("W101", two, "song", "sync")
    two.ok("song", "save", "-m", "补充")
    assert two.ok("song", "sync", "--json").json["renumbered"][0]["new"] == "XS202305002"


@pytest.mark.parametrize("published", [pytest.param(False, marks=pytest.mark.slow), True])
def test_decision_on_a_number_that_was_lost_is_asked_again(office: Office, published: bool) -> None:
    """Registered here without the server, while a colleague got the number (and published with it)."""
    song, lin = office.clone("song"), office.clone("lin")
    with office.unreachable():
        assert new_note(song, "离线") == "XS202305001"
        song.ok("song", "save", "-m", "离线")
        song.ok("song", "register", "XS202305001")
    assert new_note(lin, "在线") == "XS202305001"
    lin.ok("song", "save", "-m", "在线")
    lin.ok("song", "sync")
    if published:
        lin.ok("song", "register", "XS202305001")
    done = song.prs("song", "sync", "--json")
    assert done.code == 1
    assert [(item["action"], item["number"], item["code"]) for item in done.json["asked_again"]] == [
        ("register", "XS202305001", "W125")
    ]
    assert done.json["renumbered"][0]["new"] == "XS202305002"
    song.ok("song", "register", "XS202305002")
    lin.ok("song", "sync")
    assert lin.ok("", "show", "XS202305001", "--json").json["title"] == "在线"
    assert lin.ok("", "show", "XS202305002", "--json").json["status"] == "published"
    assert lin.ok("", "verify", "--full", "--json").json["ok"]


def test_nobody_takes_a_claimed_number_by_submitting_first(office: Office) -> None:
    """The holder of a number has not pushed the document yet; somebody with the same provisional one submits."""
    one, two = office.clone("song", "one"), office.clone("song", "two")
    with office.unreachable():
        new_note(two, "后到")
        two.ok("song", "save", "-m", "离线")
    assert new_note(one, "先到") == "XS202305001"
    office.refuse("W121", two, "song", "register", "XS202305001")
    assert two.ok("song", "sync", "--json").json["renumbered"][0]["new"] == "XS202305002"
    one.ok("song", "save", "-m", "先到")
    one.ok("song", "sync")


def test_renumbering_killed_again_and_again(office: Office, tmp_path: Path) -> None:
    """kill -9 at a later write each time: in the end every document is there once, with a number of its own."""
    one, two = office.clone("song", "one"), office.clone("song", "two")
    with office.unreachable():
        for desk, titles in ((one, ("甲", "乙")), (two, ("丙", "丁", "戊"))):
            numbers = [new_note(desk, title) for title in titles]
            desk.edit(numbers[0], f"另见 {numbers[1]}。")
            desk.ok("song", "save", "-m", "离线")
    one.ok("song", "sync")
    killed = sum(kill(two, SYNC, at, tmp_path / "log") for at in range(20, 400, 23))
    assert killed > 5
    assert two.prs("song", "sync").code in (0, 1)
    two.ok("song", "sync")
    rows = {row["title"]: row["number"] for row in two.ok("", "list", "--json").json}
    assert set(rows) == set("甲乙丙丁戊")
    assert len(set(numbers_of(two))) == len(numbers_of(two)) == 5
    assert f"另见 {rows['丁']}。" in two.path_of(rows["丙"]).read_text()
    assert two.git_ok("status", "--short") == ""


def test_interrupted_renumbering_is_taken_up(office: Office) -> None:
    """The reservation already follows the server, the document still carries the lost number."""
    one, two = office.clone("song", "one"), office.clone("song", "two")
    with office.unreachable():
        for name, desk in (("甲", one), ("乙", two)):
            new_note(desk)
            desk.edit("XS202305001", name)  # the same title, so the same path
            desk.ok("song", "save", "-m", "离线")
    one.ok("song", "sync")
    two.git_ok("fetch", "-q", "origin", "+refs/prs/numbers/*:refs/prs/remotes/origin/numbers/*")
    ref = "refs/prs/numbers/XS/202305"
    kept = f"refs/prs/kept/numbers/XS/202305/{two.git_ok('rev-parse', ref)[:12]}"
    two.git_ok("update-ref", kept, ref)
    two.git_ok("update-ref", ref, "refs/prs/remotes/origin/numbers/XS/202305")
    assert two.ok("song", "sync", "--json").json["renumbered"][0]["new"] == "XS202305002"
    assert kept not in two.git_ok("for-each-ref", "--format=%(refname)")
