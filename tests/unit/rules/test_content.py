"""Headings, text and links of a body."""

from __future__ import annotations

import pytest

from tests.unit.rules.samples import FOLDER, POLICY, PROJECT, Shelf, codes, findings, post

HEADINGS = ("调研目标", "调研内容", "调研方法", "参与人员", "时间安排")
SHELF = Shelf(files={f"{PROJECT}/project.md": b""})
PLAN = f"{PROJECT}/2-需求调研文档/QD202304001-计划.md"


def plan(body: str) -> str:
    return post(
        body, drop="kind", number="QD202304001", title="计划", type="survey-plan", project="XM2023001",
        survey_from="2023-04-20", survey_to="2023-04-28", methods="[interview]", participants="[lin]",
        planned_levels="[executive]",
    )  # fmt: skip


def said(body: str) -> list[tuple[str, int]]:
    """Codes and lines counted from the body's first; the terms of a section (H122) are for test_wordlint.py."""
    text = plan(body)
    first = text.partition("---\n")[2].partition("---\n")[0].count("\n") + 3
    return [(item.code, item.line - first + 1) for item in findings(text, PLAN, SHELF) if item.code != "H122"]


def body(*headings: str, text: str = "文字。") -> str:
    return "".join(f"## {heading}\n\n{text}\n\n" for heading in headings)


def test_the_lines_of_the_body_are_counted_right() -> None:
    assert said(body(*HEADINGS)) == []
    assert said(body(*HEADINGS) + "[x](y.md)\n") == [("L101", 21)]


@pytest.mark.parametrize("missing", range(5))
def test_a_missing_heading_is_reported_where_it_would_go(missing: int) -> None:
    """Above the next one of the type's order; the last one at the end."""
    kept = [heading for at, heading in enumerate(HEADINGS) if at != missing]
    assert said(body(*kept)) == [("H101", missing * 4 + 1 if missing < 4 else 15)]


def test_all_missing_headings_are_reported() -> None:
    assert said("") == [("H101", 0)] * 5
    assert said("只有文字。\n") == [("H101", 1)] * 5


NOT_YET = ["〔业务范围、流程〕", "", "   ", "〔待补〕"]
WRITTEN = [
    "文字",
    "〔2023〕5号文",
    "见〔附件〕",
    "| a |\n|---|\n| b |",
    "```\n码\n```",
    "### 小节\n\n文字",
    "![图](../project.md)",
]


@pytest.mark.parametrize("text", NOT_YET)
def test_a_section_still_to_be_written_is_a_warning(text: str) -> None:
    assert said(body(*HEADINGS).replace("文字。", text, 1)) == [("H102", 1)]


@pytest.mark.parametrize("text", WRITTEN)
def test_a_section_with_anything_in_it_is_written(text: str) -> None:
    assert said(body(*HEADINGS).replace("文字。", text, 1)) == []


def test_a_hint_that_is_left_between_the_lines_is_seen() -> None:
    hint = POLICY.types["survey-plan"].headings[0].hint
    assert said(body(*HEADINGS).replace("文字。", f"前言。\n\n〔{hint}〕\n\n后记。", 1)) == [("H102", 1)]
    assert said(body(*HEADINGS).replace("文字。", "前言。\n\n〔2023〕5号文\n\n后记。", 1)) == []


def test_a_heading_twice_needs_both_written() -> None:
    assert said(body(*HEADINGS) + "## 调研目标\n\n〔调研目标〕\n") == [("H102", 21)]


@pytest.mark.parametrize(
    "heading",
    [
        "調研目標",
        "一、调研目标",
        "（一）调研目标",
        "1. 调研目标",
        "1.1 调研目标",
        "第一章 调研目标",
        " 调研 目标 ",
        "调研目标：",
        "**调研目标**",
        "调研目标 ##",
    ],
)
@pytest.mark.parametrize("level", ["#", "##", "######"])
def test_a_heading_is_known_by_its_words(heading: str, level: str) -> None:
    assert said(body(*HEADINGS).replace("## 调研目标", f"{level} {heading}", 1)) == []


@pytest.mark.parametrize("heading", ["调研目标与范围", "调研", "目标", "`调研目标", "#调研目标"])
def test_other_words_are_another_heading(heading: str) -> None:
    assert "H101" in [code for code, _ in said(body(*HEADINGS).replace("调研目标", heading, 1))]


def test_a_heading_in_code_is_none() -> None:
    assert said("```\n## 调研目标\n```\n\n" + body(*HEADINGS[1:])) == [("H101", 5)]


# -- text

CONFLICT = "<" * 7 + " HEAD\n甲\n" + "=" * 7 + "\n乙\n" + ">" * 7 + " theirs\n"


def test_an_unfinished_merge_hides_everything_else_of_the_body() -> None:
    assert codes(post(f"\n[x](nowhere.md)\n\n{CONFLICT}")) == ["H107"] * 3


