"""All rules for one file, for `prs check`, the hooks and the server. Pure: (bytes, policy, register) → findings."""

from __future__ import annotations

from collections.abc import Iterator

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.doctype import DocType
from presales_repo.model.document import Document, read_document
from presales_repo.model.frontmatter import conflict_lines
from presales_repo.model.number import parse_number
from presales_repo.model.outline import Outline, outline
from presales_repo.model.paths import (
    ATTACHMENTS,
    COMMON,
    PROJECT_RECORD,
    PROJECTS,
    SUFFIX,
    is_in_store,
    split_document_path,
)
from presales_repo.model.policy import ROOT, Policy
from presales_repo.model.text import MAX_BYTES, decode_text
from presales_repo.rules.content import check_conflicts, check_headings, check_text
from presales_repo.rules.fields import check_fields
from presales_repo.rules.links import check_attachments, check_links, check_references
from presales_repo.rules.naming import check_name, check_number, check_path
from presales_repo.rules.project import check_record
from presales_repo.rules.register import Register
from presales_repo.rules.wordlint import check_words
from presales_repo.rules.words import nearest, shell_word, shown

_FILE, _PROGRAM = "100644", "100755"
_ROOMS = (PROJECTS, COMMON, ATTACHMENTS, ROOT.rstrip("/"))


def is_document_path(path: str) -> bool:
    """Whether a path is where a document would lie: Markdown in the store, the project record aside."""
    return is_in_store(path) and path.endswith(SUFFIX) and not is_project_record(path)


def is_project_record(path: str) -> bool:
    """Whether a path is a project's own record, `projects/<folder>/project.md`."""
    parts = path.split("/")
    return len(parts) == 3 and parts[0] == PROJECTS and parts[2] == PROJECT_RECORD


def is_text_path(path: str) -> bool:
    """Whether the rules look into a file: Markdown anywhere but among the attachments."""
    return path.endswith(SUFFIX) and not path.startswith(f"{ATTACHMENTS}/")


def check_file(path: str, data: bytes | None, mode: str, policy: Policy, register: Register) -> list[Finding]:
    """Findings for one file. `data`: its bytes when is_text_path, None when it is too large to be read; `mode` as
    git writes it."""
    ours = path.split("/", 1)[0] in _ROOMS
    odd_name = list(check_path(path, ours=ours))
    if odd_name:
        return odd_name
    if mode not in (_FILE, _PROGRAM):
        return [Finding("S111", path, 0, 0, {"mode": mode})] if ours or path.endswith(SUFFIX) else []
    findings = [Finding("S114", path, 0, 0, {"file": shell_word(path)})] if mode == _PROGRAM and ours else []
    if is_document_path(path):
        findings += check_document(path, data, policy, register)
    elif is_project_record(path):
        findings += check_project(path, data, policy, register)
    elif is_in_store(path):
        findings += _check_other(path)
    elif is_text_path(path) and data is not None:
        findings += _check_stray(path, data)
    return findings


def check_document(path: str, data: bytes | None, policy: Policy, register: Register) -> list[Finding]:
    """Every rule for one document."""
    document = _read(path, data)
    if not isinstance(document, Document):
        return document
    doctype = policy.types.get(document.type_id)
    findings = [*_check_place(path), *check_number(document, doctype, policy, register)]
    findings += check_fields(document, doctype, policy)
    findings += check_attachments(document, register)
    if doctype is None:
        findings += _unknown_type(document, policy)
    else:
        findings += check_name(document, doctype, policy, register)
        findings += check_references(document, doctype, policy, register)
        findings += _check_trace(document, doctype, policy, register)
    conflicts = list(check_conflicts(document))
    structure = None if conflicts else outline(document.body, document.head.body_line)
    findings += conflicts if structure is None else _check_body(document, doctype, structure, register)
    if doctype is not None and structure is not None:
        findings += check_words(document, doctype, structure, policy)
    if doctype is not None and doctype.rules and structure is not None:
        findings += _check_rules(document, doctype, structure, policy, register)
    return findings


def _check_trace(document: Document, doctype: DocType, policy: Policy, register: Register) -> list[Finding]:
    if not doctype.trace.is_checked:
        return []
    from presales_repo.rules.trace import check_trace  # only for types that ask for it

    return list(check_trace(document, doctype, policy, register))


def _check_rules(
    document: Document, doctype: DocType, structure: Outline, policy: Policy, register: Register
) -> list[Finding]:
    from presales_repo.rules.expressions import check_rules  # with its engine, only for types that have rules

    return list(check_rules(document, doctype, structure, policy, register))


def _check_body(document: Document, doctype: DocType | None, structure: Outline, register: Register) -> list[Finding]:
    findings = [*check_text(document), *check_links(document, structure.links, register)]
    return findings + list(check_headings(document, doctype, structure) if doctype else ())


def check_project(path: str, data: bytes | None, policy: Policy, register: Register) -> list[Finding]:
    """Every rule for a project's record."""
    document = _read(path, data)
    if not isinstance(document, Document):
        return document
    findings = list(check_record(document, policy, register))
    conflicts = list(check_conflicts(document))
    if conflicts:
        return findings + conflicts
    return findings + _check_body(document, None, outline(document.body, document.head.body_line), register)


def _read(path: str, data: bytes | None) -> Document | list[Finding]:
    """The document, or why it cannot be read. Conflict marks explain most front matter that is none."""
    if data is None:
        return [Finding("S101", path, 0, 0, {"limit": MAX_BYTES})]
    try:
        return read_document(data, path)
    except PrsError as error:
        marks = [] if error.code[0] == "S" or error.code == "H107" else conflict_lines(decode_text(data, path))
        return [as_finding(error), *(Finding("H107", path, line) for line in marks)]


def as_finding(error: PrsError) -> Finding:
    """A refusal of the reader as a finding about the file."""
    args = {name: shown(value) if isinstance(value, str) else value for name, value in error.args_.items()}
    return Finding(error.code, error.path, error.line, error.column, args)


def _check_place(path: str) -> Iterator[Finding]:
    if split_document_path(path) is None:
        yield Finding("P104", path, 0, 0, {"projects": PROJECTS, "common": COMMON})


def _unknown_type(document: Document, policy: Policy) -> list[Finding]:
    """F122, unless the type is missing altogether: then check_fields says so."""
    node = document.node("type")
    if node is None or not document.type_id:
        return []
    near = nearest(document.type_id, list(policy.types)) or "prs types"
    return [Finding("F122", document.path, node.line, node.column, {"found": shown(document.type_id), "near": near})]


def _check_other(path: str) -> Iterator[Finding]:
    """P115 for a file of the store that is no Markdown, hidden files (.gitkeep) aside."""
    name = path.rsplit("/", 1)[-1]
    if not name.startswith("."):
        yield Finding("P115", path, 0, 0, {"attachments": f"{ATTACHMENTS}/"})


def _check_stray(path: str, data: bytes) -> Iterator[Finding]:
    """A document that lies outside the store: its name begins with a number, or its front matter has one."""
    name = path.rsplit("/", 1)[-1]
    named = parse_number(name.removesuffix(SUFFIX).split("-", 1)[0]) is not None
    if named or (data.startswith(b"---") and b"\nnumber:" in data[:4096]):
        yield Finding("P104", path, 0, 0, {"projects": PROJECTS, "common": COMMON})
