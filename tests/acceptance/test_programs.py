"""Programs that are missing or too old: a refusal that names them."""

from __future__ import annotations

import shutil
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


def path_without(folder: Path, *names: str, **scripts: str) -> str:
    """A PATH with the programs that prs uses but for some, and with scripts in place of others."""
    folder.mkdir()
    for name in ("git", "ssh-keygen", "ssh-add", "sh"):
        found = shutil.which(name)
        if name not in names and name not in scripts and found:
            (folder / name).symlink_to(found)
    for name, text in scripts.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return str(folder)


def test_no_git(submitted: Desk, tmp_path: Path) -> None:
    path = path_without(tmp_path / "bin", "git")
    for words in (["list"], ["approve", PAPER], ["init", "x", "--org", "o", "--name", "n", "--email", "e@x.example"]):
        assert_refused(submitted.prs("han", *words, env={"PATH": path}), "E101")
    assert not (submitted.root / "x").exists()


OLD_GIT = """#!/bin/sh
# A git of {version}: it does not know what later ones learnt.
case "$*" in
  version|--version) echo "git version {version}" ;;
  *--show-object-format*)
    shift
    for word in "$@"; do
      case "$word" in --show-object-format) echo "$word" ;; *) {git} rev-parse "$word" ;; esac
    done ;;
  *) exec {git} "$@" ;;
esac
"""


@pytest.mark.parametrize("version", ["2.17.1", "2.25.1", "2.35.9", "1.8.3.1"])
def test_an_old_git(submitted: Desk, tmp_path: Path, version: str) -> None:
    script = OLD_GIT.format(version=version, git=shutil.which("git"))
    path = path_without(tmp_path / "bin", git=script)
    for words in (["list"], ["approve", PAPER], ["init", "x", "--org", "o", "--name", "n", "--email", "e@x.example"]):
        done = submitted.prs("han", *words, env={"PATH": path})
        assert_refused(done, "E110")
        assert version in done.err
    assert not (submitted.root / "x").exists()


@pytest.mark.parametrize("version", ["2.36.0", "2.39.5 (Apple Git-154)", "2.45.2.windows.1", "3.0.0-rc1"])
def test_a_git_that_is_new_enough(submitted: Desk, tmp_path: Path, version: str) -> None:
    script = f'#!/bin/sh\n[ "$*" = version ] && echo "git version {version}" || exec {shutil.which("git")} "$@"\n'
    done = submitted.prs("han", "approve", PAPER, env={"PATH": path_without(tmp_path / "bin", git=script)})
    assert done.code == 0


@each_writing
def test_no_ssh_keygen(submitted: Desk, tmp_path: Path, person: str, words: tuple[str, ...]) -> None:
    submitted.edit(PLAN)
    before = submitted.fingerprint()
    done = submitted.prs(person, *words, env={"PATH": path_without(tmp_path / "bin", "ssh-keygen")})
    if words[0] == "new":
        assert done.code == 0, "allocating a number signs nothing"
    else:
        assert_refused(done, "A159")
        assert submitted.fingerprint() == before


def test_init_without_ssh_keygen(company: Company, tmp_path: Path) -> None:
    desk = Desk(company, tmp_path / "place", tmp_path)
    desk.root.mkdir()
    words = ["init", "repo", "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@qiheng.example"]
    done = desk.prs("cheng", *words, env={"PATH": path_without(tmp_path / "bin", "ssh-keygen")})
    assert_refused(done, "A159")
    assert list(desk.root.iterdir()) == []


def test_doctor_names_what_is_missing(submitted: Desk, tmp_path: Path) -> None:
    done = submitted.prs("", "doctor", "--json", env={"PATH": path_without(tmp_path / "bin", "ssh-keygen")})
    assert done.code == 1
    assert [item["code"] for item in done.json if item["what"] == "ssh-keygen"] == ["A159"]
    done = submitted.prs("", "doctor", "--json", env={"PATH": path_without(tmp_path / "bin2", "git")})
    assert done.code == 1
    assert "E101" in [item["code"] for item in done.json]
