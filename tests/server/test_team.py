"""The server holds a project's documents to its team: what a client without hooks pushes, commit by commit (R009)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.company import PROJECT, Desk, new_plan
from tests.server.office import Office

TEAM = ("--set", "members=[{person: lin, role: solution-architect}]")


@pytest.fixture
def staffed(served_once: Office, tmp_path: Path) -> Office:
    """A server with lin's plan, in a project whose team is lin alone."""
    office = served_once.copy(tmp_path)
    desk = office.clone("shen", "manager")
    plan = new_plan(desk)
    number = desk.new("shen", "team-appointment", "任命书", "-p", PROJECT, *TEAM)
    path = desk.path_of(number)
    path.write_text(path.read_text().replace("〔", "").replace("〕", ""))
    desk.ok("lin", "save", plan, "-m", "计划")
    desk.ok("shen", "save", number, "-m", "任命")
    desk.ok("shen", "submit", number, "-m", "任命")
    desk.ok("cheng", "approve", number)
    desk.ok("shen", "sync")
    return office


def change(desk: Desk, *options: str) -> None:
    """A further paragraph in lin's plan, committed past the hooks."""
    path = next(desk.root.rglob("QD2023*-*.md"))
    path.write_text(path.read_text() + "\n补充\n")
    desk.git_ok("-c", "core.hooksPath=/nonexistent", *options, "commit", "-qam", "补充")


def test_a_commit_of_somebody_who_is_not_on_the_team(staffed: Office) -> None:
    """R009 | git push | A member's commit is taken, and one of another person is refused, also below a member's."""
    lin, xu = staffed.clone("lin"), staffed.clone("xu")
    change(lin)
    lin.git_ok("push", "-q", "origin", "main")
    xu.git_ok("pull", "-q", "--ff-only")
    change(xu)
    refused = staffed.refuse_push("W210", xu, "main")
    assert "xu" in refused.err
    who = staffed.company.people["lin"]
    lins = ("-c", f"user.name={who.name}", "-c", f"user.email={who.email}", "-c", f"user.signingkey={who.key}")
    change(xu, *lins)
    staffed.refuse_push("W210", xu, "main")


def test_a_merge_answers_for_its_own_changes_only(staffed: Office) -> None:
    """xu has written a common document meanwhile, and merges what lin did."""
    lin, xu = staffed.clone("lin"), staffed.clone("xu")
    change(lin)
    lin.git_ok("push", "-q", "origin", "main")
    paper = xu.new(
        "xu", "technical-white-paper", "白皮书", "--set", "product=数据中台", "--set", "product_version=V3.2"
    )
    xu.ok("xu", "save", paper, "-m", "初稿")
    xu.ok("xu", "sync")
    assert staffed.refs()["refs/heads/main"] == xu.git_ok("rev-parse", "main")
