"""README and its Chinese twin: every command they print runs, every refusal they promise happens."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from presales_repo.cli.main import prs
from scripts.make_docs import WALKED, Walked, all_commands, codes_in
from scripts.walkthrough import Step, read_steps, run_steps, steady

ROOT = Path(__file__).parents[2]
ENGLISH, CHINESE = "README.md", "README.zh-CN.md"
COUNTED = {"list": "number", "person list": "id"}


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def shell_blocks(name: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", text_of(name), re.DOTALL | re.MULTILINE)


def commands_table(name: str) -> dict[str, str]:
    """The cells of the table of commands, by command: `new`, `project`."""
    rows = re.findall(r"^\| (`prs ([a-z]+).*?) \| .* \|$", text_of(name), re.MULTILINE)
    return {command: cell for cell, command in rows}


# The English one is run by every `make test`, slow as it is: it is the first thing that a new user does.
@pytest.mark.parametrize(
    "page", [WALKED[0], pytest.param(WALKED[1], marks=pytest.mark.slow)], ids=lambda page: page.path
)
def test_the_walk_gives_what_the_page_prints(page: Walked) -> None:
    steps = read_steps(text_of(page.path))
    outputs = run_steps(steps, page.language)
    assert codes_in(steps, outputs) == page.refused
    assert [steady(output) for output in outputs] == [steady(step.shown or "") for step in steps], "run `make docs`"


def test_the_walk_reaches_a_published_pdf() -> None:
    last: Step = read_steps(text_of(ENGLISH))[-1]
    assert last.shown is not None
    assert "status: published" in last.shown
    assert re.search(r"QD202305001 1\.0  [0-9]+ pages  .*\.pdf\n", last.shown)
    assert 'Good "git" signature for cheng@qiheng.example' in last.shown


def test_both_readmes_have_the_same_commands() -> None:
    assert shell_blocks(ENGLISH) == shell_blocks(CHINESE)
    assert list(commands_table(ENGLISH)) == list(commands_table(CHINESE))


def test_both_readmes_explain_the_same_codes() -> None:
    def codes(name: str) -> list[str]:
        return re.findall(r"^\| ((?:[A-Z][0-9]{3}(?:, |、)?)+) \|", text_of(name).replace("、", ", "), re.MULTILINE)

    assert codes(ENGLISH) == codes(CHINESE) != []


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_every_command_and_no_other_is_in_the_table(name: str) -> None:
    root = click.Context(prs, info_name="prs")
    commands = {context.command_path.removeprefix("prs ") for context in all_commands(root)} - {"prs", "hook"}
    table = commands_table(name)
    assert set(table) == {command.partition(" ")[0] for command in commands}
    for command in commands:
        verb, _, below = command.partition(" ")
        assert below in table[verb], f"prs {command}"


@pytest.mark.parametrize("name", [ENGLISH, CHINESE])
def test_every_option_in_the_table_exists(name: str) -> None:
    root = click.Context(prs, info_name="prs")
    options: dict[str, set[str]] = {}
    for context in all_commands(root):
        verb = context.command_path.split(" ")[1] if context.parent else "prs"
        options.setdefault(verb, set()).update(word for param in context.command.params for word in param.opts)
    rows = re.findall(r"^\| `prs ([a-z]+)(.*)\|$", text_of(name), re.MULTILINE)
    named = [(verb, option) for verb, row in rows for option in re.findall(r"(?<![\w-])--?[a-z]+", row)]
    assert len(named) > 20
    assert [(verb, option) for verb, option in named if option not in options[verb]] == []


def test_the_quick_start_is_what_make_demo_recommends() -> None:
    makefile = text_of("Makefile").replace("$(DIR)", "demo-output")
    recommended = re.findall(r"^\t@echo '  (.*)'$", makefile, re.MULTILINE)
    assert shell_blocks(ENGLISH)[:2] == ["make demo\n", "\n".join([". .venv/bin/activate", *recommended, ""])]


@pytest.mark.slow
def test_the_quick_start_shows_what_it_promises() -> None:
    commands = shell_blocks(ENGLISH)[1].removeprefix(". .venv/bin/activate\n").splitlines(keepends=True)
    counts = [f"prs -C demo-output {verb} --json | grep -c '\"{key}\"'\n" for verb, key in COUNTED.items()]
    steps = [Step(text, None, 0, 0) for text in ("prs demo demo-output\n", *commands, *counts)]
    made, listed, project, due, trace, shown, inbox, log, documents, people = run_steps(steps, "en")
    assert "demo-output/pdf/QD202305006-v1.0-" in made
    assert all(f"  {command.strip()}\n" in made for command in commands), "the program recommends the same"
    assert "QD202305001" in listed
    assert "G3" in project
    assert "LATE" in due
    assert "REQ-15" in trace
    assert "status: " in shown
    assert "FJ202307" in inbox
    assert log.count('Good "git" signature') > 40
    assert f"a company of {int(people)} people with {int(documents)} documents" in text_of(ENGLISH)
