"""Ledgers in several states, made once and copied for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.store.library import OPENED, PATH, Library, document, make_keys, new_library, policy_files


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_keys(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="session")
def founded_library(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = new_library(tmp_path_factory.mktemp("founded"), keys, policy_files(keys, quorum=2))
    library.commit({PATH: document()})
    return library


@pytest.fixture(scope="session")
def submitted_library(founded_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Library:
    library = founded_library.copy(tmp_path_factory.mktemp("submitted"))
    library.append("submit", "lin")
    return library


@pytest.fixture(autouse=True)
def _readers_ended() -> Iterator[None]:
    yield
    for library in OPENED:
        library.git.close()


@pytest.fixture
def library(founded_library: Library, tmp_path: Path) -> Library:
    """Genesis, and a survey plan by lin on main; two administrators, cheng and ye, must agree to a policy."""
    return founded_library.copy(tmp_path)


@pytest.fixture
def submitted(submitted_library: Library, tmp_path: Path) -> Library:
    """The same with the plan in review: shen has to sign its only step."""
    return submitted_library.copy(tmp_path)
