"""Codes A4xx: the policy and its people."""

from __future__ import annotations

from presales_repo.codes.project import POLICY_RULES
from presales_repo.codes.rule import N_, Rule
from presales_repo.codes.rule_data import RULE_RULES

RULES = (
    Rule(
        "A401",
        "error",
        N_("The policy lacks {path}."),
        N_("Restore the file: git restore {path}"),
        "",
        "docs/ledger-format.md",
    ),
    Rule(
        "A402",
        "error",
        N_("The policy is wrong at {where}: {problem}"),
        N_("Correct the file in policy/."),
        N_("Every reference of the policy must lead somewhere."),
        "docs/ledger-format.md",
    ),
    Rule(
        "A403",
        "error",
        N_("Key {fingerprint} belongs to two people: {first} and {second}."),
        N_("Each person needs keys of their own."),
        N_("One key, one person: otherwise nobody knows who signed."),
        "四(三)1",
    ),
    Rule(
        "A404",
        "error",
        N_("The policy needs {quorum} administrators to change it but has {count} with a key."),
        N_("Add administrators (role repo-admin) or lower the quorum."),
        N_("A policy that locks everyone out is refused."),
        "docs/ledger-format.md",
    ),
    Rule(
        "A405",
        "error",
        N_("Stage {stage} must stay {title}."),
        N_("Restore it in policy/repository.yaml."),
        N_("The regulation fixes QD and FJ."),
        "四(二)1; R091",
    ),
    Rule(
        "A406",
        "warning",
        N_("Chain {chain}, step {step} needs minutes of the kind {kind}, which no document type holds."),
        N_("Add the kind to `meeting_type` of a type in policy/types/, or correct the step in policy/approval.yaml."),
        N_("Such a step could never be approved."),
        "四(三)1; R108",
    ),
    Rule(
        "A410",
        "error",
        N_("{found} is not an id of a person."),
        N_("Write lower-case letters and digits with dots between, like lin.yue"),
        "",
        "",
    ),
    Rule(
        "A411",
        "error",
        N_("There is already a person {person}."),
        N_("Choose another id, or edit policy/people.yaml."),
        "",
        "",
    ),
    Rule(
        "A412",
        "error",
        N_("{person} cannot be changed in policy/people.yaml."),
        N_("Check the id (prs person list); edit the file by hand if it was written in another form."),
        "",
        "",
    ),
    *POLICY_RULES,
    *RULE_RULES,
)
