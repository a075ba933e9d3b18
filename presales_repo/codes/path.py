"""Codes P: paths and file names, 四(二)2."""

from __future__ import annotations

from presales_repo.codes.rule import N_, Rule

RULES = (
    Rule(
        "P101",
        "error",
        N_("The file name does not match number and title; expected {name}"),
        N_("prs check --fix renames it; by hand: git mv {found} {expected}"),
        N_("A document's file is named <number>-<title>.md, so that number, title and file always say the same."),
        "四(二)1; R097",
    ),
    Rule(
        "P102",
        "error",
        N_("The document lies in the wrong category folder; expected {category}"),
        N_("prs check --fix moves it; by hand, once the folder is made: git mv {found} {expected}"),
        N_("Documents are sorted by project and category; the category follows from the type."),
        "四(二)2; R099",
    ),
    Rule(
        "P103",
        "error",
        N_("The document lies in the wrong place for its project; expected {folder}"),
        N_("prs check --fix moves it; by hand, once the folder is made: git mv {found} {expected}"),
        N_("Documents of a project lie in projects/<id>-<name>/, documents of no project in common/."),
        "四(二)2; R099",
    ),
    Rule(
        "P104",
        "error",
        N_("A document may not lie here."),
        N_("Documents belong in {projects}/<id>-<name>/<category>/ or {common}/<category>/; prs new puts them there."),
        N_("There is one dedicated store for presales documents: the two folders of this repository."),
        "四(二)2; R098",
    ),
    Rule(
        "P105",
        "error",
        N_("A numbered document is deleted."),
        N_(
            "Restore it: git restore --source=HEAD --staged --worktree -- {file}. A published document leaves only "
            "by an approved disposal."
        ),
        N_(
            "Nobody deletes a document with git rm: its number stays taken, and what was published leaves by "
            "a disposal request."
        ),
        "四(四)2; R122, A-21",
    ),
    Rule(
        "P106",
        "error",
        N_("There is no project {project}."),
        N_("See prs project list; make one: prs project new {project} -t NAME --customer CUSTOMER"),
        N_("A project's documents lie in its folder, which has the project's record."),
        "四(二)2",
    ),
    Rule(
        "P107",
        "error",
        N_("The title gives no usable file name: {title}"),
        N_("Write a title of 1 to 60 characters with at least one letter or character."),
        N_("The title is part of the file name and stands on the cover."),
        "四(二)2; A-43",
    ),
    Rule(
        "P108",
        "error",
        N_("{path} is outside the repository."),
        N_("Name files of this repository, or use -C DIR."),
        N_("Only files of the repository are checked."),
        "",
    ),
    Rule(
        "P109",
        "error",
        N_("The name differs from {other} only in case or in Unicode form."),
        N_("Rename one of the two, so that they differ in more than that."),
        N_("Windows and macOS take two such names for one: of the two files one would be lost."),
        "四(二)2",
    ),
    Rule(
        "P110",
        "error",
        N_("{path} exists already."),
        N_("Move that file away; prs never overwrites what it did not write."),
        N_("A new document never replaces a file."),
        "",
    ),
    Rule(
        "P111",
        "error",
        N_("{found} is not a project id."),
        N_("A project id is XM, the year, three digits: XM2023001"),
        N_("The id names the project's folder and stands in each of its documents."),
        "四(二)2",
    ),
    Rule(
        "P112",
        "error",
        N_("Project {project} exists already: {folder}"),
        N_("Choose the next free id; see prs project list."),
        N_("Project ids are never reused."),
        "四(二)2",
    ),
    Rule(
        "P113",
        "error",
        N_("The project's folder does not match its id and name; expected {expected}"),
        N_("Correct `id:` or `name:`, or move the folder with all that lies in it: git mv {source} {target}"),
        N_("A project's folder is named <id>-<name>; the name is that of the project's record."),
        "四(二)2; R099",
    ),
    Rule(
        "P114",
        "error",
        N_("Project folder {folder} has no record project.md."),
        N_(
            "Restore it from git's history, or write it between two --- lines: id, name, customer, priority, manager, "
            "opened_on."
        ),
        N_("The record says which project a folder is; without it its documents belong to none."),
        "四(二)2",
    ),
    Rule(
        "P115",
        "error",
        N_("This is no Markdown file (.md); only documents lie in the store."),
        N_("Write it as Markdown with a number (prs new), or move it to {attachments}<number>/ and name it there."),
        N_("What lies in the store has a number, a version and approvals; scans and slides are attachments of that."),
        "四(二)2; R098, R104",
    ),
    Rule(
        "P116",
        "info",
        N_("There is nothing to check here."),
        N_("The rules look at projects/, common/, attachments/ and policy/: prs check projects"),
        N_("A path was named under which no file is that a rule speaks of, or one that git ignores."),
        "",
    ),
)
