"""The structure of a Markdown body: headings, links and images with their lines.

markdown-it gives the structure. Importing it costs more than all the rest of a git hook, so bodies written in
plain constructs only (most of ours) are read by a line scanner that gives up on anything it could read otherwise
than markdown-it does; a property test holds the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

_ATX = re.compile(r"(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r"(`{3,}|~{3,})[ ]*[A-Za-z0-9_+-]*")
_LINK = re.compile(r"!?\[([^\[\]\\`<>*_~&!]*)\]\(([^()\s\\<>&\[\]\"'%`]*)\)")
# What a line scanner does not try to understand: HTML, entities, escapes, code spans, autolinks.
_HARD = re.compile(r"[<&\\`]")
# Lines whose meaning depends on the lines around them: indented code, fences with more than a language, quotes,
# setext underlines, and list items that could open a block of their own.
_CONTEXT = re.compile(
    r"[ \t]+\S|~~~|```|[ ]{0,3}(?:>|=+[ \t]*$|-+[ \t]*$)"
    r"|(?:[-+*]|[0-9]{1,9}[.)])(?! (?![#>`~=+*|-]|[0-9]{1,9}[.)])\S)(?:[ \t]|$)"
)
_INLINE_MARKUP = re.compile(r"[#*_~!\[\]]")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and whether anything is written below it. `line` is the line in the file, from 1."""

    level: int
    title: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """The target of a link or an image as written, percent-decoded, and the line of its paragraph."""

    target: str
    line: int


@dataclass(frozen=True, slots=True)
class Outline:
    """Headings and links of one body."""

    sections: tuple[Section, ...]
    links: tuple[Link, ...]


def outline(body: str, first_line: int = 1) -> Outline:
    """The structure of a body whose first line is line `first_line` of its file."""
    lines = body.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found = _scan(lines)
    headings, links = _parse("\n".join(lines)) if found is None else found
    ends = [*(line for _, _, line in headings), len(lines)][1:]
    sections = tuple(
        Section(level, title, line + first_line, "\n".join(lines[line + 1 : end]).strip())
        for (level, title, line), end in zip(headings, ends, strict=True)
    )
    return Outline(sections, tuple(Link(target, line + first_line) for target, line in links))


Headings = list[tuple[int, str, int]]
Links = list[tuple[str, int]]


def _scan(lines: list[str]) -> tuple[Headings, Links] | None:
    """Headings and links (lines from 0), or None when a line could mean something else than it seems."""
    headings: Headings = []
    links: Links = []
    fence = ""
    start = 0  # first line of the open paragraph
    for index, line in enumerate(lines):
        if fence:
            closing = line.rstrip(" \t")
            if closing.startswith(fence) and not closing.strip(fence[0]):
                fence = ""
            start = index + 1
            continue
        opening = _FENCE.fullmatch(line)
        if opening:
            fence, start = opening[1], index + 1
            continue
        if _CONTEXT.match(line) or _HARD.search(line):
            return None
        if not line.strip():
            start = index + 1
            continue
        heading = _ATX.fullmatch(line)
        if heading:
            if _INLINE_MARKUP.search(heading[2] or ""):
                return None
            headings.append((len(heading[1]), " ".join((heading[2] or "").split()), index))
            start = index + 1
        elif "[" in line or "]" in line:
            if start != index or not _add_links(line, index, links):
                return None
    return None if fence else (headings, links)


def _add_links(line: str, index: int, links: Links) -> bool:
    """Take the links of a one-line paragraph start; False when a bracket belongs to anything else."""
    found = list(_LINK.finditer(line))
    rest = _LINK.sub("", line)
    if "[" in rest or "]" in rest or "|" in line or any(not match[2] for match in found):
        return False
    links += [(match[2], index) for match in found]
    return True


def _parse(body: str) -> tuple[Headings, Links]:
    from presales_repo.model.markdown import parse_tokens

    headings: Headings = []
    links: Links = []
    tokens = parse_tokens(body)
    line = 0
    for position, token in enumerate(tokens):
        if token.map:
            line = token.map[0]
        if token.type == "heading_open":
            headings.append((int(token.tag[1]), _plain(tokens[position + 1].children or ()), line))
        elif token.type == "inline":
            links += [(unquote(target), line) for target in _targets(token.children or ())]
    return headings, links


def _plain(children: object) -> str:
    words = []
    for child in children:  # type: ignore[attr-defined]
        if child.type in ("text", "code_inline", "image"):
            words.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            words.append(" ")
    return " ".join("".join(words).split())


def _targets(children: object) -> Iterator[str]:
    for child in children:  # type: ignore[attr-defined]
        if child.type == "link_open":
            yield str(child.attrGet("href"))
        elif child.type == "image":
            yield str(child.attrGet("src"))
