"""A tree with changes on top: what the rules are told is what the files would be, and nothing else counts as changed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presales_repo.model.looked import Looked
from presales_repo.store.index import Index, Row, is_document, make_row
from presales_repo.store.reserve import reserve_number
from presales_repo.store.snapshot import (
    DELETED,
    Change,
    Snapshot,
    head_tree,
    range_changes,
    staged_changes,
    working_changes,
)
from tests.unit.store.library import NUMBER, PATH, Library, document, sha256

SECOND, THIRD = "QD202305002", "QD202305003"
SECOND_PATH = PATH.replace(NUMBER, SECOND)
FOLDER = "projects/XM2023001-滨江"


def git(library: Library, *args: str | Path) -> str:
    settings_ = ("-c", "user.name=Lin", "-c", "user.email=lin@q.example", "-c", "commit.gpgsign=false")
    done = subprocess.run(
        ["git", *settings_, *args], cwd=library.folder, env=library.environment, check=True, capture_output=True
    )
    return done.stdout.decode()


@pytest.fixture
def desk(library: Library) -> Library:
    """A working tree with two documents and a project."""
    record = b"---\nid: XM2023001\n---\n"
    library.commit({SECOND_PATH: document(number=SECOND), f"{FOLDER}/project.md": record, "attachments/a.png": b"png"})
    git(library, "checkout", "-q", "main")
    git(library, "reset", "-q", "--hard")
    return library


@pytest.fixture
def index(desk: Library) -> Iterator[Index]:
    index = Index(desk.git, desk.repository.private("index.sqlite"))
    yield index
    index.close()


def working(desk: Library, index: Index) -> Snapshot:
    return Snapshot(desk.git, index, head_tree(desk.git), working_changes(desk.git, str(desk.folder)), str(desk.folder))


def modes(desk: Library) -> dict[str, str]:
    return {path: change.mode for path, change in working_changes(desk.git, str(desk.folder)).items()}


# -- what changed


class Only:
    """A ledger in which one version is published."""

    def has(self, number: str, version: str) -> bool:
        return (number, version) == (NUMBER, "1.0")

    def version_of(self, number: str) -> tuple[str, str]:
        return ("1.0", "2023-05-18") if number == NUMBER else ("", "")

    def project_state(self, project: str) -> str:
        return "info"

    def look(self, number: str, version: str = "") -> Looked | None:
        return Looked(number, "", "", version, {}) if self.has(number, version) else None


def test_an_untouched_tree_has_no_changes(desk: Library) -> None:
    assert modes(desk) == {} == staged_changes(desk.git)


def test_a_file_saved_without_a_change_is_not_changed(desk: Library) -> None:
    """An editor, a backup or a copy moves the time stamp; git's index then takes the file for changed."""
    for path in (PATH, SECOND_PATH):
        data = (desk.folder / path).read_bytes()
        (desk.folder / path).write_bytes(data)
        os.utime(desk.folder / path, (1, 1))
    (desk.folder / "attachments/a.png").write_bytes(b"other")
    assert modes(desk) == {"attachments/a.png": "100644"}


def test_every_kind_of_change_is_seen(desk: Library) -> None:
    folder = desk.folder
    (folder / PATH).write_bytes(document(summary="b"))
    (folder / SECOND_PATH).unlink()
    (folder / "new.md").write_bytes(b"x")
    (folder / "link.md").symlink_to("new.md")
    (folder / "attachments/a.png").unlink()
    (folder / "attachments/a.png").symlink_to("/etc/passwd")
    (folder / "ignored.tmp").write_bytes(b"x")
    (folder / ".gitignore").write_bytes(b"*.tmp\n")
    os.mkfifo(folder / "pipe.md")
    expected = {
        PATH: "100644",
        SECOND_PATH: DELETED,
        "new.md": "100644",
        "link.md": "120000",
        "attachments/a.png": "120000",
        ".gitignore": "100644",
    }
    assert modes(desk) == expected, "git lists no pipes"
    git(desk, "add", "--all")
    assert {path: change.mode for path, change in staged_changes(desk.git).items()} == expected
    assert modes(desk) == expected, "staged or not"
    before = desk.git.text("rev-parse", "main")
    git(desk, "commit", "-q", "-m", "x")
    changes = range_changes(desk.git, before, "main")
    assert {path: change.mode for path, change in changes.items()} == expected
    assert changes[PATH].oid == desk.git.text("rev-parse", f"main:{PATH}")
    assert modes(desk) == {}


