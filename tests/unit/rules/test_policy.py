"""Where an edited policy is wrong."""

from __future__ import annotations

import pytest

from presales_repo.ops.init import built_in_policy
from presales_repo.rules.policy import check_policy

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILM+rvN+ot98qgEN796jTiQfZfG1KaT0PtFDJ/XFSqti"
PEOPLE = f"""# id: ye stands in a comment first
people:
  - id: ye
    name: 叶青
    department: quality
    roles: [repo-admin, doc-controller]
    email: ye@q.example
    keys: [{KEY}]
  - id: lin
    name: 林越
    department: presales
    roles: [solution-architect]
    email: lin@q.example
    keys: []
"""


def files() -> dict[str, bytes]:
    return {**built_in_policy(), "policy/people.yaml": PEOPLE.encode()}


def edited(name: str, old: str, new: str) -> dict[str, bytes]:
    path = f"policy/{name}"
    changed = files()
    assert old.encode() in changed[path]
    changed[path] = changed[path].replace(old.encode(), new.encode("utf-8", "surrogateescape"), 1)
    return changed


def test_the_built_in_policy_is_one() -> None:
    assert check_policy(files(), "") == []


EDITS = {
    "not YAML": ("people.yaml", "name: 林越", "name: [林越", "F101", "department: presales"),
    "a key twice": ("people.yaml", "name: 林越", "name: 林越\n    name: 林", "F103", "name: 林\n"),
    "an alias": ("people.yaml", "name: 林越", "name: &x 林越", "F104", "&x"),
    "not UTF-8": ("people.yaml", "name: 林越", "name: \udcff", "S102", "name: "),
    "no such department": ("people.yaml", "department: presales", "department: sales", "A402", "department: sales"),
    "no such role": ("people.yaml", "[solution-architect]", "[boss]", "A402", "[boss]"),
    "one key, two people": ("people.yaml", "keys: []", f"keys: [{KEY}]", "A403", "id: lin"),
    "nobody to change it": ("approval.yaml", "quorum: 1", "quorum: 5", "A404", "quorum: 5"),
    "no such step holder": ("approval.yaml", "by: presales-manager", "by: boss", "A402", "by: boss"),
    "a department nobody knows": ("approval.yaml", "[technology, quality,", "[sales, quality,", "A402", "sales"),
    "more countersignatures than departments": (
        "approval.yaml",
        "min_countersigns: 4",
        "min_countersigns: 5",
        "A402",
        "min_countersigns: 5",
    ),
    "minutes of a meeting nobody holds": (
        "approval.yaml",
        "minutes: cross-dept-final-review",
        "minutes: board",
        "A406",
        "minutes: board",
    ),
    "a fixed stage renamed": ("repository.yaml", "title_zh: 需求调研,", "title_zh: 调研,", "A405", "QD: {"),
    "no such kind of field": ("types/QD.yaml", "type: enums", "type: choice", "A402", "type: choice"),
    "no such chain": ("types/QD.yaml", "chain: light", "chain: heavy", "A402", "chain: heavy"),
    "no such author": (
        "types/QD.yaml",
        "authors: [solution-architect",
        "authors: [boss, solution-architect",
        "A402",
        "[boss",
    ),
    "a rule of a field that is not there": (
        "types/XS.yaml",
        "doc.event_date",
        "doc.event_day",
        "A408",
        "captured-after",
    ),
    "a rule without a moment": (
        "types/XS.yaml",
        "field: captured_date",
        "when: never\n        field: captured_date",
        "A407",
        "captured-after",
    ),
    "a transition to no state": (
        "project.yaml",
        "to: survey, gates: [G1]",
        "to: moon, gates: [G1]",
        "A413",
        "transitions",
    ),
    "no way to open a project": (
        "project.yaml",
        "{from: [], to: info",
        "{from: [closed], to: info",
        "A414",
        "transitions",
    ),
    "a gate that nobody signs": (
        "project.yaml",
        "signer: presales-manager\n    reason",
        "signer: boss\n    reason",
        "A415",
        "GD:",
    ),
    "one way twice": ("project.yaml", "to: follow, gates: [G3]", "to: demo, gates: [G3]", "A416", "transitions"),
    "a gate of a type that is not there": ("project.yaml", "type: survey-application", "type: visit", "A417", "visit"),
    "a gate of a value that is not there": (
        "project.yaml",
        "decision: [key, normal]",
        "decision: [big]",
        "A417",
        "big",
    ),
    "a condition that nobody knows": ("project.yaml", "distinct: review", "distnct: review", "A402", "distnct"),
    "no such kind of common field": (
        "repository.yaml",
        "created: {type: date",
        "created: {type: day",
        "A402",
        "created: {",
    ),
}


@pytest.mark.parametrize(("name", "old", "new", "code", "culprit"), EDITS.values(), ids=EDITS.keys())
def test_a_mistake_is_reported_at_its_line(name: str, old: str, new: str, code: str, culprit: str) -> None:
    changed = edited(name, old, new)
    (found,) = check_policy(changed, "")
    text = changed[f"policy/{name}"].decode("utf-8", "replace")
    assert (found.code, found.path) == (code, f"policy/{name}")
    assert culprit.rstrip("\n") in text.split("\n")[found.line - 1]


@pytest.mark.parametrize("name", ["repository.yaml", "people.yaml", "approval.yaml", "project.yaml"])
def test_a_missing_file_is_named(name: str) -> None:
    kept = {path: data for path, data in files().items() if path != f"policy/{name}"}
    (found,) = check_policy(kept, "")
    assert (found.code, found.path) == ("A401", f"policy/{name}")


def test_a_missing_table_is_reported_for_the_folder() -> None:
    (found,) = check_policy(edited("repository.yaml", "\nstages:", "\nphases:"), "")
    assert (found.code, found.path.startswith("policy/")) == ("A402", True)


def test_the_policy_in_force_is_not_judged_again() -> None:
    from presales_repo.model.policy import policy_digest

    broken = edited("people.yaml", "name: 林越", "name: [林越")
    assert check_policy(broken, policy_digest(broken)) == []
