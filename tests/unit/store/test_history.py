"""Who wrote a document, from real commits."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from presales_repo.store.history import committers
from presales_repo.store.repository import Repository, open_repository

NUMBER = "QD202305001"
OLD, NEW = f"common/2-需求调研文档/{NUMBER}-旧题.md", f"common/2-需求调研文档/{NUMBER}-新题.md"


class Desk:
    """A repository in which people commit."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(root)}
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        done = subprocess.run(["git", *words], cwd=self.root, env=self.environment, check=True, capture_output=True)
        return done.stdout.decode().strip()

    def commit(self, who: str, path: str, text: str) -> str:
        """Write one file as somebody; the commit."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        self.git("add", "--all")
        self.git("-c", f"user.name={who}", "-c", f"user.email={who}@q.example", "commit", "-q", "-m", "x")
        return self.git("rev-parse", "HEAD")

    def others(self, count: int) -> None:
        """Commits of somebody else to another document."""
        who = "奉命 <busy@q.example> 1700000000 +0800"
        stream = "".join(
            f"commit refs/heads/main\ncommitter {who}\ndata 1\nx\n"
            + ("from refs/heads/main^0\n" if index == 0 else "")
            + f"M 100644 inline common/other.md\ndata <<E\n{index}\nE\n"
            for index in range(count)
        )
        subprocess.run(
            ["git", "fast-import", "--quiet"], cwd=self.root, env=self.environment, input=stream.encode(), check=True
        )
        self.git("reset", "-q", "--hard")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def repository(desk: Desk) -> Iterator[Repository]:
    opened = open_repository(str(desk.root), desk.environment)
    yield opened
    opened.git.close()


def authors(repository: Repository, path: str, since: str = "") -> list[str]:
    return [email.partition("@")[0] for email in committers(repository, path, since, "main")]


@pytest.mark.parametrize("between", [0, 70, 600])
def test_all_who_committed_count_however_long_ago(desk: Desk, repository: Repository, between: int) -> None:
    desk.commit("first", OLD, "1")
    desk.others(between)
    desk.commit("second", OLD, "2")
    desk.others(between)
    assert authors(repository, OLD) == ["second", "first"]


@pytest.mark.parametrize("between", [0, 70])
def test_those_who_wrote_under_an_older_name_count(desk: Desk, repository: Repository, between: int) -> None:
    desk.commit("first", OLD, "1")
    desk.others(between)
    (desk.root / OLD).unlink()
    desk.commit("mover", NEW, "1")
    desk.others(between)
    desk.commit("last", NEW, "2")
    assert authors(repository, NEW) == ["last", "mover", "first"]


def test_a_commit_with_an_old_date_on_a_side_branch_counts(desk: Desk, repository: Repository) -> None:
    desk.commit("first", OLD, "1")
    desk.git("checkout", "-q", "-b", "side")
    desk.environment |= {"GIT_COMMITTER_DATE": "100000000 +0800", "GIT_AUTHOR_DATE": "100000000 +0800"}
    desk.commit("backdated", OLD, "2")
    desk.git("checkout", "-q", "main")
    desk.commit("busy", "README.md", "x")
    desk.git("-c", "user.name=m", "-c", "user.email=m@q.example", "merge", "-q", "--no-ff", "-m", "x", "side")
    desk.others(70)
    assert set(authors(repository, OLD)) == {"first", "backdated"}


def test_only_those_after_a_release_count_for_the_next_version(desk: Desk, repository: Repository) -> None:
    released = desk.commit("first", OLD, "1")
    desk.others(70)
    desk.commit("second", OLD, "2")
    assert authors(repository, OLD, released) == ["second"]


def test_another_document_whose_number_begins_alike_is_another(desk: Desk, repository: Repository) -> None:
    desk.commit("first", OLD, "1")
    desk.commit("stranger", f"common/2-需求调研文档/{NUMBER}9-题.md", "1")
    assert authors(repository, OLD) == ["first"]
