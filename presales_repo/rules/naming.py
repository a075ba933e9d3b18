"""Number, file name and folder of a document against each other and against the register (四(二))."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from presales_repo.findings import Finding
from presales_repo.model.doctype import DocType
from presales_repo.model.document import Document
from presales_repo.model.number import Number, parse_number, suggest_number
from presales_repo.model.paths import (
    COMMON,
    PROJECT_RECORD,
    PROJECTS,
    DocumentPath,
    file_name,
    safe_name,
    split_document_path,
)
from presales_repo.model.policy import Policy
from presales_repo.model.text import hidden_character
from presales_repo.rules.place import field_line
from presales_repo.rules.register import Register
from presales_repo.rules.values import is_date
from presales_repo.rules.words import shell_word, shown

# Control characters, line separators and the stand-ins for bytes that are not UTF-8.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# What HFS+ leaves out when it compares names (git's utf8.c, next_hfs_char).
_IGNORED_BY_HFS = re.compile("[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]")


def check_path(path: str) -> Iterator[Finding]:
    """S112 characters that no name may have, S113 a name that Windows or macOS take for `.git`."""
    odd = _UNPRINTABLE.search(path) or hidden_character(path)
    if odd:
        yield Finding("S112", path, 0, 0, {"character": _character(odd[0])})
    for part in path.split("/"):
        if _is_git_folder(part):
            yield Finding("S113", path, 0, 0, {"name": shown(part)})


def _character(char: str) -> str:
    """A character by its code point; a byte that is not UTF-8 as Python keeps it in a name (PEP 383) by its value."""
    code = ord(char)
    return f"0x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else f"U+{code:04X}"


def _is_git_folder(name: str) -> bool:
    plain = _IGNORED_BY_HFS.sub("", name).split(":", 1)[0].rstrip(" .").casefold()
    return plain in (".git", "git~1")


def check_number(document: Document, doctype: DocType | None, policy: Policy, register: Register) -> Iterator[Finding]:
    """N101 none, N102 malformed, N103 stage of another type, N104 month, N106 duplicate, N107 never issued, N108
    unknown stage."""
    path, line, text = document.path, field_line(document, "number"), document.number
    if not text:
        yield Finding("N101", path, line, 0, {"type": shell_word(document.type_id or "TYPE")})
        return
    number = parse_number(text)
    if number is None:
        yield Finding("N102", path, line, 0, {"found": shown(text), "corrected": _meant(text, path)})
        return
    if number.stage not in policy.stages:
        yield Finding("N108", path, line, 0, {"found": number.stage, "stages": ", ".join(policy.stages)})
    elif doctype is not None and number.stage != doctype.stage:
        args = {"found": number.stage, "expected": doctype.stage, "type": doctype.id, "title": doctype.title_zh}
        yield Finding("N103", path, line, 0, args)
    yield from _check_month(document, number)
    others = register.other_paths(text, path)
    if others:
        yield Finding("N106", path, line, 0, {"number": text, "other": ", ".join(others)})
    if number.stage in policy.stages:
        yield from _check_issued(document, number, register)


def _meant(text: str, path: str) -> str:
    """The number that was meant, else the one in the file name, else an example."""
    place = split_document_path(path)
    named = place.number if place and parse_number(place.number) else None
    return suggest_number(text) or named or "QD202305001"


def _check_month(document: Document, number: Number) -> Iterator[Finding]:
    created = document.value("created")
    if is_date(created) and created[:7].replace("-", "") != number.period:
        args = {"number": str(number), "created": created, "month": f"{number.year}-{number.month:02d}"}
        yield Finding("N104", document.path, field_line(document, "created"), 0, args)


def _check_issued(document: Document, number: Number, register: Register) -> Iterator[Finding]:
    if register.is_known(str(number), document.path):
        return  # it was accepted then; another clone may hold the reservation
    last = register.last_reserved(number.stage, number.period)
    if number.sequence > (last or 0):
        args = {"number": str(number), "last": f"{number.stage}{number.period}{last:03d}" if last else "-"}
        yield Finding("N107", document.path, field_line(document, "number"), 0, args)


def check_name(document: Document, doctype: DocType, policy: Policy, register: Register) -> Iterator[Finding]:
    """P101 file name, P102 category folder, P103 project folder, P106 no such project, P107 title that gives no
    name, P114 project without a record."""
    found = split_document_path(unicodedata.normalize("NFC", document.path))
    if found is None:
        return
    name = _file_name(document, found, policy)
    if not name:
        title = shown(document.title)
        yield Finding("P107", document.path, field_line(document, "title"), 0, {"title": title, "longest": 60})
    project = document.value("project") if doctype.scope != "none" else ""
    folder = register.project_folder(project) if project else _folder_without_project(doctype, found)
    if folder is None:
        line = field_line(document, "project")
        yield Finding("P106", document.path, line, 0, {"project": shell_word(shown(project))})
        return
    category = policy.categories[doctype.category].raw["dir"]
    yield from _compare(document.path, found, folder, category, name or found.name)
    if folder.startswith(f"{PROJECTS}/") and not register.has_file(f"{folder}/{PROJECT_RECORD}"):
        yield Finding("P114", document.path, 0, 0, {"folder": folder})


def _file_name(document: Document, found: DocumentPath, policy: Policy) -> str:
    """The name that number and title give; the one that is there when they cannot say; "" for a useless title."""
    field = policy.common_fields.get("title")
    too_long = field is not None and field.longest is not None and len(document.title) > field.longest
    if parse_number(document.number) is None or not document.title or too_long:
        return found.name
    return file_name(document.number, document.title) if safe_name(document.title) else ""


def _folder_without_project(doctype: DocType, found: DocumentPath) -> str:
    """Where a document that names no project belongs; one that must name one may stay where it lies (F116)."""
    misses_project = doctype.scope == "project" and found.root == PROJECTS
    return f"{PROJECTS}/{found.project}" if misses_project else COMMON


def _compare(path: str, found: DocumentPath, folder: str, category: str, name: str) -> Iterator[Finding]:
    target = f"{folder}/{category}/{name}"
    args = {"expected": shell_word(target), "found": shell_word(path)}
    if found.name != name:
        yield Finding("P101", path, 0, 0, {**args, "name": name})
    if "/".join(filter(None, (found.root, found.project))) != folder:
        yield Finding("P103", path, 0, 0, {**args, "folder": folder})
    if found.category != category:
        yield Finding("P102", path, 0, 0, {**args, "category": category})
