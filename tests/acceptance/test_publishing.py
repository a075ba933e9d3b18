"""The main path: from a new document to a published version that anyone can verify, and back again."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from tests.company import ORGANISATION, PROJECT, Company, Desk, make_key, new_note, new_paper, new_plan, run
from tests.conftest import NOTE, PAPER, PLAN

SIGNERS = ("han", "shen", "cheng")


def status(desk: Desk, number: str) -> tuple[str, str | None]:
    shown = desk.ok("", "show", number, "--json").json
    return shown["status"], shown["version"]


def publish(desk: Desk, number: str = PAPER, people: tuple[str, ...] = SIGNERS) -> None:
    for person in people:
        desk.ok(person, "approve", number, "-m", "同意")


def revise(desk: Desk, number: str = PAPER, author: str = "xu", text: str = "第二版的补充。") -> bytes:
    path = desk.edit(number, text)
    desk.ok(author, "save", number, "-m", "修订")
    return path.read_bytes()


def test_three_people_publish_a_document(drafted: Desk) -> None:
    assert status(drafted, PAPER) == ("draft", None)
    waiting = drafted.ok("xu", "submit", PAPER, "-m", "首次发布", "--json").json
    assert (waiting["status"], waiting["version"], waiting["waiting"]) == ("in-review", "1.0", ["han"])
    decisions = [drafted.ok(person, "approve", PAPER, "-m", f"{person}同意", "--json").json for person in SIGNERS]
    assert [decision["step"] for decision in decisions] == ["first", "second", "final"]
    assert [decision["status"] for decision in decisions] == ["in-review", "in-review", "published"]
    assert [decision["waiting"] for decision in decisions] == [["shen"], ["cheng"], []]

    shown = drafted.ok("", "show", PAPER, "--json").json
    assert (shown["status"], shown["version"]) == ("published", "1.0")
    assert [(step["by"], step["state"], step["comment"]) for step in shown["steps"]] == [
        (person, "signed", f"{person}同意") for person in SIGNERS
    ]
    assert [step["commit"] for step in shown["steps"]] == [decision["commit"] for decision in decisions]
    assert drafted.entries() == [
        f"prs: approve {PAPER} v1.0 final",
        f"prs: approve {PAPER} v1.0 second",
        f"prs: approve {PAPER} v1.0 first",
        f"prs: submit {PAPER} v1.0",
        "prs: genesis",
    ]


def test_plain_git_accepts_every_entry_and_shows_the_published_text(published: Desk) -> None:
    for entry in published.git_ok("rev-list", "--first-parent", "approved").split():
        published.git_ok("verify-commit", entry)
    path = published.path_of(PAPER)
    shown = published.git("show", f"approved:{path.relative_to(published.root).as_posix()}")
    assert shown.raw == path.read_bytes()
    tree = published.git_ok("ls-tree", "-r", "-z", "--name-only", "approved").split("\0")
    assert [name for name in tree if name and not name.startswith("policy/")] == [
        path.relative_to(published.root).as_posix()
    ]


def test_every_entry_is_signed_by_who_decided(published: Desk) -> None:
    log = published.git_ok("log", "--first-parent", "--format=%G? %GS %ae %ce", "approved").split("\n")
    people = ["cheng", "shen", "han", "xu", "cheng"]
    assert log == [f"G {person}@qiheng.example {person}@qiheng.example {person}@qiheng.example" for person in people]


def test_a_second_version_leaves_the_first_byte_for_byte(published: Desk) -> None:
    first = published.path_of(PAPER).read_bytes()
    second = revise(published)
    assert status(published, PAPER) == ("revising", "1.0")
    assert published.ok("", "show", f"{PAPER}@1.0").raw == first
    published.ok("xu", "submit", PAPER, "-m", "补充一段")
    publish(published)
    assert status(published, PAPER) == ("published", "1.1")
    assert published.ok("", "show", f"{PAPER}@1.0").raw == first
    assert published.ok("", "show", f"{PAPER}@1.1").raw == second
    assert "+第二版的补充。" in published.ok("", "diff", PAPER, "1.0", "1.1").out.split("\n")
    assert published.ok("", "diff", PAPER).out == ""


def test_a_major_version(published: Desk) -> None:
    revise(published)
    assert published.ok("xu", "submit", PAPER, "-m", "改版", "--major", "--json").json["version"] == "2.0"


def test_what_was_rejected_is_changed_and_submitted_again(submitted: Desk) -> None:
    later = "2023-05-19T10:00:00+08:00"
    submitted.ok("han", "approve", PAPER)
    rejected = submitted.ok("shen", "reject", PAPER, "--reason", "请补充测试数据", "--json").json
    assert rejected["status"] == "changes-requested"
    assert status(submitted, PAPER) == ("changes-requested", None)
    assert submitted.ok("shen", "inbox", "--json").json == []
    submitted.edit(PAPER)
    submitted.ok("xu", "save", PAPER, "-m", "修订", now=later)
    submitted.ok("xu", "submit", PAPER, "-m", "已补充", now=later)
    for person in SIGNERS:
        submitted.ok(person, "approve", PAPER, now=later)
    assert status(submitted, PAPER) == ("published", "1.0")
    assert [entry["decision"] for entry in submitted.ok("", "history", PAPER, "--json").json] == [
        "edit", "submit", "approve", "reject", "edit", "submit", "approve", "approve", "approve",
    ]  # fmt: skip


def test_a_rejected_text_may_be_submitted_unchanged(submitted: Desk) -> None:
    """The author may have convinced the reviewer: the round is new all the same."""
    submitted.ok("han", "reject", PAPER, "--reason", "有疑问")
    submitted.ok("xu", "submit", PAPER, "-m", "已当面说明")
    assert status(submitted, PAPER) == ("in-review", "1.0")


def test_the_author_takes_a_submission_back(submitted: Desk) -> None:
    submitted.ok("han", "approve", PAPER)
    assert submitted.ok("xu", "withdraw", PAPER, "--json").json["status"] == "draft"
    assert status(submitted, PAPER) == ("draft", None)
    submitted.refuse("A308", "shen", "approve", PAPER)
    submitted.ok("xu", "submit", PAPER, "-m", "再次提交")
    assert submitted.ok("han", "inbox", "--json").json[0]["step"] == "first"


def test_a_record_is_published_by_its_author_alone(drafted: Desk) -> None:
    done = drafted.ok("song", "register", NOTE, "--json").json
    assert (done["action"], done["version"], done["status"], done["step"]) == ("register", "1.0", "published", "")
    assert status(drafted, NOTE) == ("published", "1.0")
    assert drafted.ok("", "show", f"{NOTE}@1.0").raw == drafted.path_of(NOTE).read_bytes()
    assert drafted.ok("", "show", NOTE, "--json").json["steps"][0]["by"] == "song"


def test_a_document_with_one_step(drafted: Desk) -> None:
    drafted.ok("lin", "submit", PLAN, "-m", "请审")
    drafted.ok("shen", "approve", PLAN)
    assert status(drafted, PLAN) == ("published", "1.0")


def test_a_head_of_department_who_writes_is_reviewed_by_the_leader(drafted: Desk) -> None:
    """四(三)1, A-15: the step passes to the company's leader, who may then sign twice."""
    number = new_paper(drafted, "主数据管理白皮书", author="han")
    drafted.ok("han", "save", number, "-m", "初稿")
    assert drafted.ok("han", "submit", number, "-m", "首次", "--json").json["waiting"] == ["cheng"]
    drafted.refuse("A302", "han", "approve", number)
    drafted.refuse("A305", "gao", "approve", number)
    publish(drafted, number, ("cheng", "shen", "cheng"))
    assert status(drafted, number) == ("published", "1.0")


