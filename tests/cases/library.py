"""The repository that the cases are put into, and how a case folder is read.

A case is a folder with files as they would lie in a document repository, and for an invalid one `expect.yaml`:

    findings:                       # all that the check says, in any order
      - at: path:line               # the line is left out for the file as a whole
        message: part of the message
        hint: part of the hint
        code: S111                  # only where it is not the folder's own
    place: {target path: file}      # for paths that cannot be stored here
    link: {path: target}            # symbolic links
    delete: [path]                  # of the repository's own documents
    commit, stage: true             # check committed or staged files instead of working files
    mode: 100755                    # of the staged files
    check: [path]                   # what the check is asked for, everything without it

In its text files {{U+202E}} stands for that character and {{text * 99}} for 99 times the text.
"""

from __future__ import annotations

import datetime
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from presales_repo.model.commit import Ident
from presales_repo.ops.session import Session
from presales_repo.store.git import Git
from presales_repo.store.reserve import reserve_number
from tests.company import Desk

CASES = Path(__file__).parent
EXPECTATION = "expect.yaml"
NOW = datetime.datetime(2023, 4, 18, 1, 30, tzinfo=datetime.UTC)
STAGES = "XS QD FJ YS TB GC GT KH WK ZH".split()

_REPEATED = re.compile(r"\{\{(.+?) \* ([0-9]+)\}\}", re.DOTALL)
_CHARACTER = re.compile(r"\{\{U\+([0-9A-F]{4,6})\}\}")


@dataclass(frozen=True, slots=True)
class Case:
    """One folder. `code`: what its name begins with; `files`: bytes by path; `orders`: its expect.yaml."""

    name: str
    code: str
    files: Mapping[str, bytes]
    orders: Mapping[str, Any]


def read_case(folder: Path) -> Case:
    """A case with its abbreviations written out."""
    orders_file = folder / EXPECTATION
    orders = yaml.safe_load(orders_file.read_text(encoding="utf-8")) if orders_file.exists() else {}
    sources = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    sources.pop(EXPECTATION, None)
    files = {path: written_out(source.read_bytes()) for path, source in sources.items()}
    for target, source in orders.get("place", {}).items():
        files[target] = written_out(sources[source].read_bytes())
    for source in set(orders.get("place", {}).values()):
        del files[source]
    return Case(folder.name, folder.name[:4], files, orders)


def written_out(data: bytes) -> bytes:
    """A case's file with its abbreviations replaced; one that is not UTF-8 has none."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return data
    text = _REPEATED.sub(lambda match: match[1] * int(match[2]), text)
    return _CHARACTER.sub(lambda match: chr(int(match[1], 16)), text).encode()


def stock(desk: Desk) -> Desk:
    """Issue 901 numbers of April 2023 for every stage, so that cases may use any of them."""
    git = Git(str(desk.root), desk.environment())
    clerk = Ident("叶青", "ye@qiheng.example", 1681781400, "+0800")
    for stage in STAGES:
        reserve_number(git, stage, 2023, 4, clerk, lambda: 900)
    git.close()
    return desk


def session_at(desk: Desk, directory: Path | None = None) -> Session:
    """A session of somebody who needs no key."""
    return Session(str(directory or desk.root), desk.environment(), NOW)


def lay_out(desk: Desk, case: Case) -> None:
    """Put a case into the working tree of the repository; commit or stage it when the case says so."""
    for path, data in case.files.items():
        target = desk.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    for path, target_path in case.orders.get("link", {}).items():
        link = desk.root / path
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target_path)
    for path in case.orders.get("delete", ()):
        (desk.root / path).unlink()
    mode = case.orders.get("mode")
    for path in case.files if mode else ():
        (desk.root / path).chmod(0o755)
    if case.orders.get("stage") or case.orders.get("commit"):
        desk.git_ok("add", "--all")
    if case.orders.get("commit"):
        desk.git_ok("-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "-m", "case")


def clear(desk: Desk, commit: str) -> None:
    """Bring the repository back to `commit` and its files to what they were."""
    desk.git_ok("reset", "-q", "--hard", commit)
    desk.git_ok("clean", "-ffdxq")
    shutil.rmtree(desk.root / "pdf", ignore_errors=True)
