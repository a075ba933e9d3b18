"""Write the parts of the documentation that follow from the program: docs/rules.md, and the output shown in walks.

From the top of the checkout: `make docs`, or `python -m scripts.make_docs`. It prints the pages that it changed; with
--check it only names the stale ones and exits with 1 if there are any.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from presales_repo.codes import GROUPS, rules_of
from presales_repo.codes.rule import Rule
from scripts.walkthrough import ROOT, exact, read_steps, refreshed, run_steps, steady

RULES = "docs/rules.md"
TITLES = {
    "N": "Number",
    "P": "Path and name",
    "F": "Front matter",
    "H": "Headings and content",
    "L": "Links and trace",
    "W": "Workflow",
    "A": "Approval and ledger",
    "S": "Security and hostile input",
    "E": "Machine and environment",
}
_HEAD = """# Codes

Every refusal and every finding has a code: a letter and three digits. A code never changes its meaning and is never used
again. `prs explain CODE` says the same as this page, in the language of `--lang`. Words in {braces} are filled in.

Severity: an **error** stops a commit, a submission or a command; a **warning** is only said. Source: a section of
項目售前工作管理制度 (四(二)1), a requirement (R088) or a decision on a gap of the regulation (A-01), a page of these docs, or the
specification of a format.

This page is made by `make docs` from `presales_repo/codes/`.
"""


@dataclass(frozen=True, slots=True)
class Walked:
    """A page with walks. `language`: of the messages in its output; `fixed`: its output is the same at every run."""

    path: str
    language: str
    fixed: bool


WALKED = (
    Walked("README.md", "en", fixed=False),
    Walked("README.zh-CN.md", "zh", fixed=False),
    Walked("docs/ledger-format.md", "en", fixed=True),
    Walked("docs/audit.md", "en", fixed=True),
    Walked("docs/operations.md", "en", fixed=False),
)


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


def walked_page(page: Walked) -> str:
    """The page with the output of its commands as it is now."""
    text = (ROOT / page.path).read_text(encoding="utf-8")
    steps = read_steps(text)
    return refreshed(text, steps, run_steps(steps, page.language), exact if page.fixed else steady)


def main() -> int:
    """0: current or written; 1: --check found stale pages, which it names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    pages = {RULES: rules_page(), **{page.path: walked_page(page) for page in WALKED}}
    stale = [path for path, text in pages.items() if _read(path) != text]
    for path in stale:
        print(path)
        if not check:
            (ROOT / path).write_text(pages[path], encoding="utf-8")
    return 1 if check and stale else 0


def _read(path: str) -> str:
    file = ROOT / path
    return file.read_text(encoding="utf-8") if file.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
