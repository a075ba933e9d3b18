"""Locales and languages, colour, pipes that close, and words that `prs` does not understand."""

from __future__ import annotations

import datetime
import os
import pty
import re
import subprocess
from pathlib import Path

import pytest

from presales_repo.cli.output import width
from tests.company import NOW, PRS, Company, Desk, assert_refused, run
from tests.conftest import NOTE, PAPER, PLAN


@pytest.mark.parametrize(
    "env",
    [
        {"LANG": None, "LC_ALL": "C"},
        {"LANG": None, "LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"},
        {"LANG": "zh_CN.UTF-8"},
        {"LANG": "zh_CN.GBK"},
        {"LANG": None},
    ],
    ids=str,
)
def test_any_locale(submitted: Desk, env: dict[str, str | None]) -> None:
    done = submitted.prs("xu", "new", "technical-white-paper", "-t", "数据治理白皮书", "--json", env=env)
    assert (done.code, done.json["title"]) == (0, "数据治理白皮书")
    assert submitted.path_of("FJ202305002").name == "FJ202305002-数据治理白皮书.md"
    assert submitted.prs("xu", "save", "-m", "中文说明", env=env).code == 0
    assert submitted.git_ok("log", "-1", "--format=%s", "main") == "中文说明"
    shown = submitted.prs("", "list", env=env)
    assert "数据治理白皮书" in shown.out
    assert submitted.prs("han", "approve", PAPER, "-m", "同意", env=env).code == 0


def test_chinese_tables_name_people_and_departments(submitted: Desk) -> None:
    def said(*words: str) -> str:
        return submitted.prs("", "--lang", "zh", *words).out

    names = {item["id"]: item["name"] for item in submitted.ok("", "person", "list", "--json").json}
    assert names["xu"] in said("list")
    assert names["xu"] in said("history", PAPER)
    assert "技术白皮书 (technical-white-paper)" in said("show", PAPER)
    assert submitted.ok("", "list", "--author", names["xu"], "--json").json[0]["author"] == "xu"


def test_a_terminal_names_a_file_once_above_its_findings(drafted: Desk) -> None:
    file = drafted.path_of(PAPER)
    file.write_text(
        file.read_text().replace("## 技术架构", "## 架构").replace("type: technical", "colour: red\ntype: technical")
    )
    path = str(file.relative_to(drafted.root))
    piped, seen = drafted.prs("", "check", PAPER).out, in_terminal(drafted, "gao", "check", PAPER)
    assert piped.count(path) > 2
    assert seen.count(path) == 1
    assert re.search(r"\n  4:1: .*\[F108\]: .*\n    hint: ", seen.replace("\r", ""))


def test_verify_says_what_it_compared(published: Desk) -> None:
    assert f"{PAPER}@1.0 in the library" in published.ok("", "verify", PAPER).out


CHINESE: dict[str, tuple[tuple[str, ...], dict[str, str | None]]] = {
    "--lang": (("--lang", "zh"), {}),
    "--lang=": (("--lang=zh",), {}),
    "PRS_LANG": ((), {"PRS_LANG": "zh"}),
    "PRS_LANG with a region": ((), {"PRS_LANG": "zh_CN"}),
    "LC_ALL": ((), {"LC_ALL": "zh_CN.UTF-8"}),
    "LC_MESSAGES": ((), {"LC_MESSAGES": "zh_CN.UTF-8"}),
    "LANG": ((), {"LANG": "zh_CN.UTF-8"}),
}


@pytest.mark.parametrize(("words", "env"), CHINESE.values(), ids=CHINESE.keys())
def test_chinese(submitted: Desk, words: tuple[str, ...], env: dict[str, str | None]) -> None:
    def has_chinese(text: str) -> bool:
        return any("\u4e00" <= char <= "\u9fff" for char in text)

    help_text = submitted.prs("", *words, "--help", env=env).out
    refused = submitted.prs("gao", *words, "approve", PAPER, env=env)
    usage = submitted.prs("", *words, "frobnicate", env=env)
    assert has_chinese(help_text)
    message, hint = refused.err.rstrip("\n").split("\n")
    assert (refused.code, message[:13], hint[:6]) == (2, "error[A305]: ", "hint: ")
    assert has_chinese(message[10:])
    assert has_chinese(hint[3:])
    assert (usage.code, has_chinese(usage.err)) == (2, True)


def test_english_wins_when_asked_for(submitted: Desk) -> None:
    done = submitted.prs("gao", "--lang", "en", "approve", PAPER, env={"LANG": "zh_CN.UTF-8", "PRS_LANG": "zh"})
    assert "heads presales" in done.err


