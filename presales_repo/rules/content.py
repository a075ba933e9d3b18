"""The Markdown of a document: required headings, sections still to be written, conflict marks, hidden characters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from presales_repo.findings import Finding
from presales_repo.model.doctype import DocType, RequiredHeading
from presales_repo.model.document import Document
from presales_repo.model.fold import fold_heading
from presales_repo.model.frontmatter import conflict_lines
from presales_repo.model.limits import over_limits
from presales_repo.model.outline import Outline, Section
from presales_repo.model.text import hidden_character, position

PLACEHOLDER = "〔{hint}〕"
_PLACEHOLDER = re.compile(r"〔[^〔〕]*〕")


def check_conflicts(document: Document) -> Iterator[Finding]:
    """H107 git's marks of a merge that nobody finished. With them the rest of the body means nothing."""
    for line in conflict_lines(document.text, document.head.body_start):
        yield Finding("H107", document.path, line)


def check_text(document: Document) -> Iterator[Finding]:
    """What holds for any Markdown of the store: S108 hidden characters, S121 to S123 limits."""
    hidden = hidden_character(document.body)
    if hidden:
        line, column = position(document.text, document.head.body_start + hidden.start())
        yield Finding("S108", document.path, line, column, {"character": f"U+{ord(hidden[0]):04X}"})
    for found in over_limits(document.body):
        line = found.line + document.head.body_line - 1 if found.line else 0
        yield Finding(found.code, document.path, line, 0, found.args)


def check_headings(document: Document, doctype: DocType, structure: Outline) -> Iterator[Finding]:
    """H101 a heading is missing, H102 nothing is written below one. Any order, any level; numbering and script do
    not matter (R051)."""
    sections = structure.sections
    titles = [fold_heading(section.title) for section in sections]
    wanted = [_folded(required.title) for required in doctype.headings]
    for index, required in enumerate(doctype.headings):
        args = {"heading": required.title}
        found = [at for at, title in enumerate(titles) if title == wanted[index]]
        if not found:
            following = wanted[index + 1 :]
            below = [section.line for section, title in zip(sections, titles, strict=True) if title in following]
            yield Finding("H101", document.path, below[0] if below else _last_line(document), 0, args)
        for at in found:
            if is_unwritten(sections, at, required):
                yield Finding("H102", document.path, sections[at].line, 0, args)


@cache
def _folded(title: str) -> str:
    """A heading of the policy, of which there are few, for comparison."""
    return fold_heading(title)


def _last_line(document: Document) -> int:
    return document.text.rstrip("\r\n").count("\n") + 1


def is_unwritten(sections: Sequence[Section], at: int, required: RequiredHeading) -> bool:
    """Whether a section holds the hint of the template, or nothing: neither text nor headings below its own."""
    text = sections[at].text
    if not text:
        return at + 1 == len(sections) or sections[at + 1].level <= sections[at].level
    hint = PLACEHOLDER.format(hint=required.hint or required.title)
    return hint in text or is_hint(text)


def is_hint(text: str) -> bool:
    """Whether a section's text is nothing but a hint of a template."""
    return _PLACEHOLDER.fullmatch(text) is not None
