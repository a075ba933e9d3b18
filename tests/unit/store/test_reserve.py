"""Numbers claimed by compare-and-swap: one after the other, never twice, whoever else is at it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.commit import build_commit
from presales_repo.model.number import Number
from presales_repo.store.git import EMPTY_TREE
from presales_repo.store.objects import new_object, write_objects
from presales_repo.store.reserve import last_reserved, reservation_ref, reserve_number
from tests.unit.store.library import Library

ROOT = Path(__file__).parents[3]
REF = reservation_ref("QD", "202305")
WORKER = textwrap.dedent("""
    import json, os, sys
    from presales_repo.model.commit import Ident
    from presales_repo.store.git import Git
    from presales_repo.store.reserve import reserve_number
    git = Git(sys.argv[1], os.environ)
    who = Ident(f"w{sys.argv[2]}", "w@q.example", 1690000000, "+0800")
    sys.stdin.readline()
    print(json.dumps([str(reserve_number(git, "QD", 2023, 5, who, lambda: 0)) for _ in range(int(sys.argv[3]))]))
    git.close()
""")


def reserve(library: Library, known: int = 0, month: int = 5) -> Number:
    return reserve_number(library.git, "QD", 2023, month, library.ident("lin"), lambda: known)


def claim_by_hand(library: Library, message: str, ref: str = REF) -> None:
    """What somebody could write with plain git."""
    ident = library.ident("lin")
    commit = new_object("commit", build_commit(EMPTY_TREE, [], ident, ident, message))
    write_objects(library.git, [new_object("tree", b""), commit])
    library.git.run("update-ref", ref, commit.oid)


def test_numbers_rise_one_by_one_for_each_month(library: Library) -> None:
    assert last_reserved(library.git, "QD", "202305") is None
    assert [str(reserve(library)) for _ in range(3)] == ["QD202305001", "QD202305002", "QD202305003"]
    assert str(reserve(library, month=6)) == "QD202306001"
    assert str(reserve_number(library.git, "FJ", 2023, 5, library.ident("lin"), lambda: 0)) == "FJ202305001"
    assert last_reserved(library.git, "QD", "202305") == 3
    subjects = library.git.text("log", "--format=%s by %an", REF).split("\n")
    assert subjects[0] == "prs: reserve QD202305003 by Lin 先生"
    assert len(subjects) == 3


def test_numbers_that_documents_carry_already_are_left_out(library: Library) -> None:
    """Documents of colleagues come by git pull; the refs of their numbers do not."""
    assert str(reserve(library, known=7)) == "QD202305008"
    assert str(reserve(library, known=3)) == "QD202305009"
    assert str(reserve(library, known=20)) == "QD202305021"


def test_eight_processes_get_consecutive_numbers_without_gap_or_duplicate(library: Library) -> None:
    rounds = 6
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, library.folder, str(number), str(rounds)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={**library.environment, "PYTHONPATH": str(ROOT)},
        )
        for number in range(8)
    ]
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write(b"go\n")
        worker.stdin.flush()
    issued: list[str] = []
    for worker in workers:
        out, _ = worker.communicate(timeout=120)
        assert worker.returncode == 0
        mine = json.loads(out)
        assert mine == sorted(mine)
        issued += mine
    assert sorted(issued) == [f"QD202305{sequence:03d}" for sequence in range(1, 8 * rounds + 1)]
    assert last_reserved(library.git, "QD", "202305") == 8 * rounds


def test_a_month_has_999_numbers(library: Library) -> None:
    assert str(reserve(library, known=998)) == "QD202305999"
    for known in (0, 999):
        with pytest.raises(PrsError) as caught:
            reserve(library, known)
        assert (caught.value.code, caught.value.args_) == ("N105", {"stage": "QD", "period": "202305", "last": 999})
    with pytest.raises(PrsError, match="N105"):
        reserve(library, known=999, month=6)


def test_a_reservation_made_by_hand_counts_when_it_is_one(library: Library) -> None:
    claim_by_hand(library, "kept for a customer\n\nPrs-Number: QD202305041\n")
    assert last_reserved(library.git, "QD", "202305") == 41
    assert str(reserve(library)) == "QD202305042"


def file_at(library: Library, content: str) -> None:
    path = library.folder / ".git" / REF
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def refs(library: Library) -> dict[str, str]:
    """Every ref as it stands on the disk; git itself cannot list broken ones."""
    folder = library.folder / ".git" / "refs"
    return {str(path): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda library: claim_by_hand(library, "no number at all\n"),
        lambda library: claim_by_hand(library, "Prs-Number: QD202306001\n"),
        lambda library: claim_by_hand(library, "Prs-Number: FJ202305001\n"),
        lambda library: claim_by_hand(library, "Prs-Number: QD202305000\n"),
        lambda library: claim_by_hand(library, "Prs-Number: QD20230512\n"),
        lambda library: claim_by_hand(library, " Prs-Number: QD202305012\n"),
        lambda library: library.git.run("update-ref", REF, library.git.text("rev-parse", "main^{tree}")),
        lambda library: library.git.run("update-ref", REF, library.git.text("rev-parse", "main:policy/people.yaml")),
        lambda library: file_at(library, "9" * 40 + "\n"),
        lambda library: file_at(library, "rubbish\n"),
        lambda library: file_at(library, ""),
    ],
    ids=["no-number", "month", "stage", "zero", "short", "indented", "tree", "blob", "dangling", "rubbish", "empty"],
)
def test_a_spoiled_reservation_stops_the_numbers(library: Library, spoil: Callable[[Library], object]) -> None:
    """Better no number than one that was issued before."""
    spoil(library)
    before = refs(library)
    with pytest.raises(PrsError) as caught:
        reserve(library)
    assert (caught.value.code, caught.value.args_) == ("N110", {"ref": REF})
    assert refs(library) == before


def test_a_lock_of_another_git_is_waited_for_and_then_named(library: Library) -> None:
    reserve(library)
    lock = library.folder / ".git" / f"{REF}.lock"
    lock.write_text("")
    with pytest.raises(PrsError, match="E108"):
        reserve(library)
    os.unlink(lock)
    assert str(reserve(library)) == "QD202305002"