def test_a_file_conflicted_from_its_first_line_says_so() -> None:
    both = "<" * 7 + " HEAD\n" + post() + "=" * 7 + "\n" + post() + ">" * 7 + " theirs\n"
    assert codes(both) == ["F105", "H107", "H107", "H107"]


@pytest.mark.parametrize("text", ["=" * 7, "内容\n=======", "> > > > 引用", "<<<<<<<HEAD", ">>>>>>>x", "a <<<<<<< b"])
def test_what_git_does_not_write_is_no_conflict(text: str) -> None:
    assert codes(post(f"\n## 内容\n\n文字\n\n{text}\n")) == []


def test_limits_are_counted_from_the_files_first_line() -> None:
    wide = "\n## 内容\n\n|" + "甲|" * 41 + "\n|" + "-|" * 41 + "\n"
    (found,) = findings(post(wide))
    assert (found.code, found.line) == ("S121", 12)


def test_of_a_document_of_unknown_type_the_text_is_still_judged() -> None:
    text = post("\n[x](javascript:y)\n\n金\u202e额\n", type="memo", author="谁", based_on="[QD202304001]")
    assert codes(text) == ["F114", "F122", "S108", "S109"]


# -- links

FILES = Shelf(files={f"{FOLDER}/GT202304002-下周.md": b"", "attachments/GT202304001/a b.pdf": b"", "README.md": b""})
FINE = [
    "GT202304002-下周.md",
    "./GT202304002-下周.md",
    "../6-其他文档/GT202304002-下周.md#内容",
    "<../../attachments/GT202304001/a b.pdf>",
    "../../attachments/GT202304001/a%20b.pdf",
    "../../attachments/GT202304001",
    "../../README.md?plain=1",
    "#内容",
    "https://example.cn/甲?a=b#c",
    "HTTP://EXAMPLE.CN",
    "mailto:a@b.cn",
    "tel:+8657100000000",
]


@pytest.mark.parametrize("target", FINE)
def test_a_link_that_leads_somewhere_is_fine(target: str) -> None:
    assert codes(post(f"\n## 内容\n\n[甲]({target})\n"), register=FILES) == []


def test_a_lost_attachment_is_told_its_path() -> None:
    (found,) = findings(post("\n## 内容\n\n![图](attachments/图.png)\n"), register=FILES)
    number = post("").partition("number: ")[2][:11]
    assert (found.code, found.args["attachment"]) == ("L101", f"../../attachments/{number}/图.png")


def test_a_link_from_the_root_is_corrected() -> None:
    (found,) = findings(post("\n## 内容\n\n[甲](/README.md)\n"), register=FILES)
    assert (found.code, found.args["corrected"]) == ("L102", "../../README.md")
    (found,) = findings(post("\n## 内容\n\n[甲](..\\\\..\\\\README.md)\n"), register=FILES)
    assert found.code == "L102"


@pytest.mark.parametrize(
    "form", ["[甲](nowhere.md)", "![甲](nowhere.png)", "[甲][r]\n\n[r]: nowhere.md", "**[甲](nowhere.md)**"]
)
def test_every_form_of_link_is_followed(form: str) -> None:
    assert codes(post(f"\n## 内容\n\n{form}\n"), register=FILES) == ["L101"]


@pytest.mark.parametrize(
    "form", ["`[甲](nowhere.md)`", "    [甲](nowhere.md)", "```\n[甲](nowhere.md)\n```", "\\[甲](nowhere.md)"]
)
def test_what_is_no_link_is_not_followed(form: str) -> None:
    assert codes(post(f"\n## 内容\n\n{form}\n"), register=FILES) == []


# -- references and attachments


def test_references_lead_to_documents_and_versions() -> None:
    register = Shelf(numbers={"QD202304001": ("x",)}, released=frozenset({("QD202304001", "1.0")}))
    for value, expected in {
        "[QD202304001]": [],
        "[QD202304001@1.0]": [],
        "[QD202304001@1.1]": ["L104"],
        "[QD202304002]": ["L103"],
        "[QD202304002@1.0]": ["L103"],
    }.items():
        assert codes(post(based_on=value), register=register) == expected
    silent = Shelf(numbers={"QD202304001": ("x",)}, released=None)
    assert codes(post(based_on="[QD202304001@9.9]"), register=silent) == []


def test_an_attachment_is_not_judged_while_the_number_is_none() -> None:
    assert codes(post(number="x", attachments="[{path: attachments/x/a}]")) == ["N102"]
    assert codes(post(attachments="[{kind: 合同}]")) == ["F109"]


def test_a_digest_is_compared_letter_by_letter() -> None:
    import hashlib

    path = "attachments/GT202304001/a.pdf"
    digest = hashlib.sha256(b"x").hexdigest()
    register = Shelf(files={path: b"x"})
    for written, expected in {digest: [], digest.upper(): ["L106"], digest[:40]: ["L106"], "": ["L109"]}.items():
        assert codes(post(attachments=f"[{{path: {path}, sha256: '{written}'}}]"), register=register) == expected