def test_everyone_who_wrote_counts_as_author(drafted: Desk) -> None:
    """shen edits the text of xu, so shen may not review it: the leader does."""
    revise(drafted, author="shen")
    drafted.ok("xu", "submit", PAPER, "-m", "首次")
    drafted.ok("han", "approve", PAPER)
    drafted.refuse("A302", "shen", "approve", PAPER)


def test_contributors_count_as_authors(founded: Desk) -> None:
    number = founded.new(
        "xu", "technical-white-paper", "白皮书", "--set", "product=平台", "--set", "product_version=V1",
        "--set", "contributors=han",
    )  # fmt: skip
    founded.ok("xu", "save", number, "-m", "初稿")
    assert founded.ok("han", "submit", number, "-m", "代为提交", "--json").json["waiting"] == ["cheng"]
    founded.refuse("A302", "han", "approve", number)


def test_the_inbox_follows_the_steps(submitted: Desk) -> None:
    def inboxes() -> dict[str, list[str]]:
        people = ("xu", "gao", *SIGNERS)
        return {p: [item["number"] for item in submitted.ok(p, "inbox", "--json").json] for p in people}

    nobody: dict[str, list[str]] = {p: [] for p in ("xu", "gao", *SIGNERS)}
    for person in SIGNERS:
        assert inboxes() == {**nobody, person: [PAPER]}
        submitted.ok(person, "approve", PAPER)
    assert inboxes() == nobody


