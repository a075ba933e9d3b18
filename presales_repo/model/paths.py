"""Where a document lies, 四(二)2: `projects/<id>-<name>/<n>-<category>/<number>-<title>.md`, or under `common/`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

from presales_repo.model.doctype import DocType
from presales_repo.model.policy import Policy
from presales_repo.model.text import hidden_character

PROJECTS = "projects"
COMMON = "common"
ATTACHMENTS = "attachments"
PROJECT_RECORD = "project.md"
SUFFIX = ".md"

# What Windows, macOS or a URL cannot have in a name; A-43: replaced in the file name only.
_UNSAFE = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f]+')
_SHORT_GIT = re.compile(r"git~[0-9]+", re.IGNORECASE)  # what Windows may call `.git`
_PROJECT_ID = re.compile(r"XM20[0-9]{2}[0-9]{3}")


class DocumentPath(NamedTuple):
    """A path split at its rooms: `projects` or `common`, project folder (or ""), category folder, file name."""

    root: str
    project: str
    category: str
    name: str

    @property
    def number(self) -> str:
        """What stands where the number belongs: the part of the file name before the first `-`."""
        return self.name.removesuffix(SUFFIX).split("-", 1)[0]


def safe_name(title: str) -> str:
    """A title as part of a file name: NFC, unsafe characters as `-`, no blanks or dots at the ends."""
    return _UNSAFE.sub("-", unicodedata.normalize("NFC", title)).strip(" .")


def is_project_id(text: str) -> bool:
    """Whether `text` is a project's id: XM, year, three digits."""
    return _PROJECT_ID.fullmatch(text) is not None


def project_folder(project_id: str, name: str) -> str:
    """The folder of a project, relative to the repository."""
    return f"{PROJECTS}/{project_id}-{safe_name(name)}"


def file_name(number: str, title: str) -> str:
    """`<number>-<title>.md`."""
    return f"{number}-{safe_name(title)}{SUFFIX}"


def document_path(policy: Policy, doctype: DocType, number: str, title: str, folder: str) -> str:
    """Where a document belongs. `folder` is its project's folder, or "" for a document of no project."""
    category = policy.categories[doctype.category].raw["dir"]
    return f"{folder or COMMON}/{category}/{file_name(number, title)}"


def split_document_path(path: str) -> DocumentPath | None:
    """The parts of a path that has the shape of a document's, or None."""
    parts = path.split("/")
    if path.endswith(SUFFIX) and len(parts) == 4 and parts[0] == PROJECTS:
        return DocumentPath(*parts)
    if path.endswith(SUFFIX) and len(parts) == 3 and parts[0] == COMMON:
        return DocumentPath(parts[0], "", parts[1], parts[2])
    return None


def is_in_store(path: str) -> bool:
    """Whether a path lies where documents live."""
    return path.startswith((f"{PROJECTS}/", f"{COMMON}/"))


def is_plain_path(path: str) -> bool:
    """Whether a path may be published: its parts are names on every system, none is hidden, `..` or git's own."""
    if hidden_character(path):
        return False
    parts = path.split("/")
    return all(part == safe_name(part) != "" and not _SHORT_GIT.fullmatch(part) for part in parts)


def fold_path(path: str) -> str:
    """What two paths have in common that Windows or macOS take for one: neither case nor Unicode form counts."""
    return unicodedata.normalize("NFC", path).casefold()


def find_twins(paths: Iterable[str]) -> tuple[str, str] | None:
    """Two of these paths, or of the folders above them, that differ in case or Unicode form only."""
    seen: dict[str, str] = {}
    for path in paths:
        parts = path.split("/")
        for length in range(1, len(parts) + 1):
            part = "/".join(parts[:length])
            other = seen.setdefault(fold_path(part), part)
            if other != part:
                return other, part
    return None


def resolve_link(path: str, target: str) -> str | None:
    """The repository path that a relative link in the document at `path` means; None when it climbs out."""
    parts = path.split("/")[:-1]
    for part in target.split("/"):
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def relative_link(path: str, target: str) -> str:
    """The link from the document at `path` to the repository path `target`."""
    here, there = path.split("/")[:-1], target.split("/")
    common = 0
    while common < min(len(here), len(there) - 1) and here[common] == there[common]:
        common += 1
    return "/".join([".."] * (len(here) - common) + there[common:])
