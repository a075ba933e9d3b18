"""Every rule for a set of files. Apart from `check`, so that git's hooks load no ledger and no signing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.policy import ROOT, Policy
from presales_repo.ops.checkmany import check_attachments, check_collisions, check_deleted, owners, tree_files
from presales_repo.ops.readonly import check_read_only
from presales_repo.rules.checks import as_finding, check_file, is_text_path
from presales_repo.store.snapshot import DELETED, Change, Snapshot


class CheckResult(NamedTuple):
    """Findings in the order of their places, and how many files were looked at."""

    findings: tuple[Finding, ...]
    files: int


def check_changes(policy: Policy, snapshot: Snapshot) -> CheckResult:
    """Every rule for what a snapshot changes, and for documents whose attachments it changes."""
    changes = list(snapshot.changed_documents())
    return check_files(policy, snapshot, [*changes, *owners(snapshot, changes)])


def check_files(
    policy: Policy, snapshot: Snapshot, files: Sequence[Change], progress: Callable[[int, int], None] | None = None
) -> CheckResult:
    """The rules for each of `files`, which are there after the change, then those that look at several at once."""
    findings: list[Finding] = []
    for count, change in enumerate(files, 1):
        findings += check_one(policy, snapshot, change)
        if progress:
            progress(count, len(files))
    findings += check_deleted(snapshot)
    findings += check_read_only(snapshot)
    findings += check_collisions(snapshot, files)
    findings += check_attachments(snapshot, files)
    if any(path.startswith(ROOT) for path in (*(file.path for file in files), *snapshot.deleted_paths())):
        from presales_repo.rules.policy import check_policy

        findings += check_policy(_policy_files(snapshot), policy.digest)
    findings.sort(key=lambda finding: (finding.path, finding.line, finding.column))
    return CheckResult(tuple(findings), len(files))


def check_one(policy: Policy, snapshot: Snapshot, change: Change) -> list[Finding]:
    """The rules for one file."""
    try:
        readable = is_text_path(change.path) and change.mode.startswith("100")
        data = snapshot.data(change) if readable else None
        return check_file(change.path, data, change.mode, policy, snapshot)
    except PrsError as error:  # what the store could not read for the rules: a link, a broken object
        finding = as_finding(error)
        return [finding._replace(path=finding.path or change.path)]


def _policy_files(snapshot: Snapshot) -> dict[str, bytes]:
    """The files of policy/ with the changes applied."""
    files = {file.path: file for file in tree_files(snapshot, (ROOT,))}
    files |= {path: change for path, change in snapshot.changes.items() if path.startswith(ROOT)}
    kept = [file for file in files.values() if file.mode != DELETED]
    return {file.path: snapshot.data(file) or b"" for file in kept}
