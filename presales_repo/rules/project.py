"""A project's own record, `projects/<id>-<name>/project.md`, against the table `fields` of policy/project.yaml."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from presales_repo.findings import Finding
from presales_repo.model.doctype import build_fields
from presales_repo.model.document import Document
from presales_repo.model.paths import PROJECT_RECORD, is_project_id, project_folder, safe_name
from presales_repo.model.policy import PROJECT, Policy
from presales_repo.rules.fields import check_names, check_values
from presales_repo.rules.place import field_line
from presales_repo.rules.register import Register
from presales_repo.rules.words import shell_word, shown


def check_record(document: Document, policy: Policy, register: Register) -> Iterator[Finding]:
    """The record's fields (F1xx), its id (P111), that no other folder has the id (P112), and its folder (P113)."""
    table = policy.project.get("fields") or {}
    derived = {name for name, raw in table.items() if raw.get("derived")}
    known = build_fields({name: raw for name, raw in table.items() if name not in derived}, PROJECT)
    yield from check_values(document, known, ("id", "name"), policy)
    yield from check_names(document, known, derived, PROJECT_RECORD)
    yield from _check_folder(document, register)


def _check_folder(document: Document, register: Register) -> Iterator[Finding]:
    project, name = document.value("id"), document.value("name")
    line = field_line(document, "id")
    if not project:
        return
    if not is_project_id(project):
        yield Finding("P111", document.path, line, 0, {"found": shown(project)})
        return
    folder = document.path.removesuffix(f"/{PROJECT_RECORD}")
    first = register.project_folder(project)
    if first not in (None, folder):
        yield Finding("P112", document.path, line, 0, {"project": project, "folder": first})
    expected = project_folder(project, name)
    if safe_name(name) and unicodedata.normalize("NFC", folder) != expected:
        args = {"expected": expected, "source": shell_word(folder), "target": shell_word(expected)}
        yield Finding("P113", document.path, line, 0, args)
