"""Write the parts of the documentation that follow from the program: docs/rules.md, docs/commands.md, output of walks.

From the top of the checkout: `make docs`, or `python -m scripts.make_docs`. It prints the pages that it changed; with
--check it only names the stale ones and exits with 1 if there are any.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import click

from presales_repo.cli.main import prs
from presales_repo.codes import GROUPS, rules_of
from presales_repo.codes.rule import Rule
from presales_repo.i18n import set_language
from scripts.requirements_page import requirements_page
from scripts.walkthrough import ROOT, Step, exact, read_steps, refreshed, run_steps, steady

RULES = "docs/rules.md"
COMMANDS = "docs/commands.md"
REQUIREMENTS = "docs/requirements.md"
TITLES = {
    "N": "Number",
    "P": "Path and name",
    "F": "Front matter",
    "H": "Headings and content",
    "L": "Links and trace",
    "W": "Workflow",
    "A": "Approval and ledger",
    "S": "Security and hostile input",
    "D": "Deadlines and upkeep",
    "E": "Machine and environment",
}
_HEAD = """# Codes

Every refusal and every finding has a code: a letter and three digits. A code never changes its meaning and is never
used again. `prs explain CODE` says the same as this page, in the language of `--lang`. Words in {braces} are filled in.

Severity: an **error** stops a commit, a submission or a command; a **warning** is only said. Source: a section of
項目售前工作管理制度 (四(二)1), a requirement (R088) or a decision on a gap of the regulation (A-01), a page of these
docs, or the specification of a format.

This page is made by `make docs` from `presales_repo/codes/`.
"""
_COMMANDS_HEAD = """# Commands

What `prs COMMAND --help` says. README has them in one table. This page is made by `make docs`.
"""


@dataclass(frozen=True, slots=True)
class Walked:
    """A page with walks. `language`: of the messages in its output; `refused`: the codes of all refusals and findings
    that its commands are meant to get, in order; `fixed`: its output is the same at every run."""

    path: str
    language: str
    refused: tuple[str, ...] = ()
    fixed: bool = False


# A head of department writes no plan; a copy lies in the wrong place and has the number of another; nothing is
# published yet; the author, the second signer before the first, and a stranger sign; the text was edited meanwhile.
_README = ("F119", "P104", "N106", "W108", "A302", "A304", "A301", "A307")
# A ledger was rewound.
_OPERATIONS = ("A230",)
WALKED = (
    Walked("README.md", "en", _README),
    Walked("README.zh-CN.md", "zh", _README),
    Walked("docs/ledger-format.md", "en", fixed=True),
    Walked("docs/audit.md", "en", fixed=True),
    Walked("docs/operations.md", "en", _OPERATIONS),
)


class UnexpectedError(Exception):
    """The commands of a page do not do what the page is for."""


def rules_page() -> str:
    """The text of docs/rules.md."""
    return _HEAD + "".join(line for letter in GROUPS for line in _group(letter))


def _group(letter: str) -> Iterator[str]:
    yield f"\n## {letter}: {TITLES[letter]}\n"
    for rule in sorted(rules_of(letter).values()):
        yield _entry(rule)


def _entry(rule: Rule) -> str:
    lines = [f"\n### {rule.code}\n**{rule.severity}**: {_plain(rule.message)}  "]
    if rule.hint:
        lines.append(f"What to do: {_plain(rule.hint)}  ")
    if rule.why:
        lines.append(f"Why: {_plain(rule.why)}  ")
    if rule.source:
        lines.append(f"Source: {rule.source}  ")
    return "\n".join(lines).rstrip() + "\n"


def _plain(text: str) -> str:
    """A message as Markdown that shows it: angle brackets would be taken for HTML."""
    return text.replace("<", "&lt;")


def commands_page() -> str:
    """The text of docs/commands.md: the help of every command."""
    set_language("en")
    root = click.Context(prs, info_name="prs", terminal_width=100, **prs.context_settings)
    shown = [context for context in all_commands(root) if context.info_name != "hook"]
    return _COMMANDS_HEAD + "".join(f"\n## {each.command_path}\n```text\n{each.get_help()}\n```\n" for each in shown)


def all_commands(context: click.Context) -> Iterator[click.Context]:
    """The command of a context, then those below it, each in a context of its own."""
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            assert command is not None, "it was listed"
            yield from all_commands(click.Context(command, parent=context, info_name=name))


def walked_page(page: Walked) -> str:
    """The page with the output of its commands as it is now. Raises UnexpectedError when they get other refusals than
    meant: then the page or the program has to be mended first."""
    text = _read(page.path)
    steps = read_steps(text)
    outputs = run_steps(steps, page.language)
    if codes_in(steps, outputs) != page.refused:
        raise UnexpectedError(f"refused with {codes_in(steps, outputs)} instead of {page.refused}")
    return refreshed(text, steps, outputs, exact if page.fixed else steady)


def codes_in(steps: Sequence[Step], outputs: Sequence[str]) -> tuple[str, ...]:
    """The codes in the outputs that a page shows, in order; an error of prs itself counts wherever it is."""
    shown = (output for step, output in zip(steps, outputs, strict=True) if step.shown is not None or "E199" in output)
    return tuple(re.findall(r"error\[([A-Z][0-9]{3})\]:", "".join(shown)))


def main() -> int:
    """0: current or written; 1: --check found stale pages, or a walk went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    makers: dict[str, Callable[[], str]] = {RULES: rules_page, COMMANDS: commands_page, REQUIREMENTS: requirements_page}
    makers |= {page.path: partial(walked_page, page) for page in WALKED}
    good = True
    for path, make in makers.items():
        try:
            text = make()
        except UnexpectedError as error:
            print(f"{path}: {error}")
            good = False
            continue
        if text == _read(path):
            continue
        print(path)
        if check:
            good = False
        else:
            (ROOT / path).write_text(text, encoding="utf-8")
    return 0 if good else 1


def _read(path: str) -> str:
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
