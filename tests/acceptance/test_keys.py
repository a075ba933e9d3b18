"""Keys that cannot sign, and the ways to name one that can."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.company import ORGANISATION, PROJECT, PRS, Company, Desk, assert_refused, make_key, run
from tests.conftest import PAPER, PLAN


def _no_such_file(folder: Path) -> Path:
    return folder / "absent"


def _a_text(folder: Path) -> Path:
    (folder / "text").write_text("这不是密钥\n")
    return folder / "text"


def _a_folder(folder: Path) -> Path:
    return folder


def _damaged(folder: Path) -> Path:
    key = make_key(folder / "damaged")
    lines = key.read_text().split("\n")
    key.write_text("\n".join([lines[0], "AAAA", *lines[2:]]))
    return key


BAD_KEYS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no such file": (_no_such_file, "A150"),
    "a text": (_a_text, "A101"),
    "a folder": (_a_folder, "A152"),
    "a damaged key": (_damaged, "A109"),
}


@pytest.mark.parametrize(("make", "code"), BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_a_bad_key(submitted: Desk, tmp_path: Path, make: Callable[[Path], Path], code: str) -> None:
    before = submitted.fingerprint()
    assert_refused(submitted.prs("", "--key", make(tmp_path), "approve", PAPER), code)
    assert submitted.fingerprint() == before


@pytest.mark.parametrize(
    "command", [("approve", PAPER), ("save", PLAN, "-m", "修改"), ("policy", "propose", "-m", "x")]
)
def test_a_public_key_alone_cannot_sign(submitted: Desk, tmp_path: Path, command: tuple[str, ...]) -> None:
    """The person is known, so everything is ready, but nothing here can sign: nothing may be left changed."""
    person = {"approve": "han", "save": "lin", "policy": "cheng"}[command[0]]
    public = tmp_path / "only.pub"
    public.write_text(submitted.company.people[person].public + "\n")
    submitted.edit(PLAN)
    if command[0] == "policy":
        path = submitted.root / "policy" / "repository.yaml"
        path.write_text(path.read_text() + "# 注\n")
    before = submitted.fingerprint()
    done = submitted.prs("", "--key", public, *command)
    assert_refused(done, "A156")
    assert submitted.fingerprint() == before


@pytest.mark.parametrize("command", [("approve", PAPER), ("save", PLAN, "-m", "修改")])
def test_a_key_behind_a_passphrase_that_cannot_be_asked(
    submitted: Desk, tmp_path: Path, command: tuple[str, ...]
) -> None:
    person = {"approve": "han", "save": "lin"}[command[0]]
    key = tmp_path / "locked"
    shutil.copy(submitted.company.people[person].key, key)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "geheim", "-f", key], check=True, capture_output=True)
    submitted.edit(PLAN)
    before = submitted.fingerprint()
    assert_refused(submitted.prs("", "--key", key, *command), "A155")
    assert submitted.fingerprint() == before


def test_a_key_may_come_from_the_environment_or_from_git(drafted: Desk, tmp_path: Path) -> None:
    key = str(drafted.company.people["xu"].key)
    assert drafted.prs("", "submit", PAPER, "-m", "首次", env={"PRS_KEY": key}).code == 0
    drafted.git_ok("config", "user.signingkey", key)
    assert drafted.prs("", "withdraw", PAPER).code == 0
    assert [row["person"] for row in drafted.ok("", "history", PAPER, "--json").json] == ["xu"] * 3


def test_a_key_may_be_held_by_an_agent_alone(drafted: Desk, tmp_path: Path) -> None:
    """As with a hardware key or a forwarded agent: the private half is not a file here."""
    person = drafted.company.people["xu"]
    alone = tmp_path / "only.pub"
    alone.write_text(person.public + "\n")
    prs = " ".join([*PRS, "--key", str(alone)])
    script = f"ssh-add -q {person.key} && {prs} save {PAPER} -m 修订 && {prs} submit {PAPER} -m 首次"
    drafted.edit(PAPER)
    done = run(["ssh-agent", "sh", "-c", script], drafted.root, drafted.environment())
    assert done.code == 0, done.err
    drafted.git_ok("verify-commit", "main", "approved")
    assert drafted.entries()[0] == f"prs: submit {PAPER} v1.0"


def test_a_key_with_another_algorithm(company: Company, tmp_path: Path) -> None:
    key = tmp_path / "ecdsa"
    run(
        ["ssh-keygen", "-q", "-t", "ecdsa", "-b", "384", "-N", "", "-f", str(key)],
        tmp_path,
        {"PATH": os.environ["PATH"]},
    )
    desk = Desk(company, tmp_path, tmp_path / "home")
    desk.home.mkdir()
    desk.ok("", "--key", key, "init", "repo", "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@q.example")
    desk.root = tmp_path / "repo"
    desk.git_ok("verify-commit", "approved")
    assert desk.ok("", "verify", "--full", "--json").json["ok"]


def test_an_unrelated_key_made_later_stays_unknown(published: Desk, tmp_path: Path) -> None:
    key = make_key(tmp_path / "late")
    done = published.prs("", "--key", key, "inbox")
    assert (done.code, done.codes) == (2, ["A301"])
    assert PROJECT not in done.err
