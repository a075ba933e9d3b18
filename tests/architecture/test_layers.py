"""The package keeps its layers, and the check sees every way of breaking them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.layers import PACKAGE, violations

ROOT = Path(__file__).parents[2]


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_package_keeps_its_layers() -> None:
    sources = {module_name(path): path.read_text(encoding="utf-8") for path in (ROOT / PACKAGE).rglob("*.py")}
    assert {"presales_repo", "presales_repo.errors", "presales_repo.model"} <= sources.keys()
    assert violations(sources) == []


GOOD = {
    "presales_repo": "",
    "presales_repo.errors": "",
    "presales_repo.codes": "from presales_repo.errors import PrsError",
    "presales_repo.model.number": "import re\nfrom presales_repo import errors",
    "presales_repo.store.index": "def load():\n    import sqlite3\n    from presales_repo.model import number",
    "presales_repo.rules.name": "from presales_repo.model.number import parse",
    "presales_repo.ops.new": "from presales_repo.rules import name\nfrom presales_repo.store import index",
    "presales_repo.web.page": "import presales_repo.ops.new",
    "presales_repo.cli.main": "from presales_repo.web import page\nimport_module(name)",
}


def test_layered_package_has_no_violation() -> None:
    assert violations(GOOD) == []


@pytest.mark.parametrize(
    ("module", "source", "words"),
    [
        ("rules.name", "from presales_repo.store import index", "must not import presales_repo.store.index"),
        ("rules.name", "def f():\n    import presales_repo.ops.new", "must not import presales_repo.ops.new"),
        ("model.number", "from presales_repo.rules.name import g", "must not import presales_repo.rules.name"),
        ("errors", "from presales_repo.model import number", "must not import presales_repo.model.number"),
        ("web.page", "from presales_repo.cli import main", "must not import presales_repo.cli.main"),
        ("ops.new", "import presales_repo.utils", "must not import presales_repo.utils"),
        (
            "model.number",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from presales_repo.store import index",
            "must not import presales_repo.store.index",
        ),
        ("utils.text", "import re", "no known room"),
        ("model.number", "import os.path", "not pure: it imports os.path"),
        ("ops.new", "from . import check", "relatively"),
        ("ops.new", "import importlib\nimportlib.import_module('presales_repo.cli.main')", "computed name"),
        ("ops.new", "def f():\n    from sqlite3 import connect", "sqlite3 has several homes"),
        ("errors", "def f():\n    from presales_repo.codes import words", "circle: "),
    ],
)
def test_violation_is_seen(module: str, source: str, words: str) -> None:
    assert words in violations(GOOD | {f"{PACKAGE}.{module}": source})[0]


def test_import_for_types_makes_no_circle() -> None:
    source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from presales_repo.codes import Words"
    assert violations(GOOD | {"presales_repo.errors": source}) == []
