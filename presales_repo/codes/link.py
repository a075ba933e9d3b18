"""Codes L: links, references, attachments."""

from __future__ import annotations

from presales_repo.codes.rule import N_, Rule

RULES = (
    Rule(
        "L101",
        "error",
        N_("The link leads nowhere: {target}"),
        N_("There is no {resolved}; correct the path, or write the document's number instead."),
        N_("Links between documents are relative paths in the repository."),
        "",
    ),
    Rule(
        "L102",
        "error",
        N_("The link leaves the repository: {target}"),
        N_("Use a path relative to this file, with forward slashes."),
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
        N_("Use a published version: prs history {number}"),
        N_("What rests on a version needs that version to be published."),
        "三(二)3",
    ),
    Rule(
        "L105",
        "error",
        N_("Attachment {path} is missing."),
        N_("Put the file there, in {folder}"),
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
        N_("Move it to {folder}"),
        N_("Attachments lie in attachments/<number>/, so that they follow their document."),
        "四(二)2",
    ),
)
