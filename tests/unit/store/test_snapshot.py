"""What a snapshot answers, and when it can do without the register."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from presales_repo.store.git import Git, git_environment
from presales_repo.store.index import Index
from presales_repo.store.snapshot import Snapshot, head_tree, staged_changes

SURVEY = "projects/XM2023001-滨江/2-需求调研文档"
OTHER = "projects/XM2023002-医院/2-需求调研文档"


class Clone:
    """A repository, and the snapshot of what is staged in it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "repo"
        self.register = folder / "index.sqlite"
        self.git = Git(str(self.root), git_environment({"PATH": "/usr/bin:/bin", "HOME": str(folder)}))
        self.root.mkdir()
        self.run("init", "-q", "-b", "main")

    def run(self, *words: str) -> None:
        identity = ("-c", "user.name=甲", "-c", "user.email=a@q.example")
        subprocess.run(["git", *identity, *words], cwd=self.root, env=self.git.environment, check=True)

    def write(self, folder: str, number: str, *, name: str = "") -> str:
        """Write and stage a document; its path."""
        path = f"{folder}/{name or number}-题.md"
        (self.root / folder).mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(f"---\nnumber: {number}\ntitle: 题\n---\n正文\n", encoding="utf-8")
        self.run("add", path)
        return path

    def commit(self) -> None:
        self.run("commit", "-q", "-m", "x")

    def staged(self) -> Snapshot:
        return Snapshot(self.git, Index(self.git, str(self.register)), head_tree(self.git), staged_changes(self.git))


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    """Two projects: QD202305001 and QD202305002 in the one, QD202305003 in the other."""
    made = Clone(tmp_path)
    for folder, number in ((SURVEY, "QD202305001"), (SURVEY, "QD202305002"), (OTHER, "QD202305003")):
        made.write(folder, number)
    made.commit()
    yield made
    made.git.close()


def edit(clone: Clone) -> str:
    path = clone.write(SURVEY, "QD202305001")
    (clone.root / path).write_text("---\nnumber: QD202305001\ntitle: 题\n---\n另文\n", encoding="utf-8")
    clone.run("add", path)
    return path


def test_an_edit_with_references_in_its_project_needs_no_register(clone: Clone) -> None:
    path = edit(clone)
    snapshot = clone.staged()
    assert snapshot.other_paths("QD202305001", path) == ()
    assert snapshot.is_known("QD202305001", path)
    assert snapshot.has_number("QD202305002")
    assert snapshot.project_folder("XM2023001") == "projects/XM2023001-滨江"
    assert not clone.register.exists()


def test_a_number_of_another_project_is_found_in_the_register(clone: Clone) -> None:
    edit(clone)
    snapshot = clone.staged()
    assert snapshot.has_number("QD202305003")
    assert not snapshot.has_number("QD202305009")
    assert clone.register.exists()


def test_a_number_in_a_file_name_alone_is_none(clone: Clone) -> None:
    clone.write(SURVEY, "QD202305004", name="QD202305005")
    clone.commit()
    edit(clone)
    assert not clone.staged().has_number("QD202305005")
    assert clone.staged().has_number("QD202305004")


def test_a_number_that_is_taken_over_is_found_at_its_other_place(clone: Clone) -> None:
    taken = clone.write(SURVEY, "QD202305002", name="QD202305001")
    assert clone.staged().other_paths("QD202305002", taken) == (f"{SURVEY}/QD202305002-题.md",)


def test_a_number_given_to_a_new_document_is_found_from_its_old_and_its_new_place(clone: Clone) -> None:
    old = edit(clone)
    new = clone.write(OTHER, "QD202305001")
    assert clone.staged().other_paths("QD202305001", new) == (old,)
    assert clone.staged().other_paths("QD202305001", old) == (new,)


def test_a_reference_to_what_the_change_removes_is_dangling(clone: Clone) -> None:
    edit(clone)
    clone.run("rm", "-q", f"{SURVEY}/QD202305002-题.md")
    assert not clone.staged().has_number("QD202305002")


@pytest.mark.parametrize(("period", "highest"), [("202305", 3), ("202304", 0)])
def test_the_highest_sequence_of_a_month(clone: Clone, period: str, highest: int) -> None:
    clone.write(SURVEY, "QD2023050100")
    clone.write(SURVEY, "QD20230599X")
    clone.commit()
    assert clone.staged().highest("QD", period) == highest
