"""Numbers, titles and names as people type them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.company import PLAN_FIELDS, PROJECT, Desk, assert_refused, new_paper

MISTYPED = {
    "no such document": ("FJ202305099", "W103"),
    "lower case": ("fj202305001", "N102"),
    "full-width digits": ("FJ２０２３０５００１", "N102"),
    "sequence 000": ("FJ202305000", "N102"),
    "a line end": ("FJ202305001\n", "N102"),
    "a path": ("../FJ202305001", "N102"),
    "nothing": ("", "N102"),
    "an option of git": ("--upload-pack=x", "usage"),
}


@pytest.mark.parametrize("verb", ["show", "submit", "approve"])
@pytest.mark.parametrize(("number", "code"), MISTYPED.values(), ids=MISTYPED.keys())
def test_a_mistyped_number(drafted: Desk, verb: str, number: str, code: str) -> None:
    more = ("-m", "首次") if verb == "submit" else ()
    if verb == "approve" and code == "W103":
        code = "A308"
    done = drafted.prs("xu", verb, *more, number)
    if code == "usage":
        assert (done.code, done.raw) == (2, b"")
    else:
        assert_refused(done, code)


NEW_REFUSED: dict[str, tuple[str, tuple[str, ...]]] = {
    "no such type": ("F122", ("white-paper", "-t", "白皮书")),
    "a project is missing": ("F116", ("survey-plan", "-t", "计划")),
    "a project out of place": ("F117", ("technical-white-paper", "-t", "白皮书", "-p", PROJECT)),
    "no such project": ("P106", ("survey-plan", "-t", "计划", "-p", "XM2023009")),
    "a project's name instead of its id": ("P106", ("survey-plan", "-t", "计划", "-p", "滨江智慧园区")),
    "a path as project": ("P106", ("survey-plan", "-t", "计划", "-p", "../..")),
    "an empty title": ("P107", ("technical-white-paper", "-t", "  ")),
    "a title of dots": ("P107", ("technical-white-paper", "-t", "...")),
    "a title too long": ("P107", ("technical-white-paper", "-t", "长" * 61)),
    "a line end in the title": ("S107", ("technical-white-paper", "-t", "上\n下")),
    "an escape in the title": ("S107", ("technical-white-paper", "-t", "红\x1b[31m色")),
    "a bidi override in the title": ("S107", ("technical-white-paper", "-t", "白\u202e皮书")),
    "a zero-width space in the title": ("S107", ("technical-white-paper", "-t", "白\u200b皮书")),
    "a role that does not write this": ("F119", ("quotation-plan", "-t", "报价", "-p", PROJECT)),
    "a field of another type": ("F108", ("technical-white-paper", "-t", "白皮书", "--set", "tender_no=1")),
    "a field that prs sets": ("F120", ("technical-white-paper", "-t", "白皮书", "--set", "number=FJ202305009")),
    "a derived field": ("F120", ("technical-white-paper", "-t", "白皮书", "--set", "version=2.0")),
    "a choice that is none": ("F112", ("technical-white-paper", "-t", "白皮书", "--set", "scope=everywhere")),
}  # fmt: skip


@pytest.mark.parametrize(("code", "words"), NEW_REFUSED.values(), ids=NEW_REFUSED.keys())
def test_no_number_is_spent_on_a_document_that_may_not_be(founded: Desk, code: str, words: tuple[str, ...]) -> None:
    founded.refuse(code, "xu", "new", *words)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("甲方/乙方 分工", "甲方-乙方 分工"),
        ("../../../etc/passwd", "-..-..-etc-passwd"),
        ("C:\\temp", "C-temp"),
        ("为什么? *重要*", "为什么- -重要-"),
        ("- 列表样子的题目", "- 列表样子的题目"),
        ("题目: 带冒号 # 和井号", "题目- 带冒号 # 和井号"),
        ("e\u0301tude", "étude"),
        ("'引号\"", "'引号-"),
        ("长" * 60, "长" * 60),
    ],
)
def test_a_title_keeps_what_its_file_name_cannot_hold(founded: Desk, title: str, name: str) -> None:
    """A-43: the file name replaces what file systems refuse, the front matter keeps it."""
    number = new_paper(founded, title)
    assert founded.path_of(number).name == f"{number}-{name}.md"
    assert founded.path_of(number).parent == founded.root / "common" / "3-解决方案文档"
    founded.ok("xu", "save", number, "-m", "初稿")
    shown = founded.ok("", "show", number, "--json").json
    assert shown["title"] == ("étude" if title.startswith("e") else title)
    founded.ok("", "check")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("P111", ("XM23001", "-t", "项目", "--customer", "客户")),
        ("P111", ("xm2023002", "-t", "项目", "--customer", "客户")),
        ("P112", (PROJECT, "-t", "另一个", "--customer", "客户")),
        ("P107", ("XM2023002", "-t", "..", "--customer", "客户")),
        ("S107", ("XM2023002", "-t", "项\u202e目", "--customer", "客户")),
        ("S107", ("XM2023002", "-t", "项目", "--customer", "客\n户")),
        ("F114", ("XM2023002", "-t", "项目", "--customer", "客户", "--manager", "nobody")),
        ("F114", ("XM2023002", "-t", "项目", "--customer", "客户", "--manager", "x: [y")),
    ],
)
def test_a_project_that_may_not_be(founded: Desk, code: str, words: tuple[str, ...]) -> None:
    founded.refuse(code, "shen", "project", "new", *words)


@pytest.mark.parametrize("name", ["甲/乙", "长" * 60, "名: 字 # [x]"])
def test_an_odd_project_name(founded: Desk, name: str) -> None:
    founded.ok("shen", "project", "new", "XM2023002", "-t", name, "--customer", "甲: 乙 # 丙")
    founded.ok("shen", "save", "-m", "登记")
    shown = founded.ok("", "project", "show", "XM2023002", "--json").json
    assert (shown["name"], shown["customer"]) == (name, "甲: 乙 # 丙")
    number = founded.new("song", "business-info-sheet", "商务信息", "-p", "XM2023002")
    founded.ok("song", "save", number, "-m", "初稿")


def test_a_folder_that_is_a_link_is_not_followed(founded: Desk, tmp_path: Path) -> None:
    """Whoever can commit a link must not make a colleague's command write elsewhere."""
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = next(founded.root.glob(f"projects/{PROJECT}-*"))
    (folder / "2-需求调研文档").symlink_to(outside)
    done = founded.prs("lin", "new", "survey-plan", "-t", "计划", "-p", PROJECT, *PLAN_FIELDS)
    assert_refused(done, "S110")
    assert list(outside.iterdir()) == []
