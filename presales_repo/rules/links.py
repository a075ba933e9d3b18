"""What a document refers to: links of its body, numbers in its front matter, attachments."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from presales_repo.findings import Finding
from presales_repo.model.doctype import DocType
from presales_repo.model.document import Attachment, Document
from presales_repo.model.number import parse_number
from presales_repo.model.outline import Link
from presales_repo.model.paths import ATTACHMENTS, relative_link, resolve_link
from presales_repo.model.policy import Policy
from presales_repo.rules.register import Register
from presales_repo.rules.values import Reference, inner_fields, references
from presales_repo.rules.words import shown

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#")
_SAFE_SCHEME = re.compile(r"(?:https?|mailto|tel):|#", re.IGNORECASE)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def check_links(document: Document, links: Collection[Link], register: Register) -> Iterator[Finding]:
    """S109 an address of another kind than https, http, mailto, tel; L102 a link out of the repository; L101 a link
    to nothing."""
    for link in links:
        if _SCHEME.match(link.target) and not _DRIVE.match(link.target):
            if not _SAFE_SCHEME.match(link.target):
                yield Finding("S109", document.path, link.line, 0, {"target": shown(link.target)})
        else:
            yield from _check_relative(document, link, register)


def _check_relative(document: Document, link: Link, register: Register) -> Iterator[Finding]:
    target = link.target.split("#", 1)[0].split("?", 1)[0]
    resolved = resolve_link(document.path, target)
    if resolved is None or target.startswith("/") or "\\" in target:
        meant = resolve_link("", target.replace("\\", "/"))
        inside = relative_link(document.path, meant) if meant and register.has_file(meant) else "../<…>.md"
        yield Finding("L102", document.path, link.line, 0, {"target": shown(link.target), "corrected": shown(inside)})
    elif target and not register.has_file(resolved):
        attached = f"{ATTACHMENTS}/{document.number or 'NUMBER'}/{resolved.rpartition('/')[2]}"
        args = {
            "target": shown(link.target),
            "resolved": shown(resolved),
            "attachment": shown(relative_link(document.path, attached)),
        }
        yield Finding("L101", document.path, link.line, 0, args)


def check_references(document: Document, doctype: DocType, policy: Policy, register: Register) -> Iterator[Finding]:
    """L103 a number that no document carries, L104 a version that is not published."""
    for name, outer in (*policy.common_fields.items(), *doctype.fields.items()):
        node = document.node(name)
        for field, value in inner_fields(outer, node) if node is not None else ():
            for reference in references(field, value):
                place = (document.path, reference.line, reference.column)
                args = {"field": field.name, "number": reference.number, "version": reference.version}
                if not register.has_number(reference.number):
                    yield Finding("L103", *place, args)
                elif not field.allow_unreleased and _is_unpublished(reference, register):
                    yield Finding("L104", *place, args)


def _is_unpublished(reference: Reference, register: Register) -> bool:
    """Whether a version is named that the ledger does not have; without a ledger at hand nothing is said."""
    return bool(reference.version) and register.has_release(reference.number, reference.version) is False


def check_attachments(document: Document, register: Register) -> Iterator[Finding]:
    """L105 missing, L106 another file than the one named, L107 outside the document's folder, L109 without digest."""
    if parse_number(document.number) is None:
        return
    folder = f"{ATTACHMENTS}/{document.number}/"
    for item in document.attachments:
        if item.path:
            yield from _check_attachment(document.path, item, folder, register)


def _check_attachment(path: str, item: Attachment, folder: str, register: Register) -> Iterator[Finding]:
    name = item.path.rsplit("/", 1)[-1]
    args = {"path": shown(item.path), "folder": folder, "corrected": shown(folder + name)}
    if not item.path.startswith(folder) or any(part in ("", ".", "..") for part in item.path.split("/")):
        yield Finding("L107", path, item.line, 0, args)
        return
    digest = register.digest_of(item.path)
    if digest is None:
        yield Finding("L105", path, item.line, 0, args)
    elif not item.sha256:
        yield Finding("L109", path, item.line, 0, {**args, "digest": digest})
    elif digest != item.sha256:
        yield Finding("L106", path, item.line, 0, {**args, "digest": digest, "found": shown(item.sha256)})


def check_unnamed(path: str, named: Collection[str]) -> Iterator[Finding]:
    """L108 a file in `attachments/` that its document does not name (`named`: those that it does)."""
    if path not in named:
        yield Finding("L108", path, 0, 0, {"number": shown(path.split("/")[1])})
