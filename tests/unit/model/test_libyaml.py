"""libyaml without PyYAML, in processes of their own: what is loaded cannot be unloaded again."""

from __future__ import annotations

import subprocess
import sys

PARSE = """
from presales_repo.model.libyaml import CParser, YAMLError

def problem(text):
    parser = CParser(text)
    try:
        while parser.check_event():
            parser.get_event()
    except YAMLError as error:
        return error.problem, error.problem_mark.line, error.problem_mark.column

print([problem(text) for text in ("a: 1", "a: [1", "a: b: c", "a: 'x", "\\ta: 1", '"\\\\q"')])
"""
WHOLE = """
import yaml

print(yaml.safe_load("a: [1, 2]"), yaml.load("b: 3", yaml.CSafeLoader), yaml.safe_dump({"c": 4}))
try:
    yaml.load("a: [1", yaml.CSafeLoader)
except yaml.YAMLError as error:
    print(error)
"""


def python(*scripts: str) -> str:
    command = [sys.executable, "-c", "".join(scripts)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_errors_are_those_of_the_whole_package() -> None:
    alone = python(PARSE)
    assert alone == python("import yaml\n", PARSE)
    assert alone.startswith("[None, (")


def test_only_what_the_extension_needs_is_loaded() -> None:
    loaded = python(PARSE, "import sys\nprint(sorted(name for name in sys.modules if name.startswith('yaml')))")
    assert loaded.endswith("['yaml._yaml', 'yaml.error', 'yaml.events', 'yaml.nodes', 'yaml.tokens']\n")


def test_the_whole_package_can_be_imported_afterwards() -> None:
    assert python(PARSE, WHOLE).partition("\n")[2] == python(WHOLE)


def test_the_whole_package_serves_when_the_extension_wants_more_of_it() -> None:
    another = """
import re, sys, types
from pathlib import Path
import presales_repo.model

path = Path(presales_repo.model.__file__).with_name("libyaml.py")
text, count = re.subn(r"(?m)^_STOOD_IN_FOR = .*$", "_STOOD_IN_FOR = ()", path.read_text(encoding="utf-8"))
assert count == 1
module = types.ModuleType("presales_repo.model.libyaml")
exec(text, module.__dict__)
sys.modules[module.__name__] = module
assert "yaml.constructor" in sys.modules
"""
    assert python(another, PARSE) == python(PARSE)
