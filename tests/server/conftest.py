"""One sshd for all tests of this folder, and a server founded once and copied."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.company import Company, Desk
from tests.server.office import SSHD, Office, Sshd, running_sshd


@pytest.fixture(scope="session")
def sshd(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    if not os.path.exists(SSHD) or shutil.which("git-shell") is None:
        pytest.skip("openssh-server is not installed")
    with running_sshd(company, tmp_path_factory.mktemp("sshd")) as daemon:
        yield daemon


@pytest.fixture(scope="session")
def served_once(company: Company, sshd: Sshd, founded_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(company, sshd, tmp_path_factory.mktemp("served"))
    office.folder.chmod(0o755)
    founder = founded_once.copy(office.folder / "cheng")
    founder.env["GIT_SSH_COMMAND"] = sshd.command(company.people["cheng"].key)
    founder.ok("", "server", "init", office.server)
    founder.git_ok("remote", "add", "origin", sshd.address(office.server))
    founder.ok("cheng", "sync")
    return office


@pytest.fixture
def office(served_once: Office, tmp_path: Path) -> Office:
    """A server with the policy and one project."""
    return served_once.copy(tmp_path)
