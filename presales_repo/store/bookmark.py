"""How far somebody has read, beside what was verified: outside the repository, of this clone and person alone.

A bookmark and no more: what it says is asked of git again, and one that was lost or spoilt shows too much.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from hashlib import sha256
from typing import NamedTuple

from presales_repo.errors import PrsError
from presales_repo.store.files import read_file, write_file
from presales_repo.store.repository import Repository

_COMMIT = re.compile("[0-9a-f]{40}")
_FOLDER = "feeds"


class Bookmark(NamedTuple):
    """`sequence`: of the last entry seen; `commit`: of main, seen last."""

    sequence: int
    commit: str


def read_bookmark(repository: Repository, person: str) -> Bookmark | None:
    """Where a person stopped, None when that is not known."""
    try:
        data = read_file(repository.state, _name(repository, person), 1024)
        found = json.loads(data or b"null")
        mark = Bookmark(int(found["sequence"]), str(found["commit"]))
    except (PrsError, OSError, ValueError, KeyError, TypeError, OverflowError):
        return None
    known = _COMMIT.fullmatch(mark.commit) and repository.git.resolve(f"{mark.commit}^{{commit}}")
    return mark if known else None


def write_bookmark(repository: Repository, person: str, mark: Bookmark) -> None:
    """Remember it; where nothing can be written, nothing is remembered."""
    with suppress(PrsError, OSError):
        os.makedirs(repository.state, mode=0o700, exist_ok=True)
        data = json.dumps(mark._asdict()).encode()
        write_file(repository.state, _name(repository, person), data, replace=True)


def _name(repository: Repository, person: str) -> str:
    place = f"{repository.git_dir}\n{person}".encode("utf-8", "surrogateescape")
    return f"{_FOLDER}/{sha256(place).hexdigest()[:32]}.json"
