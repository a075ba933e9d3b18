"""Markdown for print: nothing in it opens a file or runs, and what a reader sees is what the author wrote."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presales_repo.model.markdown import Heading, image_name, image_target, to_html


class _Tags(HTMLParser):
    """Collects every tag with its attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def text(body: str) -> str:
    return " ".join(_Tags(to_html(body).html).text.split())


def test_leading_title_is_left_out_and_the_rest_moves_up() -> None:
    rendered = to_html("# 調研 `报告`\n\n## 一、目的\n\n#### 细则\n", "調研 报告")
    assert rendered.headings == (Heading(1, "一、目的", "s1"), Heading(3, "细则", "s2"))
    assert rendered.html == '<h2 id="s1">一、目的</h2>\n<h4 id="s2">细则</h4>\n'


def test_leading_heading_that_differs_from_the_title_stays() -> None:
    rendered = to_html("# 前言\n\n## 目的\n", "調研報告")
    assert [(heading.level, heading.text) for heading in rendered.headings] == [(1, "前言"), (2, "目的")]


def test_levels_end_at_h6() -> None:
    assert [tag for tag, _ in _Tags(to_html("# a\n\n###### b\n").html).tags] == ["h2", "h6"]


@pytest.mark.parametrize(
    ("markdown", "shown"),
    [
        ("[计划](../QD202305001-计划.md)", "计划 (QD202305001)"),
        ("[见 QD202305001](QD202305001-计划.md#范围)", "见 QD202305001"),
        ("[报价](附件/报价%20表.xlsx)", "报价 (报价 表.xlsx)"),
        ("[这里](ftp://example.com/a)", "这里 (ftp://example.com/a)"),
        ("[无此处](#没有)", "无此处"),
        ("![图](https://example.com/a.png)", "图 (https://example.com/a.png)"),
        ("![图](/etc/passwd)", "图 (/etc/passwd)"),
        ("![图](//host/a.png)", "图 (//host/a.png)"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("[x](file:///etc/passwd)", "[x](file:///etc/passwd)"),
        ("[x](data:text/html;base64,AAAA)", "[x](data:text/html;base64,AAAA)"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("a <img src=file:///etc/passwd> b", "a <img src=file:///etc/passwd> b"),
    ],
)
def test_what_cannot_be_opened_is_text(markdown: str, shown: str) -> None:
    parsed = _Tags(to_html(markdown).html)
    assert " ".join(parsed.text.split()) == shown
    assert [tag for tag, _ in parsed.tags] == ["p"]


@pytest.mark.parametrize("address", ["https://example.com/?a=1", "http://example.com/", "mailto:a@example.com"])
def test_web_addresses_stay_links(address: str) -> None:
    assert ("a", {"href": address}) in _Tags(to_html(f"[这里]({address})").html).tags


def test_fragment_leads_to_the_heading() -> None:
    rendered = to_html("见[范围](#二调研-范围)\n\n## 一、目的\n\n## 二、调研 范围\n")
    assert '<a href="#s2">范围</a>' in rendered.html


def test_image_has_a_name_of_ours() -> None:
    rendered = to_html('![架构 *图*](../../attachments/QD202305001/架构%201.png "图 1 <总体>")')
    target = "../../attachments/QD202305001/架构 1.png"
    assert rendered.images == (target,)
    assert ("img", {"src": image_name(target), "alt": "架构 图"}) in _Tags(rendered.html).tags
    assert '<span class="caption">图 1 &lt;总体&gt;</span>' in rendered.html
    assert image_target(image_name(target)) == target
    assert image_target("file:///etc/passwd") is None


def test_line_break_between_chinese_characters_is_no_space() -> None:
    assert to_html("第一行\n第二行").html == "<p>第一行第二行</p>\n"
    assert to_html("one\ntwo").html == "<p>one\ntwo</p>\n"
    assert text("中文\nEnglish") == "中文 English"


@pytest.mark.parametrize(
    ("columns", "rows", "shape"), [(2, 3, "short"), (2, 30, None), (8, 30, "wide"), (11, 3, "landscape")]
)
def test_tables_know_their_shape(columns: int, rows: int, shape: str | None) -> None:
    body = "|" + "a|" * columns + "\n|" + "-|" * columns + "\n" + ("|" + "b|" * columns + "\n") * rows
    tag, attributes = _Tags(to_html(body + "\n\n段落").html).tags[0]
    assert (tag, attributes.get("class")) == ("table", shape)


def test_nesting_is_bounded() -> None:
    assert to_html(">" * 5000 + "a").html.count("<blockquote>") <= 20


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='[]()!<>"#`*_~|:-/\\& \n图aA1.', max_size=80))
def test_any_text_gives_only_tags_and_addresses_of_ours(body: str) -> None:
    plain = {"p", "a", "img", "em", "strong", "s", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "br", "span"}
    known = plain | {"table", "thead", "tbody", "tr", "th", "td"} | {f"h{level}" for level in range(2, 7)}
    for tag, attributes in _Tags(to_html(body).html).tags:
        assert tag in known
        assert set(attributes) <= {"href", "src", "alt", "id", "class", "style", "start"}
        assert (attributes.get("href") or "#").startswith(("#", "http:", "https:", "mailto:"))
        assert (attributes.get("src") or "asset:").startswith("asset:")
