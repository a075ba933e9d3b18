"""Reading entries ahead, in a second process: the same results, the same refusals, and nothing left behind."""

from __future__ import annotations

import multiprocessing
import os
import signal

import pytest

from presales_repo.errors import PrsError
from presales_repo.store import attest
from presales_repo.store.ledger import verify_all
from presales_repo.store.repository import APPROVED
from tests.unit.store.library import Library


@pytest.fixture(autouse=True)
def another_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a long ledger, a few entries at a time."""
    monkeypatch.setattr(attest, "ALONE", 0)
    monkeypatch.setattr(attest, "_CHUNK", 2)


def entries_of(library: Library) -> list[str]:
    return library.git.text("rev-list", "--first-parent", "--reverse", APPROVED).split()


def test_the_same_entries_in_the_same_order(submitted: Library) -> None:
    submitted.append("approve", "shen")
    oids = entries_of(submitted)
    found = list(attest.attest_all(submitted.git, oids))
    assert [item.oid for item in found] == oids
    assert [item.entry.sequence for item in found] == [0, 1, 2]
    assert verify_all(submitted.repository)[1:] == (3, [])
    assert multiprocessing.active_children() == []


def test_the_entry_that_fails_is_named(submitted: Library) -> None:
    draft = submitted.draft("approve", "shen")
    bad = submitted.write(draft, lambda raw: raw.replace(b"\n\nprs: ", b"\n\nPrs: ", 1))
    head, count, (problem,) = verify_all(submitted.repository)
    assert (count, problem.commit) == (3, bad)
    assert head is not None
    assert head.sequence == 1, "what stands before it was verified"
    assert multiprocessing.active_children() == []


def test_a_reader_that_was_killed_is_done_without(submitted: Library) -> None:
    oids = entries_of(submitted) * 200
    read = attest.attest_all(submitted.git, oids)
    next(read)
    (worker,) = multiprocessing.active_children()
    assert worker.pid is not None
    os.kill(worker.pid, signal.SIGKILL)
    assert sum(1 for _ in read) == len(oids) - 1


def test_who_stops_asking_leaves_no_process(submitted: Library) -> None:
    read = attest.attest_all(submitted.git, entries_of(submitted) * 200)
    next(read)
    read.close()  # type: ignore[attr-defined]
    assert multiprocessing.active_children() == []


def test_a_refusal_goes_from_one_process_to_another() -> None:
    import pickle

    error = PrsError("A221", path="p", line=3, column=4, oid="x")
    again = pickle.loads(pickle.dumps(error))
    assert (again.code, again.path, again.line, again.column, again.args_) == ("A221", "p", 3, 4, {"oid": "x"})


def test_a_tree_of_the_library_that_is_gone_is_noticed(submitted: Library) -> None:
    """The walk computes it, and does not ask for it."""
    submitted.append("approve", "shen")
    tree = submitted.git.text("rev-parse", f"{APPROVED}^{{tree}}")
    (submitted.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    (problem,) = verify_all(submitted.repository)[2]
    assert (problem.error.code, problem.error.args_["oid"]) == ("A221", tree)
