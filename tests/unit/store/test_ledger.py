"""The ledger of a clone: what this machine remembers of it, and what happens when memory or ledger go astray."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.policy import PEOPLE
from presales_repo.store import ledgercache
from presales_repo.store.ledger import cache_path, verify_all
from presales_repo.store.repository import APPROVED
from tests.unit.store.library import NUMBER, PATH, WHEN, Library, document, new_library, policy_files

NO_PERMISSIONS = os.geteuid() == 0  # root may write everywhere


def cache_of(library: Library) -> Path:
    path = cache_path(library.repository)
    assert path is not None
    return Path(path)


def set_tip(library: Library, commit: str) -> None:
    library.git.run("update-ref", APPROVED, commit)


def clone_of(library: Library, folder: Path) -> Library:
    """A fresh clone on a machine of its own."""
    folder.mkdir(parents=True)
    subprocess.run(["git", "clone", "-q", library.folder, folder / "repo"], env=library.environment, check=True)
    return Library(folder / "repo", library.keys, folder / "home")


# -- memory


def test_a_ledger_that_was_rewound_is_noticed(submitted: Library) -> None:
    before = submitted.tip
    submitted.append("approve", "shen")
    after = submitted.tip
    set_tip(submitted, before)
    error = submitted.refused("A230")
    assert (error.args_["remembered"], error.args_["found"], error.args_["sequence"]) == (after, before, 2)
    set_tip(submitted, after)
    assert submitted.accepted() == 3


def test_a_ledger_that_goes_on_from_an_earlier_entry_is_noticed(submitted: Library) -> None:
    """A forked ledger: every entry of it is honest, but one that was seen here is missing."""
    before = submitted.tip
    submitted.append("approve", "shen")
    set_tip(submitted, before)
    fork = submitted.copy(submitted.folder.parent / "fork")
    fork.append("reject", "shen")
    fork.append("submit", "lin")
    submitted.git.run("fetch", "-q", str(fork.folder), f"+{APPROVED}:{APPROVED}")
    submitted.refused("A230")


def test_a_ledger_that_was_exchanged_is_noticed(submitted: Library, keys: Path, tmp_path: Path) -> None:
    """Another genesis, even with the same people and policy."""
    submitted.open().close()
    other = new_library(tmp_path / "other", keys, policy_files(keys, quorum=2), later=5)
    submitted.git.run("fetch", "-q", str(other.folder), f"+{APPROVED}:{APPROVED}", f"+{APPROVED}:refs/other")
    submitted.refused("A231")


def test_another_version_of_the_verifier_still_remembers(submitted: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an older prs verified is verified again, but a ledger that lost entries since is noticed."""
    before = submitted.tip
    submitted.append("approve", "shen")
    monkeypatch.setattr(ledgercache, "VERIFIER", "next")
    assert submitted.accepted() == 3
    monkeypatch.setattr(ledgercache, "VERIFIER", "after next")
    set_tip(submitted, before)
    submitted.refused("A230")


