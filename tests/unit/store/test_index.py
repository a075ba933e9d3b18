"""The register: equal to what stands in the tree, however it came to be, and whoever else uses the same file."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presales_repo.store import index as module
from presales_repo.store.git import EMPTY_TREE, Git
from presales_repo.store.index import Index, Row, diff_trees, is_document, make_row
from tests.unit.store.library import NUMBER, PATH, Library, document

OTHER = PATH.replace(NUMBER, "QD202305002")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def index(library: Library) -> Index:
    return Index(library.git, library.repository.private("index.sqlite"))


def tree_of(library: Library) -> str:
    return library.git.text("rev-parse", "refs/heads/main^{tree}")


def read_all(git: Git, tree: str) -> list[Row]:
    """The register made without a register."""
    rows = []
    for path in sorted(git.paths("ls-tree", "-r", "-z", "--name-only", tree)):
        if is_document(path):
            found = git.read(f"{tree}:{path}")
            assert found is not None
            rows.append(make_row(path, found.oid, found.data))
    return rows


def test_what_the_register_knows_of_a_document(library: Library, index: Index) -> None:
    library.commit(
        {
            OTHER: document(number="QD202305002", keywords="[a, b]", nested="{c: d}", empty=""),
            "common/6-其他/notes.txt": b"x",
        }
    )
    index.refresh(tree_of(library))
    rows = list(index.rows())
    assert [row.path for row in rows] == [PATH, OTHER]
    assert rows == read_all(library.git, tree_of(library))
    row = index.by_path(OTHER)
    assert row is not None
    assert (row.number, row.title, row.type, row.author, row.project) == (
        "QD202305002",
        "计划",
        "survey-plan",
        "lin",
        "",
    )
    assert row.fields == {
        "number": "QD202305002",
        "title": "计划",
        "type": "survey-plan",
        "author": "lin",
        "keywords": ["a", "b"],
        "nested": {"c": "d"},
        "empty": "",
    }
    assert index.by_number("QD202305002") == [row]
    assert (index.by_number("QD202305003"), index.by_path("no")) == ([], None)
    index.close()


CONTENTS = st.sampled_from(
    [document(), document(summary="b"), document(number="QD202305002"), b"no front matter\n", b"\xff\xfe", None]
)
NAMES = st.sampled_from(
    [PATH, OTHER, "projects/XM2023001-甲/1-a/XS202305001-乙.md", "projects/XM2023001-甲/project.md", "README.md"]
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(NAMES, CONTENTS, min_size=1, max_size=4), min_size=1, max_size=3), st.booleans())
def test_a_register_brought_up_to_date_is_one_made_anew(
    founded_library: Library, changes: list[dict[str, bytes | None]], back: bool
) -> None:
    library = founded_library
    index = Index(library.git, str(library.folder.parent / "index.sqlite"))
    base = library.git.text("rev-parse", "refs/heads/main^{tree}")
    trees = [base]
    for change in changes:
        present = set(library.git.paths("ls-tree", "-r", "-z", "--name-only", trees[-1]))
        files = {
            path: None if data is None else ("100644", data)
            for path, data in change.items()
            if data is not None or path in present
        }
        trees.append(library.tree_with(trees[-1], files))
    for tree in [*trees, *(reversed(trees) if back else [])]:
        index.refresh(tree)
        assert index.tree == tree
        assert list(index.rows()) == read_all(library.git, tree)
    index.close()


def test_numbers_in_use(library: Library, index: Index) -> None:
    names = ["QD202305001", "QD202305017", "QD202305003", "QD202306099", "FJ202305500", "QD20230599x", "QD2023051234"]
    library.commit({f"common/2-需求调研文档/{name}-a.md": document(number=name) for name in names})
    index.refresh(tree_of(library))
    assert [
        index.highest(*month) for month in (("QD", "202305"), ("QD", "202306"), ("FJ", "202305"), ("TB", "202305"))
    ] == [17, 99, 500, 0]
    index.close()


def test_a_document_that_cannot_be_read_is_known_by_its_name(library: Library, index: Index) -> None:
    library.commit({OTHER: "编号".encode("gbk")})
    index.refresh(tree_of(library))
    row = index.by_path(OTHER)
    assert row is not None
    assert (row.number, row.title, row.fields) == ("QD202305002", "", {})
    index.close()


def test_a_name_that_is_not_utf8_does_not_stop_the_register(library: Library, index: Index) -> None:
    name = os.fsdecode("common/2-需求调研文档/".encode() + "QD202305009-编号.md".encode("gbk"))
    tree = library.tree_with(tree_of(library), {})
    info = b"100644 " + library.git.text("rev-parse", f"main:{PATH}").encode() + b"\t" + os.fsencode(name) + b"\0"
    extra = {"GIT_INDEX_FILE": str(library.folder / ".git" / "test-index")}
    library.git.run("read-tree", tree, extra=extra)
    library.git.run("update-index", "-z", "--index-info", stdin=info, extra=extra)
    index.refresh(library.git.run("write-tree", extra=extra).stdout.decode().strip())
    assert [row.path for row in index.rows()] == [PATH]
    assert not is_document(name)
    index.close()


def test_a_deleted_or_damaged_register_is_made_again(library: Library, index: Index) -> None:
    index.refresh(tree_of(library))
    index.close()
    path = Path(library.repository.private("index.sqlite"))
    for damage in (b"", b"rubbish" * 900, None):
        path.unlink() if damage is None else path.write_bytes(damage)
        again = Index(library.git, str(path))
        again.refresh(tree_of(library))
        assert [row.path for row in again.rows()] == [PATH]
        again.close()


def test_a_register_of_another_format_is_made_again(library: Library, index: Index) -> None:
    index.refresh(tree_of(library))
    index.close()
    path = library.repository.private("index.sqlite")
    database = sqlite3.connect(path)
    database.executescript(
        "UPDATE meta SET value = '0' WHERE key = 'format'; DROP TABLE file; CREATE TABLE file (path TEXT)"
    )
    database.close()
    again = Index(library.git, path)
    assert again.tree == EMPTY_TREE
    again.refresh(tree_of(library))
    assert [row.path for row in again.rows()] == [PATH]
    again.close()


def test_a_tree_that_git_no_longer_has_is_no_obstacle(library: Library, index: Index) -> None:
    index.refresh(tree_of(library))
    database = sqlite3.connect(library.repository.private("index.sqlite"))
    database.execute("UPDATE meta SET value = ? WHERE key = 'tree'", ("9" * 40,))
    database.execute(
        "INSERT INTO file SELECT 'common/gone.md', blob, number, title, type, project, author, created, fields FROM file"
    )
    database.commit()
    database.close()
    index.refresh(tree_of(library))
    assert [row.path for row in index.rows()] == [PATH]
    index.close()


def test_two_readers_of_different_trees_do_not_disturb_each_other(library: Library, index: Index) -> None:
    """Two commands at once in one clone, one of them after a pull: each sees the register of its own tree."""
    before = tree_of(library)
    index.refresh(before)
    first = iter(index.rows())
    library.commit({PATH: None, OTHER: document(number="QD202305002")})
    other = Index(library.git, library.repository.private("index.sqlite"))
    other.refresh(tree_of(library))
    assert [row.path for row in other.rows()] == [OTHER]
    assert [row.path for row in first] == [PATH]
    assert (index.tree, index.by_number("QD202305002")) == (before, [])
    other.close()
    index.refresh(tree_of(library))
    assert [row.path for row in index.rows()] == [OTHER]
    index.close()


WORKER = """
import os, sys
from presales_repo.store.git import Git
from presales_repo.store.index import Index
git = Git(sys.argv[1], os.environ)
for _ in range(8):
    for tree in sys.argv[3:]:
        index = Index(git, sys.argv[2])
        index.refresh(tree)
        paths = sorted(path for path in git.paths("ls-tree", "-r", "-z", "--name-only", tree, "common") if path.endswith(".md"))
        assert [row.path for row in index.rows()] == paths, (tree, paths)
        index.close()
