"""Homes, clocks, months and people's own Git settings, as they come."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.company import ORGANISATION, Company, Desk, new_note, new_paper
from tests.conftest import PAPER


def test_without_a_home(submitted: Desk, tmp_path: Path) -> None:
    """A job or a hook may have none: what was verified is then not kept, and never at the root of the disk."""
    existed = Path("/.local").exists()
    done = submitted.prs("han", "approve", PAPER, env={"HOME": None, "XDG_STATE_HOME": None})
    made = Path("/.local").exists() and not existed
    if made:
        shutil.rmtree("/.local")
    assert (done.code, made) == (0, False)
    assert submitted.ok("", "show", PAPER, "--json").json["waiting_for"] == ["shen"]


def test_a_home_that_cannot_be_written(submitted: Desk) -> None:
    """/proc takes no new folders, not even from root."""
    for person, env in (("han", {"HOME": "/proc/1", "XDG_STATE_HOME": None}), ("shen", {"XDG_STATE_HOME": "/proc/1"})):
        assert submitted.prs(person, "approve", PAPER, env=env).code == 0
    assert submitted.ok("", "show", PAPER, "--json").json["waiting_for"] == ["cheng"]


@pytest.mark.parametrize("now", ["yesterday", "2023-13-01", "2023-05-18T25:00", "1684373400", "٢٠٢٣-٠٥-١٨", " "])
def test_a_clock_that_is_none(submitted: Desk, now: str) -> None:
    submitted.refuse("E131", "han", "approve", PAPER, now=now)
    submitted.refuse("E131", "xu", "new", "technical-white-paper", "-t", "x", now=now)


@pytest.mark.parametrize(
    "now", ["0001-01-01T00:00:00+00:00", "1969-12-31T00:00:00Z", "1999-12-31", "2100-01-01", "9999-12-31T23:59:59Z"]
)
def test_a_clock_that_is_far_off(submitted: Desk, now: str) -> None:
    """A number holds the years 2000 to 2099, a commit none before 1970."""
    submitted.refuse("E131", "xu", "new", "technical-white-paper", "-t", "x", now=now)


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        ("2023-05-18", "2023-05-18T00:00:00+08:00"),
        ("2023-05-18T09:30", "2023-05-18T09:30:00+08:00"),
        ("2023-05-18T01:30:00Z", "2023-05-18T09:30:00+08:00"),
        ("2023-05-18T09:30:00.123456+08:00", "2023-05-18T09:30:00+08:00"),
        ("2023-05-17T20:30:00-05:00", "2023-05-18T09:30:00+08:00"),
    ],
)
def test_ways_to_write_a_time(submitted: Desk, now: str, shown: str) -> None:
    submitted.env["TZ"] = "Asia/Shanghai"
    submitted.ok("han", "approve", PAPER, now=now)
    assert submitted.ok("", "show", PAPER, "--json").json["steps"][0]["time"] == shown


def claim(desk: Desk, stage: str, number: str) -> None:
    """Record a number as issued, as the reservation's format has it."""
    message = f"prs: reserve {number}\n\nPrs-Number: {number}\nPrs-Nonce: {'0' * 32}\n"
    tree = desk.git_ok("hash-object", "-w", "-t", "tree", "/dev/null")
    identity = ("-c", "user.name=x", "-c", "user.email=x@y.example")
    commit = desk.git_ok(*identity, "commit-tree", tree, "-m", message.rstrip("\n"))
    desk.git_ok("update-ref", f"refs/prs/numbers/{stage}/{number[2:8]}", commit)


def test_a_full_month(founded: Desk) -> None:
    claim(founded, "XS", "XS202305998")
    assert new_note(founded, "最后一份") == "XS202305999"
    words = ("market-info-note", "-t", "放不下了")
    done = founded.refuse("N105", "song", "new", *words)
    assert "202305" in done.err
    assert founded.ok("song", "new", *words, "--json", now="2023-06-01T00:00:00+08:00").json["number"] == "XS202306001"
    assert new_paper(founded) == "FJ202305001"


