"""What the client hooks decide. A courtesy: it is quick, and trusts the ledger's tip as it stands."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.policy import Policy, build_policy
from presales_repo.ops.changes import check_changes
from presales_repo.ops.readonly import KeptStanding
from presales_repo.store.index import Index
from presales_repo.store.policycache import policy_at
from presales_repo.store.repository import APPROVED, MAIN, Repository, open_repository
from presales_repo.store.snapshot import Change, Snapshot, head_tree, merge_heads, range_changes, staged_changes

_ZERO = "0" * 40
_OF_PROJECTS = ("projects/", "attachments/")


def check_commit(directory: str, environment: Mapping[str, str]) -> tuple[Finding, ...]:
    """pre-commit, pre-merge-commit: every rule for what is staged. Outside main's repository nothing is checked."""
    repository = open_repository(directory, environment, inside_hook=True)
    try:
        policy = _policy(repository)
        if policy is None:
            return ()
        git = repository.git
        changes, merged = staged_changes(git), merge_heads(git, environment)
        findings = _check(repository, policy, head_tree(git), changes, merged)
        return findings if merged else (*findings, *_check_team(repository, policy, changes))
    finally:
        repository.git.close()


def _check_team(repository: Repository, policy: Policy, changes: Mapping[str, Change]) -> list[Finding]:
    """What the committer may not change; nothing for somebody whom the policy does not know. A merge brings what
    others changed, and is not asked."""
    if not (policy.project.get("editing") and any(path.startswith(_OF_PROJECTS) for path in changes)):
        return []
    from presales_repo.ops.editing import editing_findings

    git = repository.git
    who = git.run("var", "GIT_COMMITTER_IDENT", ok=(0, 1, 128)).stdout.decode("utf-8", "replace")
    email = who.partition("<")[2].partition(">")[0]
    person = next((person for person in policy.people.values() if email and person.email == email), None)
    if person is None:
        return []
    index = Index(git, repository.private("index.sqlite"))
    try:
        return editing_findings(
            git, APPROVED, policy, person, Snapshot(git, index, head_tree(git), changes), list(changes)
        )
    finally:
        index.close()


def _policy(repository: Repository) -> Policy | None:
    """The policy in force; None in a repository without a ledger (then there is nothing to hold to)."""
    data = policy_at(repository, APPROVED) or policy_at(repository, "refs/remotes/origin/approved")
    return build_policy(data) if data else None


def _check(
    repository: Repository, policy: Policy, tree: str, changes: Mapping[str, Change], merged: Collection[str] = ()
) -> tuple[Finding, ...]:
    if not changes:
        return ()
    index = Index(repository.git, repository.private("index.sqlite"))
    standing = KeptStanding(repository, APPROVED)
    try:
        snapshot = Snapshot(repository.git, index, tree, changes, merged=merged, standing=standing)
        return check_changes(policy, snapshot).findings
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
    """pre-push: `<local ref> <local id> <remote ref> <remote id>` a line. Refuses what a server would refuse."""
    repository = open_repository(directory, environment, inside_hook=True)
    try:
        if _policy(repository) is None:
            return ()
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
