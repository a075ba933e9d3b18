"""Codes W30x to W33x, A43x to A45x, D20x and D21x: what happens to a document after its release, 四(二)2 and 四(四)."""

from __future__ import annotations

from presales_repo.codes.rule import N_, Rule

RULES = (
    Rule(
        "W300",
        "error",
        N_("{field} of {number} may not change after release."),
        N_("These may: {allowed}. Everything else needs a new version: edit the file, prs save, prs submit"),
        N_("Only fields that the type lists in mutable_after_release change without a new approval."),
        "四(三)1; A-19, R168",
    ),
    Rule(
        "W301",
        "error",
        N_("{path} has other changes than prs track may make: {fields}"),
        N_("Submit them as a new version (prs submit {number} -m TEXT), or put the file back: git restore FILE"),
        N_("A tracked change is made to the text in force, so the file must be that text."),
        "四(三)1; A-19, R168",
    ),
    Rule(
        "W302",
        "error",
        N_("{field} of {number} has no entry {entry}."),
        N_("These are there: {known}; or name one by its position from 1."),
        "",
        "R168",
    ),
    Rule(
        "W303",
        "error",
        N_("{field} of {number} has several entries {entry}."),
        N_("Name the one you mean by its position from 1: {field}.2"),
        "",
        "R168",
    ),
    Rule(
        "W304",
        "error",
        N_("{number} would break rules with this value."),
        N_("Correct what is listed below and try again."),
        N_("A changed field has to be right as every other."),
        "四(三)1; R168",
    ),
    Rule(
        "A430",
        "error",
        N_("{number} has no version in force."),
        N_("Before the release just edit the file; prs show {number} says where it stands."),
        N_("Only published text is tracked."),
        "四(三)1; R168",
    ),
    Rule(
        "A431",
        "error",
        N_("The change is of {number} {found}, but {version} at {path} is in force."),
        N_("Run prs track again."),
        N_("A tracked change leaves version and path as they are."),
        "docs/ledger-format.md",
    ),
    Rule(
        "A432",
        "error",
        N_("The new text of {number} differs in more than may change after release: {fields}"),
        N_("Use prs track NUMBER FIELD=VALUE; everything else needs a new version."),
        N_("The verifier sets the changed values in the text in force and must get the new text, byte for byte."),
        "docs/ledger-format.md; R168",
    ),
    Rule(
        "A433",
        "error",
        N_("Nothing changes in {number}: the fields have these values already."),
        N_("prs history {number} says who set them."),
        "",
        "R168",
    ),
    Rule(
        "A434",
        "error",
        N_("{person} may not change the status of {number}."),
        N_("These may (people or roles): {allowed}"),
        N_("Authors, and the roles that the policy or the type names as trackers."),
        "四(三)1; R168",
    ),
    Rule(
        "A435",
        "error",
        N_("{field} judges the document; {person} is one of its authors."),
        N_("Somebody who did not write it sets this field."),
        N_("Nobody judges what they wrote."),
        "六(二); R117, R168",
    ),
    Rule(
        "A436",
        "error",
        N_("The text of {number} changed meanwhile."),
        N_("Look at it, then run prs track again."),
        N_("A tracked change names the text that it replaces, so that two people never overwrite each other."),
        "docs/ledger-format.md",
    ),
)