def test_what_was_staged_and_then_put_back_or_deleted(desk: Library) -> None:
    (desk.folder / PATH).write_bytes(document(summary="b"))
    git(desk, "add", PATH)
    (desk.folder / PATH).write_bytes(document())
    git(desk, "rm", "-q", "--cached", SECOND_PATH)
    assert modes(desk) == {SECOND_PATH: "100644"}, "the file is still there"
    assert {path: change.mode for path, change in staged_changes(desk.git).items()} == {
        PATH: "100644",
        SECOND_PATH: DELETED,
    }


def test_before_the_first_commit_everything_is_new(desk: Library) -> None:
    git(desk, "update-ref", "-d", "refs/heads/main")
    assert PATH in modes(desk)
    assert PATH in staged_changes(desk.git)
    assert SECOND_PATH in modes(desk)


# -- what the rules are told


def test_documents_with_the_changes_applied(desk: Library, index: Index) -> None:
    moved = f"{FOLDER}/2-需求调研文档/{SECOND}-计划.md"
    (desk.folder / moved).parent.mkdir(parents=True)
    (desk.folder / SECOND_PATH).rename(desk.folder / moved)
    (desk.folder / PATH.replace(NUMBER, THIRD)).write_bytes(document(number=THIRD))
    snapshot = working(desk, index)
    assert [row.path for row in snapshot.rows()] == sorted([PATH, moved, PATH.replace(NUMBER, THIRD)])
    assert [snapshot.has_number(number) for number in (NUMBER, SECOND, THIRD, "QD202305004")] == [
        True,
        True,
        True,
        False,
    ]
    assert [row.path for row in snapshot.find(SECOND)] == [moved]
    assert list(snapshot.deleted_documents()) == [], "renamed, not deleted"
    assert snapshot.other_paths(THIRD, PATH.replace(NUMBER, THIRD)) == ()
    assert snapshot.is_known(NUMBER, PATH)
    assert not snapshot.is_known(THIRD, "x")
    assert [change.path for change in snapshot.changed_documents()] == sorted([moved, PATH.replace(NUMBER, THIRD)])
    few = snapshot.narrowed([moved])
    assert [change.path for change in few.changed_documents()] == [moved]
    assert [row.path for row in few.rows()] == [row.path for row in snapshot.rows()], (
        "only what is looked at is narrowed"
    )


def test_a_deleted_document_and_a_number_used_twice(desk: Library, index: Index) -> None:
    (desk.folder / SECOND_PATH).unlink()
    copy = PATH.replace("计划", "副本")
    (desk.folder / copy).write_bytes(document())
    snapshot = working(desk, index)
    assert list(snapshot.deleted_documents()) == [SECOND_PATH]
    assert not snapshot.has_number(SECOND)
    assert snapshot.other_paths(NUMBER, copy) == (PATH,)
    assert snapshot.other_paths(NUMBER, PATH) == (copy,)


def test_files_and_their_digests(desk: Library, index: Index) -> None:
    (desk.folder / "attachments/b.png").write_bytes(b"new")
    (desk.folder / "attachments/a.png").unlink()
    snapshot = working(desk, index)
    answers = {
        path: (snapshot.has_file(path), snapshot.digest_of(path))
        for path in (PATH, "attachments/a.png", "attachments/b.png", "no")
    }
    assert answers == {
        PATH: (True, sha256(document())),
        "attachments/a.png": (False, None),
        "attachments/b.png": (True, sha256(b"new")),
        "no": (False, None),
    }
    assert snapshot.has_file("common")
    assert snapshot.has_file("attachments")
    assert snapshot.digest_of("common") is None


