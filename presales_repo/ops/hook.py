"""What the client hooks decide. A courtesy: it is quick, and trusts the ledger's tip as it stands."""

from __future__ import annotations

from collections.abc import Mapping

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.policy import Policy, build_policy
from presales_repo.ops.changes import check_changes
from presales_repo.store.index import Index
from presales_repo.store.policycache import policy_at
from presales_repo.store.repository import APPROVED, MAIN, Repository, open_repository
from presales_repo.store.snapshot import Change, Snapshot, head_tree, range_changes, staged_changes

_ZERO = "0" * 40


def check_commit(directory: str, environment: Mapping[str, str]) -> tuple[Finding, ...]:
    """pre-commit, pre-merge-commit: every rule for what is staged. Outside main's repository nothing is checked."""
    repository = open_repository(directory, environment, inside_hook=True)
    try:
        policy = _policy(repository)
        if policy is None:
            return ()
        git = repository.git
        changes = staged_changes(git)
        return _check(repository, policy, head_tree(git), changes)
    finally:
        repository.git.close()


def _policy(repository: Repository) -> Policy | None:
    """The policy in force; None in a repository without a ledger (then there is nothing to hold to)."""
    data = policy_at(repository, APPROVED) or policy_at(repository, "refs/remotes/origin/approved")
    return build_policy(data) if data else None


def _check(repository: Repository, policy: Policy, tree: str, changes: Mapping[str, Change]) -> tuple[Finding, ...]:
    if not changes:
        return ()
    index = Index(repository.git, repository.private("index.sqlite"))
    try:
        return check_changes(policy, Snapshot(repository.git, index, tree, changes)).findings
    finally:
        index.close()


def check_message(path: str) -> tuple[Finding, ...]:
    """commit-msg: a message on main must not look like a ledger entry."""
    from presales_repo.model.entry import is_entry_message

    with open(path, "rb") as file:
        message = file.read(1 << 20).decode("utf-8", "replace")
    lines = "\n".join(line for line in message.split("\n") if not line.startswith("#"))
    return (Finding("A210", "", 0, 0),) if is_entry_message(lines) else ()


def check_push(directory: str, environment: Mapping[str, str], lines: list[str]) -> tuple[Finding, ...]:
    """pre-push: `<local ref> <local id> <remote ref> <remote id>` a line. What a server would refuse is refused here."""
    repository = open_repository(directory, environment, inside_hook=True)
    try:
        findings: list[Finding] = []
        for line in lines:
            words = line.split(" ")
            if len(words) == 4:
                findings += _check_ref(repository, words[1], words[2], words[3])
        return tuple(findings)
    finally:
        repository.git.close()


def _check_ref(repository: Repository, new: str, ref: str, old: str) -> list[Finding]:
    protected = ref in (f"refs/heads/{MAIN}", APPROVED) or ref.startswith("refs/prs/")
    if not protected:
        return []
    if new == _ZERO:
        return [Finding("W110", "", 0, 0, {"ref": ref})]
    git = repository.git
    if old != _ZERO and git.run("merge-base", "--is-ancestor", old, new, ok=(0, 1, 128)).returncode != 0:
        return [Finding("W111", "", 0, 0, {"ref": ref})]
    return _check_main(repository, old, new) if ref == f"refs/heads/{MAIN}" else []


def _check_main(repository: Repository, old: str, new: str) -> list[Finding]:
    git = repository.git
    ledger = git.resolve(APPROVED)
    genesis = git.text("rev-list", "--first-parent", "--max-parents=0", ledger) if ledger else ""
    if genesis and git.run("merge-base", "--is-ancestor", genesis, new, ok=(0, 1, 128)).returncode == 0:
        return [Finding("W112", "", 0, 0, {"ref": MAIN})]
    policy = _policy(repository)
    base = git.resolve(f"{old}^{{tree}}") if old != _ZERO else None
    if policy is None or base is None:
        return []
    tree = git.resolve(f"{new}^{{tree}}")
    if tree is None:
        raise PrsError("E104", detail=f"commit {new} is missing")
    return list(_check(repository, policy, base, range_changes(git, base, tree)))