git.close()
"""


def test_processes_that_refresh_at_once_all_see_their_own_tree(library: Library) -> None:
    trees = [tree_of(library)]
    for number in range(2, 5):
        library.commit({PATH.replace(NUMBER, f"QD20230500{number}"): document(number=f"QD20230500{number}")})
        trees.append(tree_of(library))
    path = library.repository.private("index.sqlite")
    environment = {**library.environment, "PYTHONPATH": str(ROOT)}
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORKER, library.folder, path, *trees[turn:], *trees[:turn]], env=environment
        )
        for turn in range(3)
    ]
    assert [worker.wait(timeout=120) for worker in workers] == [0, 0, 0]


def test_progress_is_told_in_batches(library: Library, index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BATCH", 2)
    library.commit({f"common/a/QD20230501{number}-x.md": document(number=f"QD20230501{number}") for number in range(4)})
    seen: list[tuple[int, int]] = []
    index.refresh(tree_of(library), lambda done, total: seen.append((done, total)))
    assert seen == [(2, 5), (4, 5), (5, 5)]
    index.close()


def test_a_raw_difference_between_trees(library: Library) -> None:
    before = tree_of(library)
    library.commit({PATH: ("120000", b"x"), OTHER: document(), "policy/people.yaml": None})
    found = {
        item.path: (item.status, item.old_mode, item.mode) for item in diff_trees(library.git, before, tree_of(library))
    }
    assert found == {
        PATH: ("T", "100644", "120000"),
        OTHER: ("A", "000000", "100644"),
        "policy/people.yaml": ("D", "100644", "000000"),
    }
