"""Check documents: the same rules for the command, the hooks and (later) the server; only the files differ."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from presales_repo.codes import severity_of
from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.number import parse_number
from presales_repo.model.paths import is_project_id
from presales_repo.model.policy import ROOT
from presales_repo.ops.changes import CheckResult, check_changes, check_files, check_one
from presales_repo.ops.checkmany import tree_files
from presales_repo.ops.projects import find_project
from presales_repo.ops.session import Session, Work, open_index, open_work, release_lookup, working_snapshot
from presales_repo.store.files import read_file
from presales_repo.store.snapshot import Change, Snapshot, head_tree, merge_heads, range_changes, staged_changes

_LARGEST_POLICY_FILE = 1 << 22


def check(
    session: Session, paths: Sequence[str] = (), *, staged: bool = False, rev: str = "", mended: Sequence[str] = ()
) -> CheckResult:
    """Check the working files (all, or `paths`), what is staged, or what a range of commits (A..B) changed.

    `mended`: files of the repository that `fix` has written; they stand for those of `paths` that it moved away.
    Raises PrsError P108 (a path outside the repository), W105 (no such path), W104 (no such range).
    """
    with open_work(session) as work:
        if staged:
            return check_changes(work.policy, _staged(work))
        if rev:
            return check_changes(work.policy, _range(work, rev))
        kept = [path for path in paths if not mended or os.path.lexists(os.path.join(session.directory, path))]
        wanted = [*wanted_paths(work, kept), *(mended if paths else ())]
        return check_tree(work, working_snapshot(work), wanted)


def _staged(work: Work) -> Snapshot:
    git = work.repository.git
    released, merged = release_lookup(work.ledger), merge_heads(git, work.session.environment)
    index = open_index(work.repository)
    return Snapshot(
        git, index, head_tree(git), staged_changes(git), released=released, merged=merged, standing=released.standing
    )


def _range(work: Work, rev: str) -> Snapshot:
    git = work.repository.git
    old, dots, new = rev.partition("..")
    start, end = git.resolve(f"{old}^{{tree}}"), git.resolve(f"{new or 'HEAD'}^{{tree}}")
    if not dots or start is None or end is None:
        raise PrsError("W104", rev=rev)
    changes = range_changes(git, start, end)
    return Snapshot(git, open_index(work.repository), start, changes, released=release_lookup(work.ledger))


def check_tree(work: Work, snapshot: Snapshot, wanted: Sequence[str]) -> CheckResult:
    """Every rule for every file, or those below `wanted`: committed ones from their blobs, changed ones from the
    working tree. P116 names what was asked for and is nothing to check."""
    listed = [path for path in snapshot.changes if _is_wanted(path, wanted)]
    narrowed = snapshot.narrowed(listed) if wanted else snapshot
    files = list(narrowed.changed_documents())
    files += [file for file in tree_files(snapshot, wanted) if file.path not in snapshot.changes]
    result = check_files(work.policy, narrowed, files, lambda done, total: work.session.progress("check", done, total))
    touched = [*listed, *(file.path for file in files)]
    idle = [path for path in wanted if path != "." and not any(_is_wanted(item, (path,)) for item in touched)]
    return result._replace(findings=(*result.findings, *(Finding("P116", path) for path in idle)))


def wanted_paths(work: Work, paths: Iterable[str]) -> tuple[str, ...]:
    """Paths given on the command line, relative to the repository; a symbolic link is itself, not what it leads to.
    The number of a document or project stands for its file or folder.

    Raises PrsError P108 for one outside the repository, W105 for one that is not there.
    """
    root = os.path.realpath(work.repository.root)
    wanted = []
    for path in paths:
        full = os.path.abspath(os.path.join(work.session.directory, path))
        place = os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full))
        if os.path.realpath(full) == root:
            place = root
        elif not place.startswith(root + os.sep):
            raise PrsError("P108", path=path)
        if not os.path.lexists(place):
            wanted.append(_named(work, path))
            continue
        wanted.append(os.path.relpath(place, root))
    return tuple(wanted)


def _named(work: Work, path: str) -> str:
    """The file or folder of a document or project that is named by its number. Raises PrsError W105 when none is."""
    name = os.path.basename(path)
    if is_project_id(name) and (folder := find_project(work, name)):
        return folder
    found = working_snapshot(work).find(name) if parse_number(name) else ()
    if not found:
        raise PrsError("W105", path=path)
    return found[0].path


def _is_wanted(path: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(item == "." or path == item or path.startswith(f"{item}/") for item in wanted)


def working_policy_files(work: Work) -> dict[str, bytes]:
    """The files of policy/ as a commit of the working tree would hold them: without what git ignores."""
    repository = work.repository
    listed = repository.git.paths("ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ROOT)
    files = {path: read_file(repository.root, path, _LARGEST_POLICY_FILE) for path in listed}
    return {path: data for path, data in files.items() if data is not None}


def blocking_findings(work: Work, snapshot: Snapshot, path: str) -> list[Finding]:
    """What keeps one committed document from being submitted: errors, and required fields still empty."""
    blob = snapshot.git.read(f"{snapshot.tree}:{path}")
    findings = check_one(work.policy, snapshot, Change(path, "100644", blob.oid if blob else ""))
    blocking = [item for item in findings if severity_of(item.code) == "error" or item.code == "F110"]
    return sorted(blocking, key=lambda finding: finding.line)