def test_a_full_month_known_from_documents_alone(founded: Desk) -> None:
    claim(founded, "XS", "XS202305998")
    new_note(founded, "最后一份")
    founded.ok("song", "save", "-m", "初稿")
    founded.git_ok("update-ref", "-d", "refs/prs/numbers/XS/202305")
    founded.refuse("N105", "song", "new", "market-info-note", "-t", "放不下了")


@pytest.mark.parametrize("text", ["garbage", "Prs-Number: XS202306001", "Prs-Number: XS202305000000"])
def test_a_record_of_numbers_that_was_tampered_with(founded: Desk, text: str) -> None:
    claim(founded, "XS", "XS202305001")
    tree = founded.git_ok("rev-parse", "refs/prs/numbers/XS/202305^{tree}")
    identity = ("-c", "user.name=x", "-c", "user.email=x@y.example")
    commit = founded.git_ok(*identity, "commit-tree", tree, "-m", text)
    founded.git_ok("update-ref", "refs/prs/numbers/XS/202305", commit)
    founded.refuse("N110", "song", "new", "market-info-note", "-t", "x")


SETTINGS = """
[color] ui = always
[core] quotepath = true
  autocrlf = true
  hooksPath = HOOKS
  excludesFile = EXCLUDES
  pager = false
  editor = false
  fsmonitor = false
  untrackedCache = true
[commit] gpgsign = true
  template = /nonexistent
  verbose = true
  cleanup = scissors
[user] useConfigOnly = true
[gpg] format = openpgp
  program = false
[gpg "ssh"] program = /bin/false
[log] showSignature = true
  decorate = full
  date = relative
  follow = true
[diff] noprefix = true
  external = false
  renames = copies
  mnemonicPrefix = true
  relative = true
  orderFile = /nonexistent
[format] pretty = fuller
[status] short = true
  showUntrackedFiles = no
[merge] ff = only
[init] defaultBranch = trunk
  templateDir = /nonexistent
[push] default = nothing
[safe] bareRepository = explicit
[advice] detachedHead = false
[alias] commit = false
"""


def test_somebody_s_own_git_settings_do_not_matter(company: Company, tmp_path: Path) -> None:
    """People bring settings of all kinds; the whole path works all the same."""
    home = tmp_path / "home"
    (home / "hooks").mkdir(parents=True)
    for name in ("pre-commit", "commit-msg", "prepare-commit-msg", "reference-transaction", "post-commit"):
        (home / "hooks" / name).write_text("#!/bin/sh\nexit 1\n")
        (home / "hooks" / name).chmod(0o755)
    (home / "ignore").write_text("policy/\n.gitattributes\n")
    text = SETTINGS.replace("HOOKS", str(home / "hooks")).replace("EXCLUDES", str(home / "ignore"))
    (home / ".gitconfig").write_text(text)
    desk = Desk(company, tmp_path, home)
    desk.ok("cheng", "init", "repo", "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@qiheng.example",
            "--people", company.people_file)  # fmt: skip
    desk.root = tmp_path / "repo"
    number = new_paper(desk)
    desk.ok("xu", "save", number, "-m", "# 不是注释")
    assert desk.git_ok("cat-file", "-p", "main").endswith("\n\n# 不是注释")
    desk.ok("xu", "submit", number, "-m", "首次")
    for person in ("han", "shen", "cheng"):
        desk.ok(person, "approve", number)
    desk.edit(number)
    assert "+补充一段文字。" in desk.ok("", "diff", number).out.split("\n")
    assert "\x1b" not in desk.ok("", "diff", number).out
    history = desk.ok("", "history", number, "--json").json
    assert [(row["person"], row["decision"]) for row in history] == [
        ("xu", "edit"), ("xu", "submit"), ("han", "approve"), ("shen", "approve"), ("cheng", "approve"),
    ]  # fmt: skip
    assert history[0]["changed"] == "+31 -0"
    assert desk.ok("", "verify", "--full", "--json").json["ok"]
    assert desk.ok("", "list", "--json").json[0]["status"] == "revising"
    before = desk.git("show", f"approved:common/3-解决方案文档/{number}-数据中台技术白皮书.md").raw
    assert desk.ok("", "show", f"{number}@1.0").raw == before
    assert b"\r" not in before
