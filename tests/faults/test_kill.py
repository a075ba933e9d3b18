"""kill -9 at any write of a command: the repository opens, verifies, and the same command can be run again.

The programs that the killed command had started (git, ssh-keygen) run to their end, as they do in life.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.company import NOTE_FIELDS, ORGANISATION, PAPER_FIELDS, PRS, ROOT, Company, Desk, Result
from tests.conftest import NOTE, PAPER
from tests.faults.processes import KILLING, wait_for_group

SAMPLES = 4
HOOKS = ("pre-commit", "pre-merge-commit", "commit-msg", "pre-push")


def in_working_order(desk: Desk) -> None:
    """What must hold after any crash, before anybody mends anything."""
    assert list((desk.root / ".git").rglob("*.lock")) == []
    desk.git_ok("fsck", "--full", "--strict")
    assert desk.ok("", "verify", "--full", "--json").json["ok"]
    desk.ok("", "list")
    desk.ok("", "check")


def nothing_left_over(desk: Desk) -> None:
    """After the command was run again: nothing staged or changed that nobody asked for, no litter in a commit."""
    assert desk.git_ok("status", "--short", "-uall") == ""
    committed = desk.git_ok("log", "--all", "--format=", "--name-only", "-z")
    assert ".prs-tmp" not in committed
    assert "save-index" not in committed


@dataclass(frozen=True, slots=True)
class Fault:
    """A command to kill. `again`: codes that the second run may end with, because the first had already done it."""

    person: str
    words: tuple[str | Path, ...]
    start: str
    prepare: Callable[[Desk], object]
    again: tuple[str, ...]
    finish: Callable[[Desk, Result], None]


def _nothing(desk: Desk) -> None:
    pass


def _finish_new(desk: Desk, done: Result) -> None:
    """The second run took a number of its own; every number stands in one file, and every file is whole."""
    numbers = [row["number"] for row in desk.ok("", "list", "--json").json if row["number"].startswith("FJ")]
    assert done.json["number"] == max(numbers)
    assert len(numbers) == len(set(numbers))
    assert set(numbers) <= {"FJ202305001", "FJ202305002", "FJ202305003"}
    desk.ok("xu", "save", "-m", "初稿")


def _finish_save(desk: Desk, done: Result) -> None:
    assert desk.git_ok("log", "-1", "--format=%s %ae", "main") == "修改 xu@qiheng.example"
    assert desk.git_ok("rev-list", "--count", "main~1..main") == "1"
    desk.git_ok("verify-commit", "main")


def _expect(number: str, status: str, entries: int) -> Callable[[Desk, Result], None]:
    def finish(desk: Desk, done: Result) -> None:
        shown = desk.ok("", "show", number, "--json").json
        assert shown["status"] == status
        assert len(desk.entries()) == entries, "the decision is recorded once"
        for entry in desk.git_ok("rev-list", "--first-parent", "approved").split():
            desk.git_ok("verify-commit", entry)

    return finish


def _sign_two(desk: Desk) -> None:
    desk.ok("han", "approve", PAPER)
    desk.ok("shen", "approve", PAPER)


def _register_note(desk: Desk) -> None:
    desk.ok("song", "register", NOTE)


def _request_disposal(desk: Desk) -> None:
    _register_note(desk)
    fields = {"targets": NOTE, "reason": "useless", "witnesses": "han,xu"}
    words = [word for name, value in fields.items() for word in ("--set", f"{name}={value}")]
    assert desk.new("ye", "disposal-request", "销毁申请", *words) == "WK202305001"
    desk.ok("ye", "save", "WK202305001", "-m", "申请")
    desk.ok("ye", "submit", "WK202305001", "-m", "申请")
    for person in ("cheng", "shen", "cheng"):
        desk.ok(person, "approve", "WK202305001")


def _finish_disposal(desk: Desk, done: Result) -> None:
    assert not list(desk.root.rglob(f"{NOTE}-*"))
    assert NOTE not in desk.git_ok("ls-tree", "-r", "--name-only", "main")
    assert desk.git_ok("log", "--format=%s", "main").count("prs dispose") == 1


def _rename_company(desk: Desk) -> None:
    path = desk.root / "policy" / "repository.yaml"
    path.write_text(path.read_text().replace(ORGANISATION, "启衡"))


def _finish_policy(desk: Desk, done: Result) -> None:
    shown = desk.ok("", "policy", "show", "--json").json
    assert (shown["organisation"], shown["version"]) == ("启衡", 2)
    assert len(desk.entries()) == 2, "the change is recorded once"


def _finish_reading(desk: Desk, done: Result) -> None:
    assert len(desk.ok("", "list", "--json").json) == 3


FAULTS = {
    "new": Fault(
        "xu",
        ("new", "technical-white-paper", "-t", "又一份", *PAPER_FIELDS, "--json"),
        "drafted",
        _nothing,
        (),
        _finish_new,
    ),
    "save": Fault(
        "xu", ("save", PAPER, "-m", "修改"), "drafted", lambda desk: desk.edit(PAPER), ("W106",), _finish_save
    ),
    "submit": Fault(
        "xu", ("submit", PAPER, "-m", "首次"), "drafted", _nothing, ("A309",), _expect(PAPER, "in-review", 2)
    ),
    "approve": Fault("han", ("approve", PAPER), "submitted", _nothing, ("A303",), _expect(PAPER, "in-review", 3)),
    "publish": Fault("cheng", ("approve", PAPER), "submitted", _sign_two, ("A308",), _expect(PAPER, "published", 5)),
    "register": Fault("song", ("register", NOTE), "drafted", _nothing, ("A313",), _expect(NOTE, "published", 2)),
    "track": Fault(
        "shen",
        ("track", NOTE, "accuracy=verified"),
        "drafted",
        _register_note,
        ("A433",),
        _expect(NOTE, "published", 3),
    ),
    "dispose": Fault("ye", ("dispose", "WK202305001"), "drafted", _request_disposal, (), _finish_disposal),
    "propose": Fault(
        "cheng", ("policy", "propose", "-m", "改名"), "founded", _rename_company, ("A324",), _finish_policy
    ),
    "first contact": Fault(
        "", ("list",), "drafted", lambda desk: shutil.rmtree(desk.home / "state"), (), _finish_reading
    ),
}


def kill(desk: Desk, fault: Fault, at: int, log: Path) -> bool:
    """Run a command and kill it at its Nth write. Whether it was: a command with fewer writes ends by itself."""
    log.unlink(missing_ok=True)
    extra = {"PYTHONPATH": f"{KILLING}:{ROOT}", "PRS_TEST_KILL_AT": str(at), "PRS_TEST_KILL_LOG": str(log)}
    process = start(desk, fault, extra)
    process.wait(300)
    wait_for_group(process.pid)
    assert process.returncode in (0, -9), f"exit {process.returncode} instead of being killed"
    return process.returncode == -9


def start(desk: Desk, fault: Fault, extra: Mapping[str, str]) -> subprocess.Popen[bytes]:
    """Start a command, with all that it starts in a process group of their own."""
    key = ("--key", str(desk.company.people[fault.person].key)) if fault.person else ()
    return subprocess.Popen(
        [*PRS, *key, *fault.words], cwd=desk.root, env=desk.environment(**extra), start_new_session=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def writes(desk: Desk, fault: Fault, log: Path) -> list[str]:
    """The writes of an undisturbed run, in their order."""
    assert not kill(desk, fault, 0, log)
    return log.read_text().splitlines()


def suffer(desk: Desk, fault: Fault, at: int, log: Path) -> None:
    """Kill the command at one write; look at the repository; run the command again."""
    assert kill(desk, fault, at, log), f"the command has fewer than {at} writes"
    in_working_order(desk)
    done = desk.prs(fault.person, *fault.words)
    assert done.code == 0 or done.codes[:1] in [[code] for code in fault.again], f"{done.out}\n{done.err}"
    fault.finish(desk, done)
    assert desk.ok("", "verify", "--full", "--json").json["ok"]
    nothing_left_over(desk)


def prepared(request: pytest.FixtureRequest, fault: Fault, folder: Path) -> Desk:
    base: Desk = request.getfixturevalue(f"{fault.start}_once")
    desk = base.copy(folder)
    desk.ok("", "list")  # not a first contact
    fault.prepare(desk)
    return desk


@pytest.fixture(scope="session")
def totals() -> dict[str, int]:
    """How many writes each command makes, once counted."""
    return {}


def spread(sample: int, total: int) -> int:
    """One of a few places spread over all writes."""
    return 1 + (total - 1) * (2 * sample + 1) // (2 * SAMPLES)


@pytest.mark.parametrize("sample", range(SAMPLES))
@pytest.mark.parametrize("name", FAULTS)
def test_killed_somewhere(
    request: pytest.FixtureRequest, tmp_path: Path, totals: dict[str, int], name: str, sample: int
) -> None:
    fault, log = FAULTS[name], tmp_path / "log"
    if name not in totals:
        totals[name] = len(writes(prepared(request, fault, tmp_path / "whole"), fault, log))
    suffer(prepared(request, fault, tmp_path / "killed"), fault, spread(sample, totals[name]), log)


@pytest.mark.slow
@pytest.mark.parametrize("name", FAULTS)
def test_killed_anywhere(request: pytest.FixtureRequest, tmp_path: Path, name: str) -> None:
    fault = FAULTS[name]
    labels = writes(prepared(request, fault, tmp_path / "whole"), fault, tmp_path / "log")
    assert len(labels) > 10
    failed = []
    for at, label in enumerate(labels, 1):
        folder = tmp_path / str(at)
        try:
            suffer(prepared(request, fault, folder), fault, at, tmp_path / "log")
        except AssertionError as error:
            failed.append(f"{name}, write {at} of {len(labels)} ({label}): {error}")
        shutil.rmtree(folder)
    assert failed == [], "\n\n".join(failed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("name", FAULTS)
def test_killed_with_its_programs(request: pytest.FixtureRequest, tmp_path: Path, name: str, seed: int) -> None:
    """At a random moment git dies too, as when the power fails. It may leave a lock, which prs names; nothing else."""
    fault = FAULTS[name]
    desk = prepared(request, fault, tmp_path)
    process = start(desk, fault, {})
    time.sleep(random.Random(seed).uniform(0.1, 0.6))
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    wait_for_group(process.pid)
    done = desk.prs(fault.person, *fault.words)
    for lock in (desk.root / ".git").rglob("*.lock"):
        assert done.codes[:1] == ["E108"]
        assert lock.name in done.err
        lock.unlink()
    if done.codes[:1] == ["E108"]:
        done = desk.prs(fault.person, *fault.words)
    assert done.code == 0 or done.codes[:1] in [[code] for code in fault.again], f"{done.out}\n{done.err}"
    fault.finish(desk, done)
    in_working_order(desk)
    nothing_left_over(desk)


# -- init: the folder is not there, or it is complete


def init_fault(company: Company) -> Fault:
    words = (
        "init", "repo", "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@qiheng.example",
        "--people", company.people_file,
    )  # fmt: skip
    return Fault("cheng", words, "", _nothing, ("E121",), _finish_init)


def _finish_init(desk: Desk, done: Result) -> None:
    made = Desk(desk.company, desk.root / "repo", desk.home)
    for hook in HOOKS:
        assert (made.root / ".git" / "hooks" / hook).stat().st_mode & 0o100
    assert made.git_ok("status", "--short", "-uall") == ""
    made.git_ok("fsck", "--full", "--strict")
    made.git_ok("verify-commit", "main", "approved")
    assert made.ok("", "verify", "--full", "--json").json["entries"] == 1
    made.ok("xu", "new", "technical-white-paper", "-t", "第一份", *PAPER_FIELDS)
    made.ok("xu", "save", "-m", "初稿")


def suffer_init(company: Company, folder: Path, at: int, log: Path) -> None:
    desk = Desk(company, folder / "place", folder / "home")
    desk.root.mkdir(parents=True)
    desk.home.mkdir()
    fault = init_fault(company)
    assert kill(desk, fault, at, log), f"the command has fewer than {at} writes"
    there = (desk.root / "repo").exists()
    done = desk.prs(fault.person, *fault.words)
    assert (done.code, done.codes) == ((2, ["E121"]) if there else (0, []))
    _finish_init(desk, done)


def count_init(company: Company, folder: Path, log: Path) -> list[str]:
    desk = Desk(company, folder / "place", folder / "home")
    desk.root.mkdir(parents=True)
    desk.home.mkdir()
    return writes(desk, init_fault(company), log)


@pytest.mark.parametrize("sample", range(SAMPLES))
def test_init_killed_somewhere(company: Company, tmp_path: Path, totals: dict[str, int], sample: int) -> None:
    if "init" not in totals:
        totals["init"] = len(count_init(company, tmp_path / "whole", tmp_path / "log"))
    suffer_init(company, tmp_path / "killed", spread(sample, totals["init"]), tmp_path / "log")


@pytest.mark.slow
def test_init_killed_anywhere(company: Company, tmp_path: Path) -> None:
    labels = count_init(company, tmp_path / "whole", tmp_path / "log")
    failed = []
    for at, label in enumerate(labels, 1):
        folder = tmp_path / str(at)
        try:
            suffer_init(company, folder, at, tmp_path / "log")
        except AssertionError as error:
            failed.append(f"write {at} of {len(labels)} ({label}): {error}")
        shutil.rmtree(folder)
    assert failed == [], "\n\n".join(failed)


def test_litter_of_a_crash_hinders_nobody(drafted: Desk) -> None:
    """Half-written files of a killed process, whatever their names, are neither read nor committed nor in the way."""
    folder = drafted.path_of(PAPER).parent
    for name in (".0123456789abcdef.prs-tmp", f"{drafted.path_of(PAPER).name}.4711.prs-tmp"):
        (folder / name).write_bytes(b"---\nnumber: FJ2023")
    private = drafted.root / ".git" / "prs"
    (private / "save-index").write_bytes(b"half an index")
    (private / "save-index.lock").write_bytes(b"")
    (private / "lock").write_bytes(b"")
    drafted.edit(PAPER)
    drafted.ok("xu", "save", "-m", "修改")
    drafted.ok("song", "new", "market-info-note", "-t", "新的", *NOTE_FIELDS)
    drafted.ok("song", "save", "-m", "初稿")
    drafted.ok("xu", "submit", PAPER, "-m", "首次")
    nothing_left_over(drafted)
