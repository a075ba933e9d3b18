"""Front matter against its document type: the right fields, required ones present, values in form, author's role."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from presales_repo.findings import Finding
from presales_repo.model.doctype import DocType, Field
from presales_repo.model.document import Document
from presales_repo.model.policy import Policy
from presales_repo.model.workflow import may_author
from presales_repo.rules.place import field_line
from presales_repo.rules.values import check_field, is_empty
from presales_repo.rules.words import nearest, shown

# Derived from type, author and ledger; written down they would go stale and change the signed bytes.
DERIVED = frozenset("version status category stage department approvals change_note team access".split())
_SECRET = 2  # order of the sensitivity 秘密, from which a term is expected


def check_fields(document: Document, doctype: DocType | None, policy: Policy) -> Iterator[Finding]:
    """Every finding about the front matter, its number aside. Of a document of unknown type (None) only the fields
    that all documents share can be judged."""
    common = policy.common_fields
    filled = {name for name, field in common.items() if field.required}
    if doctype is None:
        yield from check_values(document, common, filled, policy)
        return
    known = {**common, **doctype.fields}
    yield from check_values(document, known, filled, policy)
    yield from check_names(document, known, DERIVED, doctype.id)
    yield from _check_project(document, doctype)
    yield from _check_author(document, doctype, policy)
    yield from _check_levels(document, doctype, policy)


def check_names(document: Document, known: Collection[str], derived: Collection[str], where: str) -> Iterator[Finding]:
    """F108 a field that `where` (a type, the project's record) does not have, F120 one that is never written."""
    for name, key in document.head.fields.keys.items():
        if name in derived and name not in known:
            yield Finding("F120", document.path, key.line, key.column, {"field": name})
        elif name not in known:
            args = {"field": shown(name), "type": where, "known": nearest(name, known) or ", ".join(known)}
            yield Finding("F108", document.path, key.line, key.column, args)


def check_values(
    document: Document, known: Mapping[str, Field], filled: Collection[str], policy: Policy
) -> Iterator[Finding]:
    """What check_field finds in the fields that are there, and F109 for required ones that are not. A field of
    `filled` counts as missing when it is empty: it is written once, when the file is made. A missing number is
    check_number's to report."""
    for name, field in known.items():
        node = document.node(name)
        empty = node is None or (name in filled and is_empty(node))
        if node is not None and not empty:
            yield from check_field(field, node, document.path, policy)
        elif field.required and name != "number":
            args = {"field": name, "title": field.title_zh}
            yield Finding("F109", document.path, field_line(document, name), 0, args)


def _check_project(document: Document, doctype: DocType) -> Iterator[Finding]:
    project, line = document.value("project"), field_line(document, "project")
    if doctype.scope == "project" and not project:
        yield Finding("F116", document.path, line, 0, {"type": doctype.id})
    if doctype.scope == "none" and project:
        yield Finding("F117", document.path, line, 0, {"type": doctype.id, "project": shown(project)})


def _check_author(document: Document, doctype: DocType, policy: Policy) -> Iterator[Finding]:
    person = policy.people.get(document.value("author"))
    if person is not None and not may_author(doctype, person):
        roles = ", ".join(f"{role} ({policy.roles[role].title_zh})" for role in doctype.authors)
        args = {"person": person.id, "type": doctype.id, "roles": roles}
        yield Finding("F119", document.path, field_line(document, "author"), 0, args)


def _check_levels(document: Document, doctype: DocType, policy: Policy) -> Iterator[Finding]:
    """An author may raise what the type says, not lower it (A-11); a secret needs the end of its secrecy (A-24)."""
    if doctype.important and document.value("important") == "false":
        yield Finding("F118", document.path, field_line(document, "important"), 0, {"type": doctype.id})
    level = policy.sensitivities.get(document.value("sensitivity") or doctype.sensitivity)
    if level and int(level.raw.get("order", 0)) >= _SECRET and not document.value("secrecy_until"):
        line = field_line(document, "secrecy_until")
        yield Finding("F121", document.path, line, 0, {"sensitivity": level.title_zh})
