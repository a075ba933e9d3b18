"""docs/requirements.md: which test shows that a row of the requirements holds, and by which command.

The rows stand in tests/requirements/rows.yaml; the tests of that folder say in their docstring what they show:
`R032 | prs due | A month without a published market report is due.`
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "tests" / "requirements"
_SHOWS = re.compile(r"(R[0-9]{3}) \| ([^|]+) \| (.+)", re.DOTALL)
_HEAD = """# Requirements

What 項目售前工作管理制度 asks, row by row, and the test that shows it through the command line (`tests/requirements`).
Rows that are missing (R110 to R114 access to confidential texts, R148 to R159 assessment) are not built yet.
This page is made by `make docs`.

| Row | Section | What is asked | What holds | Commands | Test |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Shown:
    """What one test shows of one row."""

    row: str
    commands: str
    holds: str
    test: str


def rows() -> dict[str, Mapping[str, str]]:
    """The rows by id: `source`, `asks`, and for those without a test `left_out`, the reason."""
    found: dict[str, Mapping[str, str]] = yaml.safe_load((FOLDER / "rows.yaml").read_text(encoding="utf-8"))
    return found


def shown() -> Iterator[Shown]:
    """What the tests say that they show."""
    for path in sorted(FOLDER.glob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            match = _SHOWS.fullmatch(ast.get_docstring(node) or "") if isinstance(node, ast.FunctionDef) else None
            if match and isinstance(node, ast.FunctionDef):
                yield Shown(match[1], match[2].strip(), " ".join(match[3].split()), f"{path.stem}.{node.name}")


def requirements_page() -> str:
    """The text of docs/requirements.md."""
    tests: dict[str, list[Shown]] = {}
    for item in shown():
        tests.setdefault(item.row, []).append(item)
    return _HEAD + "".join(_line(row, about, tests.get(row, [])) for row, about in rows().items())


def _line(row: str, about: Mapping[str, str], found: list[Shown]) -> str:
    if not found:
        why = _cell(about.get("left_out", ""))
        return f"| {row} | {about['source']} | {_cell(about['asks'])} | left out: {why} | | |\n"
    holds = _cell(" ".join(item.holds for item in found))
    commands = _cell(", ".join(dict.fromkeys(f"`{item.commands}`" for item in found)))
    names = _cell(", ".join(f"`{item.test}`" for item in found))
    return f"| {row} | {about['source']} | {_cell(about['asks'])} | {holds} | {commands} | {names} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")