def test_a_cache_of_another_shape_is_made_anew(submitted: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted.open().close()
    database = sqlite3.connect(cache_of(submitted))
    database.executescript("DROP TABLE document; CREATE TABLE document (other TEXT); DROP TABLE policy;")
    database.close()
    monkeypatch.setattr(ledgercache, "VERIFIER", "next")
    assert submitted.accepted() == 2
    submitted.append("approve", "shen")


def test_a_deleted_cache_costs_time_only(submitted: Library) -> None:
    submitted.append("approve", "shen")
    cache_of(submitted).unlink()
    ledger = submitted.open()
    state = ledger.document(NUMBER)
    assert state is not None
    assert state.release is not None
    ledger.close()
    assert submitted.accepted() == 3


def test_what_is_verified_is_not_verified_again(submitted: Library) -> None:
    """The next command looks at new entries only."""
    seen: list[tuple[int, int]] = []
    from presales_repo.store.ledger import open_ledger

    for expected in ([(1, 2), (2, 2)], []):
        seen.clear()
        open_ledger(submitted.repository, lambda done, total: seen.append((done, total))).close()
        assert seen == expected
    other = submitted.copy(submitted.folder.parent / "other")
    other.append("approve", "shen")
    submitted.git.run("fetch", "-q", str(other.folder), f"{APPROVED}:{APPROVED}")
    open_ledger(submitted.repository, lambda done, total: seen.append((done, total))).close()
    assert seen == [(1, 1)]


Damage = Callable[[Path], object]


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"not a database " * 500),
        lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xff" * 9000),
        lambda path: path.write_bytes(path.read_bytes()[:4096]),
    ],
    ids=["empty", "garbage", "header", "truncated"],
)
def test_a_damaged_cache_is_thrown_away(submitted: Library, damage: Damage) -> None:
    submitted.open().close()
    damage(cache_of(submitted))
    try:
        submitted.open().close()
    except PrsError as error:  # found out only in the middle of reading: the next command works
        assert error.code == "E124"
    assert submitted.accepted() == 2


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"number": 1}', "null"])
def test_a_state_that_makes_no_sense_is_thrown_away(submitted: Library, text: str) -> None:
    submitted.open().close()
    database = sqlite3.connect(cache_of(submitted))
    database.execute("UPDATE document SET state = ?", (text,))
    database.commit()
    database.close()
    ledger = submitted.open()
    with pytest.raises(PrsError, match="E124"):
        ledger.document(NUMBER)
    ledger.close()
    assert submitted.accepted() == 2


def test_without_a_place_to_remember_everything_works(submitted: Library, tmp_path: Path) -> None:
    """A home that cannot be written, here a file in place of the folder."""
    (submitted.home / "state").parent.mkdir(exist_ok=True)
    shutil.rmtree(submitted.home / "state", ignore_errors=True)
    (submitted.home / "state").write_text("in the way")
    submitted.append("approve", "shen")
    assert submitted.accepted() == 3


@pytest.mark.skipif(NO_PERMISSIONS, reason="root may write everywhere")
def test_a_clone_that_cannot_be_written_is_verified(submitted: Library) -> None:
    folders = [submitted.folder / ".git", submitted.folder / ".git" / "prs"]
    for folder in folders:
        folder.chmod(0o555)
    try:
        submitted.open().close()
        assert verify_all(submitted.repository)[2] == []
    finally:
        for folder in folders:
            folder.chmod(0o755)


def test_a_repository_made_anew_in_the_same_place_is_not_mistaken_for_the_old_one(
    submitted: Library, keys: Path, tmp_path: Path
) -> None:
    submitted.open().close()
    shutil.rmtree(submitted.folder)
    new_library(submitted.folder.parent, keys, policy_files(keys), later=9)
    library = Library(submitted.folder, keys, submitted.home)
    assert library.accepted() == 1


# -- clones


def test_a_fresh_clone_adopts_the_ledger_of_origin(submitted: Library, tmp_path: Path) -> None:
    clone = clone_of(submitted, tmp_path / "clone")
    assert clone.git.resolve(APPROVED) is None
    assert clone.accepted() == 2
    assert clone.tip == submitted.tip


def test_two_clones_of_one_ledger(submitted: Library, tmp_path: Path) -> None:
    """What one clone decides, the other verifies; of two decisions at once the second to arrive is refused."""
    clone = clone_of(submitted, tmp_path / "clone")
    clone.append("approve", "shen")
    clone.git.run("push", "-q", "origin", f"{APPROVED}:{APPROVED}")
    assert submitted.accepted() == 3
    text = document(summary="b")
    content = submitted.commit({PATH: text})
    submitted.append("submit", "lin", version="1.1", content=content)
    clone.git.run("fetch", "-q", "origin", "+main:refs/remotes/origin/main")
    clone.append("submit", "lin", version="2.0", content=clone.git.text("rev-parse", "refs/remotes/origin/main"))
    done = clone.git.run("push", "-q", "origin", f"{APPROVED}:{APPROVED}", ok=(0, 1))
    assert done.returncode == 1
    clone.git.run("fetch", "-q", "origin", f"+{APPROVED}:{APPROVED}")
    clone.refused("A230")


