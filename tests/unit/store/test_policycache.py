"""The policy as git's hooks read it: parsed once, the same from the cache, whatever happens to the cache."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.policy import PEOPLE, build_policy, policy_data
from presales_repo.store.policycache import policy_at
from tests.unit.store.library import Library, policy_files


def cached(library: Library) -> Path:
    (file,) = Path(library.repository.state, "policies").iterdir()
    return file


def test_the_policy_of_a_ref(library: Library, keys: Path) -> None:
    expected = policy_data(policy_files(keys, quorum=2))
    assert policy_at(library.repository, "approved") == expected
    kept = cached(library).stat()
    assert policy_at(library.repository, "approved") == policy_at(library.repository, "refs/heads/main") == expected
    assert cached(library).stat().st_mtime_ns == kept.st_mtime_ns, "written once"
    assert build_policy(policy_at(library.repository, "approved") or {}).quorum == 2
    assert policy_at(library.repository, "no-such-ref") is None


def test_another_policy_is_another_file(library: Library, keys: Path) -> None:
    policy_at(library.repository, "main")
    library.commit({"policy/extra.yaml": b"a: 1\n", "policy/empty.yaml": b"", "policy/notes.txt": b"x"})
    found = policy_at(library.repository, "main")
    assert found is not None
    assert found["files"]["policy/extra.yaml"] == {"a": 1}
    assert found["files"]["policy/empty.yaml"] == {}
    assert len(list(Path(library.repository.state, "policies").iterdir())) == 2


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "rubbish", "gone"])
def test_a_damaged_file_is_made_again(library: Library, damage: str) -> None:
    expected = policy_at(library.repository, "approved")
    file = cached(library)
    whole = file.read_bytes()
    changed = {
        "empty": b"",
        "cut": whole[:-9],
        "flipped": whole[:100] + bytes([whole[100] ^ 4]) + whole[101:],
        "rubbish": os.urandom(500),
        "gone": None,
    }[damage]
    file.unlink() if changed is None else file.write_bytes(changed)
    assert policy_at(library.repository, "approved") == expected
    assert file.read_bytes() == whole


def test_a_cache_that_cannot_be_kept_costs_time_only(library: Library) -> None:
    Path(library.repository.state).parent.mkdir(parents=True, exist_ok=True)
    Path(library.repository.state).write_text("in the way")
    assert policy_at(library.repository, "approved") is not None


def test_a_policy_that_cannot_be_read_says_where(library: Library) -> None:
    library.commit({PEOPLE: b"people: [\n"})
    with pytest.raises(PrsError) as caught:
        policy_at(library.repository, "main")
    assert (caught.value.code, caught.value.path) == ("F101", PEOPLE)
