"""Fixtures shared by the tests that run the real command: a company, and repositories prepared once and copied."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.company import Company, Desk, found_repository, new_note, new_paper, new_plan

PAPER = "FJ202305001"
PLAN = "QD202305001"
NOTE = "XS202305001"
MOST_SECONDS = 120  # of one core, to make the demo


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """People with keys."""
    return Company.make(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def founded_once(company: Company, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return found_repository(company, tmp_path_factory.mktemp("founded"))


@pytest.fixture(scope="session")
def drafted_once(founded_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = founded_once.copy(tmp_path_factory.mktemp("drafted"))
    assert (new_paper(desk), new_plan(desk), new_note(desk)) == (PAPER, PLAN, NOTE)
    for person, number in (("xu", PAPER), ("lin", PLAN), ("song", NOTE)):
        desk.ok(person, "save", number, "-m", "初稿")
    return desk


@pytest.fixture(scope="session")
def submitted_once(drafted_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = drafted_once.copy(tmp_path_factory.mktemp("submitted"))
    desk.ok("xu", "submit", PAPER, "-m", "首次发布")
    return desk


@pytest.fixture(scope="session")
def published_once(submitted_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = submitted_once.copy(tmp_path_factory.mktemp("published"))
    for person in ("han", "shen", "cheng"):
        desk.ok(person, "approve", PAPER, "-m", "同意")
    return desk


@pytest.fixture
def founded(founded_once: Desk, tmp_path: Path) -> Desk:
    """A repository with its policy and one project."""
    return founded_once.copy(tmp_path)


@pytest.fixture
def drafted(drafted_once: Desk, tmp_path: Path) -> Desk:
    """The same with a white paper by xu, a survey plan by lin and a note by song, all saved."""
    return drafted_once.copy(tmp_path)


@pytest.fixture
def submitted(submitted_once: Desk, tmp_path: Path) -> Desk:
    """The same with the white paper in review: it waits for han, then shen, then cheng."""
    return submitted_once.copy(tmp_path)


@pytest.fixture
def published(published_once: Desk, tmp_path: Path) -> Desk:
    """The same with the white paper published as version 1.0."""
    return published_once.copy(tmp_path)


@pytest.fixture(scope="session")
def demo(company: Company, tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Desk:
    """The company of `prs demo`; tests leave it as it is. They are slow, and all in the group "demo"."""
    folder = tmp_path_factory.mktemp("demo")
    desk = Desk(company, folder, folder / "home", {"PRS_LANG": "en"})
    desk.home.mkdir()
    began, used = time.monotonic(), sum(os.times()[2:4])
    desk.ok("", "demo", "公司")
    used = sum(os.times()[2:4]) - used
    pytestconfig.get_terminal_writer().line(f"demo: {time.monotonic() - began:.1f} s, {used:.1f} s of one core")
    assert used < MOST_SECONDS
    desk.root = folder / "公司"
    return desk
