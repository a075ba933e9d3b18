"""The policy at a ref as plain data, parsed once: a file outside the repository, named by the folder's git id.

Written by marshal, as Python's own compiled modules are: git's hooks would pay for loading `json` and for its parsing
more than for all the rules. Whoever can change this file can change the hooks themselves.
"""

from __future__ import annotations

import marshal
import os
import zlib
from typing import Any

from presales_repo.errors import PrsError
from presales_repo.model.policy import policy_data
from presales_repo.store.files import write_file
from presales_repo.store.repository import Repository

FORMAT = "3"
_SUM = 4  # bytes of the checksum before the data


def policy_at(repository: Repository, ref: str) -> dict[str, Any] | None:
    """Data of the policy in a ref's tree, None when there is none. Not verified: for the client hooks only."""
    tree = repository.git.resolve(f"{ref}:policy")
    if tree is None:
        return None
    name = f"policies/{tree}.{FORMAT}.marshal"
    try:
        with open(os.path.join(repository.state, name), "rb") as file:
            kept = file.read()
    except OSError:
        return _parse(repository, tree, name)
    if zlib.crc32(kept[_SUM:]).to_bytes(_SUM, "big") != kept[:_SUM]:  # damaged: marshal could even crash on it
        return _parse(repository, tree, name)
    found: dict[str, Any] = marshal.loads(kept[_SUM:])
    return found


def _parse(repository: Repository, tree: str, name: str) -> dict[str, Any]:
    git = repository.git
    paths = [path for path in git.paths("ls-tree", "-r", "-z", "--name-only", tree) if path.endswith(".yaml")]
    blobs = git.read_many(f"{tree}:{path}" for path in paths)
    files = {f"policy/{path}": blob.data or b"" for path, blob in zip(paths, blobs, strict=True) if blob}
    data = policy_data(files)
    dumped = marshal.dumps(data)
    try:
        os.makedirs(repository.state, mode=0o700, exist_ok=True)
        write_file(repository.state, name, zlib.crc32(dumped).to_bytes(_SUM, "big") + dumped, replace=True)
    except (OSError, PrsError):
        return data  # a cache that cannot be kept costs time, nothing else
    return data
