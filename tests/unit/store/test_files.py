"""Files written whole or not at all, never through a link, and never over somebody else's."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from presales_repo.errors import PrsError
from presales_repo.store.files import locked, read_file, write_file


def refused(code: str, root: Path, path: str, *, replace: bool = True) -> None:
    before = sorted(item.name for item in root.rglob("*"))
    with pytest.raises(PrsError) as caught:
        write_file(str(root), path, b"new", replace=replace)
    assert (caught.value.code, caught.value.path) == (code, path)
    assert sorted(item.name for item in root.rglob("*")) == before, "something was left behind"


def test_a_file_is_written_with_its_folders(tmp_path: Path) -> None:
    write_file(str(tmp_path), "projects/甲/乙.md", b"1", replace=False)
    assert (tmp_path / "projects/甲/乙.md").read_bytes() == b"1"
    write_file(str(tmp_path), "projects/甲/乙.md", b"2" * 100_000, replace=True)
    assert (tmp_path / "projects/甲/乙.md").read_bytes() == b"2" * 100_000
    assert [item.name for item in (tmp_path / "projects/甲").iterdir()] == ["乙.md"]


def test_a_name_may_have_all_the_length_that_a_name_can_have(tmp_path: Path) -> None:
    name = "标" * 84 + ".md"
    assert len(name.encode()) == 255
    write_file(str(tmp_path), name, b"1", replace=False)
    assert (tmp_path / name).read_bytes() == b"1"
    refused("E109", tmp_path, "x" + name)


def test_an_existing_file_is_not_replaced_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    refused("P110", tmp_path, "a", replace=False)
    assert (tmp_path / "a").read_bytes() == b"old"


def test_nothing_is_written_or_read_behind_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    root = tmp_path / "root"
    (root / "folder").mkdir(parents=True)
    (root / "link").symlink_to(outside)
    (root / "folder/deep").symlink_to(outside)
    (root / "file").symlink_to(outside / "secret")
    for path in ("link/new", "folder/deep/new", "link/a/b"):
        refused("S110", root, path)
    for path in ("link/secret", "folder/deep/secret", "file"):
        with pytest.raises(PrsError, match="S110"):
            read_file(str(root), path, 100)
    write_file(str(root), "file", b"new", replace=True)
    assert (root / "file").read_bytes() == b"new"
    assert not (root / "file").is_symlink()
    assert (outside / "secret").read_bytes() == b"secret"
    assert sorted(item.name for item in outside.iterdir()) == ["secret"]


def test_a_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    refused("E109", tmp_path, "a/b")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "E107"),
        (errno.EDQUOT, "E107"),
        (errno.EROFS, "E106"),
        (errno.EACCES, "E106"),
        (errno.EIO, "E109"),
    ],
)
@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_what_the_disk_refuses_has_a_code_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str, step: str
) -> None:
    (tmp_path / "a").write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, step, fail)
    refused(code, tmp_path, "a")
    assert (tmp_path / "a").read_bytes() == b"old"


# -- reading


def test_a_file_is_read_up_to_a_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read_file(str(tmp_path), "a", 5) == b"12345"
    assert read_file(str(tmp_path), "a", 3) == b"1234", "one more than the limit, so that the caller can tell"


def test_what_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert read_file(str(tmp_path), "gone", 9) is None
    assert read_file(str(tmp_path), "folder", 9) is None
    assert read_file(str(tmp_path), "folder/gone", 9) is None
    with pytest.raises(PrsError, match="S111"):
        read_file(str(tmp_path), "pipe", 9)


# -- locks


def test_a_lock_keeps_another_process_out_until_it_is_released_or_its_holder_dies(tmp_path: Path) -> None:
    lock = tmp_path / "deep" / "lock"
    code = (
        "import sys, time; from presales_repo.store.files import locked\n"
        f"with locked({str(lock)!r}):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
    assert holder.stdout is not None
    with holder.stdout:
        assert holder.stdout.readline() == b"held\n"
        waiter = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
        assert waiter.stdout is not None
        with waiter.stdout:
            time.sleep(0.2)
            assert waiter.poll() is None
            holder.kill()
            holder.wait()
            assert waiter.stdout.readline() == b"held\n"
        waiter.kill()
        waiter.wait()
    with locked(str(lock)):
        assert lock.exists()


def test_a_lock_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PrsError, match="E109"), locked(str(tmp_path / "file" / "lock")):
        pass
