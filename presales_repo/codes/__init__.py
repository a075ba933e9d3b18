"""The table of all codes: words, severity, source. `prs explain`, docs/rules.md and every message are made from it."""

from __future__ import annotations

from collections.abc import Iterable

from presales_repo.codes.rule import Rule
from presales_repo.findings import Finding

GROUPS = {
    "N": "number",
    "P": "path",
    "F": "frontmatter",
    "H": "content",
    "L": "link",
    "W": "workflow",
    "A": "approval",
    "S": "security",
    "D": "deadline",
    "E": "environment",
}


def rules_of(group: str) -> dict[str, Rule]:
    """The rows of one group (a letter), by code. A group is loaded when it is first asked for."""
    from importlib import import_module

    module = import_module(f"presales_repo.codes.{GROUPS[group]}")
    return {rule.code: rule for rule in module.RULES}


def rule_of(code: str) -> Rule | None:
    """The row of a code, None when there is none."""
    return rules_of(code[0]).get(code) if code[:1] in GROUPS else None


def all_rules() -> list[Rule]:
    """Every row, in the order of the groups."""
    return [rule for group in GROUPS for rule in rules_of(group).values()]


def severity_of(code: str, strict: bool = False) -> str:
    """`error`, `warning` or `info`; `strict`: a warning is an error."""
    rule = rule_of(code)
    severity = rule.severity if rule else "error"
    return "error" if strict and severity == "warning" else severity


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether any finding is an error."""
    return any(severity_of(finding.code) == "error" for finding in findings)
