"""What a killed command left half done is put back; what somebody edited since is not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from presales_repo.store.repository import Repository, open_repository
from presales_repo.store.undo import change_files, finish, take_back
from tests.company import Desk
from tests.conftest import NOTE, PAPER


@pytest.fixture
def repository(drafted: Desk) -> Iterator[Repository]:
    opened = open_repository(str(drafted.root), drafted.environment())
    yield opened
    opened.git.close()


def begin(desk: Desk, repository: Repository) -> dict[str, bytes | None]:
    """Move one document and change another, without the commit."""
    old, other = (str(desk.path_of(number).relative_to(desk.root)) for number in (PAPER, NOTE))
    files = {old: None, f"{old}.moved.md": b"moved\n", other: b"changed\n"}
    change_files(repository, files)
    return files


def test_left_half_done(drafted: Desk, repository: Repository) -> None:
    begin(drafted, repository)
    assert drafted.git_ok("status", "--short") != ""
    drafted.git_ok("add", "--all")  # a crash between the index and the commit
    take_back(repository)
    assert drafted.git_ok("status", "--short") == ""
    take_back(repository)  # nothing noted any more


def test_edited_since(drafted: Desk, repository: Repository) -> None:
    *_, other = begin(drafted, repository)
    (drafted.root / other).write_text("edited\n")
    take_back(repository)
    assert (drafted.root / other).read_text() == "edited\n"
    assert drafted.git_ok("diff", "--name-only", "-z").strip("\0") == other


def test_done(drafted: Desk, repository: Repository) -> None:
    files = begin(drafted, repository)
    finish(repository)
    take_back(repository)
    assert [(drafted.root / path).exists() for path in files] == [False, True, True]


def test_killed_after_its_commit(drafted: Desk, repository: Repository) -> None:
    files = begin(drafted, repository)
    drafted.git_ok("add", "--all")
    drafted.git_ok("-c", "core.hooksPath=/nonexistent", "-c", "commit.gpgsign=false", "commit", "-q", "-m", "x")
    take_back(repository)
    assert [(drafted.root / path).exists() for path in files] == [False, True, True]


def test_next_command_puts_back(drafted: Desk, repository: Repository) -> None:
    begin(drafted, repository)
    assert drafted.prs("xu", "save", "-m", "无").codes == ["W106"]
    assert drafted.git_ok("status", "--short") == ""
