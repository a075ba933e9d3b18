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
)
