"""Codes of rules that the policy holds as data: F13x, A407 and A408."""

from __future__ import annotations

from presales_repo.codes.rule import N_, Rule

FIELD_RULES = (
    Rule(
        "F130",
        "error",
        N_("{message} (rule {rule})"),
        "{hint}",
        N_("Rules of a document type are data of the policy: policy/types, docs/types.md."),
        "policy/types",
    ),
    Rule(
        "F131",
        "warning",
        N_("{message} (rule {rule})"),
        "{hint}",
        N_("Rules of a document type are data of the policy; this one only warns."),
        "policy/types",
    ),
    Rule(
        "F132",
        "error",
        N_("Rule {rule} of {type} could not be evaluated: {problem}"),
        N_("Tell an administrator: the rule in policy/types/ has to be corrected."),
        N_("A rule that cannot be asked must not pass for one that holds."),
        "policy/types",
    ),
)

RULE_RULES = (
    Rule(
        "A407",
        "error",
        N_("Rule {rule} of {type} is wrong: {problem}"),
        N_("Correct it in policy/types/; docs/types.md shows a rule in full."),
        N_("A rule needs an id, a moment, a place, an expression, and its message in both languages."),
        "docs/types.md",
    ),
    Rule(
        "A408",
        "error",
        N_("Rule {rule} of {type}: the expression cannot be used: {problem}"),
        N_("Correct it in policy/types/; docs/types.md lists what an expression may look up."),
        N_("Expressions are compiled when a policy is proposed, so that no draft is stopped by a misspelt one."),
        "docs/types.md",
    ),
)
