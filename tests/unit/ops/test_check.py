"""Which files a check looks at, and what it says about several of them together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.ops.check import blocking_findings, check
from presales_repo.ops.session import open_work, working_snapshot
from tests.cases.library import clear, session_at, stock
from tests.company import Desk

FOLDER = "common/6-其他文档"
POST = f"{FOLDER}/GT202304001-本周进展.md"
PLAN = "projects/XM2023001-滨江智慧园区/2-需求调研文档/QD202305001-需求调研计划.md"
MINUTES = "attachments/GT202304001/纪要.txt"


@pytest.fixture(scope="module")
def stocked(drafted_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return stock(drafted_once.copy(tmp_path_factory.mktemp("check")))


@pytest.fixture
def desk(stocked: Desk) -> Iterator[Desk]:
    commit = stocked.git_ok("rev-parse", "HEAD")
    yield stocked
    stocked.git_ok("checkout", "-q", "-f", "main")
    clear(stocked, commit)


def post(number: str = "GT202304001", title: str = "本周进展", fields: str = "") -> str:
    return (
        f"---\nnumber: {number}\ntitle: {title}\ntype: team-post\nauthor: lin\ncreated: 2023-04-18\nkind: progress\n"
        f"{fields}---\n\n## 内容\n\n文字。\n"
    )


def write(desk: Desk, path: str, text: str) -> Path:
    target = desk.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8", newline="")
    return target


def commit(desk: Desk, message: str = "x") -> str:
    """Commit everything as somebody who has no hooks."""
    desk.git_ok("add", "--all")
    desk.git_ok("-c", "commit.gpgsign=false", "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q",
                "--no-verify", "-m", message)  # fmt: skip
    return desk.git_ok("rev-parse", "HEAD")


def said(findings: tuple[Finding, ...] | list[Finding]) -> list[tuple[str, str]]:
    """Codes and paths, the hints aside that the repository's own documents still hold."""
    return [(item.code, item.path) for item in findings if item.code != "H102"]


def all_said(desk: Desk, *paths: str) -> list[tuple[str, str]]:
    return said(check(session_at(desk), paths).findings)


def staged_said(desk: Desk) -> list[tuple[str, str]]:
    desk.git_ok("add", "--all")
    return said(check(session_at(desk), staged=True).findings)


# -- which files


def test_staged_means_the_staged_bytes(desk: Desk) -> None:
    target = write(desk, POST, post())
    desk.git_ok("add", "--all")
    target.write_text("没有文首", encoding="utf-8")
    assert said(check(session_at(desk), staged=True).findings) == []
    assert all_said(desk) == [("F105", POST)]
    desk.git_ok("add", "--all")
    target.write_text(post(), encoding="utf-8")
    assert said(check(session_at(desk), staged=True).findings) == [("F105", POST)]
    assert all_said(desk) == []


def test_a_range_means_what_its_commits_changed(desk: Desk) -> None:
    write(desk, POST, "没有文首")
    first = commit(desk, "一")
    write(desk, f"{FOLDER}/GT202304002-下周.md", "没有文首")
    second = commit(desk, "二")
    later = said(check(session_at(desk), rev=f"{first}..{second}").findings)
    assert later == [("F105", f"{FOLDER}/GT202304002-下周.md")]
    assert len(said(check(session_at(desk), rev=f"{first}~1..").findings)) == 2


@pytest.mark.parametrize("rev", ["main", "nowhere..main", "main..nowhere", "..", "--help..main"])
def test_what_is_no_range_is_refused(desk: Desk, rev: str) -> None:
    with pytest.raises(PrsError) as refused:
        check(session_at(desk), rev=rev)
    assert refused.value.code == "W104"


def test_paths_narrow_the_check_wherever_one_stands(desk: Desk) -> None:
    write(desk, POST, "没有文首")
    write(desk, "projects/x.md", post("GT202304002"))
    assert all_said(desk, "common") == [("F105", POST)]
    assert all_said(desk, "common/") == [("F105", POST)]
    assert all_said(desk, POST, "projects") == [("F105", POST), ("P104", "projects/x.md")]
    below = check(session_at(desk, desk.root / "common"), ["6-其他文档"])
    assert said(below.findings) == [("F105", POST)]
    assert len(all_said(desk, ".")) == 2
    assert len(said(check(session_at(desk, desk.root / "common"), ["../projects"]).findings)) == 1


def test_a_link_is_itself_and_not_what_it_leads_to(desk: Desk) -> None:
    (desk.root / "common/link.md").symlink_to("/etc/hostname")
    assert all_said(desk, "common/link.md") == [("S111", "common/link.md")]


