"""Mend what has exactly one right form: `prs check --fix`. A file without such a finding is not touched."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.document import Document, read_document
from presales_repo.model.frontmatter import set_field, set_value
from presales_repo.model.number import parse_number, suggest_number
from presales_repo.model.outline import outline
from presales_repo.model.paths import resolve_link, split_document_path
from presales_repo.model.text import BOM, MAX_BYTES, line_end
from presales_repo.model.yamlsubset import Items, Scalar, Table
from presales_repo.ops.check import check_tree, wanted_paths
from presales_repo.ops.session import Session, Work, open_work, working_snapshot
from presales_repo.store.files import disk_errors, read_file, write_file
from presales_repo.store.snapshot import Snapshot

_NUMBER, _DIGESTS, _PLACES = ("N102",), ("L106", "L109"), ("P101", "P102", "P103")


def fix(session: Session, paths: Iterable[str] = ()) -> list[str]:
    """Mend the working files (all, or those below `paths`); the paths of what was written, moved files by their new
    one.

    Mended are: the form of a number that the file's name has right; the SHA-256 of attachments; the place of a file
    whose number is in order. Raises PrsError P108, W105 for `paths`, E106, E107, E109 when the disk refuses.
    """
    with open_work(session, exclusive=True) as work:
        wanted = wanted_paths(work, paths)
        written = _mend_texts(work, wanted)
        if written:  # attachments are judged only once their document's number is in order
            written += _mend_texts(work, wanted)
        return sorted({*written, *_move_all(work, wanted)})


def _found(work: Work, snapshot: Snapshot, wanted: Sequence[str], codes: Collection[str]) -> dict[str, list[Finding]]:
    """All findings of each file that has one of `codes`."""
    by_path: dict[str, list[Finding]] = {}
    for finding in check_tree(work, snapshot, wanted).findings:
        by_path.setdefault(finding.path, []).append(finding)
    return {path: found for path, found in by_path.items() if any(item.code in codes for item in found)}


# -- texts


def _mend_texts(work: Work, wanted: Sequence[str]) -> list[str]:
    root = work.repository.root
    written = []
    for path, findings in _found(work, working_snapshot(work), wanted, (*_NUMBER, *_DIGESTS)).items():
        data = read_file(root, path, MAX_BYTES)
        mended = mended_text(data, path, findings) if data is not None else data
        if mended is not None and mended != data:
            write_file(root, path, mended, replace=True)
            written.append(path)
    return written


def mended_text(data: bytes, path: str, findings: Iterable[Finding]) -> bytes:
    """A document's bytes with its number and digests as the findings say they should be, all else as it was."""
    document = read_document(data, path)
    text = _with_digests(document, {item.line: str(item.args["digest"]) for item in findings if item.code in _DIGESTS})
    place = split_document_path(path)
    meant = suggest_number(document.number)
    if place and meant and meant == place.number != document.number:
        text = set_field(text, "number", meant)
    return (BOM if data.startswith(BOM.encode()) else "").encode() + text.encode()


def _with_digests(document: Document, digests: dict[int, str]) -> str:
    """The text with the digests of the attachments that begin in certain lines; from the last to the first, so that
    the places of those still to come stay right."""
    text = document.text
    node = document.node("attachments")
    for item in reversed(node.items if isinstance(node, Items) else ()):
        if isinstance(item, Table) and item.line in digests:
            text = _with_digest(text, item, digests[item.line])
    return text


def _with_digest(text: str, item: Table, digest: str) -> str:
    """The text with one attachment's digest; unchanged where it stands in a form that only a person should edit."""
    path = item.values.get("path")
    try:
        if "sha256" in item.values:
            return set_value(text, item, "sha256", digest)
    except PrsError:
        return text
    if not isinstance(path, Scalar) or "\n" in text[path.start : path.end]:
        return text
    if text[item.start] == "{":
        return f"{text[: path.end]}, sha256: {digest}{text[path.end :]}"
    start = text.index("\n", path.end) + 1
    return f"{text[:start]}{' ' * (item.column - 1)}sha256: {digest}{line_end(text)}{text[start:]}"


# -- places


def _move_all(work: Work, wanted: Sequence[str]) -> list[str]:
    snapshot = working_snapshot(work)
    moved = []
    for path, findings in _found(work, snapshot, wanted, _PLACES).items():
        target = next(str(item.args["target"]) for item in findings if item.code in _PLACES)
        data = read_file(work.repository.root, path, MAX_BYTES)
        in_order = data is not None and not any(item.code.startswith("N") for item in findings)
        if data is not None and in_order and _may_move(read_document(data, path), target, snapshot):
            moved += _move(work, path, target, data)
    return moved


def _may_move(document: Document, target: str, snapshot: Snapshot) -> bool:
    """Whether there is one right place: the file's name has no other number, and no link of the text would break."""
    place = split_document_path(document.path)
    if place is None or (parse_number(place.number) and place.number != document.number):
        return False
    for link in outline(document.body).links:
        old, new = (resolve_link(path, link.target.split("#", 1)[0]) for path in (document.path, target))
        if old != new and old is not None and snapshot.has_file(old):
            return False
    return not snapshot.has_file(target)


def _move(work: Work, path: str, target: str, data: bytes) -> list[str]:
    """Give a file its new name, in git's index too, as git mv does. A crash leaves both names, never none."""
    git, root = work.repository.git, work.repository.root
    staged = git.run("--literal-pathspecs", "ls-files", "-s", "-z", "--", path).stdout.split(b"\0")[:-1]
    if len(staged) > 1:  # the sides of a merge that is not finished
        return []
    write_file(root, target, data, replace=False)
    with disk_errors(path):
        os.unlink(os.path.join(root, path))
    for record in staged:
        entry = record.partition(b"\t")[0]
        old, new = (os.fsencode(name) for name in (path, target))
        gone = b"0 " + b"0" * 40 + b"\t" + old
        git.run("update-index", "-z", "--index-info", stdin=gone + b"\0" + entry + b"\t" + new + b"\0")
    return [target]
