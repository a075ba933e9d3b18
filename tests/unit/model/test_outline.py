"""The structure of a body: the line scanner says what markdown-it says, or gives up; it reads ordinary documents."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presales_repo.model.outline import Link, _parse, _scan, outline

DEMO = Path(__file__).resolve().parents[3] / "presales_repo" / "demo" / "documents"

ORDINARY = [
    "# 标题",
    "## a #",
    "###",
    "中文段落。",
    "两行",
    "a | b",
    "- 项",
    "- **粗** 项",
    "* 项",
    "+ x",
    "1. 一",
    "2. 二",
    "3) 三",
    "10. x",
    "- 5.5 x",
    "- -5",
    "| a | b |",
    "|---|---|",
    "| --- | :-: |",
    "|---|",
    "|",
    "||",
    "|| a |",
    ":-:",
    "| [c](d.md) | e |",
    "| [c](d.md) | e | [f](g) |",
    "| 中 [x](y) | z",
    "```",
    "```yaml",
    "~~~",
    "  ```",
    "***",
    "见 [x](y.md) 和 ![i](p.png)。",
    "[x](y.md)",
    "- [x](../z.md#s)",
    "1. [x](y.md)",
    "2. [x](y.md)",
    "[x](http://Ex.com/a?q=m)",
    "[x](mailto:a@b)",
    "[a](b)[c](d)",
    "[a](b) | c",
    "[a](/b)",
    "[a](b^c{})",
    "[a](b,c;d=e@f$g+h!)",
    "[a](ü.md)",
    "[a](//h/p)",
    "[a](#frag)",
    "! [a](b)",
    "!![a](b)",
    "",
    "",
    "",
]
HARD = [
    "# a | b",
    "# a\\#",
    "#无",
    "#  a  b ",
    "#\t制表",
    "标题\u3000文",
    "- - x",
    "- # x",
    "1. 2. y",
    "- 5. x",
    "- ___",
    "-",
    "1.",
    "> q",
    "    code",
    "\tcode",
    "  缩进",
    "   ~~~",
    "|[a|b](c)|",
    "---|---",
    "---",
    "===",
    "___",
    "* * *",
    "[x]",
    "[x]: y",
    "[x](a b)",
    "[x](javascript:1)",
    "[x](http://Ex.com/中)",
    "[x](http://例.cn)",
    "[x](HTTPS://a.b)",
    "[x](a:b)",
    "*a [x](y)*",
    "**[x](y)**",
    "[*x*](y)",
    "[[a](b)](c)",
    "[a]()",
    "[](b)",
    "- [ ] t",
    "~~x~~",
    "<b>",
    "&amp;",
    "\\",
    "`c`",
    "http://x.y",
    "\u3000",
    "   ",
    "a  ",
]


@settings(max_examples=600, deadline=None)
@given(st.lists(st.sampled_from(ORDINARY), max_size=7) | st.lists(st.sampled_from(ORDINARY + HARD), max_size=5))
def test_the_scanner_says_what_markdown_it_says(lines: list[str]) -> None:
    found = _scan(lines)
    assert found is None or found == _parse("\n".join(lines))


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text("# -*+1.)[](x)|`~>=\t中:!_", max_size=9), max_size=4))
def test_nor_does_any_other_text_deceive_it(lines: list[str]) -> None:
    found = _scan(lines)
    assert found is None or found == _parse("\n".join(lines))


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.md")), ids=lambda path: path.stem)
def test_documents_as_people_write_them_are_scanned(path: Path) -> None:
    body = path.read_text(encoding="utf-8").split("\n---\n", 1)[1]
    found = _scan(body.split("\n"))
    assert found is not None, "the scanner gave up"
    assert found == _parse(body)
    assert found[0]


def test_headings_have_their_text_and_place() -> None:
    body = "# 一\n\n内容\n\n## 二 ##\n```\n# 不是\n```\n### 三"
    for end in ("\n", "\r\n"):
        sections = outline(body.replace("\n", end), first_line=10).sections
        assert [(section.level, section.title, section.line) for section in sections] == [
            (1, "一", 10),
            (2, "二", 14),
            (3, "三", 18),
        ]
        assert [section.text for section in sections] == ["内容", "```\n# 不是\n```", ""]


def test_links_have_the_line_of_their_paragraph() -> None:
    body = "[甲](a.md)\n\n两行\n[乙](b%20c.md)\n\n- ![丙](d.png)\n\n<http://e.cn/f>\n"
    assert outline(body, first_line=5).links == (
        Link("a.md", 5),
        Link("b c.md", 7),
        Link("d.png", 10),
        Link("http://e.cn/f", 12),
    )
    assert outline("没有\n").links == ()


def test_markup_in_a_heading_is_not_part_of_its_title() -> None:
    assert [section.title for section in outline("## **粗** 与 `码`\n\n标题\n====\n").sections] == ["粗 与 码", "标题"]
