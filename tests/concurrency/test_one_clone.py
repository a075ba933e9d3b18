"""Several processes in one clone: numbers without gap or repetition, and no decision or text lost."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence

import pytest

from tests.company import NOTE_FIELDS, PRS, Desk
from tests.conftest import NOTE, PAPER, PLAN

ROUNDS = int(os.environ.get("PRS_TEST_ROUNDS", "0"))  # 100 for the full form
PROCESSES = 8


def at_once(desk: Desk, commands: Sequence[tuple[str, ...]]) -> list[tuple[int, str, str]]:
    """Start commands, (person, words...) each, together; exit code and both outputs of each."""
    started = [
        subprocess.Popen(
            [*PRS, "--key", str(desk.company.people[person].key), *words], cwd=desk.root, env=desk.environment(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for person, *words in commands
    ]  # fmt: skip
    ended = [(process, *process.communicate(timeout=300)) for process in started]
    return [(process.returncode, out, err) for process, out, err in ended]


def all_fine(results: Sequence[tuple[int, str, str]]) -> list[str]:
    """Every command succeeded: what each printed."""
    assert [(code, err) for code, _, err in results if code] == []
    return [out for _, out, _ in results]


def allocate(desk: Desk, rounds: int) -> None:
    """Rounds of eight at once, each giving the next eight numbers."""
    command = ("song", "new", "market-info-note", "-t", "并发的记录", *NOTE_FIELDS)
    for start in range(1, rounds * PROCESSES + 1, PROCESSES):
        printed = all_fine(at_once(desk, [command] * PROCESSES))
        numbers = sorted(re.findall(r"XS202305[0-9]{3}", out)[0] for out in printed)
        assert numbers == [f"XS202305{number:03d}" for number in range(start, start + PROCESSES)]
        assert all(desk.path_of(number).read_text().startswith(f"---\nnumber: {number}\n") for number in numbers)


def test_eight_processes_get_eight_consecutive_numbers(founded: Desk) -> None:
    allocate(founded, ROUNDS or 3)
    founded.ok("song", "save", "-m", "全部")
    founded.ok("", "check")


@pytest.mark.slow
def test_ten_rounds_of_eight_numbers(founded: Desk) -> None:
    allocate(founded, 10)


def test_the_first_number_of_a_month_is_given_once(founded: Desk) -> None:
    """Nothing is recorded for the month yet, so everybody starts from the documents."""
    stages = {"XS": "market-info-note", "GT": "team-post", "KH": "self-assessment"}
    printed = all_fine(at_once(founded, [("shen", "new", kind, "-t", "首份") for kind in [*stages.values()] * 2]))
    numbers = sorted(out.split()[0] for out in printed)
    assert numbers == sorted(f"{stage}202305{number:03d}" for stage in stages for number in (1, 2))


def test_texts_saved_at_once_are_all_saved(drafted: Desk) -> None:
    authors = {PAPER: "xu", PLAN: "lin", NOTE: "song"}
    for number in authors:
        drafted.edit(number, f"{number} 的补充")
    before = int(drafted.git_ok("rev-list", "--count", "main"))
    all_fine(at_once(drafted, [(person, "save", number, "-m", number) for number, person in authors.items()]))
    assert int(drafted.git_ok("rev-list", "--count", "main")) == before + 3
    assert drafted.git_ok("status", "--short") == ""
    for number, person in authors.items():
        path = drafted.path_of(number).relative_to(drafted.root).as_posix()
        assert drafted.git_ok("log", "-1", "--format=%s %ae", "main", "--", path) == f"{number} {person}@qiheng.example"
        assert f"{number} 的补充" in drafted.git_ok("show", f"main:{path}")


def test_decisions_on_several_documents_at_once_are_all_recorded(drafted: Desk) -> None:
    """They meet in one ledger, one after the other; nobody is told that somebody else came first."""
    all_fine(
        at_once(
            drafted,
            [("xu", "submit", PAPER, "-m", "首次"), ("lin", "submit", PLAN, "-m", "首次"), ("song", "register", NOTE)],
        )
    )
    assert len(drafted.entries()) == 4
    all_fine(at_once(drafted, [("han", "approve", PAPER), ("shen", "approve", PLAN)]))
    assert {row["number"]: row["status"] for row in drafted.ok("", "list", "--json").json} == {
        PAPER: "in-review", PLAN: "published", NOTE: "published",
    }  # fmt: skip
    assert drafted.ok("", "verify", "--full", "--json").json["entries"] == 6


def test_texts_decisions_and_numbers_at_once(drafted: Desk) -> None:
    drafted.edit(PLAN)
    results = at_once(
        drafted,
        [
            ("xu", "submit", PAPER, "-m", "首次"),
            ("lin", "save", PLAN, "-m", "修改"),
            ("song", "register", NOTE),
            ("song", "new", "market-info-note", "-t", "同时的", *NOTE_FIELDS),
        ],
    )
    all_fine(results)
    assert drafted.ok("", "verify", "--full", "--json").json["entries"] == 3
    assert "XS202305002" in results[3][1]
    drafted.git_ok("fsck", "--full", "--strict")


def test_one_decision_made_by_several_is_recorded_once(submitted: Desk) -> None:
    """The same person in two windows: one signs, the other is told that the step is no longer open to them."""
    results = at_once(submitted, [("han", "approve", PAPER)] * 4)
    assert sorted(code for code, _, _ in results) == [0, 2, 2, 2]
    assert all("error[A303]" in err for code, _, err in results if code)
    assert len(submitted.entries()) == 3


def test_a_rejection_and_an_approval_at_once(submitted: Desk) -> None:
    """Whichever comes first counts; the other is refused, never both recorded."""
    results = at_once(submitted, [("han", "approve", PAPER), ("han", "reject", PAPER, "--reason", "不同意")])
    assert sorted(code for code, _, _ in results) == [0, 2]
    assert len(submitted.entries()) == 3
    status = submitted.ok("", "show", PAPER, "--json").json["status"]
    assert status == ("in-review" if results[0][0] == 0 else "changes-requested")


def test_one_project_id_is_given_once(founded: Desk) -> None:
    results = at_once(
        founded,
        [("shen", "project", "new", "XM2023002", "-t", f"项目{name}", "--customer", "客户") for name in "甲乙丙丁"],
    )
    assert sorted(code for code, _, _ in results) == [0, 2, 2, 2]
    assert len(list(founded.root.glob("projects/XM2023002-*"))) == 1


def test_readers_do_not_disturb_writers(submitted: Desk) -> None:
    readers = [("xu", *words) for words in (["list"], ["check"], ["verify", "--full"], ["show", PAPER], ["inbox"])]
    all_fine(at_once(submitted, [*readers, ("han", "approve", PAPER), *readers]))
    assert submitted.entries()[0] == f"prs: approve {PAPER} v1.0 first"


def test_first_contacts_at_once(submitted: Desk, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Several processes make the caches of a clone that none of them has seen."""
    clone = submitted.copy(tmp_path_factory.mktemp("fresh"))
    (clone.root / ".git" / "prs" / "id").unlink(missing_ok=True)
    (clone.root / ".git" / "prs" / "index.sqlite").unlink(missing_ok=True)
    printed = all_fine(at_once(clone, [("xu", "list", "--json")] * 6))
    assert len(set(printed)) == 1
