"""Markdown to HTML for print: CommonMark with GFM tables and strikethrough. The one module that imports markdown-it.

Raw HTML stays text, nesting is bounded, and nothing in the result refers to a file or an address that print
could open by itself: images carry names of our own (`image_name`), relative links become text.
"""

from __future__ import annotations

import html
import posixpath
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token

IMAGE_SCHEME = "asset:"


class _AnyAddress(MarkdownIt):
    """Reads javascript: and data: links as links too: what is printed leaves them out, the rules have to see them."""

    def validateLink(self, url: str) -> bool:
        return True


_OPTIONS = {"html": False, "maxNesting": 20}
_PARSER = MarkdownIt("commonmark", _OPTIONS).enable(["table", "strikethrough"])
_READER = _AnyAddress("commonmark", _OPTIONS).enable(["table", "strikethrough"])
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_WEB = re.compile(r"(?:https?://|mailto:)", re.IGNORECASE)
_NUMBER = re.compile(r"[A-Z]{2}20[0-9]{7}")
_SLUG_DROP = re.compile(r"[^\w\- ]")
_TOP = 2  # h1 is the document's title, which the cover prints
_WIDE, _LANDSCAPE = 7, 11  # columns from which a table prints smaller, or on a landscape page
_SHORT = 9  # rows, the head included, up to which a table is not divided
_ADDRESS = 200  # characters of an address shown as text


@dataclass(frozen=True, slots=True)
class Heading:
    """One heading: `level` from 1 within the document, `text` without markup, `anchor` the id in the HTML."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A body as HTML, its headings in order, and the images it shows, as the Markdown names them."""

    html: str
    headings: tuple[Heading, ...]
    images: tuple[str, ...]


def image_name(target: str) -> str:
    """The only kind of address an `<img>` of ours has: an image of the document by its name in the Markdown."""
    return IMAGE_SCHEME + quote(target, safe="")


def image_target(name: str) -> str | None:
    """The Markdown's name for an image address made by `image_name`, None for any other address."""
    return unquote(name.removeprefix(IMAGE_SCHEME)) if name.startswith(IMAGE_SCHEME) else None


def to_html(body: str, title: str = "") -> Rendered:
    """Render a Markdown body without front matter.

    A first heading equal to `title` is left out (the cover prints it), the highest heading that remains becomes
    h2. Relative links become their text with the document's number or the file's name, since nothing lies beside a
    PDF; `#fragment` links lead to the heading. Addresses other than http, https and mailto are never links.
    """
    tokens = _without_title(_PARSER.parse(body), title)
    slugs, headings = _number_headings(tokens)
    images: list[str] = []
    for index, token in enumerate(tokens):
        if token.type == "table_open":
            _classify_table(tokens, index)
        elif token.type == "paragraph_open" and _only_image(tokens[index + 1]):
            token.attrSet("class", "figure")
        elif token.type == "inline":
            token.children = list(_inline(token.children or (), slugs, images))
    text = _PARSER.renderer.render(tokens, _PARSER.options, {})
    return Rendered(text, tuple(headings), tuple(dict.fromkeys(images)))


def _plain(token: Token) -> str:
    """The words of an inline token, markup left out."""
    parts = (
        child.content if child.type in ("text", "code_inline", "image") else " "
        for child in token.children or ()
        if child.type in ("text", "code_inline", "image", "softbreak", "hardbreak")
    )
    return " ".join("".join(parts).split())


def _without_title(tokens: list[Token], title: str) -> list[Token]:
    """Drop a leading first-level heading that repeats the title."""
    if not tokens or tokens[0].type != "heading_open" or tokens[0].tag != "h1":
        return tokens
    same = unicodedata.normalize("NFC", _plain(tokens[1])) == unicodedata.normalize("NFC", " ".join(title.split()))
    return tokens[3:] if same else tokens