def test_an_entry_that_loses_the_race_is_not_recorded(submitted: Library) -> None:
    first, second = submitted.open(), submitted.open()
    ours = submitted.entry(first, "approve", "shen")
    theirs = submitted.entry(second, "withdraw", "lin")
    assert second.append(theirs, submitted.person(second, "lin"), submitted.key("lin"), WHEN)
    assert first.append(ours, submitted.person(first, "shen"), submitted.key("shen"), WHEN) is None
    first.close()
    second.close()
    assert submitted.accepted() == 3
    ledger = submitted.open()
    state = ledger.document(NUMBER)
    assert state is not None
    assert (state.round, state.last_action) == (None, "withdraw")
    ledger.close()


def test_a_decision_that_others_would_refuse_is_not_written(submitted: Library) -> None:
    """A person's name that differs from the policy's, or a key that is not theirs: nothing moves."""
    before = submitted.tip
    ledger = submitted.open()
    entry = submitted.entry(ledger, "approve", "shen")
    shen = submitted.person(ledger, "shen")
    for person, key, code in (
        (shen._replace(name="沈"), "shen", "A207"),
        (shen, "gao", "A206"),
        (shen, "stranger", "A301"),
    ):
        with pytest.raises(PrsError, match=code):
            ledger.append(entry, person, submitted.key(key), WHEN)
        assert submitted.tip == before
    assert ledger.append(entry, shen, submitted.key("shen"), WHEN)
    ledger.close()


# -- what plain git is told


def signers(library: Library) -> str:
    return (library.folder / ".git" / "prs" / "allowed_signers").read_text()


def test_plain_git_trusts_no_key_that_was_only_proposed(library: Library, keys: Path) -> None:
    """One administrator proposes a policy in which the leader has another key; until the other agrees it is nobody's."""
    files = policy_files(keys, quorum=2, version=2)
    stranger = " ".join((keys / "stranger.pub").read_text().split()[:2])
    leader = " ".join((keys / "cheng.pub").read_text().split()[:2])
    files[PEOPLE] = files[PEOPLE].replace(leader.encode(), stranger.encode())
    content = library.commit(files, "ye")
    library.append_policy("policy-propose", "ye", content)
    assert stranger not in signers(library)
    fresh = clone_of(library, library.folder.parent / "clone")
    fresh.open().close()
    assert stranger not in signers(fresh)
    library.append_policy("policy-endorse", "cheng", content)
    for place in (library, fresh):
        place.git.run("fetch", "-q", str(library.folder), f"{APPROVED}:refs/heads/seen")
        set_tip(place, place.git.text("rev-parse", "refs/heads/seen"))
        place.open().close()
        assert f'cheng@q.example namespaces="git" {stranger}\n' in signers(place)
        assert f'cheng@q.example namespaces="git" {leader}\n' in signers(place), (
            "what the old key signed stays verifiable"
        )
    assert library.accepted() == 3


def test_a_document_is_known_with_all_that_happened_to_it(submitted: Library) -> None:
    submitted.append("approve", "shen")
    ledger = submitted.open()
    state = ledger.document(NUMBER)
    assert state is not None
    assert state.release is not None
    assert [event.action for event in state.events] == ["submit", "approve"]
    assert (state.release.commit, state.release.path, state.release.time) == (submitted.tip, PATH, WHEN[0])
    assert list(ledger.documents()) == [state]
    assert list(ledger.documents(only_open=True)) == []
    assert ledger.document("QD202305999") is None
    ledger.close()
