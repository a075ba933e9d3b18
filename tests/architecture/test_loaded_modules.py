"""What each command loads: start-up time, told by names and not by milliseconds.

Git's hooks run at every commit and have the time of five bare interpreters; the modules below that they do without
cost more than all the rules. `make bench` measures what this keeps.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.company import ROOT, Desk, Result, new_note, new_paper, run
from tests.conftest import PAPER

# Libraries, and parts of Python that take long to load; each is allowed only where it is named.
HEAVY = frozenset(
    "cel click cryptography dataclasses datetime _hashlib git icalendar inspect json markdown_it pypdf rich segno"
    " sqlite3 urllib watchdog weasyprint".split()
)
_IMPORTED = re.compile(r"^import time:.*\| +(\S+)$", re.MULTILINE)
# What click itself loads, and what reading the ledger and the register takes.
_CLICK = {"click", "datetime", "inspect"}
_STORE = {*_CLICK, "dataclasses", "_hashlib", "json", "sqlite3", "urllib"}


def imported(done: Result) -> set[str]:
    """Every module that `python -X importtime` names."""
    found = set(_IMPORTED.findall(done.err))
    assert "presales_repo.errors" in found, done.err
    return found


def heavy(modules: set[str]) -> frozenset[str]:
    return HEAVY & {name.partition(".")[0] for name in modules}


def run_hook(desk: Desk) -> set[str]:
    """What the pre-commit hook loads for what is staged, which breaks no rule; run twice, as the first run of a policy
    fills a cache."""
    text = (desk.root / ".git" / "hooks" / "pre-commit").read_text(encoding="utf-8")
    hook = re.search(r'^hook="(.+)"$', text, re.MULTILINE)
    assert hook
    assert 'exec "$python" -I -S -X utf8 "$hook" pre-commit "$@"' in text
    command = [sys.executable, "-I", "-S", "-X", "utf8", "-X", "importtime", hook[1], "pre-commit"]
    environment = desk.environment(GIT_INDEX_FILE=".git/index")
    for _ in range(2):
        done = run(command, desk.root, environment)
        assert done.code == 0, done.err
    return imported(done)


def test_hook_of_an_edit(drafted: Desk) -> None:
    drafted.edit(PAPER)
    drafted.git_ok("add", "--all")
    modules = run_hook(drafted)
    assert heavy(modules) == set()
    assert "presales_repo.rules.checks" in modules
    assert "presales_repo.rules.expressions" not in modules, "a type without rules does not pay for them"
    assert "yaml._yaml" in modules
    assert "yaml.constructor" not in modules


def test_hook_of_an_edit_of_a_type_with_a_rule(drafted: Desk) -> None:
    note = new_note(drafted)
    drafted.ok("song", "save", note, "-m", "研讨会信息")
    drafted.edit(note)
    drafted.git_ok("add", "--all")
    modules = run_hook(drafted)
    assert heavy(modules) == {"datetime"}, "the engine looks for times among its values"
    assert "presales_repo.rules.expressions" in modules
    assert not {"cel", "typer", "prompt_toolkit"} & modules, "the engine alone, not its package"


def test_hook_of_an_edit_with_markup_that_only_the_parser_understands(drafted: Desk) -> None:
    drafted.edit(PAPER, "<b>粗体</b>")
    drafted.git_ok("add", "--all")
    modules = run_hook(drafted)
    assert "markdown_it" in modules
    assert not {"click", "cryptography", "git", "sqlite3", "weasyprint"} & heavy(modules)


def test_hook_of_a_new_document_asks_the_register(drafted: Desk) -> None:
    new_paper(drafted, "又一份白皮书")
    drafted.git_ok("add", "--all")
    modules = run_hook(drafted)
    assert "sqlite3" in modules
    assert not {"click", "cryptography", "git", "markdown_it", "weasyprint"} & heavy(modules)


COMMANDS: dict[tuple[str, ...], set[str]] = {
    ("--version",): _CLICK,
    ("--help",): _CLICK,
    ("types",): _STORE,
    ("show", PAPER): _STORE,
    ("inbox",): _STORE,
    ("search", "数据中台"): _STORE,
    ("trace", PAPER): _STORE,
    ("report", "kpi"): _STORE,
    ("due",): _STORE,
    ("feed", "--no-mark"): _STORE,
    ("new", "technical-white-paper", "-t", "新白皮书"): _STORE,
    ("approve", PAPER, "-m", "同意"): {*_STORE, "cryptography"},
    ("history", PAPER): {*_STORE, "git"},
    ("export", PAPER): {*_STORE, "markdown_it", "segno", "weasyprint"},
}


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_command(words: tuple[str, ...], request: pytest.FixtureRequest) -> None:
    desk: Desk = request.getfixturevalue("published" if words[0] == "export" else "submitted")
    desk.ok("shen", "show", PAPER)  # a new clone's first command verifies the ledger
    author = "xu" if words[0] == "new" else "han"
    key = ("--key", desk.company.people[author].key)
    command = [sys.executable, "-P", "-X", "importtime", "-m", "presales_repo", *key, *words]
    done = run(command, desk.root, desk.environment())
    assert done.code == 0, done.err
    assert heavy(imported(done)) == COMMANDS[words]


def test_heavy_libraries_are_those_we_depend_on() -> None:
    declared = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    names = {"gitpython": "git", "markdown-it-py": "markdown_it", "pyyaml": "yaml", "common-expression-language": "cel"}
    block = declared.partition("\ndependencies = [")[2].partition("]\n")[0]
    wanted = {names.get(name, name) for name in re.findall(r'"([a-z-]+)', block)}
    light = {"tzdata", "yaml"}  # data, and one parser that everybody needs
    assert wanted - light <= HEAVY, "a new dependency: say here who may load it"


def test_the_hook_runs_without_site_packages_of_its_own(tmp_path: Path) -> None:
    """The file stands alone: nothing of the package is on the path before it puts it there."""
    hook = ROOT / "presales_repo" / "cli" / "hook.py"
    done = run([sys.executable, "-I", "-S", hook, "no-such-hook"], tmp_path, {})
    assert done.code == 1
    assert done.codes == ["E142"]
