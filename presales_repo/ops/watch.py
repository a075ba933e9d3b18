"""Check documents as they are saved in an editor (R133: feedback within two seconds)."""

from __future__ import annotations

import os
from collections.abc import Iterator

from presales_repo.model.paths import COMMON, PROJECTS, SUFFIX
from presales_repo.ops.changes import CheckResult
from presales_repo.ops.check import check
from presales_repo.ops.session import Session, open_work
from presales_repo.store.watch import saved_files


def watch(session: Session) -> Iterator[tuple[tuple[str, ...], CheckResult]]:
    """(paths, result) for each burst of saved documents, until the caller stops."""
    with open_work(session) as work:
        root = work.repository.root
    for paths in saved_files(root, (PROJECTS, COMMON)):
        documents = tuple(
            sorted(path for path in paths if path.endswith(SUFFIX) and os.path.exists(os.path.join(root, path)))
        )
        if documents:
            yield documents, check(session, [os.path.join(root, path) for path in documents])
