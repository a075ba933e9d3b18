"""Reads the imports of the package and says which of them break its layers.

Lazy imports inside functions count like any other. Imports under `if TYPE_CHECKING` count too, except for
circles: they never run.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

PACKAGE = "presales_repo"
# From the top; a room imports from itself and from the layers below its own. "" is the package's __init__.
LAYERS = (
    {"__main__"},
    {"cli"},
    {"web"},
    {"ops"},
    {"rules", "render", "store"},
    {"model"},
    {"errors", "findings", "codes", "i18n", "resources", "demo", ""},
)
COMPUTED = {"cli", "codes"}  # a verb, or a group of codes, loaded by its name when it is asked for
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
FOUNDATION = LAYERS[-1]
# Slow to load, or a dependency that we may want to replace: one module each knows them.
ONE_HOME = frozenset(
    {"cel", "cryptography", "git", "icalendar", "markdown_it", "rich", "segno", "sqlite3", "watchdog", "weasyprint"}
)
# The model takes values and gives values: nothing to read, write, wait for or draw at random.
IMPURE = frozenset({"io", "locale", "os", "pathlib", "random", "secrets", "shutil", "socket", "subprocess", "time"})


def read_imports(source: str, modules: Container[str]) -> Iterator[tuple[str, bool]]:
    """Every (imported module, whether it is imported when the program runs) of `source`.

    `modules` tells `from package import module` from `from module import name`.
    """
    tree = ast.parse(source)
    for_types = {
        node
        for branch in ast.walk(tree)
        if isinstance(branch, ast.If) and "TYPE_CHECKING" in ast.unparse(branch.test)
        for statement in branch.body
        for node in ast.walk(statement)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            names = [name if (name := f"{base}.{alias.name}") in modules else base for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            names = ["import_module()"]
        else:
            continue
        yield from ((name, node not in for_types) for name in names)


def violations(sources: Mapping[str, str]) -> list[str]:
    """What breaks the layers among `sources`, Python text by the full name of its module."""
    found: list[str] = []
    homes: dict[str, set[str]] = defaultdict(set)
    at_run_time: dict[str, set[str]] = {}
    for module, source in sources.items():
        imports = set(read_imports(source, sources))
        found += [problem for name, _ in sorted(imports) for problem in _misplaced(module, name)]
        at_run_time[module] = {name for name, runs in imports if runs and name in sources}
        for library in ONE_HOME & {name.partition(".")[0] for name, _ in imports}:
            homes[library].add(module)
    found += [f"{library} has several homes: {sorted(of)}" for library, of in sorted(homes.items()) if len(of) > 1]
    return found + _circle(at_run_time)


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _misplaced(module: str, name: str) -> Iterator[str]:
    room, top = _room(module), name.partition(".")[0]
    if room not in RANK:
        yield f"{module} stands in no known room"
    elif name == "import_module()" and room not in COMPUTED:
        yield f"{module} imports by a computed name, which nobody can check"
    elif top == "":
        yield f"{module} imports relatively: {name}"
    elif room == "model" and top in IMPURE:
        yield f"{module} is not pure: it imports {name}"
    elif top == PACKAGE and not _may_import(room, _room(name)):
        yield f"{module} must not import {name}"


def _may_import(room: str, other: str) -> bool:
    if room == other or {room, other} <= FOUNDATION:
        return True
    return RANK[room] < RANK.get(other, -1)


def _circle(imports: Mapping[str, set[str]]) -> list[str]:
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        return ["circle: " + " <- ".join(error.args[1])]
    return []
