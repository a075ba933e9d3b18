"""Where a repository is, what kind of clone it is, and the states in which nothing may be recorded."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from presales_repo.errors import PrsError
from presales_repo.store.repository import (
    APPROVED,
    check_git,
    open_repository,
    require_ledger,
    require_main,
    state_folder,
)
from tests.unit.store.library import PATH, Library, document


def git(library: Library, *args: str | Path) -> None:
    settings = ("-c", "user.name=Lin", "-c", "user.email=lin@q.example", "-c", "commit.gpgsign=false")
    subprocess.run(
        ["git", *settings, *args], cwd=library.folder, env=library.environment, check=True, capture_output=True
    )


@pytest.fixture
def checked_out(library: Library) -> Library:
    git(library, "checkout", "-q", "main")
    git(library, "reset", "-q", "--hard")
    return library


def test_a_repository_is_found_from_any_folder_of_it(checked_out: Library) -> None:
    for folder in (checked_out.folder, checked_out.folder / "policy" / "types"):
        found = open_repository(str(folder), checked_out.environment)
        assert (found.root, found.git_dir) == (str(checked_out.folder), str(checked_out.folder / ".git"))
        assert found.private("x") == str(checked_out.folder / ".git" / "prs" / "x")
        assert not found.shallow
        found.git.close()


def test_a_linked_work_tree_shares_the_clone_s_memory(checked_out: Library, tmp_path: Path) -> None:
    git(checked_out, "worktree", "add", "-q", "-b", "other", tmp_path / "linked")
    found = open_repository(str(tmp_path / "linked"), checked_out.environment)
    assert (found.root, found.git_dir) == (str(tmp_path / "linked"), str(checked_out.folder / ".git"))
    (checked_out.folder / ".git" / "worktrees" / "linked" / "MERGE_HEAD").write_text(checked_out.tip)
    with pytest.raises(PrsError, match="E117"):
        require_main(found)
    assert require_main(checked_out.repository) == checked_out.git.text("rev-parse", "main"), "the merge is elsewhere"
    found.git.close()


def test_where_there_is_no_repository(tmp_path: Path, library: Library) -> None:
    for code, folder in (("E102", tmp_path / "plain"), ("E102", tmp_path / "gone"), ("E111", library.folder / ".git")):
        if folder.name == "plain":
            folder.mkdir()
        environment = {**library.environment, "GIT_CEILING_DIRECTORIES": str(tmp_path)}
        with pytest.raises(PrsError, match=code):
            open_repository(str(folder), environment)
    subprocess.run(["git", "init", "-q", "--bare", tmp_path / "bare"], env=library.environment, check=True)
    with pytest.raises(PrsError, match="E111"):
        open_repository(str(tmp_path / "bare"), library.environment)
    subprocess.run(
        ["git", "init", "-q", "--object-format=sha256", tmp_path / "new"], env=library.environment, check=True
    )
    with pytest.raises(PrsError, match="E112"):
        open_repository(str(tmp_path / "new"), library.environment)


def test_the_version_of_git(library: Library) -> None:
    assert check_git(library.git).startswith("git version 2.")


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_STATE_HOME": "/s", "HOME": "/h"}, "/s/prs"),
        ({"HOME": "/h"}, "/h/.local/state/prs"),
        ({"XDG_STATE_HOME": "", "HOME": "/h"}, "/h/.local/state/prs"),
        ({}, "/r/.git/prs/state"),
    ],
)
def test_where_memory_is_kept(environment: dict[str, str], folder: str) -> None:
    assert state_folder(environment, "/r/.git") == folder


def test_the_ledger_of_a_clone(library: Library, tmp_path: Path) -> None:
    assert require_ledger(library.repository) == library.tip
    library.git.run("update-ref", "-d", APPROVED)
    with pytest.raises(PrsError, match="E113"):
        require_ledger(library.repository)


def test_a_shallow_clone_has_no_ledger_that_could_be_verified(submitted: Library, tmp_path: Path) -> None:
    subprocess.run(
        ["git", "clone", "-q", "--depth=1", "--no-single-branch", f"file://{submitted.folder}", tmp_path / "shallow"],
        env=submitted.environment,
        check=True,
    )
    shallow = Library(tmp_path / "shallow", submitted.keys, tmp_path / "home")
    assert shallow.repository.shallow
    with pytest.raises(PrsError, match="E114"):
        require_ledger(shallow.repository)
    assert shallow.git.resolve(APPROVED) is None, "nothing is adopted that cannot be verified"


def conflict(library: Library, command: str) -> None:
    """Leave a merge, pick, rebase or revert half done: three commits change the same line."""
    for branch in ("main", "side", "main"):
        git(library, "checkout", "-q", *(["-b"] if branch == "side" else []), branch)
        (library.folder / PATH).write_bytes(document(summary=f"{branch} {library.git.text('rev-parse', 'main')}"))
        git(library, "commit", "-q", "-am", branch)
    with pytest.raises(subprocess.CalledProcessError):
        git(library, *command.split())


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("E115", lambda library: git(library, "checkout", "-q", "--detach")),
        ("E116", lambda library: git(library, "checkout", "-q", "-b", "draft")),
        ("E116", lambda library: git(library, "checkout", "-q", "approved")),
        ("E117", lambda library: conflict(library, "merge side")),
        ("E117", lambda library: conflict(library, "cherry-pick side")),
        ("E117", lambda library: conflict(library, "rebase side")),
        ("E117", lambda library: conflict(library, "revert main~1")),
        ("E118", lambda library: git(library, "update-ref", "-d", "refs/heads/main")),
    ],
    ids=["detached", "branch", "approved", "merge", "pick", "rebase", "revert", "unborn"],
)
def test_states_in_which_nothing_may_be_recorded(
    checked_out: Library, code: str, change: Callable[[Library], None]
) -> None:
    assert require_main(checked_out.repository) == checked_out.git.text("rev-parse", "main")
    change(checked_out)
    with pytest.raises(PrsError, match=code):
        require_main(checked_out.repository)


def test_a_moved_clone_is_opened_where_it_is(library: Library, tmp_path: Path) -> None:
    library.git.close()
    shutil.move(library.folder, tmp_path / "moved")
    found = open_repository(str(tmp_path / "moved"), library.environment)
    assert found.root == str(tmp_path / "moved")
    found.git.close()
