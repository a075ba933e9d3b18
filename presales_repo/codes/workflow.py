"""Codes W: working on documents."""

from __future__ import annotations

from presales_repo.codes.rule import N_, Rule

RULES = (
    Rule(
        "W101",
        "error",
        N_("{path} has changes that are not committed."),
        N_("Save them first: prs save {number} -m TEXT"),
        N_("A submission fixes committed text."),
        "四(三)1",
    ),
    Rule(
        "W103",
        "error",
        N_("No document carries the number {number}."),
        N_("prs list shows all numbers."),
        N_(""),
        "四(二)1",
    ),
    Rule(
        "W104",
        "error",
        N_("{rev} is not a range of commits."),
        N_("Write two commits: --rev main~1..main"),
        N_(""),
        "",
    ),
    Rule(
        "W105",
        "error",
        N_("There is no file {path}."),
        N_("Check the spelling; paths are relative to the current folder."),
        N_(""),
        "",
    ),
    Rule(
        "W106",
        "error",
        N_("There is nothing to save."),
        N_("Edit a document first; prs list --status draft shows yours."),
        N_(""),
        "",
    ),
    Rule(
        "W107",
        "error",
        N_("Version {version} of {number} was never published."),
        N_("prs history {number} lists its versions."),
        N_(""),
        "四(四)3; R126",
    ),
    Rule(
        "W108",
        "error",
        N_("{number} is not published yet."),
        N_("Only published documents leave as controlled PDFs; for a draft: prs export {number} --profile draft"),
        N_("Only a document whose last approval is recorded is published."),
        "四(三)1; R109",
    ),
    Rule(
        "W109",
        "error",
        N_("The document breaks rules, so it cannot be submitted."),
        N_("Correct what is listed, save, and submit again."),
        N_(""),
        "四(三)1",
    ),
    Rule(
        "W110",
        "error",
        N_("Deleting {ref} is not allowed."),
        N_("Protected branches stay."),
        N_("main, approved and the record of numbers are never deleted."),
        "四(四)3; R127",
    ),
    Rule(
        "W111",
        "error",
        N_("{ref} would be rewritten."),
        N_("Fetch and merge first; history is never rewritten."),
        N_("main, approved and the record of numbers only grow."),
        "四(四)3; R127",
    ),
    Rule(
        "W112",
        "error",
        N_("{ref} contains the ledger: approved was merged into it."),
        N_("Undo that merge: git reset --keep ORIG_HEAD, then push again."),
        N_(
            "Nothing flows from approved back to main: its tree holds published text only, and merging it "
            "would delete every draft."
        ),
        "",
    ),
    Rule(
        "W113",
        "error",
        N_("{number} has never been submitted."),
        N_("Submit it first: prs submit {number} -m NOTE"),
        N_(""),
        "",
    ),
    Rule(
        "W114",
        "error",
        N_("{path} is not a document."),
        N_("Name a document by its number: prs save QD202305001 -m TEXT"),
        N_(""),
        "",
    ),
    Rule(
        "W115",
        "error",
        N_("There is no such code: {code}"),
        N_("Codes are a letter and three digits, for example N102; docs/rules.md lists all."),
        N_(""),
        "",
    ),
    Rule(
        "W116",
        "error",
        N_("{found} is not a day."),
        N_("Write it like this: 2023-05-18"),
        N_(""),
        "",
    ),
    Rule(
        "W117",
        "error",
        N_("{found} has the wrong form."),
        N_("Write it like this: {expected}"),
        N_(""),
        "",
    ),
)
