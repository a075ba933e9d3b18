"""Codes N: document numbers, 四(二)1."""

from __future__ import annotations

from presales_repo.codes.rule import N_, Rule

RULES = (
    Rule(
        "N101",
        "error",
        N_("The document has no number."),
        N_("Let prs allocate one: prs new {type} -t TITLE; then move your text into the file that it makes."),
        N_("Every presales document has one number, allocated by prs and written in its front matter as `number:`."),
        "四(二)1; R088",
    ),
    Rule(
        "N102",
        "error",
        N_("{found} is not a document number."),
        N_("A number is two capital letters, year and month, three digits, all ASCII: {corrected}"),
        N_(
            "A number is the stage's two letters, YYYYMM and a sequence from 001 to 999, in ASCII capitals "
            "and digits. The regulation's text says four digits for year and month, its example shows six; "
            "the example rules."
        ),
        "四(二)1; R089, R092, A-01, A-07",
    ),
    Rule(
        "N103",
        "error",
        N_("The number's stage {found} is not that of type {type} ({title}), which is {expected}."),
        N_("Allocate a number of the right stage: prs new {type}; or correct `type:`."),
        N_("The first two letters of a number are the stage of the document's type."),
        "四(二)1; R090",
    ),
    Rule(
        "N104",
        "error",
        N_("Number {number} is of {month}, but `created` says {created}."),
        N_("Write the day on which the number was allocated, in {month}; it is on the file's first commit (git log)."),
        N_(
            "Year and month in a number are those in which the document was made, in the company's time zone;"
            " a later revision keeps the number."
        ),
        "四(二)1; A-05",
    ),
    Rule(
        "N105",
        "error",
        N_("Stage {stage} has used all {last} numbers of {period}."),
        N_("Wait for the next month, or ask the document controller; numbers are never used twice."),
        N_("A stage has 999 numbers a month. The thousandth document gets none rather than somebody else's."),
        "四(二)1; A-02",
    ),
    Rule(
        "N106",
        "error",
        N_("Number {number} is also carried by {other}."),
        N_(
            "Keep the number where it was first. The other text needs a number of its own: prs new makes a file with "
            "one; move the text there."
        ),
        N_("A number belongs to one document for ever."),
        "四(二)1; R095",
    ),
    Rule(
        "N107",
        "error",
        N_("Number {number} was never allocated; the last one issued for its stage and month is {last}."),
        N_("Numbers are not made by hand: prs new allocates the next one; move your text into the file that it makes."),
        N_("Numbers rise one by one from 001 and are issued by prs new, so that two people never get the same one."),
        "四(二)1; R093",
    ),
    Rule(
        "N108",
        "error",
        N_("{found} is not a stage of this company."),
        N_("Stages are: {stages}"),
        N_("The stages are the table `stages` of policy/repository.yaml."),
        "四(二)1; R090",
    ),
    Rule(
        "N110",
        "error",
        N_("The record of issued numbers {ref} is not one number after the other."),
        N_("Somebody changed it by hand. Restore the ref from another clone, then run prs sync."),
        N_("Numbers are claimed by moving refs/prs/numbers/<stage>/<month> with commits that name them."),
        "四(二)1; R096",
    ),
    Rule(
        "N111",
        "error",
        N_("Others took every number of {stage}{period} that this command tried to claim."),
        N_("Run the command again."),
        N_("Claims are made by compare-and-swap; this one lost each of fifty races."),
        "四(二)1; R096",
    ),
)