def test_two_documents_in_review_do_not_disturb_each_other(submitted: Desk) -> None:
    submitted.ok("lin", "submit", PLAN, "-m", "请审")
    submitted.ok("han", "approve", PAPER)
    submitted.ok("shen", "approve", PLAN)
    submitted.ok("shen", "approve", PAPER)
    assert status(submitted, PLAN) == ("published", "1.0")
    assert status(submitted, PAPER) == ("in-review", "1.0")


def test_other_drafts_may_lie_around_while_one_is_decided(submitted: Desk) -> None:
    submitted.edit(PLAN)
    (submitted.root / "notes.txt").write_text("便条")
    publish(submitted)
    assert status(submitted, PAPER) == ("published", "1.0")
    assert submitted.git_ok("status", "--short", "-uall").split("\n")[1:] == ["?? notes.txt"]


def test_numbers_count_by_stage_and_month(founded: Desk) -> None:
    """四(二)1: the month is that of the company's time zone, whatever the machine's."""
    assert [new_note(founded, "一"), new_note(founded, "二")] == ["XS202305001", "XS202305002"]
    assert new_plan(founded) == "QD202305001"
    made = founded.ok("song", "new", "market-info-note", "-t", "三", "--json", now="2023-05-31T16:30:00Z").json
    assert made["number"] == "XS202306001"
    assert "created: 2023-06-01\n" in founded.path_of("XS202306001").read_text()


def test_a_number_is_not_used_again_when_its_file_is_thrown_away(founded: Desk) -> None:
    founded.path_of(new_note(founded, "作废")).unlink()
    assert new_note(founded, "重来") == "XS202305002"


def test_the_month_of_a_fresh_clone_goes_on_where_the_documents_end(drafted: Desk, tmp_path: Path) -> None:
    """A plain clone has no reservations: the documents and the ledger say what was used."""
    clone = Desk(drafted.company, tmp_path / "clone", tmp_path / "other-home")
    clone.home.mkdir()
    drafted.git_ok("clone", "-q", drafted.root, clone.root)
    assert new_note(clone, "另一台机器上的记录") == "XS202305002"
    assert clone.ok("", "verify", "--json").json["ok"]


def test_a_reader_without_a_key_may_read_everything(published: Desk) -> None:
    for command in (["list"], ["show", PAPER], ["history", PAPER], ["diff", PAPER], ["verify"], ["check"], ["types"]):
        published.ok("", *command)


def test_work_goes_on_from_a_subfolder_and_with_dash_c(submitted: Desk) -> None:
    folder = submitted.path_of(PAPER).parent
    submitted.ok("han", "approve", PAPER, cwd=folder)
    submitted.ok("shen", "-C", folder, "approve", PAPER, cwd=Path("/"))
    assert submitted.ok("", "check", submitted.path_of(PAPER).name, "--json", cwd=folder).code == 0


