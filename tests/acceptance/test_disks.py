"""Disks that are read-only or full: reading goes on, writing is refused, and nothing is half written."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import ORGANISATION, Company, Desk, assert_refused
from tests.conftest import NOTE, PAPER, PLAN

WRITING: dict[str, tuple[str, tuple[str, ...]]] = {
    "new": ("xu", ("new", "technical-white-paper", "-t", "又一份")),
    "save": ("lin", ("save", PLAN, "-m", "修改")),
    "submit": ("song", ("register", NOTE)),
    "approve": ("han", ("approve", PAPER)),
}
each_writing = pytest.mark.parametrize(("person", "words"), WRITING.values(), ids=WRITING.keys())


@pytest.fixture
def mounted() -> Iterator[list[Path]]:
    """Folders in which a file system was mounted: unmounted at the end, whatever happened."""
    mounts: list[Path] = []
    yield mounts
    for folder in reversed(mounts):
        subprocess.run(["umount", str(folder)], check=True, capture_output=True)


def mount(mounts: list[Path], *words: str | Path) -> Path:
    """Mount something, or skip where that is impossible: permission bits do not bind root."""
    folder = Path(words[-1])
    done = subprocess.run(["mount", *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"cannot mount: {done.stderr.strip()}")
    mounts.append(folder)
    return folder


def read_only(desk: Desk, mounts: list[Path]) -> None:
    mount(mounts, "--bind", desk.root, desk.root)
    subprocess.run(["mount", "-o", "remount,ro,bind", str(desk.root)], check=True, capture_output=True)


def small_disk(desk: Desk, mounts: list[Path], folder: Path) -> Desk:
    """The repository on a disk of its own that is full but for a few bytes."""
    folder.mkdir()
    mount(mounts, "-t", "tmpfs", "-o", "size=8m", "prs-test", folder)
    moved = Desk(desk.company, folder / "repo", desk.home, dict(desk.env))
    shutil.copytree(desk.root, moved.root, symlinks=True)
    moved.git_ok("update-index", "-q", "--refresh")
    return moved


def fill(folder: Path) -> None:
    """Use up what is left of a disk."""
    descriptor = os.open(folder / "ballast", os.O_WRONLY | os.O_CREAT)
    try:
        for size in (1 << 20, 1 << 12, 1):
            while True:
                try:
                    os.write(descriptor, b"\0" * size)
                except OSError:
                    break
    finally:
        os.close(descriptor)


@each_writing
def test_a_read_only_disk(submitted: Desk, mounted: list[Path], person: str, words: tuple[str, ...]) -> None:
    submitted.edit(PLAN)
    submitted.ok("", "list")
    read_only(submitted, mounted)
    submitted.refuse("E106", person, *words)


@pytest.mark.parametrize("known", [True, False], ids=["used before", "never used"])
def test_a_read_only_disk_can_be_read(submitted: Desk, mounted: list[Path], known: bool) -> None:
    if known:
        submitted.ok("", "list")
    read_only(submitted, mounted)
    for words in (["list"], ["show", PAPER], ["check"], ["verify"], ["verify", "--full"], ["history", PAPER]):
        submitted.ok("", *words)


@each_writing
def test_a_full_disk(submitted: Desk, mounted: list[Path], tmp_path: Path, person: str, words: tuple[str, ...]) -> None:
    submitted.edit(PLAN)
    desk = small_disk(submitted, mounted, tmp_path / "disk")
    desk.ok("", "list")
    fill(tmp_path / "disk")
    desk.refuse("E107", person, *words)
    assert desk.ok("", "verify", "--full", "--json").json["ok"]
    (tmp_path / "disk" / "ballast").unlink()
    desk.git_ok("fsck")
    desk.ok(person, *words)


def test_a_full_disk_can_be_read(submitted: Desk, mounted: list[Path], tmp_path: Path) -> None:
    desk = small_disk(submitted, mounted, tmp_path / "disk")
    fill(tmp_path / "disk")
    for words in (["list"], ["show", PAPER], ["check"], ["verify"]):
        desk.ok("", *words)


def test_a_full_home(submitted: Desk, mounted: list[Path], tmp_path: Path) -> None:
    """What was verified cannot be remembered: slower, but nothing is refused or lost."""
    home = tmp_path / "small-home"
    home.mkdir()
    mount(mounted, "-t", "tmpfs", "-o", "size=64k", "prs-test", home)
    submitted.home = home
    fill(home)
    submitted.ok("", "list")
    submitted.ok("han", "approve", PAPER)
    submitted.ok("shen", "approve", PAPER)
    assert submitted.ok("", "show", PAPER, "--json").json["waiting_for"] == ["cheng"]


def test_init_on_a_full_disk_leaves_nothing(company: Company, mounted: list[Path], tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount(mounted, "-t", "tmpfs", "-o", "size=256k", "prs-test", disk)
    desk = Desk(company, disk, tmp_path)
    words = ["init", "repo", "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@qiheng.example"]
    assert_refused(desk.prs("cheng", *words), "E107")
    assert list(disk.iterdir()) == []


def test_export_to_a_read_only_folder(published: Desk, mounted: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "pdfs"
    folder.mkdir()
    mount(mounted, "-t", "tmpfs", "-o", "size=64k,ro", "prs-test", folder)
    published.refuse("E106", "", "export", PAPER, "-o", folder)
