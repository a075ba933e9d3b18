"""Words in a document's text: praise that cannot be proven, passwords, and what a section has to speak of.

Words and terms are data of the policy (repository.yaml `words`; `mentions` and `no_passwords` of a heading). Scripts
and widths do not matter. Code and quoted lines (>) are somebody else's words; so is what a negation stands before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from presales_repo.findings import Finding
from presales_repo.model.doctype import DocType, RequiredHeading
from presales_repo.model.document import Document
from presales_repo.model.fold import fold, fold_heading
from presales_repo.model.outline import Outline, Section
from presales_repo.model.policy import Policy
from presales_repo.model.wordlists import Honesty
from presales_repo.rules.content import is_unwritten

_CODE = re.compile(r"`[^`]*`|<!--.*?-->")
_FENCE = re.compile(r" {0,3}(?:`{3,}|~{3,})")
_QUOTE = re.compile(r" {0,3}>")
_NAMED = "密码|口令|password|passwd|pwd"
_PASSWORD = re.compile(rf"(?:{_NAMED})\s*(?:[:=]|为|是)?\s*[`*\"']*([!-_a-~]{{4,}})", re.IGNORECASE)
_COLUMN = re.compile(_NAMED, re.IGNORECASE)
_SECRET = re.compile(r"[!-_a-~]{4,}")
_LETTER = re.compile("[A-Za-z0-9]")


def check_words(document: Document, doctype: DocType, structure: Outline, policy: Policy) -> Iterator[Finding]:
    """H120 in a text for customers; H121 and H122 below headings that ask for them."""
    if doctype.customer_facing and policy.honesty.words:
        yield from _check_honesty(document, policy.honesty)
    for required in doctype.headings:
        if required.mentions or required.no_passwords:
            yield from _check_section(document, required, structure.sections)


def _check_honesty(document: Document, honesty: Honesty) -> Iterator[Finding]:
    pattern = _pattern(honesty)
    if not pattern.search(fold(document.body)):
        return
    for number, line in _spoken_lines(document.body, document.head.body_line):
        folded = _fold_in_place(line)
        for match in pattern.finditer(folded):
            if match["word"] and not folded[: match.start()].rstrip().endswith(honesty.negations):
                yield Finding("H120", document.path, number, match.start() + 1, {"word": match[0]})


def _pattern(honesty: Honesty) -> re.Pattern[str]:
    """Matches what is fine first, then the words."""
    fine = "|".join(re.escape(fold(phrase)) for phrase in honesty.fine) or "(?!)"
    words = "|".join(re.escape(fold(word)) for word in honesty.words)
    return re.compile(f"(?:{fine})|(?P<word>{words})")


def _spoken_lines(body: str, first: int) -> Iterator[tuple[int, str]]:
    """The lines with their numbers; code and quotations left out, columns kept."""
    fenced = False
    for number, line in enumerate(body.split("\n"), first):
        if _FENCE.match(line):
            fenced = not fenced
        elif not fenced and not _QUOTE.match(line):
            yield number, _CODE.sub(lambda match: " " * len(match[0]), line)


def _fold_in_place(line: str) -> str:
    """A line folded character by character, so that columns stay: one that would become several stays as it is."""
    folded = (fold(char) for char in line)
    return "".join(new if len(new) == 1 else char for new, char in zip(folded, line, strict=True))


def _check_section(document: Document, required: RequiredHeading, sections: Sequence[Section]) -> Iterator[Finding]:
    wanted = fold_heading(required.title)
    for at, section in enumerate(sections):
        if fold_heading(section.title) == wanted:
            inner = _inside(sections, at)
            after = sections[at + len(inner)].line - 1 if at + len(inner) < len(sections) else None
            text = fold("\n".join(f"{part.title}\n{part.text}" for part in inner))
            written = not is_unwritten(sections, at, required)  # a new document's hint is H102's to report
            for term in required.mentions:
                if written and fold(term) not in text:
                    yield _at("H122", document, section.line, required, term=term)
            if required.no_passwords:
                yield from _check_passwords(document, required, section.line, after)


def _inside(sections: Sequence[Section], at: int) -> Sequence[Section]:
    """A section and those inside it."""
    rest = sections[at + 1 :]
    end = next((number for number, later in enumerate(rest) if later.level <= sections[at].level), len(rest))
    return sections[at : at + 1 + end]


def _check_passwords(document: Document, required: RequiredHeading, first: int, end: int | None) -> Iterator[Finding]:
    """H121 for `密码: …`, and for what stands below 密码 in a table. A word in Chinese says where to get it. `first`:
    line of the heading, from 1; `end`: the last line below it, None for the document's last."""
    column = -1
    for number, line in enumerate(document.text.split("\n")[first:end], first + 1):
        text = fold(line)
        cells = [cell.strip() for cell in text.strip("|").split("|")] if text.startswith("|") else []
        named = next((index for index, cell in enumerate(cells) if _COLUMN.fullmatch(cell)), -1)
        if named >= 0 or not cells:
            column = named
        cell = cells[column] if named < 0 <= column < len(cells) else ""
        found = None if cells else _PASSWORD.search(text)
        written = found[1] if found else cell if _SECRET.fullmatch(cell) else ""
        if _LETTER.search(written):
            yield _at("H121", document, number, required)


def _at(code: str, document: Document, line: int, required: RequiredHeading, **args: str) -> Finding:
    return Finding(code, document.path, line, 0, {"heading": required.title, **args})
