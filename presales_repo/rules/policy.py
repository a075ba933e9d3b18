"""The folder `policy/` as somebody edited it: what makes it no policy, and where."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.needs import has_minutes
from presales_repo.model.policy import (
    APPROVAL,
    CALENDAR,
    PEOPLE,
    PROJECT,
    REPOSITORY,
    ROOT,
    TYPES,
    Policy,
    build_policy,
    policy_data,
    policy_digest,
    validate_policy,
)
from presales_repo.rules.checks import as_finding
from presales_repo.rules.gates import wrong_gates
from presales_repo.rules.typerules import wrong_rules

# The file that defines what a refusal names: by the first word of its `where`, or by its code with the argument.
_DEFINED_IN = {
    "person": PEOPLE,
    "chain": APPROVAL,
    "type": TYPES,
    "common_fields": REPOSITORY,
    "calendar": CALENDAR,
    "deadline": CALENDAR,
    "gate": PROJECT,
    "state": PROJECT,
}
_NAMED_BY = {
    "A403": (PEOPLE, "second"),
    "A404": (APPROVAL, "quorum"),
    "A405": (REPOSITORY, "stage"),
    "A413": (PROJECT, "section"),
    "A414": (PROJECT, "section"),
    "A415": (PROJECT, "gate"),
    "A416": (PROJECT, "section"),
}


def check_policy(files: Mapping[str, bytes], digest: str) -> list[Finding]:
    """Why `files` (of policy/, by path) are no valid policy; nothing when they are the one in force (`digest`)."""
    if policy_digest(files) == digest:
        return []
    try:
        policy = build_policy(policy_data(files))
        validate_policy(policy)
        _validate_calendar(policy)
    except PrsError as error:
        finding = as_finding(error)
        if finding.line:
            return [finding]
        path, line = _place(error, files)
        return [finding._replace(path=finding.path or path, line=line)]
    return [*_meetings_without_minutes(policy, files), *_wrong_rules(policy, files), *_wrong_gates(policy, files)]


def _wrong_gates(policy: Policy, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """A417 a gate of projects that no document could open."""
    text = files[PROJECT].decode("utf-8", "replace")
    for wrong in wrong_gates(policy):
        yield Finding("A417", PROJECT, _line_of(text, [wrong.gate], wrong.problem), 0, wrong._asdict())


def _wrong_rules(policy: Policy, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """A407, A408 a rule of a type that cannot be asked."""
    texts = {path: data.decode("utf-8", "replace") for path, data in files.items() if path.startswith(TYPES)}
    for wrong in wrong_rules(policy):
        lines = ((path, _line_of(texts[path], [wrong.type, wrong.rule], "")) for path in sorted(texts))
        path, line = next((place for place in lines if place[1]), (TYPES, 0))
        yield Finding(wrong.code, path, line, 0, wrong._asdict())


def _validate_calendar(policy: Policy) -> None:
    """Raises PrsError A402. The ledger does not ask: deadlines decide nothing that is signed."""
    if policy.calendar:
        from presales_repo.model.deadlinerules import build_timetable

        build_timetable(policy.calendar, policy)


def _meetings_without_minutes(policy: Policy, files: Mapping[str, bytes]) -> Iterator[Finding]:
    """A406 a step that needs minutes which no type of document holds. No refusal: what goes through that chain may
    have been given up with the type, and a ledger's earlier policies must stay valid."""
    text = files[APPROVAL].decode("utf-8", "replace")
    for chain in policy.chains.values():
        for step in chain.steps:
            kind = step.needs.minutes
            if kind and not has_minutes(kind, policy.types.values()):
                args = {"chain": chain.id, "step": step.id, "kind": kind}
                yield Finding("A406", APPROVAL, _line_of(text, [chain.id, step.id], kind), 0, args)


def _place(error: PrsError, files: Mapping[str, bytes]) -> tuple[str, int]:
    """The file and line that a refusal speaks of; the folder and 0 when it does not say."""
    where = str(error.args_.get("where", "")).split(", ")
    names = [part.rsplit(" ", 1)[-1] for part in where]
    root = error.path or _DEFINED_IN.get(where[0].split(" ")[0], "")
    if error.code in _NAMED_BY:
        root, argument = _NAMED_BY[error.code]
        names = [argument if argument == "quorum" else str(error.args_[argument])]
    for path in sorted(files):
        if root and path.startswith(root):
            line = _line_of(files[path].decode("utf-8", "replace"), names, str(error.args_.get("problem", "")))
            if line:
                return path, line
    return (root if root.endswith(".yaml") else ROOT), 0


def _line_of(text: str, names: Sequence[str], problem: str) -> int:
    """The line where the last of `names` is defined, each below the one before, as `id: name` or `name:`; below it
    the one that holds the problem's last word, when there is one. 0 when a name is not defined."""
    at = 0
    for name in names:
        word = re.escape(name)
        found = re.compile(rf"^[^#\n]*(?<![\w.-])(?:id: *{word}(?![\w.-])|{word}:)", re.MULTILINE).search(text, at)
        if found is None:
            return 0
        at = found.end()
    culprit = text.find(problem.rsplit(" ", 1)[-1], at) if problem else -1
    return text.count("\n", 0, max(culprit, at)) + 1
