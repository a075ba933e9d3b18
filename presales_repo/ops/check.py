"""Check documents: the same rules for the command, the hooks and (later) the server; only the files differ."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from presales_repo.codes import severity_of
from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.paths import SUFFIX, is_in_store
from presales_repo.model.policy import ROOT, Policy, build_policy, policy_data, validate_policy
from presales_repo.ops.session import Session, Work, open_index, open_work, release_lookup, working_snapshot
from presales_repo.rules.checks import as_finding, check_file
from presales_repo.store.files import read_file
from presales_repo.store.snapshot import Change, Snapshot, head_tree, range_changes, staged_changes


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Findings in the order of their places, and how many files were looked at."""

    findings: tuple[Finding, ...]
    files: int


def check(session: Session, paths: Iterable[str] = (), *, staged: bool = False, rev: str = "") -> CheckResult:
    """Check the working files (all, or `paths`), what is staged, or what a range of commits (A..B) changed."""
    with open_work(session) as work:
        if staged:
            return check_changes(work.policy, _staged(work))
        if rev:
            return check_changes(work.policy, _range(work, rev))
        snapshot = working_snapshot(work)
        wanted = _matcher(work, session.directory, paths)
        return _check_tree(work, snapshot, wanted)


def _staged(work: Work) -> Snapshot:
    git = work.repository.git
    return Snapshot(
        git, open_index(work.repository), head_tree(git), staged_changes(git), released=release_lookup(work.ledger)
    )


def _range(work: Work, rev: str) -> Snapshot:
    git = work.repository.git
    old, dots, new = rev.partition("..")
    start, end = git.resolve(f"{old}^{{tree}}"), git.resolve(f"{new or 'HEAD'}^{{tree}}")
    if not dots or start is None or end is None:
        raise PrsError("W104", rev=rev)
    changes = range_changes(git, start, end)
    return Snapshot(git, open_index(work.repository), start, changes, released=release_lookup(work.ledger))


def check_changes(policy: Policy, snapshot: Snapshot) -> CheckResult:
    """Every rule for what a snapshot changes, deletions and name collisions included."""
    findings: list[Finding] = []
    files = 0
    for change in snapshot.changed_documents():
        files += 1
        findings += _check_one(policy, snapshot, change)
    for path in snapshot.deleted_documents():
        findings.append(Finding("P105", path))
    findings += _collisions(snapshot)
    return CheckResult(tuple(findings), files)


def _check_one(policy: Policy, snapshot: Snapshot, change: Change) -> list[Finding]:
    if not is_in_store(change.path) and not change.path.endswith(SUFFIX):
        return []
    try:
        data = snapshot.data(change) if change.mode.startswith("100") else None
    except PrsError as error:
        return [as_finding(error)]
    return check_file(change.path, data, change.mode, policy, snapshot)


def _collisions(snapshot: Snapshot) -> Iterator[Finding]:
    """New names that differ from another only in case or Unicode form: one of them is lost on Windows or macOS."""
    import unicodedata

    seen: dict[str, str] = {}
    for change in snapshot.changed_documents():
        key = unicodedata.normalize("NFC", change.path).casefold()
        other = seen.setdefault(key, change.path)
        if other != change.path:
            yield Finding("P109", change.path, 0, 0, {"other": other})


def _matcher(work: Work, directory: str, paths: Iterable[str]) -> tuple[str, ...]:
    """Paths given on the command line, relative to the repository. Raises PrsError P108 for one outside it."""
    root = os.path.realpath(work.repository.root)
    wanted = []
    for path in paths:
        absolute = os.path.realpath(os.path.join(directory, path))
        if absolute != root and not absolute.startswith(root + os.sep):
            raise PrsError("P108", path=path)
        if not os.path.lexists(absolute):
            raise PrsError("W105", path=path)
        wanted.append(os.path.relpath(absolute, root))
    return tuple(wanted)


def _is_wanted(path: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or any(item == "." or path == item or path.startswith(f"{item}/") for item in wanted)


def _check_tree(work: Work, snapshot: Snapshot, wanted: tuple[str, ...]) -> CheckResult:
    """Every document of the working tree: committed ones from their blobs, changed ones from their files."""
    changed = check_changes(work.policy, _narrowed(snapshot, wanted))
    findings = list(changed.findings)
    files = changed.files
    committed = [row for row in snapshot.rows() if row.path not in snapshot.changes and _is_wanted(row.path, wanted)]
    for count, (row, blob) in enumerate(
        zip(committed, snapshot.git.read_many(row.blob for row in committed), strict=True), 1
    ):
        files += 1
        data = blob.data if blob else None
        findings += check_file(row.path, data, "100644", work.policy, snapshot)
        work.session.progress("check", count, len(committed))
    findings += _check_policy(work, wanted)
    findings.sort(key=lambda finding: (finding.path, finding.line, finding.column))
    return CheckResult(tuple(findings), files)


def _narrowed(snapshot: Snapshot, wanted: tuple[str, ...]) -> Snapshot:
    """The same snapshot when everything is wanted; otherwise one that lists only the wanted changes as to check."""
    if not wanted:
        return snapshot
    return snapshot.narrowed({path for path in snapshot.changes if _is_wanted(path, wanted)})


def _check_policy(work: Work, wanted: tuple[str, ...]) -> list[Finding]:
    """The policy as edited in the working tree, if it differs from the one in force."""
    if not _is_wanted(ROOT.rstrip("/"), wanted):
        return []
    try:
        data = policy_data(working_policy_files(work))
        if data["digest"] != work.policy.digest:
            validate_policy(build_policy(data))
    except PrsError as error:
        return [as_finding(error)]
    return []


def working_policy_files(work: Work) -> dict[str, bytes]:
    """The files of policy/ as they stand in the working tree."""
    files = {}
    for folder, _, names in os.walk(os.path.join(work.repository.root, ROOT)):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), work.repository.root)
            files[path] = read_file(work.repository.root, path, 1 << 22) or b""
    return files


def blocking_findings(work: Work, snapshot: Snapshot, path: str) -> list[Finding]:
    """What keeps one committed document from being submitted: errors, and required fields still empty."""
    data = snapshot.git.read(f"{snapshot.tree}:{path}")
    findings = check_file(path, data.data if data else None, "100644", work.policy, snapshot)
    return [item for item in findings if severity_of(item.code) == "error" or item.code == "F110"]
