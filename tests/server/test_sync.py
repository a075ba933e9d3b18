"""`prs sync` when things do not fit together, and what the person does then, word for word."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.company import ORGANISATION, Company, Desk, new_note, new_plan
from tests.server.office import Office, assert_all_equal

PLAN = "QD202305001"
NOTE = "XS202305001"


@pytest.fixture
def drafts(office: Office) -> Office:
    """A server with lin's plan, saved and shared."""
    lin = office.clone("lin")
    assert new_plan(lin) == PLAN
    lin.ok("lin", "save", "-m", "计划")
    lin.ok("lin", "sync")
    return office


def change_line(desk: Desk, text: str) -> None:
    """Rewrite the first heading's hint."""
    path = desk.path_of(PLAN)
    lines = path.read_text().split("\n")
    at = next(index for index, line in enumerate(lines) if line.startswith("〔"))
    path.write_text("\n".join([*lines[:at], text, *lines[at + 1 :]]))


def lin_of(office: Office) -> Desk:
    """lin's clone, which the fixture made."""
    desk = Desk(office.company, office.folder / "lin" / "repo", office.folder / "lin" / "home")
    desk.env["GIT_SSH_COMMAND"] = office.sshd.command(office.company.people["lin"].key)
    return desk


@pytest.mark.parametrize("configured", [True, False])
def test_conflict_is_settled_by_the_hint_s_steps(drafts: Office, configured: bool) -> None:
    lin, shen = lin_of(drafts), drafts.clone("shen")
    for desk, person in ((lin, "lin"), (shen, "shen")):
        change_line(desk, f"{person}的文字。")
        desk.ok(person, "save", "-m", person)
    lin.ok("lin", "sync")
    done = drafts.refuse("W122", shen, "shen", "sync")
    assert str(shen.path_of(PLAN).relative_to(shen.root)) in done.err
    if not configured:  # a clone whose owner never told git to sign
        for key in ("gpg.format", "commit.gpgsign", "user.signingkey"):
            shen.git_ok("config", "--unset", key)
    assert shen.git("merge", "origin/main").code == 1
    if configured:
        drafts.refuse("W129", shen, "shen", "sync")  # not decided yet
    path = shen.path_of(PLAN)
    kept = [line for line in path.read_text().split("\n") if not line.startswith(("<<<<<<<", "=======", ">>>>>>>"))]
    path.write_text("\n".join(kept))
    shen.git_ok("add", path)
    assert shen.ok("shen", "sync", "--json").json["pushed"] == ["refs/heads/main"]
    assert_all_equal(drafts, [lin, shen])
    assert {"lin的文字。", "shen的文字。"} <= set(lin.path_of(PLAN).read_text().split("\n"))


def test_unsaved_changes_in_the_way(drafts: Office) -> None:
    lin, shen = lin_of(drafts), drafts.clone("shen")
    lin.edit(PLAN, "一")
    lin.ok("lin", "save", "-m", "改")
    lin.ok("lin", "sync")
    shen.edit(PLAN, "二")
    done = drafts.refuse("W123", shen, "shen", "sync")
    assert PLAN in done.err
    shen.git_ok("checkout", "--", ".")
    shen.ok("shen", "sync")
    shen.edit(PLAN, "三")  # not in the way of anything
    new_note(lin)
    lin.ok("song", "save", "-m", "别的")
    lin.ok("song", "sync")
    shen.ok("shen", "sync")
    assert "三" in shen.path_of(PLAN).read_text()


def test_rewound_server_is_noticed_each_time_until_it_has_its_entries_again(drafts: Office, tmp_path: Path) -> None:
    """An old backup was restored."""
    lin = lin_of(drafts)
    shutil.copytree(drafts.server, tmp_path / "backup.git")
    lin.ok("lin", "submit", PLAN, "-m", "送审")
    lin.ok("lin", "sync")
    shutil.rmtree(drafts.server)
    (tmp_path / "backup.git").rename(drafts.server)
    for _ in range(2):
        drafts.refuse("A230", lin, "lin", "sync")
    lin.git_ok("push", "-q", "origin", "main", "approved", "refs/prs/numbers/*:refs/prs/numbers/*")
    lin.ok("lin", "sync")


def test_entry_of_a_lying_server_is_not_followed(drafts: Office) -> None:
    """No hook ran. The clone keeps the ledger that it verified, and follows again once the server is mended."""
    lin = lin_of(drafts)
    server, approved = ("--git-dir", str(drafts.server)), drafts.refs()["refs/heads/approved"]
    tip = lin.git_ok(*server, "-c", "user.name=x", "-c", "user.email=x@x.example", "commit-tree", "-m", "x",
                     "-p", approved, "-p", "main", "main^{tree}")  # fmt: skip
    lin.git_ok(*server, "update-ref", "refs/heads/approved", tip)
    for _ in range(2):
        done = drafts.refuse("A211", lin, "lin", "sync")
        assert tip in done.err
    assert lin.ok("", "verify", "--json").json["tip"] == approved
    lin.git_ok(*server, "update-ref", "refs/heads/approved", approved)
    lin.ok("lin", "submit", PLAN, "-m", "送审")


