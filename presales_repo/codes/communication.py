"""Codes W340 to W359: deadlines as a calendar file, what is new, entry in one line."""

from __future__ import annotations

from presales_repo.codes.rule import N_, Rule

RULES = (
    Rule(
        "W340",
        "error",
        N_("{path} is there and is no calendar file."),
        N_("Name another file, or remove that one."),
        N_("`prs due --ics` writes its own file again, and no other."),
        "RFC 5545",
    ),
    Rule(
        "W341",
        "error",
        N_("`{field}` is given twice."),
        N_("Give one value; only lists may be given several times."),
        "",
        "docs/commands.md",
    ),
    Rule(
        "W342",
        "error",
        N_("Documents of type {type} have no heading {heading}."),
        N_("Their headings are: {known}"),
        "",
        "policy/types",
    ),
    Rule(
        "W343",
        "error",
        N_("{type} ({title}) needs an approval."),
        N_("Leave out --register; then prs save, prs submit."),
        N_("Only records that need no approval are published by their author alone."),
        "四(三)1; R167",
    ),
    Rule(
        "W344",
        "error",
        N_("No document has a field {field}."),
        N_("prs types TYPE lists the fields of a type; parts of a table are written actions.owner"),
        N_("A filter by a field that is not there would find nothing, and look as if nothing were there."),
        "五(二)1; R141",
    ),
)
