"""The pages under docs/ say what the program does now, and name only what exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml

from presales_repo.codes import rule_of
from presales_repo.ops.hooks import NAMES
from scripts.make_docs import COMMANDS, REQUIREMENTS, RULES, WALKED, Walked, codes_in, commands_page, rules_page
from scripts.requirements_page import requirements_page
from scripts.walkthrough import exact, read_steps, run_steps, steady

ROOT = Path(__file__).parents[2]
DOCS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md"))
WRITTEN = [page for page in DOCS if page not in (RULES, COMMANDS, REQUIREMENTS)]
PAGES = ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "CHANGELOG.md", *WRITTEN]
WALKS = [
    pytest.param(page, marks=pytest.mark.slow) if page.path == "docs/operations.md" else page
    for page in WALKED
    if not page.path.startswith("README")
]
# The first parts of paths in this project; other paths in the pages are those of document repositories.
OURS = frozenset(
    "bench cli codes docs hooks locale model ops presales_repo render rules schemas scripts store tests".split()
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def without_blocks(name: str) -> str:
    """A page without its fenced blocks: prose, tables, links."""
    return re.sub(r"^```.*?^```$", "", text_of(name), flags=re.DOTALL | re.MULTILINE)


def test_the_codes_page_is_current() -> None:
    assert text_of(RULES) == rules_page(), "run `make docs`"


def test_the_commands_page_is_current() -> None:
    assert text_of(COMMANDS) == commands_page(), "run `make docs`"


def test_the_requirements_page_is_current() -> None:
    assert text_of(REQUIREMENTS) == requirements_page(), "run `make docs`"


@pytest.mark.parametrize("page", WALKS, ids=lambda page: page.path)
def test_a_walk_gives_what_the_page_prints(page: Walked) -> None:
    form = exact if page.fixed else steady
    steps = read_steps(text_of(page.path))
    assert steps
    outputs = run_steps(steps, page.language)
    assert codes_in(steps, outputs) == page.refused
    for step, output in zip(steps, outputs, strict=True):
        if step.shown is None:
            assert not re.search(r"error|fatal|Traceback", output), step.commands
        else:
            assert form(output) == form(step.shown), f"run `make docs`: {step.commands}"


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page: str) -> None:
    targets = re.findall(r"\]\(([^)\s]+)\)", without_blocks(page))
    folder = (ROOT / page).parent
    missing = [each for each in targets if "://" not in each and not (folder / each.partition("#")[0]).exists()]
    headings = {line.lstrip("# ").lower().replace(" ", "-") for line in text_of(page).splitlines() if line[:1] == "#"}
    assert missing + [each for each in targets if each[:1] == "#" and each[1:] not in headings] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_file_of_the_project_that_is_named_exists(page: str) -> None:
    words = re.findall(r"`([\w./-]+/[\w./-]*)`", without_blocks(page))
    named = [word for word in words if word.split("/")[0] in OURS and "_data" not in word]  # _data: in wheels only
    assert [word for word in named if not any((base / word).exists() for base in (ROOT, ROOT / "presales_repo"))] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_code_that_is_named_exists(page: str) -> None:
    named = re.findall(r"(?<![\w-])[ESAWLHFPN][0-9]{3}\b", without_blocks(page))
    assert [code for code in named if rule_of(code) is None] == []


def test_hooks_for_the_pre_commit_framework() -> None:
    """Each runs a hook that prs has; the check of documents asks for no files, and runs when files only go away."""
    hooks = {hook["id"]: hook for hook in yaml.safe_load(text_of(".pre-commit-hooks.yaml"))}
    for id_, hook in hooks.items():
        assert shlex.split(hook["entry"])[:2] == ["prs", "hook"]
        assert shlex.split(hook["entry"])[2] in NAMES
        assert set(hook["stages"]) <= {"pre-commit", "pre-merge-commit", "commit-msg"}
        assert f"- id: {id_}\n" in text_of("docs/operations.md")
    assert (hooks["prs"]["pass_filenames"], hooks["prs"]["always_run"]) == (False, True)
    assert "pass_filenames" not in hooks["prs-message"], "git passes the file of the message"
