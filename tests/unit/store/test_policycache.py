"""The policy kept for git's hooks."""

from __future__ import annotations

from pathlib import Path

import pytest

from presales_repo.store.policycache import policy_at
from presales_repo.store.repository import APPROVED
from tests.unit.store.library import Library


def kept(library: Library) -> Path:
    (found,) = (Path(library.repository.state) / "policies").iterdir()
    return found


def test_it_is_read_once_and_then_kept(library: Library) -> None:
    first = policy_at(library.repository, APPROVED)
    assert first is not None
    assert first["files"]["policy/repository.yaml"]["version"] == 1
    stamp = kept(library).stat().st_mtime_ns
    assert policy_at(library.repository, APPROVED) == first
    assert kept(library).stat().st_mtime_ns == stamp


@pytest.mark.parametrize("damage", [b"", b"\0", b"{", b"[" * 9], ids=["empty", "zero", "brace", "brackets"])
def test_a_damaged_file_is_made_anew(library: Library, damage: bytes) -> None:
    first = policy_at(library.repository, APPROVED)
    whole = kept(library).read_bytes()
    kept(library).write_bytes(whole[: len(whole) // 2] if damage == b"" else damage)
    assert policy_at(library.repository, APPROVED) == first
    assert kept(library).read_bytes() == whole


def test_where_nothing_can_be_kept_it_is_read_every_time(library: Library) -> None:
    state = Path(library.repository.state)
    state.parent.mkdir(parents=True)
    state.write_text("in the way", encoding="utf-8")
    first = policy_at(library.repository, APPROVED)
    assert first is not None
    assert policy_at(library.repository, APPROVED) == first


def test_there_is_none_without_a_ledger(library: Library) -> None:
    assert policy_at(library.repository, "refs/heads/nowhere") is None