def test_the_repository_may_be_moved(submitted: Desk, tmp_path: Path) -> None:
    """What a copy or a restored backup changes (places, times, inodes) is no change of a document."""
    moved = Desk(submitted.company, tmp_path / "搬 家", submitted.home)
    shutil.copytree(submitted.root, moved.root)
    for path in moved.root.rglob("*.md"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    moved.ok("han", "approve", PAPER)
    moved.ok("lin", "submit", PLAN, "-m", "请审")
    assert moved.ok("", "verify", "--full", "--json").json["ok"]


def test_init_makes_a_repository_that_says_what_it_is(company: Company, tmp_path: Path) -> None:
    desk = Desk(company, tmp_path, tmp_path / "home")
    desk.home.mkdir()
    said = desk.ok(
        "cheng", "init", "文档 库", "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@qiheng.example"
    ).out
    desk.root = tmp_path / "文档 库"
    genesis = hashlib.sha256(desk.git("cat-file", "commit", "approved").raw).hexdigest()
    assert desk.ok("", "verify", "--json").json["genesis"] == genesis
    assert genesis in said, "what init prints is what a colleague's `prs verify` prints"
    assert desk.git_ok("status", "--short") == ""
    assert desk.git_ok("branch", "--format=%(refname:short)").split() == ["approved", "main"]
    desk.git_ok("verify-commit", "main", "approved")
    assert desk.ok("", "policy", "show", "--json").json["administrators"] == ["cheng"]


@pytest.mark.parametrize("known", ["in the list", "unknown to the list"])
def test_the_founder_becomes_administrator(company: Company, tmp_path: Path, known: str) -> None:
    ids = ["shen", "lin"] if known == "in the list" else ["lin"]
    people = tmp_path / "people.yaml"
    people.write_text(company.listed(ids), encoding="utf-8")
    desk = Desk(company, tmp_path, tmp_path / "home")
    desk.home.mkdir()
    desk.ok(
        "shen", "init", "repo", "--org", ORGANISATION, "--name", "沈砚舟", "--email", "shen@qiheng.example",
        "--people", people,
    )  # fmt: skip
    desk.root = tmp_path / "repo"
    rows = {row["id"]: row["roles"] for row in desk.ok("", "person", "list", "--json").json}
    assert rows["shen"] == (["presales-manager", "repo-admin"] if known == "in the list" else ["repo-admin"])


def test_a_key_may_come_from_the_environment_or_from_git(drafted: Desk, tmp_path: Path) -> None:
    key = str(drafted.company.people["xu"].key)
    assert drafted.prs("", "submit", PAPER, "-m", "首次", env={"PRS_KEY": key}).code == 0
    drafted.git_ok("config", "user.signingkey", key)
    assert drafted.prs("", "withdraw", PAPER).code == 0
    assert [row["person"] for row in drafted.ok("", "history", PAPER, "--json").json] == ["xu"] * 3


def test_a_key_may_be_held_by_an_agent_alone(drafted: Desk, tmp_path: Path) -> None:
    """As with a hardware key or a forwarded agent: the private half is not a file here."""
    person = drafted.company.people["xu"]
    alone = tmp_path / "only.pub"
    alone.write_text(person.public + "\n")
    script = (
        f"ssh-add -q {person.key} && "
        f"{' '.join(_shell_command(drafted, alone))} save {PAPER} -m 修订 && "
        f"{' '.join(_shell_command(drafted, alone))} submit {PAPER} -m 首次"
    )
    drafted.edit(PAPER)
    done = run(["ssh-agent", "sh", "-c", script], drafted.root, drafted.environment())
    assert done.code == 0, done.err
    drafted.git_ok("verify-commit", "main", "approved")
    assert drafted.entries()[0] == f"prs: submit {PAPER} v1.0"


def _shell_command(desk: Desk, key: Path) -> list[str]:
    from tests.company import PRS

    return [*PRS, "--key", str(key)]


def test_a_key_with_another_algorithm(company: Company, tmp_path: Path) -> None:
    key = tmp_path / "ecdsa"
    run(["ssh-keygen", "-q", "-t", "ecdsa", "-b", "384", "-N", "", "-f", str(key)], tmp_path, {"PATH": os.environ["PATH"]})
    desk = Desk(company, tmp_path, tmp_path / "home")
    desk.home.mkdir()
    desk.ok("", "--key", key, "init", "repo", "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@q.example")
    desk.root = tmp_path / "repo"
    desk.git_ok("verify-commit", "approved")
    assert desk.ok("", "verify", "--full", "--json").json["ok"]


def test_an_unrelated_key_made_later_stays_unknown(published: Desk, tmp_path: Path) -> None:
    key = make_key(tmp_path / "late")
    done = published.prs("", "--key", key, "inbox")
    assert (done.code, done.codes) == (2, ["A301"])
    assert PROJECT not in done.err
