"""Codes H: headings and content."""

from __future__ import annotations

from presales_repo.codes.rule import N_, Rule
from presales_repo.codes.rule_data import CONTENT_RULES

RULES = (
    Rule(
        "H101",
        "error",
        N_("Required heading `{heading}` is missing."),
        N_("Add a line `## {heading}`; numbering before it and Traditional characters are fine."),
        N_("A type says which headings its documents have."),
        "policy/types; R051",
    ),
    Rule(
        "H102",
        "warning",
        N_("Below `{heading}` nothing is written yet."),
        N_("Write your text there, in place of the hint in 〔〕."),
        N_("A new document has a hint below each heading; a heading with nothing below it says nothing."),
        "policy/types",
    ),
    Rule(
        "H107",
        "error",
        N_("The file holds marks of a merge conflict."),
        N_("Decide between the two texts, delete the lines <<<<<<<, =======, >>>>>>>."),
        N_("A conflict that was not resolved would be published as it is."),
        "git merge",
    ),
    *CONTENT_RULES,
)