def _number_headings(tokens: Sequence[Token]) -> tuple[dict[str, str], list[Heading]]:
    """Give headings their printed level and an id; returns ids by slug (as web viewers make them) and the list."""
    opens = [index for index, token in enumerate(tokens) if token.type == "heading_open"]
    highest = min((int(tokens[index].tag[1]) for index in opens), default=1)
    slugs: dict[str, str] = {}
    headings = []
    for count, index in enumerate(opens, 1):
        level = int(tokens[index].tag[1]) - highest + 1
        tag = f"h{min(level + _TOP - 1, 6)}"
        tokens[index].tag = tokens[index + 2].tag = tag
        anchor = f"s{count}"
        tokens[index].attrSet("id", anchor)
        text = _plain(tokens[index + 1])
        slugs.setdefault(_slug(text), anchor)
        headings.append(Heading(level, text, anchor))
    return slugs, headings


def _slug(text: str) -> str:
    return _SLUG_DROP.sub("", text.lower()).strip().replace(" ", "-")


def _classify_table(tokens: Sequence[Token], start: int) -> None:
    """Mark wide tables, which print smaller or on a landscape page, and short ones, which stay on one page."""
    following = (tokens[index].type for index in range(start, len(tokens)))
    inside = list(takewhile(lambda kind: kind != "table_close", following))
    columns, rows = inside.count("th_open"), inside.count("tr_open")
    shape = "landscape" if columns >= _LANDSCAPE else "wide" if columns >= _WIDE else "short" if rows <= _SHORT else ""
    if shape:
        tokens[start].attrSet("class", shape)


def _only_image(token: Token) -> bool:
    children = token.children or []
    return len(children) == 1 and children[0].type == "image"


def _inline(children: Sequence[Token], slugs: dict[str, str], images: list[str]) -> Iterator[Token]:
    """The inline tokens as print shows them; targets of images are added to `images`."""
    suffix: str | None = None
    for index, token in enumerate(children):
        if token.type == "link_open":
            suffix = _resolve_link(token, slugs, children[index + 1].content)
            if suffix is None:
                yield token
        elif token.type == "link_close" and suffix is not None:
            yield Token("text", "", 0, content=suffix)
            suffix = None
        elif token.type == "image":
            yield from _image(token, images)
        elif token.type == "softbreak" and _joins(children, index):
            continue
        else:
            yield token


def _resolve_link(token: Token, slugs: dict[str, str], label: str) -> str | None:
    """None when `token` stays a link (its address possibly set anew), else what stands after its text instead."""
    href = str(token.attrGet("href") or "")
    if _WEB.match(href):
        return None
    if href.startswith("#"):
        anchor = slugs.get(_slug(unquote(href[1:]).replace("-", " ")))
        if anchor:
            token.attrSet("href", "#" + anchor)
            return None
        return ""
    target = unquote(href)
    number = _NUMBER.search(posixpath.basename(target))
    name = _cut(target) if _SCHEME.match(target) else number[0] if number else posixpath.basename(target)
    return "" if not name or name in label else f" ({name})"


def _cut(address: str) -> str:
    """An address as text; one of a thousand characters holds data and no place."""
    return address if len(address) <= _ADDRESS else address[:_ADDRESS] + "…"


def _image(token: Token, images: list[str]) -> Iterator[Token]:
    """An image of the repository by our own name for it, any other as its text."""
    target = unquote(str(token.attrGet("src") or ""))
    caption = str(token.attrGet("title") or "")
    if not target or _SCHEME.match(target) or target.startswith("/"):
        yield Token("text", "", 0, content=f"{token.content} ({_cut(target)})".strip())
        return
    images.append(target)
    token.attrs = {"src": image_name(target), "alt": ""}
    yield token
    if caption:
        yield Token("html_inline", "", 0, content=f'<span class="caption">{html.escape(caption)}</span>')


def _joins(children: Sequence[Token], index: int) -> bool:
    """Whether the line break at `index` stands between two wide characters, where Chinese has no space."""
    before, after = children[index - 1].content[-1:], children[index + 1].content[:1]
    return all(side and unicodedata.east_asian_width(side) in "WF" for side in (before, after))


def parse_tokens(body: str) -> list[Token]:
    """The token stream of a body, for its outline: every link is one, whatever its address."""
    return _READER.parse(body)
