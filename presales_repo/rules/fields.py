"""Front matter against its document type: the right fields, required ones present, values in form, author's role."""

from __future__ import annotations

from collections.abc import Iterator

from presales_repo.findings import Finding
from presales_repo.model.doctype import DocType
from presales_repo.model.document import Document
from presales_repo.model.policy import Policy
from presales_repo.model.workflow import may_author
from presales_repo.rules.values import check_field

# Derived from type, author and ledger; written down they would go stale and change the signed bytes.
DERIVED = frozenset(("version", "status", "category", "stage", "department", "approvals", "change_note", "team", "access"))


def check_fields(document: Document, doctype: DocType, policy: Policy) -> Iterator[Finding]:
    """F108 unknown field, F109 required field absent, F120 derived field written, and what check_field finds."""
    known = {**policy.common_fields, **doctype.fields}
    for name, node in document.head.fields.values.items():
        key = document.head.fields.keys[name]
        if name in known:
            yield from check_field(known[name], node, document.path, policy)
        elif name in DERIVED:
            yield Finding("F120", document.path, key.line, key.column, {"field": name})
        else:
            yield Finding("F108", document.path, key.line, key.column, {"field": name, "type": doctype.id})
    for name, field in known.items():
        if field.required and name not in document.head.fields.values and name != "number":
            yield Finding("F109", document.path, 2, 0, {"field": name, "title": field.title_zh})
    yield from _check_project(document, doctype)
    yield from _check_author(document, doctype, policy)
    yield from _check_levels(document, doctype, policy)


def _check_project(document: Document, doctype: DocType) -> Iterator[Finding]:
    project = document.value("project")
    if doctype.scope == "project" and not project:
        yield Finding("F116", document.path, document.line("project"), 0, {"type": doctype.id})
    if doctype.scope == "none" and project:
        yield Finding("F117", document.path, document.line("project"), 0, {"type": doctype.id, "project": project})


def _check_author(document: Document, doctype: DocType, policy: Policy) -> Iterator[Finding]:
    person = policy.people.get(document.value("author"))
    if person is not None and not may_author(doctype, person):
        roles = ", ".join(f"{role} ({policy.roles[role].title_zh})" for role in doctype.authors)
        yield Finding(
            "F119",
            document.path,
            document.line("author"),
            0,
            {"person": person.id, "type": doctype.id, "roles": roles},
        )


def _check_levels(document: Document, doctype: DocType, policy: Policy) -> Iterator[Finding]:
    """An author may raise what the type says, not lower it (A-11); a secret needs the end of its secrecy (A-24)."""
    if doctype.important and document.value("important") == "false":
        yield Finding("F118", document.path, document.line("important"), 0, {"type": doctype.id})
    level = document.value("sensitivity") or doctype.sensitivity
    found = policy.sensitivities.get(level)
    if found and int(found.raw.get("order", 0)) >= 2 and not document.value("secrecy_until"):
        yield Finding("F121", document.path, document.line("sensitivity"), 0, {"sensitivity": found.title_zh})
