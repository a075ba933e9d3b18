"""Git's plumbing: objects through one reader that survives what it meets, refs moved by compare-and-swap."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from presales_repo.errors import PrsError
from presales_repo.store.git import Git, git_environment, git_failure
from tests.unit.store.library import PATH, ZERO, Library, document

REF = "refs/heads/test"


def test_objects_are_read_by_every_kind_of_name(library: Library) -> None:
    blob = library.git.text("rev-parse", f"main:{PATH}")
    for name in (blob, f"main:{PATH}", f"refs/heads/main:{PATH}"):
        found = library.git.read(name)
        assert found is not None
        assert (found.oid, found.kind, found.size, found.data) == (blob, "blob", len(document()), document())
        assert library.git.resolve(name) == blob
    assert library.git.resolve("main^{tree}") == library.git.text("rev-parse", "main^{tree}")


@pytest.mark.parametrize(
    "name",
    [
        "main:no/such file.md",
        "main:a blob 5",
        "main: 7",
        ZERO,
        "9" * 40,
        "no-such-ref",
        "",
        " ",
        "main:a\nb",
        "main\0",
        "HEAD~999",
        "-x",
    ],
)
def test_what_is_not_there_is_none_and_the_reader_goes_on(library: Library, name: str) -> None:
    assert library.git.read(name) is None
    assert library.git.resolve(name) is None
    assert library.git.resolve("main") is not None


def test_many_objects_come_in_the_order_of_their_names(library: Library) -> None:
    names = [f"main:{PATH}", "nothing", "main:policy/people.yaml", f"main:{PATH}"]
    found = list(library.git.read_many(names))
    size = int(library.git.text("cat-file", "-s", "main:policy/people.yaml"))
    assert [item and item.size for item in found] == [len(document()), None, size, len(document())]


def test_an_object_that_is_too_large_is_not_read(library: Library) -> None:
    library.commit({"common/big.bin": b"x" * 300_000})
    found = library.git.read("main:common/big.bin", limit=1000)
    assert found is not None
    assert (found.size, found.data) == (300_000, None)
    assert library.git.read(f"main:{PATH}") is not None, "the next one is read all the same"


def test_a_broken_object_is_no_object_and_the_reader_goes_on(library: Library) -> None:
    data = os.urandom(50_000)
    library.commit({"common/noise.bin": data})
    blob = library.git.text("rev-parse", "main:common/noise.bin")
    path = Path(library.folder, ".git", "objects", blob[:2], blob[2:])
    whole = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(b"rubbish")
    assert library.git.read(blob) is None
    path.write_bytes(whole[:-20_000])
    for _ in range(2):
        with pytest.raises(PrsError, match="E104"):
            library.git.read(blob)
    assert library.git.resolve("main") is not None
    path.write_bytes(whole)
    found = library.git.read(blob)
    assert found is not None
    assert found.data == data


def test_a_reader_that_was_killed_is_an_error_and_starts_anew(library: Library) -> None:
    assert library.git.resolve("main")
    process = library.git._batch
    assert process is not None
    process.kill()
    process.wait()
    with pytest.raises(PrsError, match="E104"):
        library.git.resolve("main")
    assert library.git.resolve("main")


def test_refs_move_only_from_where_they_are_thought_to_be(library: Library) -> None:
    git = library.git
    first, second = git.text("rev-parse", "main"), git.text("rev-parse", "main~1")
    assert git.update_refs([(REF, first, ZERO)], "test")
    assert not git.update_refs([(REF, first, ZERO)], "test")
    assert not git.update_refs([(REF, second, second)], "test")
    assert git.resolve(REF) == first
    other = "refs/heads/other"
    assert not git.update_refs([(other, first, ZERO), (REF, second, second)], "both or none")
    assert git.resolve(other) is None
    assert git.update_refs([(other, first, ZERO), (REF, second, first)], "both")
    assert (git.resolve(other), git.resolve(REF)) == (first, second)


def test_a_lock_left_by_a_dead_git_is_named(library: Library) -> None:
    lock = library.folder / ".git" / f"{REF}.lock"
    lock.write_text("")
    with pytest.raises(PrsError) as caught:
        library.git.update_refs([(REF, library.git.text("rev-parse", "main"), ZERO)], "test")
    assert caught.value.code == "E108"
    assert "test.lock" in str(caught.value.args_["detail"])


def test_a_lock_that_is_soon_released_is_waited_for(library: Library) -> None:
    lock = library.folder / ".git" / f"{REF}.lock"
    lock.write_text("")
    timer = threading.Timer(0.3, lock.unlink)
    timer.start()
    try:
        assert library.git.update_refs([(REF, library.git.text("rev-parse", "main"), ZERO)], "test")
    finally:
        timer.join()


def test_a_ref_to_nothing_is_refused(library: Library) -> None:
    with pytest.raises(PrsError, match="E103"):
        library.git.update_refs([(REF, "9" * 40, ZERO)], "test")


def test_the_environment_cannot_lead_git_elsewhere() -> None:
    hostile = {
        "PATH": "/bin",
        "GIT_DIR": "/evil",
        "GIT_INDEX_FILE": "/evil",
        "GIT_OBJECT_DIRECTORY": "/evil",
        "GIT_GRAFT_FILE": "/evil",
        "GIT_SHALLOW_FILE": "/evil",
        "GIT_REPLACE_REF_BASE": "refs/evil",
        "GIT_NO_REPLACE_OBJECTS": "",
        "LC_ALL": "zh_CN.GBK",
    }
    outside = git_environment(hostile)
    assert "/evil" not in outside.values()
    assert (outside["PATH"], outside["GIT_NO_REPLACE_OBJECTS"], outside["LC_ALL"]) == ("/bin", "1", "C.UTF-8")
    inside = git_environment(hostile, inside_hook=True)
    assert (inside["GIT_DIR"], inside["GIT_INDEX_FILE"]) == ("/evil", "/evil"), "git itself sets these for its hooks"
    assert not {"GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE"} & set(inside)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("fatal: detected dubious ownership in repository at '/x'", "E105"),
        ("error: file write error: No space left on device", "E107"),
        ("error: unable to create temporary file: Read-only file system", "E106"),
        ("error: insufficient permission for adding an object", "E106"),
        ("fatal: not a git repository (or any of the parent directories): .git", "E102"),
        ("fatal: Unable to create '/x/.git/index.lock': File exists.", "E108"),
        ("fatal: something else", "E103"),
        ("", "E103"),
    ],
)
def test_git_s_words_become_codes(words: str, code: str) -> None:
    assert git_failure(("commit", "-m", "x"), words.encode()).code == code


def test_no_git_and_no_folder(tmp_path: Path) -> None:
    for code, git in (
        ("E101", Git(str(tmp_path), {"PATH": str(tmp_path)})),
        ("E102", Git(str(tmp_path / "gone"), dict(os.environ))),
    ):
        with pytest.raises(PrsError, match=code):
            git.run("version")
        with pytest.raises(PrsError, match=code):
            git.read("HEAD")
