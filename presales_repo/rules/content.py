"""The Markdown of a document: required headings, sections still to be written, conflict marks, links."""

from __future__ import annotations

import re
from collections.abc import Iterator

from presales_repo.findings import Finding
from presales_repo.model.doctype import DocType
from presales_repo.model.document import Document
from presales_repo.model.fold import fold_heading
from presales_repo.model.frontmatter import conflict_lines
from presales_repo.model.outline import Link, Outline, outline
from presales_repo.model.paths import resolve_link
from presales_repo.model.policy import Policy
from presales_repo.model.text import hidden_character, position
from presales_repo.rules.register import Register
from presales_repo.rules.values import references

PLACEHOLDER = "〔{hint}〕"
_PLACEHOLDER = re.compile(r"〔[^〔〕]*〕")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")
_SAFE_SCHEME = re.compile(r"(?:https?|mailto|tel):|#", re.IGNORECASE)


def check_content(document: Document, doctype: DocType, policy: Policy, register: Register) -> Iterator[Finding]:
    """All findings about the body and what it refers to."""
    conflicts = conflict_lines(document.text, document.head.body_start)
    for line in conflicts:
        yield Finding("H107", document.path, line)
    hidden = hidden_character(document.body)
    if hidden:
        line, column = position(document.text, document.head.body_start + hidden.start())
        yield Finding("S108", document.path, line, column, {"character": f"U+{ord(hidden[0]):04X}"})
    structure = outline(document.body, document.head.body_line)
    yield from _check_headings(document, doctype, structure)
    for link in structure.links:
        yield from _check_link(document, link, register)
    yield from _check_references(document, doctype, policy, register)
    yield from _check_attachments(document, register)


def _check_headings(document: Document, doctype: DocType, structure: Outline) -> Iterator[Finding]:
    """Any order, any level, numbering and script aside (R051). A heading without text below is not yet written."""
    present = {fold_heading(section.title): section for section in structure.sections}
    for required in doctype.headings:
        section = present.get(fold_heading(required.title))
        args = {"heading": required.title, "type": doctype.id}
        if section is None:
            yield Finding("H101", document.path, document.head.body_line, 0, args)
        elif _PLACEHOLDER.fullmatch(section.text):
            yield Finding("H102", document.path, section.line, 0, args)


def _check_link(document: Document, link: Link, register: Register) -> Iterator[Finding]:
    target = link.target.split("#", 1)[0].split("?", 1)[0]
    if _SCHEME.match(link.target):
        if not _SAFE_SCHEME.match(link.target):
            yield Finding("S109", document.path, link.line, 0, {"target": link.target[:80]})
        return
    resolved = None if target.startswith("/") else resolve_link(document.path, target)
    if resolved is None or "\\" in target:
        yield Finding("L102", document.path, link.line, 0, {"target": link.target})
    elif target and not register.has_file(resolved):
        yield Finding("L101", document.path, link.line, 0, {"target": link.target, "resolved": resolved})


def _check_references(document: Document, doctype: DocType, policy: Policy, register: Register) -> Iterator[Finding]:
    for name, field in (*policy.common_fields.items(), *doctype.fields.items()):
        node = document.node(name)
        if node is None:
            continue
        for reference in references(field, node):
            place = (document.path, reference.line, reference.column)
            args = {"field": name, "number": reference.number, "version": reference.version}
            if not register.has_number(reference.number):
                yield Finding("L103", *place, args)
            elif reference.version and not field.allow_unreleased:
                if register.has_release(reference.number, reference.version) is False:
                    yield Finding("L104", *place, args)


def _check_attachments(document: Document, register: Register) -> Iterator[Finding]:
    folder = f"attachments/{document.number}/"
    for item in document.attachments:
        args = {"path": item.path, "folder": folder}
        if not item.path.startswith(folder) or ".." in item.path.split("/"):
            yield Finding("L107", document.path, item.line, 0, args)
            continue
        digest = register.digest_of(item.path)
        if digest is None:
            yield Finding("L105", document.path, item.line, 0, args)
        elif digest != item.sha256:
            yield Finding("L106", document.path, item.line, 0, {**args, "digest": digest, "found": item.sha256 or "-"})
