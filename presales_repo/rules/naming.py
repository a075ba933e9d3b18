"""Number, file name and folder of a document against each other and against the register (四(二))."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from presales_repo.findings import Finding
from presales_repo.model.doctype import DocType
from presales_repo.model.document import Document
from presales_repo.model.number import Number, parse_number, suggest_number
from presales_repo.model.paths import document_path, safe_name, split_document_path
from presales_repo.model.policy import Policy
from presales_repo.rules.register import Register


def check_number(document: Document, doctype: DocType | None, policy: Policy, register: Register) -> Iterator[Finding]:
    """N101 none, N102 malformed, N103 stage of another type, N104 month, N106 duplicate, N107 never issued, N108
    unknown stage."""
    path, line, text = document.path, document.line("number"), document.number
    if not text:
        yield Finding("N101", path, line, 0, {"type": document.type_id or "TYPE"})
        return
    number = parse_number(text)
    if number is None:
        yield Finding("N102", path, line, 0, {"found": text, "corrected": suggest_number(text) or "QD202305001"})
        return
    if number.stage not in policy.stages:
        yield Finding("N108", path, line, 0, {"found": number.stage, "stages": ", ".join(policy.stages)})
    elif doctype is not None and number.stage != doctype.stage:
        args = {"found": number.stage, "expected": doctype.stage, "type": doctype.id, "title": doctype.title_zh}
        yield Finding("N103", path, line, 0, args)
    yield from _check_month(document, number)
    yield from _check_register(document, number, register)


def _check_month(document: Document, number: Number) -> Iterator[Finding]:
    created = document.value("created")
    if len(created) == 10 and created[:7].replace("-", "") != number.period:
        args = {"number": str(number), "created": created, "month": f"{number.year}-{number.month:02d}"}
        yield Finding("N104", document.path, document.line("created"), 0, args)


def _check_register(document: Document, number: Number, register: Register) -> Iterator[Finding]:
    others = register.other_paths(str(number), document.path)
    if others:
        args = {"number": str(number), "other": others[0]}
        yield Finding("N106", document.path, document.line("number"), 0, args)
    if register.is_known(str(number), document.path):
        return
    last = register.last_reserved(number.stage, number.period)
    if number.sequence > (last or 0):
        args = {"number": str(number), "last": f"{number.stage}{number.period}{last:03d}" if last else "-"}
        yield Finding("N107", document.path, document.line("number"), 0, args)


def check_name(document: Document, doctype: DocType, policy: Policy, register: Register) -> Iterator[Finding]:
    """P101 file name, P102 category folder, P103 project folder, P106 no such project, P107 title that gives no name."""
    parts = split_document_path(unicodedata.normalize("NFC", document.path))
    number, title = document.number, document.title
    if parse_number(number) is None or not title or parts is None:
        return
    if not safe_name(title):
        yield Finding("P107", document.path, document.line("title"), 0, {"title": title})
        return
    project = document.value("project")
    folder = register.project_folder(project) if project else ""
    if folder is None:
        yield Finding("P106", document.path, document.line("project"), 0, {"project": project})
        return
    expected = document_path(policy, doctype, number, title, folder)
    wanted = split_document_path(expected)
    assert wanted is not None
    args = {"expected": expected, "found": document.path}
    if parts.name != wanted.name:
        yield Finding("P101", document.path, 0, 0, {**args, "name": wanted.name})
    if (parts.root, parts.project) != (wanted.root, wanted.project):
        yield Finding("P103", document.path, 0, 0, {**args, "folder": folder or wanted.root})
    if parts.category != wanted.category:
        yield Finding("P102", document.path, 0, 0, {**args, "category": wanted.category})
