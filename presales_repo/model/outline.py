"""The structure of a Markdown body: headings, links and images with their lines.

markdown-it gives the structure. Importing it costs more than all the rest of a git hook, so bodies written in
plain constructs only (most of ours) are read by a line scanner that gives up on anything it could read otherwise
than markdown-it does; a property test holds the two against each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

_ATX = re.compile(r"(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_FENCE = re.compile(r"(`{3,}|~{3,})[ ]*[A-Za-z0-9_+-]*")
_LINK = re.compile(r"!?\[([^\[\]\\`<>*_~&!|]*)\]\(([^()\s\\<>&\[\]\"'%`|]+)\)")
# Addresses that markdown-it refuses or rewrites (javascript:, hosts in Chinese) are left to it.
_PLAIN_TARGET = re.compile(r"[^:]+|(?:https?|mailto):[!-~]+")
# What a line scanner does not try to understand: HTML, entities, escapes, code spans, autolinks.
_HARD = re.compile(r"[<&\\`]")
# Lines whose meaning depends on the lines around them: indented code, fences with more than a language, quotes,
# setext underlines and rules.
_CONTEXT = re.compile(r"[ \t]+\S|~~~|```|[ ]{0,3}(?:>|=+[ \t]*$|-+[ \t]*$)")
# A list item, and one whose text cannot be a block of its own (a heading, a quote, another list).
_MARKER = re.compile(r"(?:[-+*]|[0-9]{1,9}[.)])(?:[ \t]|$)")
_ITEM = re.compile(
    r"(?:[-+*]|([0-9]{1,9})[.)]) (?=[^\s#>`~=+*|_0-9-]|\*\*[^\s*]|-[^\s-]|[0-9]+(?:[^0-9.)]|$)|[0-9]+[.)][^\s])"
)
_INLINE_MARKUP = re.compile(r"[#*_~!\[\]|]")
_ALIGNMENT = re.compile(":?-+:?")


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


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a line stands. `kind`: `text` (a paragraph), `item` (first line of a list item), `rule` and `row` of a
    table, `other` (what goes on after items and rows), "" (nothing is open); `start`: first line of what belongs
    together; `columns`: of the table."""

    kind: str
    start: int
    columns: int = 0


def _scan(lines: list[str]) -> tuple[Headings, Links] | None:
    """Headings and links (lines from 0), or None when a line could mean something else than it seems."""
    headings: Headings = []
    links: Links = []
    place = _Place("", 0)
    visible = _outside_fences(lines)
    for index, line in enumerate(visible):
        heading = _ATX.fullmatch(line)
        if _CONTEXT.match(line) or _HARD.search(line) or (_MARKER.match(line) and not _ITEM.match(line)):
            return None
        if heading:
            title = heading[2] or ""
            if _INLINE_MARKUP.search(title):
                return None
            headings.append((len(heading[1]), " ".join(title.split()), index))
        place = _Place("", index) if heading or not line.strip(" \t") else _follow(place, visible, index)
        found = [] if heading or not ("[" in line or "]" in line) else _links(line, place, index)
        if found is None:
            return None
        links += found
    return headings, links


def _outside_fences(lines: list[str]) -> list[str]:
    """The lines with those of fenced code empty; a fence that is never closed stays as it is."""
    visible = list(lines)
    fence = ""
    opened = 0
    for index, line in enumerate(lines):
        if not fence:
            opening = _FENCE.fullmatch(line)
            fence, opened = (opening[1], index) if opening else ("", 0)
        elif re.fullmatch(rf" {{0,3}}{fence}{fence[0]}*[ \t]*", line):
            visible[opened : index + 1] = [""] * (index + 1 - opened)
            fence = ""
    return visible


def _follow(place: _Place, lines: list[str], index: int) -> _Place:
    """The place of a line that is neither empty nor a heading, by the place of the line before."""
    line = lines[index]
    item = _ITEM.match(line)
    if item and (item[1] in (None, "1") or place.kind not in ("text", "other")):  # `2.` may go on with a paragraph
        return _Place("item", index)
    if place.kind in ("rule", "row"):
        return _Place("row", index, place.columns) if line.startswith("|") else _Place("other", place.start)
    columns = _columns_ruled(line) if place.kind == "text" else 0
    if columns and "|" in lines[index - 1] and columns == len(_cells(lines[index - 1])):
        return _Place("rule", index, columns)
    if place.kind in ("", "text"):
        return _Place("text", place.start if place.kind else index)
    return _Place("other", place.start)


def _cells(line: str) -> list[str]:
    """The cells of a table's line, without the empty ones outside of its first and last bar."""
    cells = line.strip().split("|")
    return cells[cells[0] == "" : len(cells) - (cells[-1] == "")]


def _columns_ruled(line: str) -> int:
    """How many columns a line under a table's head rules, 0 when it is no such line."""
    cells = [cell.strip() for cell in _cells(line)]
    return len(cells) if all(_ALIGNMENT.fullmatch(cell) for cell in cells) else 0


def _links(line: str, place: _Place, index: int) -> Links | None:
    """The links of a line that begins a paragraph, an item or a row; None when a bracket belongs to anything else."""
    rest = _LINK.sub("", line)
    targets = [match[2] for match in _LINK.finditer(line)]
    lost = place.kind == "row" and len(_cells(line)) > place.columns  # markdown-it drops the cells beyond
    if place.start != index or lost or "[" in rest or "]" in rest:
        return None
    return [(target, index) for target in targets] if all(map(_PLAIN_TARGET.fullmatch, targets)) else None


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


def _plain(children: Iterable[Any]) -> str:
    words = []
    for child in children:
        if child.type in ("text", "code_inline", "image"):
            words.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            words.append(" ")
    return " ".join("".join(words).split())


def _targets(children: Iterable[Any]) -> Iterator[str]:
    for child in children:
        if child.type == "link_open":
            yield str(child.attrGet("href"))
        elif child.type == "image":
            yield str(child.attrGet("src"))