def test_exchanged_server_is_noticed(drafts: Office, company: Company, tmp_path: Path) -> None:
    lin = lin_of(drafts)
    shutil.rmtree(drafts.server)
    lin.ok("", "server", "init", drafts.server)
    other = Desk(company, tmp_path / "other", tmp_path / "home")
    founder = company.people["cheng"]
    other.ok(
        "cheng", "init", other.root, "--org", "冒名公司", "--name", founder.name, "--email", founder.email, cwd=tmp_path
    )
    other.git_ok("remote", "add", "origin", drafts.server)
    other.ok("cheng", "sync")
    drafts.refuse("A230", lin, "lin", "sync")
    fresh = drafts.clone("shen", met=False)
    own, known = fresh.ok("", "verify", "--json").json["genesis"], lin.ok("", "verify", "--json").json["genesis"]
    assert own != known  # what two people who read it to each other notice


# -- decisions made without the server


def offline_decision(office: Office, desk: Desk, person: str, *args: str) -> None:
    with office.unreachable():
        assert not desk.ok(person, *args, "--json").json["shared"]


def test_decision_is_made_again_when_only_others_moved(drafts: Office) -> None:
    lin, song = lin_of(drafts), drafts.clone("song")
    offline_decision(drafts, lin, "lin", "submit", PLAN, "-m", "送审")
    new_note(song)
    song.ok("song", "save", "-m", "记录")
    song.ok("song", "sync")
    song.ok("song", "register", NOTE)
    before = lin.git_ok("rev-parse", "approved")
    done = lin.ok("lin", "sync", "--json").json
    assert done["asked_again"] == []
    assert lin.git_ok("rev-parse", f"refs/prs/kept/approved/{before[:12]}") == before  # what was signed first stays
    assert lin.ok("", "show", PLAN, "--json").json["status"] == "in-review"
    assert_all_equal(drafts, [lin, song])


def test_decision_is_asked_again_when_its_document_moved(drafts: Office) -> None:
    lin, shen = lin_of(drafts), drafts.clone("shen")
    lin.ok("lin", "submit", PLAN, "-m", "送审")
    shen.ok("shen", "sync")
    offline_decision(drafts, shen, "shen", "approve", PLAN, "-m", "同意")
    lin.ok("lin", "withdraw", PLAN)
    done = shen.prs("shen", "sync")
    assert done.code == 1
    assert PLAN in done.out
    assert shen.ok("", "show", PLAN, "--json").json["status"] == "draft"
    assert_all_equal(drafts, [lin, shen])


def test_decision_is_asked_again_when_the_policy_moved(drafts: Office) -> None:
    lin, cheng = lin_of(drafts), drafts.clone("cheng")
    offline_decision(drafts, lin, "lin", "submit", PLAN, "-m", "送审")
    policy = cheng.root / "policy" / "repository.yaml"
    policy.write_text(policy.read_text().replace(ORGANISATION, "启衡数智集团"))
    cheng.ok("cheng", "save", "-m", "改名")
    cheng.ok("cheng", "policy", "propose", "-m", "改名")
    done = lin.prs("lin", "sync", "--json")
    assert done.code == 1
    assert [(item["number"], item["code"]) for item in done.json["asked_again"]] == [(PLAN, "A203")]
    lin.ok("lin", "submit", PLAN, "-m", "送审")


def test_interrupted_remaking_is_taken_up(drafts: Office) -> None:
    """The local ledger already follows the server, the decision was not made again yet."""
    lin = lin_of(drafts)
    offline_decision(drafts, lin, "lin", "submit", PLAN, "-m", "送审")
    lin.git_ok("update-ref", "refs/prs/unshared", "approved")
    lin.git_ok("update-ref", "refs/heads/approved", "refs/remotes/origin/approved")
    shutil.rmtree(lin.home / "state")
    assert lin.ok("lin", "sync", "--json").json["asked_again"] == []
    assert lin.ok("", "show", PLAN, "--json").json["status"] == "in-review"
    assert "refs/prs/unshared" not in lin.git_ok("for-each-ref", "--format=%(refname)")


def test_server_declines_what_prs_did_not_make(drafts: Office) -> None:
    lin = lin_of(drafts)
    lin.git_ok("-c", "commit.gpgsign=false", "commit", "-q", "--allow-empty", "-m", "x")
    done = drafts.refuse("W120", lin, "lin", "sync")
    assert "A251" in done.err  # in the server's own words


def test_lock_left_on_the_server_is_named(drafts: Office) -> None:
    """A receive-pack that was killed while it moved a ref."""
    lin = lin_of(drafts)
    lin.edit(PLAN)
    lin.ok("lin", "save", "-m", "改")
    lock = drafts.server / "refs" / "heads" / "main.lock"
    lock.touch()
    done = drafts.refuse("E151", lin, "lin", "sync")
    assert "main.lock" in done.err
    lock.unlink()
    lin.ok("lin", "sync")