def test_a_repository_reached_through_a_link_is_the_same(desk: Desk, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(desk.root)
    write(desk, POST, "没有文首")
    assert said(check(session_at(desk, link), ["."]).findings) == [("F105", POST)]
    assert said(check(session_at(desk, link), [POST]).findings) == [("F105", POST)]


@pytest.mark.parametrize(("path", "code"), [("../x", "P108"), ("/etc", "P108"), ("common/none.md", "W105")])
def test_a_path_that_cannot_be_meant_is_refused(desk: Desk, path: str, code: str) -> None:
    with pytest.raises(PrsError) as refused:
        check(session_at(desk), [path])
    assert refused.value.code == code


def test_a_full_check_finds_what_got_past_the_hooks(desk: Desk) -> None:
    """Documents outside the store, links, files of another kind: committed long ago and unchanged."""
    write(desk, "GT202304001-本周进展.md", post())
    write(desk, f"{FOLDER}/报价.xlsx", "PK")
    (desk.root / FOLDER / "GT202304002-下周.md").symlink_to("GT202304001-本周进展.md")
    commit(desk)
    assert sorted(all_said(desk)) == [
        ("P104", "GT202304001-本周进展.md"),
        ("P115", f"{FOLDER}/报价.xlsx"),
        ("S111", f"{FOLDER}/GT202304002-下周.md"),
    ]


def test_a_check_changes_nothing(desk: Desk) -> None:
    write(desk, POST, post("gt202304001"))
    desk.git_ok("add", "--all")
    before = desk.fingerprint()
    check(session_at(desk))
    check(session_at(desk), staged=True)
    assert desk.fingerprint() == before


# -- several files


def test_a_document_that_moves_is_not_deleted(desk: Desk) -> None:
    write(desk, POST, post())
    commit(desk)
    desk.git_ok("mv", POST, f"{FOLDER}/GT202304001-上周进展.md")
    write(desk, f"{FOLDER}/GT202304001-上周进展.md", post(title="上周进展"))
    assert staged_said(desk) == []
    assert all_said(desk) == []


def test_a_document_that_gets_another_number_has_lost_its_own(desk: Desk) -> None:
    write(desk, POST, post())
    commit(desk)
    desk.git_ok("mv", POST, f"{FOLDER}/GT202304002-本周进展.md")
    write(desk, f"{FOLDER}/GT202304002-本周进展.md", post("GT202304002"))
    assert staged_said(desk) == [("P105", POST)]


def attached(desk: Desk) -> None:
    """A committed document with an attachment whose digest is right."""
    import hashlib

    digest = hashlib.sha256(write(desk, MINUTES, "纪要").read_bytes()).hexdigest()
    write(desk, POST, post(fields=f"attachments:\n  - {{path: {MINUTES}, sha256: {digest}}}\n"))
    commit(desk)


def test_an_exchanged_attachment_is_reported_though_its_document_is_not_changed(desk: Desk) -> None:
    attached(desk)
    write(desk, MINUTES, "另一份")
    assert staged_said(desk) == [("L106", POST)]
    assert all_said(desk) == [("L106", POST)]


def test_a_deleted_attachment_is_reported_though_its_document_is_not_changed(desk: Desk) -> None:
    attached(desk)
    (desk.root / MINUTES).unlink()
    assert staged_said(desk) == [("L105", POST)]
    assert all_said(desk) == [("L105", POST)]


def test_a_file_added_beside_a_named_attachment_is_reported(desk: Desk) -> None:
    attached(desk)
    write(desk, "attachments/GT202304001/另存.txt", "x")
    write(desk, "attachments/GT202304009/无主.txt", "x")
    write(desk, "attachments/散件.txt", "x")
    expected = ["attachments/GT202304001/另存.txt", "attachments/GT202304009/无主.txt", "attachments/散件.txt"]
    assert staged_said(desk) == [("L108", path) for path in expected]
    commit(desk)
    assert all_said(desk) == [("L108", path) for path in expected]


def test_a_project_may_be_renamed_with_everything_in_it(desk: Desk) -> None:
    desk.git_ok("mv", "projects/XM2023001-滨江智慧园区", "projects/XM2023001-滨江新城")
    record = desk.root / "projects/XM2023001-滨江新城/project.md"
    record.write_text(record.read_text(encoding="utf-8").replace("name: 滨江智慧园区", "name: 滨江新城"), "utf-8")
    assert staged_said(desk) == []
    commit(desk)
    assert all_said(desk) == []


def test_a_project_does_not_lose_its_record_while_it_has_documents(desk: Desk) -> None:
    record = "projects/XM2023001-滨江智慧园区/project.md"
    (desk.root / record).unlink()
    assert staged_said(desk) == [("P114", record)]
    assert all_said(desk) == [("P114", PLAN), ("P114", record)]


# -- numbers


def test_a_number_that_got_past_the_hooks_twice_is_said_at_both_places(desk: Desk) -> None:
    twin = "projects/XM2023001-滨江智慧园区/6-其他文档/GT202304001-本周进展.md"
    write(desk, POST, post())
    write(desk, twin, post(fields="project: XM2023001\n"))
    commit(desk)
    assert all_said(desk) == [("N106", POST), ("N106", twin)]
    write(desk, POST, post(fields="summary: 改了一处\n"))
    assert all_said(desk) == [("N106", POST), ("N106", twin)]
    assert all_said(desk, POST) == [("N106", POST)]


def test_documents_that_a_merge_brings_are_not_taken_for_made_by_hand(desk: Desk) -> None:
    """Their numbers were allocated in another clone, whose reservations are not here; the merge itself adds one that
    nobody allocated."""
    theirs = f"{FOLDER}/GT202306001-他们.md"
    desk.git_ok("checkout", "-q", "-b", "theirs")
    write(desk, theirs, post("GT202306001", "他们").replace("2023-04-18", "2023-06-01"))
    commit(desk)
    desk.git_ok("checkout", "-q", "main")
    write(desk, POST, post())
    commit(desk)
    desk.git_ok("-c", "user.name=x", "-c", "user.email=x@x", "merge", "-q", "--no-commit", "theirs")
    assert said(check(session_at(desk), staged=True).findings) == []
    assert all_said(desk) == []
    ours = f"{FOLDER}/GT202306002-我们.md"
    write(desk, ours, post("GT202306002", "我们").replace("2023-04-18", "2023-06-01"))
    assert staged_said(desk) == [("N107", ours)]


# -- the policy


def edit(desk: Desk, name: str, old: str, new: str) -> None:
    path = desk.root / "policy" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    before, _, after = text.rpartition(old)  # the first stands in a comment
    path.write_text(before + new + after, encoding="utf-8")


def line_of(desk: Desk, name: str, text: str) -> int:
    return (desk.root / "policy" / name).read_text(encoding="utf-8").rpartition(text)[0].count("\n") + 1


def test_a_broken_policy_is_reported_in_its_place(desk: Desk) -> None:
    edit(desk, "people.yaml", "name: 林越", "name: 林越\n    name: 林")
    (finding,) = [item for item in check(session_at(desk)).findings if item.code != "H102"]
    assert (finding.code, finding.path) == ("F103", "policy/people.yaml")
    assert finding.line == line_of(desk, "people.yaml", "name: 林\n")
    assert staged_said(desk) == [("F103", "policy/people.yaml")]


def test_a_policy_that_contradicts_itself_is_reported_in_its_place(desk: Desk) -> None:
    edit(desk, "people.yaml", "roles: [solution-architect]", "roles: [solution-architekt]")
    (finding,) = [item for item in check(session_at(desk)).findings if item.code != "H102"]
    assert (finding.code, finding.path) == ("A402", "policy/people.yaml")
    assert finding.line == line_of(desk, "people.yaml", "solution-architekt")


def test_a_policy_file_does_not_vanish(desk: Desk) -> None:
    (desk.root / "policy/approval.yaml").unlink()
    assert staged_said(desk) == [("A401", "policy/approval.yaml")]
    assert all_said(desk) == [("A401", "policy/approval.yaml")]


def test_a_good_edit_of_the_policy_is_none_of_the_checks_business(desk: Desk) -> None:
    edit(desk, "repository.yaml", "max: 60", "max: 50")
    assert all_said(desk) == []
    edit(desk, "people.yaml", "roles: [solution-architect]", "roles: [solution-architekt]")
    assert all_said(desk, "common") == []


# -- before a submission


def test_empty_fields_and_errors_keep_a_document_from_being_submitted(desk: Desk) -> None:
    write(desk, POST, post(fields="effective_date: 2023\n").replace("kind: progress", "kind:"))
    commit(desk)
    with open_work(session_at(desk)) as work:
        found = blocking_findings(work, working_snapshot(work), POST)
        plan = blocking_findings(work, working_snapshot(work), PLAN)
    assert said(found) == [("F110", POST), ("F111", POST)]
    assert plan == [], "hints that still stand are only a warning"
