"""Folders that are no clone, or a clone in a state that a command cannot work in: refused, and nothing changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.company import Company, Desk, assert_refused
from tests.conftest import NOTE, PAPER, PLAN

# -- no repository, or not this kind


READING = (["list"], ["check"], ["show", PAPER], ["verify"], ["history", PAPER], ["policy", "show"], ["person", "list"])


@pytest.mark.parametrize("words", [*READING, ["approve", PAPER], ["new", "regulation", "-t", "x"], ["save", "-m", "x"]])
def test_no_repository(company: Company, tmp_path: Path, words: list[str]) -> None:
    desk = Desk(company, tmp_path, tmp_path)
    assert_refused(desk.prs("xu", *words, env={"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)}), "E102")
    assert list(tmp_path.iterdir()) == []


def test_types_and_explain_need_no_repository(company: Company, tmp_path: Path) -> None:
    desk = Desk(company, tmp_path, tmp_path, {"GIT_CEILING_DIRECTORIES": str(tmp_path.parent)})
    assert len(desk.ok("", "types", "--json").json) == 79
    assert "E102" in desk.ok("", "explain", "E102").out


def test_a_plain_git_repository(company: Company, tmp_path: Path) -> None:
    desk = Desk(company, tmp_path / "plain", tmp_path)
    desk.root.mkdir()
    desk.git_ok("init", "-q", "-b", "main")
    for words in (["list"], ["verify"], ["approve", PAPER]):
        assert_refused(desk.prs("xu", *words), "E113")


def test_a_bare_repository(submitted: Desk, tmp_path: Path) -> None:
    submitted.git_ok("clone", "-q", "--bare", submitted.root, tmp_path / "bare.git")
    for folder in (tmp_path / "bare.git", submitted.root / ".git"):
        assert_refused(submitted.prs("han", "-C", folder, "approve", PAPER), "E111")


def test_a_shallow_clone(submitted: Desk, tmp_path: Path) -> None:
    shallow = Desk(submitted.company, tmp_path / "shallow", submitted.home)
    submitted.git_ok("clone", "-q", "--depth=1", "--no-single-branch", f"file://{submitted.root}", shallow.root)
    shallow.refuse("E114", "han", "approve", PAPER)
    shallow.refuse("E114", "", "verify")
    assert "fetch --unshallow" in shallow.prs("", "list").err
    shallow.git_ok("fetch", "-q", "--unshallow")
    shallow.ok("han", "approve", PAPER)


def test_a_folder_that_does_not_exist(company: Company, tmp_path: Path) -> None:
    desk = Desk(company, tmp_path, tmp_path)
    assert_refused(desk.prs("", "-C", tmp_path / "absent", "list"), "E132")


def test_a_clone_of_somebody_else(submitted: Desk) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder away")
    for path in (submitted.root, submitted.root / ".git"):
        os.chown(path, 12345, 12345)
    submitted.env["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"
    done = submitted.prs("", "list")
    assert_refused(done, "E105")
    assert "safe.directory" in done.err


# -- the state of the clone


def detach(desk: Desk) -> None:
    desk.git_ok("checkout", "-q", "--detach")


def other_branch(desk: Desk) -> None:
    desk.git_ok("switch", "-q", "-c", "试验")


def unborn(desk: Desk) -> None:
    desk.git_ok("switch", "-q", "--orphan", "empty")


def on_the_ledger(desk: Desk) -> None:
    desk.git_ok("switch", "-q", "approved")


def merging(desk: Desk) -> None:
    desk.git_ok("switch", "-q", "-c", "side")
    desk.edit(PLAN, "旁支")
    assert desk.commit("lin", "旁支", "-a").code == 0
    desk.git_ok("switch", "-q", "main")
    desk.edit(PLAN, "主线")
    assert desk.commit("lin", "主线", "-a").code == 0
    assert desk.git("-c", "user.name=x", "-c", "user.email=x@y.example", "merge", "side").code == 1


def picking(desk: Desk) -> None:
    desk.git_ok("switch", "-q", "-c", "side")
    desk.edit(PLAN, "旁支")
    assert desk.commit("lin", "旁支", "-a").code == 0
    desk.git_ok("switch", "-q", "main")
    desk.edit(PLAN, "主线")
    assert desk.commit("lin", "主线", "-a").code == 0
    assert desk.git("-c", "user.name=x", "-c", "user.email=x@y.example", "cherry-pick", "side").code == 1


STATES = {
    "detached": (detach, "E115"),
    "another branch": (other_branch, "E116"),
    "the ledger": (on_the_ledger, "E116"),
    "a merge under way": (merging, "E117"),
    "a cherry-pick under way": (picking, "E117"),
}


@pytest.mark.parametrize(
    "words", [("song", "register", NOTE), ("lin", "save", "-m", "x"), ("cheng", "policy", "propose", "-m", "x")]
)
@pytest.mark.parametrize(("act", "code"), STATES.values(), ids=STATES.keys())
def test_commands_that_need_main(drafted: Desk, act: object, code: str, words: tuple[str, ...]) -> None:
    act(drafted)  # type: ignore[operator]
    if words[1] == "policy":
        (drafted.root / "policy" / "repository.yaml").write_bytes(
            (drafted.root / "policy" / "repository.yaml").read_bytes() + b"# x\n"
        )
    drafted.refuse(code, *words)


def test_a_merge_under_way_in_a_linked_work_tree(drafted: Desk, tmp_path: Path) -> None:
    """Each work tree has its own MERGE_HEAD."""
    detach(drafted)
    linked = Desk(drafted.company, tmp_path / "linked", drafted.home)
    drafted.git_ok("worktree", "add", "-q", linked.root, "main")
    merging(linked)
    linked.refuse("E117", "song", "register", NOTE)
    linked.git_ok("merge", "--abort")
    linked.ok("song", "register", NOTE)


def test_decisions_of_others_wait_for_nobody_s_branch(submitted: Desk) -> None:
    """Signing needs the text, not a branch: a reviewer on a detached HEAD that shows it may sign."""
    detach(submitted)
    submitted.ok("han", "approve", PAPER)


def test_an_unborn_branch(drafted: Desk) -> None:
    unborn(drafted)
    assert drafted.prs("", "list", "--json").code == 0
    drafted.refuse("E116", "xu", "save", "-m", "x")


def test_another_git_at_work(drafted: Desk) -> None:
    drafted.edit(PAPER)
    lock = drafted.root / ".git" / "index.lock"
    lock.touch()
    done = drafted.refuse("E108", "xu", "save", PAPER, "-m", "修改")
    assert "index.lock" in done.err
    lock.unlink()
    drafted.ok("xu", "save", PAPER, "-m", "修改")


@pytest.mark.parametrize(
    "name", ["refs/heads/approved", "refs/heads/main", "packed-refs", "refs/prs/numbers/FJ/202305"]
)
def test_a_stale_lock_of_a_ref(drafted: Desk, name: str) -> None:
    """What a killed git leaves: named, with the way out, and good again once it is gone."""
    words = {
        "refs/heads/approved": ("song", "register", NOTE),
        "refs/heads/main": ("xu", "save", PAPER, "-m", "修改"),
        "packed-refs": ("xu", "new", "technical-white-paper", "-t", "又一份"),
        "refs/prs/numbers/FJ/202305": ("xu", "new", "technical-white-paper", "-t", "又一份"),
    }[name]
    drafted.edit(PAPER)
    lock = drafted.root / ".git" / f"{name}.lock"
    lock.touch()
    if name != "packed-refs":
        done = drafted.prs(*words)
        assert_refused(done, "E108")
        assert f"{Path(name).name}.lock" in done.err
    lock.unlink()
    drafted.ok(*words)


@pytest.mark.parametrize("litter", [b"", b"not a database at all" * 100], ids=["empty", "rubbish"])
def test_broken_caches_are_made_again(submitted: Desk, litter: bytes) -> None:
    submitted.ok("", "list")
    caches = [*submitted.home.rglob("*.sqlite"), submitted.root / ".git" / "prs" / "index.sqlite"]
    caches += submitted.home.rglob("*.json")
    assert len(caches) >= 2
    for cache in caches:
        cache.write_bytes(litter)
    assert [row["status"] for row in submitted.ok("", "list", "--json").json] == ["in-review", "draft", "draft"]
    submitted.ok("han", "approve", PAPER)


def test_a_ledger_that_was_rewound_is_noticed(submitted: Desk) -> None:
    submitted.ok("han", "approve", PAPER)
    submitted.git_ok("update-ref", "refs/heads/approved", "approved~1")
    submitted.refuse("A230", "han", "approve", PAPER)
    done = submitted.prs("", "verify", "--json")
    assert (done.code, done.json["ok"], done.json["problems"][0]["code"]) == (1, False, "A230")


def test_a_published_text_that_went_missing(published: Desk) -> None:
    """A damaged object store is a coded refusal, not a crash."""
    blob = published.git_ok("rev-parse", f"approved:common/3-解决方案文档/{published.path_of(PAPER).name}")
    (published.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    assert published.prs("", "show", f"{PAPER}@1.0").codes == ["A221"]
    done = published.prs("", "verify", "--full", "--json")
    assert (done.code, done.json["problems"][0]["code"]) == (1, "A221")
