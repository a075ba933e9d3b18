"""Codes of rules and words that the policy holds as data: F13x, H12x, A407 and A408."""

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

CONTENT_RULES = (
    Rule(
        "H120",
        "warning",
        N_("{word}: customers read this text, and it promises or praises more than can be proven."),
        N_("Say what can be proven, with a figure or a source; prs check --strict refuses the word."),
        N_("Honesty: no exaggeration, no false promise. The words are data: policy/repository.yaml, `words`."),
        "一(三)4; R007",
    ),
    Rule(
        "H121",
        "error",
        N_("A password stands in plain text below `{heading}`."),
        N_("Write where to get it (from whom, from which safe) instead of the password."),
        N_("A document is copied, printed and kept for years; a password in it is everybody's."),
        "四(一)4",
    ),
    Rule(
        "H122",
        "error",
        N_("Below `{heading}` nothing is said of {term}."),
        N_("Write about {term} there, by this name."),
        N_("The regulation says what this section covers; the terms are `mentions` of the heading in policy/types."),
        "三(二)1; R041",
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
