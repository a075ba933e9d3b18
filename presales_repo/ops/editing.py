"""Asks the rule on teams (rules/team.py) of what a commit changes. Apart from `save`, so that hooks load little."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.document import Document, read_document
from presales_repo.model.paths import ATTACHMENTS, PROJECTS, SUFFIX
from presales_repo.model.policy import Person, Policy
from presales_repo.model.tree import parse_tree
from presales_repo.model.yamlsubset import Items, Scalar, Table
from presales_repo.rules.team import Edited, Team, check_team, is_bound
from presales_repo.store.git import Git
from presales_repo.store.snapshot import Snapshot


def editing_findings(
    git: Git, approved: str, policy: Policy, person: Person, snapshot: Snapshot, paths: Iterable[str]
) -> list[Finding]:
    """W210 for each of `paths` that a person may not change. `approved`: the library that holds the teams, as a git
    name; `snapshot`: the files after the change."""
    if not is_bound(policy, person):
        return []
    return _findings(git, approved, policy, person, (_in_snapshot(snapshot, path) for path in paths if _is_ours(path)))


def commit_findings(git: Git, approved: str, policy: Policy, person: Person, commit: str) -> list[Finding]:
    """The same for a commit of this person; of a merge only what it changes against all its parents."""
    if not is_bound(policy, person):
        return []
    paths = git.paths("diff-tree", "-r", "-c", "-z", "--root", "--no-commit-id", "--name-only", commit)
    return _findings(git, approved, policy, person, (_in_commit(git, commit, path) for path in paths if _is_ours(path)))


def _findings(git: Git, approved: str, policy: Policy, person: Person, edited: Iterable[Edited]) -> list[Finding]:
    teams: dict[str, Team | None] = {}

    def team(project: str) -> Team | None:
        if project not in teams:
            teams[project] = find_team(git, approved, policy, project)
        return teams[project]

    return list(check_team(policy, person, edited, team))


def _is_ours(path: str) -> bool:
    return path.startswith((f"{PROJECTS}/", f"{ATTACHMENTS}/"))


def require_member(git: Git, approved: str, policy: Policy, person: Person, path: str, type_id: str) -> None:
    """Raises PrsError W210 when a person may not make a document of a type at a path."""
    edited = [Edited(path, path, type_id)]
    for finding in check_team(policy, person, edited, lambda project: find_team(git, approved, policy, project)):
        raise PrsError(
            "W210", person=finding.args["person"], project=finding.args["project"], number=finding.args["number"]
        )


def _in_snapshot(snapshot: Snapshot, path: str) -> Edited:
    """A changed file with the document that it belongs to."""
    row = next(iter(snapshot.find(_number_of(path))), None)
    if path.startswith(f"{ATTACHMENTS}/"):
        return Edited(path, row.path if row else "", row.type if row else "")
    return Edited(path, path, row.type if row else "")


def _in_commit(git: Git, commit: str, path: str) -> Edited:
    """The same from a commit alone."""
    place = path
    if path.startswith(f"{ATTACHMENTS}/"):
        names = git.paths("ls-tree", "-r", "-z", "--name-only", commit, f"{PROJECTS}/")
        place = next((name for name in names if _number_of(name) == _number_of(path)), "")
    blob = git.read(f"{commit}:{place}") if place else None
    try:
        type_id = read_document(blob.data, place).type_id if blob and blob.data else ""
    except PrsError:  # the rules say what is wrong with it
        type_id = ""
    return Edited(path, place, type_id)


def _number_of(path: str) -> str:
    """The number in a document's or an attachment's path."""
    parts = path.split("/")
    name = parts[1] if parts[0] == ATTACHMENTS and len(parts) > 2 else parts[-1].removesuffix(SUFFIX)
    return name.split("-", 1)[0]


def find_team(git: Git, approved: str, policy: Policy, project: str) -> Team | None:
    """The team of a project in the published library: that of the appointment which was published last."""
    rule = policy.project.get("team") or {}
    found = dict(_appointments(git, approved, policy, rule, project))
    if not found:
        return None
    path = next(iter(found)) if len(found) == 1 else _latest(git, approved, list(found))
    document = found[path]
    rows = document.node(str(rule["field"]))
    tables = [item for item in (rows.items if isinstance(rows, Items) else ()) if isinstance(item, Table)]
    people = (table.values.get(str(rule["person"])) for table in tables)
    return Team(document.number, frozenset(node.text for node in people if isinstance(node, Scalar)))


def _appointments(git: Git, approved: str, policy: Policy, rule: Any, project: str) -> Iterator[tuple[str, Document]]:
    doctype = policy.types.get(str(rule.get("type", "")))
    if doctype is None:
        return
    category = policy.categories[doctype.category].raw["dir"]
    for folder in _names(git, f"{approved}:{PROJECTS}"):
        if folder.split("-", 1)[0] == project:
            place = f"{PROJECTS}/{folder}/{category}"
            for name in _names(git, f"{approved}:{place}"):
                blob = git.read(f"{approved}:{place}/{name}") if name.startswith(doctype.stage) else None
                document = read_document(blob.data, f"{place}/{name}") if blob and blob.data else None
                if document is not None and document.type_id == doctype.id:
                    yield document.path, document


def _names(git: Git, tree: str) -> list[str]:
    """The names in a tree, none when there is no such tree."""
    found = git.read(tree)
    return list(parse_tree(found.data)) if found and found.kind == "tree" and found.data else []


def _latest(git: Git, approved: str, paths: list[str]) -> str:
    """Which of several published files an entry of the ledger changed last."""
    commit = git.text("rev-list", "--first-parent", "-n1", approved, "--", *paths)
    changed = git.paths("diff", "--name-only", "-z", f"{commit}^1", commit, "--", *paths)
    return changed[-1] if changed else paths[-1]
