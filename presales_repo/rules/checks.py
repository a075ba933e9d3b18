"""All rules for one file: what `prs check`, the hooks and the server run. Pure: (bytes, policy, register) → findings."""

from __future__ import annotations

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.document import Document, read_document
from presales_repo.model.frontmatter import conflict_lines
from presales_repo.model.number import parse_number
from presales_repo.model.paths import COMMON, PROJECT_RECORD, PROJECTS, SUFFIX, is_in_store, split_document_path
from presales_repo.model.policy import Policy
from presales_repo.model.text import decode_text
from presales_repo.rules.content import check_content
from presales_repo.rules.fields import check_fields
from presales_repo.rules.naming import check_name, check_number
from presales_repo.rules.register import Register

PLAIN_MODES = ("100644", "100755")


def is_document_path(path: str) -> bool:
    """Whether a path is where a document would lie: Markdown in the store, the project record aside."""
    return is_in_store(path) and path.endswith(SUFFIX) and not is_project_record(path)


def is_project_record(path: str) -> bool:
    """Whether a path is a project's own record, `projects/<folder>/project.md`."""
    parts = path.split("/")
    return len(parts) == 3 and parts[0] == PROJECTS and parts[2] == PROJECT_RECORD


def check_file(path: str, data: bytes | None, mode: str, policy: Policy, register: Register) -> list[Finding]:
    """Findings for one file of the store or a Markdown file beside it. `data` None: too large to be read."""
    if mode not in PLAIN_MODES:
        return [Finding("S111", path, 0, 0, {"mode": mode})] if is_in_store(path) or path.endswith(SUFFIX) else []
    if is_document_path(path):
        return check_document(path, data, policy, register)
    if data is not None and path.endswith(SUFFIX) and not is_in_store(path):
        return _check_stray(path, data)
    return []


def check_document(path: str, data: bytes | None, policy: Policy, register: Register) -> list[Finding]:
    """Every rule for one document."""
    if data is None:
        return [Finding("S101", path, 0, 0, {"size": "", "limit": ""})]
    try:
        document = read_document(data, path)
    except PrsError as error:
        return [as_finding(error), *_unreadable(path, data, error)]
    findings = [*_check_place(path)]
    doctype = policy.types.get(document.type_id)
    findings += check_number(document, doctype, policy, register)
    if doctype is None:
        findings.append(_unknown_type(document, policy))
        return findings
    findings += check_name(document, doctype, policy, register)
    findings += check_fields(document, doctype, policy)
    findings += check_content(document, doctype, policy, register)
    return findings


def as_finding(error: PrsError) -> Finding:
    """A refusal of the reader as a finding about the file."""
    return Finding(error.code, error.path, error.line, error.column, error.args_)


def _unreadable(path: str, data: bytes, error: PrsError) -> list[Finding]:
    """What can still be said of a file whose front matter cannot be read: conflict marks explain most of them."""
    if error.code == "H107" or error.code.startswith("S"):
        return []
    try:
        text = decode_text(data, path)
    except PrsError:
        return []
    return [Finding("H107", path, line) for line in conflict_lines(text)]


def _check_place(path: str) -> list[Finding]:
    if split_document_path(path) is None:
        return [Finding("P104", path, 0, 0, {"projects": PROJECTS, "common": COMMON})]
    return []


def _unknown_type(document: Document, policy: Policy) -> Finding:
    import difflib

    near = difflib.get_close_matches(document.type_id, list(policy.types), 3, 0.4)
    args = {"found": document.type_id or "-", "near": ", ".join(near) or "prs types"}
    return Finding("F122", document.path, document.line("type"), 0, args)


def _check_stray(path: str, data: bytes) -> list[Finding]:
    """A document that lies outside the store: its name begins with a number, or its front matter has one."""
    name = path.rsplit("/", 1)[-1]
    named = parse_number(name.removesuffix(SUFFIX).split("-", 1)[0]) is not None
    if named or (data.startswith(b"---") and b"\nnumber:" in data[:4096]):
        return [Finding("P104", path, 0, 0, {"projects": PROJECTS, "common": COMMON})]
    return []