def test_the_folder_of_a_project(desk: Library, index: Index) -> None:
    new = desk.folder / "projects/XM2023002-新"
    new.mkdir(parents=True)
    (new / "project.md").write_bytes(b"x")
    snapshot = working(desk, index)
    assert [snapshot.project_folder(id_) for id_ in ("XM2023001", "XM2023002", "XM2023003")] == [
        FOLDER,
        "projects/XM2023002-新",
        None,
    ]


def test_issued_numbers(desk: Library, index: Index) -> None:
    snapshot = working(desk, index)
    assert snapshot.last_reserved("QD", "202305") is None
    reserve_number(desk.git, "QD", 2023, 5, desk.ident("lin"), lambda: 6)
    assert snapshot.last_reserved("QD", "202305") == 7
    desk.git.run("update-ref", "refs/prs/numbers/QD/202305", "main")
    assert snapshot.last_reserved("QD", "202305") is None
    assert snapshot.highest("QD", "202305") == 2


def test_published_versions_are_asked_for_only_where_there_is_a_ledger(desk: Library, index: Index) -> None:
    assert working(desk, index).has_release(NUMBER, "1.0") is None
    asked = Snapshot(desk.git, index, head_tree(desk.git), {}, released=Only())
    assert [asked.has_release(NUMBER, "1.0"), asked.has_release(NUMBER, "1.1")] == [True, False]


CONTENTS = st.sampled_from([document(), document(number=SECOND), document(number=THIRD), b"no document\n", None])
PATHS = st.sampled_from(
    [PATH, SECOND_PATH, PATH.replace(NUMBER, THIRD), f"{FOLDER}/2-需求调研文档/{THIRD}-乙.md", "README.md"]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(PATHS, CONTENTS, min_size=1, max_size=4))
def test_a_snapshot_says_what_the_changed_tree_would_say(desk: Library, changes: dict[str, bytes | None]) -> None:
    """Changes on top of a tree, or the tree that they make: the same register."""
    present = set(desk.git.paths("ls-tree", "-r", "-z", "--name-only", "main"))
    files = {
        path: None if data is None else ("100644", data)
        for path, data in changes.items()
        if data is not None or path in present
    }
    base = desk.git.text("rev-parse", "main^{tree}")
    after = desk.tree_with(base, files)
    index = Index(desk.git, str(desk.folder.parent / "property.sqlite"))
    snapshot = Snapshot(desk.git, index, base, range_changes(desk.git, base, after))
    expected = []
    for path in sorted(desk.git.paths("ls-tree", "-r", "-z", "--name-only", after)):
        found = desk.git.read(f"{after}:{path}") if is_document(path) else None
        expected += [make_row(path, found.oid, found.data)] if found else []
    assert list(snapshot.rows()) == expected
    for number in (NUMBER, SECOND, THIRD):
        carriers = [row for row in expected if row.number == number]
        assert sorted(snapshot.find(number)) == sorted(carriers, key=_path)
        assert snapshot.has_number(number) == bool(carriers)
        for row in carriers:
            others = tuple(other.path for other in carriers if other != row)
            assert sorted(snapshot.other_paths(number, row.path)) in (sorted(others), [])
    gone = {row.number for row in Snapshot(desk.git, index, base, {}).rows()} - {row.number for row in expected}
    numbers = {desk_row.number for path in snapshot.deleted_documents() if (desk_row := index.by_path(path))}
    assert numbers <= gone
    for path in (*changes, "common", "no"):
        assert snapshot.has_file(path) == (desk.git.resolve(f"{after}:{path}") is not None)
    index.close()


def _path(row: Row) -> str:
    return row.path


def test_a_changed_file_that_is_too_large_has_no_data(desk: Library, index: Index) -> None:
    (desk.folder / PATH).write_bytes(b"x" * 5_000_000)
    snapshot = working(desk, index)
    assert snapshot.data(Change(PATH, "100644", "")) is None
    assert [row.number for row in snapshot.rows()] == [NUMBER, SECOND], "known by its name"
