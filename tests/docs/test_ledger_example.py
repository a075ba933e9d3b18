"""docs/example-ledger is a real ledger: Git, OpenSSH and prs accept it, and the page prints it byte for byte."""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from presales_repo.model.commit import object_id
from presales_repo.model.entry import parse_message
from presales_repo.store.ledger import open_ledger, verify_all
from presales_repo.store.repository import Repository, open_repository
from scripts.make_example_ledger import EXAMPLE, make, people_yaml

COMMITS = {path.name: path.read_bytes() for path in sorted((EXAMPLE / "commits").iterdir())}
ENTRIES = ["approved-0-genesis.commit", "approved-1-submit.commit", "approved-2-approve.commit"]
PAGE = (EXAMPLE.parent / "ledger-format.md").read_text(encoding="utf-8")


def git(repository: Repository, *words: str, stdin: bytes = b"") -> str:
    command = ["git", "-C", repository.root, *words]
    done = subprocess.run(command, input=stdin, capture_output=True, check=True, env=repository.git.environment)
    return (done.stdout + done.stderr).decode()


@pytest.fixture
def example(tmp_path: Path) -> Iterator[Repository]:
    """The repository that load.sh makes, in a home of its own."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"}
    folder = tmp_path / "ledger"
    subprocess.run(["sh", EXAMPLE / "load.sh", folder], check=True, env=environment)
    repository = open_repository(str(folder), environment)
    yield repository
    repository.git.close()


def test_git_holds_the_commits_as_they_are_checked_in(example: Repository) -> None:
    revisions = ["approved~2", "approved~1", "approved", "main~1", "main"]
    names = [*ENTRIES, "main-1-policy.commit", "main-2-document.commit"]
    assert [git(example, "rev-parse", each).strip() for each in revisions] == [
        object_id("commit", COMMITS[name]) for name in names
    ]
    assert git(example, "fsck", "--strict", "--no-dangling") == ""
    assert git(example, "status", "--porcelain") == "", "the files are those of main"


def test_prs_verifies_it(example: Repository) -> None:
    head, entries, problems = verify_all(example)
    assert (entries, problems) == (3, [])
    assert head is not None
    assert head.ledger == hashlib.sha256(COMMITS[ENTRIES[0]]).hexdigest()


def test_git_verifies_it_with_the_list_of_signers_that_prs_writes(example: Repository) -> None:
    open_ledger(example).close()
    signers = f"gpg.ssh.allowedSignersFile={example.private('allowed_signers')}"
    said = git(example, "-c", signers, "verify-commit", "approved", "approved~1", "approved~2")
    assert said.count('Good "git" signature') == 3


def test_the_digest_of_the_policy_is_what_sha256sum_gives(example: Repository) -> None:
    recipe = "find policy -type f | LC_ALL=C sort | xargs sha256sum | sha256sum"
    assert recipe in PAGE
    done = subprocess.run(["sh", "-c", recipe], cwd=example.root, capture_output=True, text=True, check=True)
    ledger = open_ledger(example)
    assert done.stdout.split()[0] == ledger.policy.digest
    ledger.close()


@pytest.mark.parametrize("name", ENTRIES)
def test_the_page_prints_the_entry(name: str) -> None:
    raw = COMMITS[name].decode()
    assert raw in PAGE
    assert object_id("commit", COMMITS[name])[:7] in PAGE
    assert parse_message(raw.partition("\n\n")[2]).sequence == ENTRIES.index(name)


def test_the_script_makes_the_same_bytes_again() -> None:
    assert (EXAMPLE / "files" / "policy" / "people.yaml").read_text(encoding="utf-8") == people_yaml()
    assert make(EXAMPLE / "files") == COMMITS, "run `python -m scripts.make_example_ledger`, then `make docs`"


def test_one_changed_word_is_refused(example: Repository) -> None:
    forged = COMMITS[ENTRIES[2]].replace("同意".encode(), "同意!".encode())
    tip = git(example, "hash-object", "-t", "commit", "-w", "--stdin", stdin=forged).strip()
    git(example, "update-ref", "refs/heads/approved", tip)
    _, _, problems = verify_all(example)
    assert [(problem.commit, problem.error.code) for problem in problems] == [(tip, "A137")]