def in_terminal(desk: Desk, person: str, *words: str, env: dict[str, str] | None = None) -> str:
    """What a command writes to a terminal."""
    primary, secondary = pty.openpty()
    key = ("--key", str(desk.company.people[person].key))
    process = subprocess.Popen(
        [*PRS, *key, *words], cwd=desk.root, env=desk.environment(**(env or {})), stdout=secondary, stderr=secondary,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(secondary)
    said = b""
    while True:
        try:
            chunk = os.read(primary, 65536)
        except OSError:  # EIO: nobody holds the other end any more
            break
        if not chunk:
            break
        said += chunk
    os.close(primary)
    process.wait()
    return said.decode()


def test_a_terminal_folds_the_last_column(submitted: Desk) -> None:
    shown = in_terminal(submitted, "gao", "--lang", "zh", "types", "survey-plan", env={"COLUMNS": "80"})
    folded = [line for line in shown.splitlines() if line.startswith(" " * 40)]
    assert folded
    assert all(width(line) <= 80 for line in folded)


def test_colour_only_on_a_terminal_and_unless_refused(submitted: Desk) -> None:
    assert "\x1b[1;31merror\x1b[0m[A305]" in in_terminal(submitted, "gao", "approve", PAPER)
    assert "\x1b" not in in_terminal(submitted, "gao", "approve", PAPER, env={"NO_COLOR": "1"})
    done = submitted.prs("gao", "approve", PAPER)
    assert "\x1b" not in done.err
    assert done.err.startswith("error[A305]: ")


@pytest.mark.parametrize("words", [["types"], ["types", "--json"], ["list"], ["check"], ["--help"], ["show", PAPER]])
def test_a_reader_that_goes_away(submitted: Desk, words: list[str]) -> None:
    """`prs types | head -1`: no noise. As with git, the reader's leaving is no failure to tell people of."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*PRS, *words],
        cwd=submitted.root,
        env=submitted.environment(),
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert done.returncode == 0
    assert b"rror" not in done.stderr


@pytest.mark.parametrize("words", [["list"], ["types", "--json"], ["frobnicate"], ["show", PAPER], ["verify"]])
def test_without_any_stdout(submitted: Desk, words: list[str]) -> None:
    command = " ".join([*PRS, *words]) + " >&-"
    done = run(["sh", "-c", command], submitted.root, submitted.environment())
    assert "E199" not in done.err
    assert "Traceback" not in done.err
    assert done.code in (0, 2)


def test_a_full_device_as_stdout(submitted: Desk) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*PRS, "types"],
            cwd=submitted.root,
            env=submitted.environment(),
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith(b"error[E107]: ")


USAGE = (
    [], ["frobnicate"], ["new"], ["new", "technical-white-paper"], ["submit", PAPER], ["reject", PAPER], ["approve"],
    ["list", "--status", "nonsense"], ["list", "--bogus"], ["export"], ["--lang", "fr", "list"],
    ["approve", PAPER, PLAN],
    ["new", "technical-white-paper", "-t", "x", "--set", "product"], ["submit", PAPER, "-m", "x", "--major", "--minor"],
    ["save"], ["init"], ["init", "x"], ["person"], ["person", "frobnicate"], ["policy"],
    ["project", "new", "XM2023002"],
    ["export", PAPER, "--profile", "secret"], ["check", "--format", "xml"], ["hook"], ["hooks"],
)  # fmt: skip


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_words_that_prs_does_not_understand(drafted: Desk, words: list[str]) -> None:
    before = drafted.fingerprint()
    done = drafted.prs("xu", *words)
    assert drafted.fingerprint() == before
    if words in ([], ["person"], ["policy"], ["hooks"]):
        assert "Usage: prs" in done.out + done.err
    else:
        assert_refused(done, "E190")


def test_help_of_every_command(company: Company, tmp_path: Path) -> None:
    from presales_repo.cli.main import COMMANDS

    desk = Desk(company, tmp_path, tmp_path)
    for name in COMMANDS:
        for option in ("--help", "-h"):
            assert desk.ok("", name, option).out.startswith(f"Usage: prs {name} ")


def test_a_command_that_was_mistyped(drafted: Desk) -> None:
    assert "prs approve" in drafted.prs("", "aprove", PAPER).err


def test_now_is_now(drafted: Desk) -> None:
    """Without PRS_NOW the machine's clock counts."""
    done = drafted.prs("song", "register", NOTE, env={"PRS_NOW": None})
    assert done.code == 0
    shown = drafted.ok("", "show", NOTE, "--json").json["steps"][0]["time"]
    age = datetime.datetime.now(datetime.UTC) - datetime.datetime.fromisoformat(shown)
    assert abs(age.total_seconds()) < 60
    assert not shown.startswith(NOW[:10])
