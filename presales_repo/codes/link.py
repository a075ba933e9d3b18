"""Codes L: links, references, attachments."""

from __future__ import annotations

from presales_repo.codes.rule import N_, Rule
from presales_repo.codes.trace import RULES as TRACE

RULES = (
    Rule(
        "L101",
        "error",
        N_("The link leads nowhere: {target}"),
        N_(
            "There is no {resolved}. Correct the path (that of an attachment: {attachment}), or write the document's "
            "number without a link."
        ),
        N_("Links between documents are relative paths in the repository."),
        "",
    ),
    Rule(
        "L102",
        "error",
        N_("The link leaves the repository: {target}"),
        N_("Use a path relative to this file, with forward slashes: {corrected}"),
        N_("A link may not depend on where somebody keeps the repository."),
        "",
    ),
    Rule(
        "L103",
        "error",
        N_("`{field}` names {number}, which no document carries."),
        N_("Correct the number; prs list shows all."),
        N_("A reference must lead to a document."),
        "四(四)1",
    ),
    Rule(
        "L104",
        "error",
        N_("`{field}` names {number}@{version}, which is not published."),
        N_("prs history {number} shows the published versions: name one of them, or have this one approved first."),
        N_("What rests on a version needs that version to be published."),
        "三(二)3",
    ),
    Rule(
        "L105",
        "error",
        N_("Attachment {path} is missing."),
        N_("Put the file there, or correct `path:`; the attachments of this document lie in {folder}"),
        N_("Attachments lie in attachments/<number>/."),
        "四(二)2; R104",
    ),
    Rule(
        "L106",
        "error",
        N_("Attachment {path} is not the one named: its SHA-256 differs."),
        N_("If the file is right, write `sha256: {digest}` (prs check --fix does it)."),
        N_("The digest binds the file to what is signed."),
        "四(二)2; R104",
    ),
    Rule(
        "L107",
        "error",
        N_("Attachment {path} lies outside the document's own folder."),
        N_("Move it into {folder} and write `path: {corrected}`"),
        N_("Attachments lie in attachments/<number>/, so that they follow their document."),
        "四(二)2",
    ),
    Rule(
        "L108",
        "warning",
        N_("No document names this attachment."),
        N_("Add it to `attachments:` of document {number}, by its path; or remove the file."),
        N_("Only what a document names is bound to its approvals; anything else can be exchanged unnoticed."),
        "四(二)2; R104",
    ),
    Rule(
        "L109",
        "error",
        N_("Attachment {path} has no digest."),
        N_("Write `sha256: {digest}` (prs check --fix does it)."),
        N_("The digest binds the file to what is signed."),
        "四(二)2; R104",
    ),
    *TRACE,
)
