"""Objects written by us against git's own: the same trees, packs that git unpacks, and no tree with two readings."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from presales_repo.errors import PrsError
from presales_repo.model.ledger import TreeChange
from presales_repo.model.tree import TREE_MODE, TreeEntries, format_tree, list_tree, parse_tree
from presales_repo.store.git import EMPTY_TREE, Git
from presales_repo.store.objects import NewObject, build_pack, change_tree, new_object, write_objects
from tests.unit.store.library import Library

NAMES = st.sampled_from(["a", "b", "a.b", "a-b", "ab", "A", "中", "中.md", "a b", "0", "_", "~"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
BLOBS = st.sampled_from([b"", b"1", b"2"])
MODES = st.sampled_from(["100644", "100755", "120000"])
TREES = st.dictionaries(PATHS, st.tuples(MODES, BLOBS), max_size=8)


def without_conflicts(files: dict[str, tuple[str, bytes]]) -> dict[str, tuple[str, bytes]]:
    """The same without files that lie below another file."""
    return {
        path: file
        for path, file in files.items()
        if not any(path.startswith(f"{other}/") for other in files if other != path)
    }


@pytest.fixture(scope="module")
def git(founded_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Git:
    return founded_library.copy(tmp_path_factory.mktemp("objects")).git


def by_git(git: Git, files: dict[str, tuple[str, bytes]]) -> str:
    """The tree of these files as `git write-tree` makes it."""
    index = {"GIT_INDEX_FILE": f"{git.directory}/.git/other-index"}
    git.run("read-tree", "--empty", extra=index)
    lines = [f"{mode} {oid_of(data)}\t{path}\0" for path, (mode, data) in files.items()]
    git.run("update-index", "-z", "--index-info", stdin="".join(lines).encode(), extra=index)
    return git.run("write-tree", "--missing-ok", extra=index).stdout.decode().strip()


def oid_of(data: bytes) -> str:
    return new_object("blob", data).oid


class Store:
    """Tree objects in memory."""

    def __init__(self) -> None:
        self.trees: dict[str, bytes] = {}

    def read(self, oid: str) -> TreeEntries:
        return parse_tree(self.trees[oid])

    def change(self, root: str, changes: list[TreeChange]) -> str:
        oid, made = change_tree(self.read, root, changes)
        self.trees |= {item.oid: item.data for item in made}
        return oid


def added(files: dict[str, tuple[str, bytes]]) -> list[TreeChange]:
    return [TreeChange(path, oid_of(data), mode) for path, (mode, data) in files.items()]


SETTINGS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SETTINGS
@given(TREES.map(without_conflicts))
def test_trees_are_those_that_git_writes(git: Git, files: dict[str, tuple[str, bytes]]) -> None:
    store = Store()
    assert store.change(EMPTY_TREE, added(files)) == by_git(git, files)
    for data in store.trees.values():
        assert format_tree(parse_tree(data)) == data
        assert [name for _, name in list_tree(data)] == list(parse_tree(data))


@SETTINGS
@given(TREES.map(without_conflicts), TREES.map(without_conflicts))
@example({"a/b": ("100644", b"")}, {"a": ("100644", b"1")})  # a file takes the name of a folder
@example({"a": ("100644", b"")}, {"a/b": ("100644", b"1")})  # and the other way round
def test_any_tree_is_changed_into_any_other(
    git: Git, before: dict[str, tuple[str, bytes]], after: dict[str, tuple[str, bytes]]
) -> None:
    store = Store()
    root = store.change(EMPTY_TREE, added(before))
    gone = [TreeChange(path, None) for path in before if path not in after]
    expected = by_git(git, after)
    assert store.change(root, [*gone, *added(after)]) == expected
    assert store.change(root, [*added(after), *gone]) == expected
    assert store.change(expected, []) == expected


def test_taking_out_what_is_not_there_changes_nothing() -> None:
    store = Store()
    root = store.change(EMPTY_TREE, [TreeChange("a/b", oid_of(b"1"))])
    for path in ("x", "x/y/z", "a/x", "a/b/c"):
        assert store.change(root, [TreeChange(path, None)]) == root
    assert store.change(root, [TreeChange("a/b", None)]) == EMPTY_TREE


def test_a_whole_folder_is_put_in_by_its_id() -> None:
    store = Store()
    folder = store.change(EMPTY_TREE, [TreeChange("people.yaml", oid_of(b"1"))])
    root = store.change(EMPTY_TREE, [TreeChange("policy/old.yaml", oid_of(b"2")), TreeChange("README.md", oid_of(b""))])
    changed = store.change(root, [TreeChange("policy", folder, TREE_MODE)])
    assert store.read(changed) == {"README.md": ("100644", oid_of(b"")), "policy": (TREE_MODE, folder)}


OID = b"\x11" * 20


@pytest.mark.parametrize(
    "data",
    [
        b"100644 b\0" + OID + b"100644 a\0" + OID,
        b"100644 a\0" + OID + b"100644 a\0" + OID,
        b"100644 a\0" + OID + b"40000 a\0" + OID,
        b"40000 a\0" + OID + b"100644 a.b\0" + OID,  # git sorts the folder as `a/`
        b"100644 \0" + OID,
        b"100644 a/b\0" + OID,
        b"100644 .\0" + OID,
        b"40000 ..\0" + OID,
        b"40000 .git\0" + OID,
        b"040000 a\0" + OID,
        b"100664 a\0" + OID,
        b"644 a\0" + OID,
        b"100644  a\0" + OID + b"x",
        b"100644 a\0" + OID[:19],
        b"100644 a",
        b"\0",
        "100644 编号".encode("gbk") + b"\0" + OID,
    ],
)
def test_a_tree_that_git_would_not_write_is_refused(data: bytes) -> None:
    with pytest.raises(PrsError, match="A220"):
        parse_tree(data)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_tree_or_refused(data: bytes) -> None:
    try:
        entries = parse_tree(data)
    except PrsError:
        return
    assert format_tree(entries) == data


# -- packs


OBJECTS = st.lists(
    st.tuples(st.just("blob"), st.binary(max_size=40) | st.integers(0, 70_000).map(lambda size: b"x" * size)),
    max_size=6,
)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OBJECTS)
@example([("blob", b"")])
@example(
    [("blob", b"x" * 15), ("blob", b"x" * 16), ("blob", b"x" * 2047), ("blob", b"x" * 2048)]
)  # sizes take one byte more
def test_git_unpacks_what_we_pack(git: Git, objects: list[tuple[str, bytes]]) -> None:
    made = [new_object(kind, data) for kind, data in objects]
    write_objects(git, [*made, *made[:1]])
    for item, found in zip(made, git.read_many(item.oid for item in made), strict=True):
        assert found is not None
        assert (found.kind, found.data) == (item.kind, item.data)


def test_objects_of_every_kind_in_one_pack(git: Git) -> None:
    blob = new_object("blob", "正文".encode())
    tree = new_object("tree", format_tree({"a.md": ("100644", blob.oid)}))
    ident = b"Lin <lin@q.example> 1690000000 +0800"
    commit = new_object("commit", b"tree %s\nauthor %s\ncommitter %s\n\nm\n" % (tree.oid.encode(), ident, ident))
    write_objects(git, [commit, tree, blob])
    assert git.text("show", f"{commit.oid}:a.md") == "正文"
    git.run("fsck", "--strict", commit.oid)


def test_nothing_is_written_for_nothing(git: Git) -> None:
    write_objects(git, [])
    assert build_pack([])[:12] == b"PACK\0\0\0\2\0\0\0\0"


def test_git_refuses_a_broken_object_before_it_is_stored(git: Git) -> None:
    broken = NewObject("tree", b"100644 ..\0" + OID, new_object("tree", b"100644 ..\0" + OID).oid)
    with pytest.raises(PrsError, match="E103"):
        write_objects(git, [broken])
    assert git.resolve(broken.oid) is None


def test_a_full_or_read_only_disk_has_its_own_code(submitted: Library) -> None:
    objects = Path(submitted.folder, ".git", "objects")
    shutil.rmtree(objects)
    objects.write_text("in the way")
    with pytest.raises(PrsError) as caught:
        write_objects(submitted.git, [new_object("blob", b"x")])
    assert caught.value.code in ("E102", "E103", "E106")
