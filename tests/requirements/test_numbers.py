"""四(一), 四(二) Categories, numbers and storage, through the command line."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.company import PLAN_FIELDS, PROJECT, Company, Desk, found_repository, new_note, new_plan
from tests.conftest import NOTE, PAPER, PLAN

JUNE = "2023-06-01T00:10:00+08:00"
CATEGORIES = {
    "project-info": ("项目机会登记表", "项目需求调研申请表"),
    "survey": ("需求调研报告", "调研问卷", "访谈记录"),
    "solution": ("解决方案框架文档", "解决方案详细设计文档", "技术白皮书"),
    "demo": ("演示文稿", "演示系统操作手册"),
    "bid": ("投标文件", "投标报价清单", "商务条款应答"),
    "other": ("客户沟通记录", "项目总结报告", "市场情报报告"),
}


@pytest.fixture(scope="module")
def desk(drafted_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A repository for tests that leave it as they found it."""
    return drafted_once.copy(tmp_path_factory.mktemp("numbers"))


@contextmanager
def changed(desk: Desk, number: str, change: Callable[[str], str]) -> Iterator[Path]:
    """A document with another text, put back afterwards."""
    path = desk.path_of(number)
    before = path.read_text()
    assert change(before) != before
    path.write_text(change(before))
    try:
        yield path
    finally:
        path.write_text(before)


@contextmanager
def renamed(desk: Desk, number: str, name: Callable[[Path], Path]) -> Iterator[Path]:
    """A document at another place, put back afterwards."""
    path = desk.path_of(number)
    target = name(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)
    try:
        yield target
    finally:
        target.rename(path)


def errors(desk: Desk, *paths: Path) -> dict[str, str]:
    """Errors of a check: code and message."""
    done = desk.prs("", "check", *paths, "--json")
    found = {item["code"]: item["message"] for item in done.json if item["severity"] == "error"}
    assert done.code == (1 if found else 0)
    return found


def with_number(number: str) -> Callable[[str], str]:
    return lambda text: text.replace(PLAN, number)


@pytest.mark.parametrize("category", CATEGORIES)
def test_r082_to_r087_categories(desk: Desk, category: str) -> None:
    """R082 | prs types --category | Each of the six categories lists the documents that the regulation names."""
    titles = {item["title"] for item in desk.ok("", "--lang", "zh", "types", "--category", category, "--json").json}
    assert set(CATEGORIES[category]) <= titles


def test_r083_survey(desk: Desk) -> None:
    """R083 | prs types --category survey | Report, questionnaire and interview record are survey documents."""
    test_r082_to_r087_categories(desk, "survey")


def test_r084_solution(desk: Desk) -> None:
    """R084 | prs types --category solution | Framework, detailed design and white paper are solution documents."""
    test_r082_to_r087_categories(desk, "solution")


def test_r085_demo(desk: Desk) -> None:
    """R085 | prs types --category demo | Slides and the demo system's manual are demonstration documents."""
    test_r082_to_r087_categories(desk, "demo")


def test_r086_bid(desk: Desk) -> None:
    """R086 | prs types --category bid | Bid, price list and terms response are bid documents."""
    test_r082_to_r087_categories(desk, "bid")


def test_r087_other(desk: Desk) -> None:
    """R087 | prs types, prs check | What is of one category may not lie in the folder of another."""
    test_r082_to_r087_categories(desk, "other")
    with renamed(desk, PLAN, lambda path: path.parent.parent / "5-投标文档" / path.name) as path:
        assert "P102" in errors(desk, path)


def test_r088_every_document_has_a_number(desk: Desk) -> None:
    """R088 | prs check | A document made by hand without a number is refused."""
    with changed(desk, PLAN, lambda text: text.replace(f"number: {PLAN}\n", "")) as path:
        assert "N101" in errors(desk, path)


@pytest.mark.parametrize("number", ["qd202305001", "ＱＤ202305001", "QD２０２３05001", "QD-202305001"])
def test_r089_letters_and_digits(desk: Desk, number: str) -> None:
    """R089 | prs check | Two capital ASCII letters and nine ASCII digits, nothing else; the hint has the right form."""
    with changed(desk, PLAN, with_number(number)) as path:
        assert "N102" in errors(desk, path)


def test_r090_stage_of_the_type(desk: Desk) -> None:
    """R090 | prs check | A number of the solution stage on a survey plan is refused."""
    with changed(desk, PLAN, with_number("FJ202305001")) as path:
        assert "N103" in errors(desk, path)


def test_r091_stages_fixed_by_the_regulation(founded: Desk) -> None:
    """R091 | prs policy propose | QD and FJ cannot be given another meaning."""
    path = founded.root / "policy" / "repository.yaml"
    text = path.read_text()
    assert "title_zh: 需求调研," in text
    path.write_text(text.replace("title_zh: 需求调研,", "title_zh: 启动,", 1))
    assert "A405" in founded.prs("cheng", "save", "-m", "改阶段").err + founded.prs("", "check").out


@pytest.mark.parametrize("number", ["QD2305001", "QD202300001", "QD202313001"])
def test_r092_year_and_month(desk: Desk, number: str) -> None:
    """R092 | prs check | Six digits for year and month, and a month that exists."""
    with changed(desk, PLAN, with_number(number)) as path:
        assert "N102" in errors(desk, path)


def test_r093_sequence(desk: Desk) -> None:
    """R093 | prs new, prs check | The first of a month is 001; 000, and a number never issued, are refused."""
    path = desk.path_of(PLAN)
    for number, code in (("QD202305000", "N102"), ("QD202305003", "N107")):
        made = path.with_name(path.name.replace(PLAN, number))
        made.write_text(path.read_text().replace(PLAN, number))
        assert code in errors(desk, made)
        made.unlink()


def test_r094_example_of_the_regulation(company: Company, tmp_path: Path) -> None:
    """R094 | prs new | In May 2023 the first survey document is QD202305001; June starts at 001; FJ counts apart."""
    desk = found_repository(company, tmp_path)
    assert new_plan(desk) == "QD202305001"
    june = desk.ok(
        "lin", "new", "survey-plan", "-t", "六月", "-p", PROJECT, *PLAN_FIELDS, "--json", now=JUNE
    ).json  # fmt: skip
    assert june["number"] == "QD202306001"
    assert (
        desk.new("xu", "technical-white-paper", "白皮书", "--set", "product=a", "--set", "product_version=1") == PAPER
    )


def test_r095_unique_for_ever(desk: Desk) -> None:
    """R095 | prs check | A copy under its old number is refused, with the other file's name."""
    path = desk.path_of(PLAN)
    copy = path.with_name(path.name.replace(".md", "副本.md"))
    shutil.copy(path, copy)
    try:
        assert path.name in errors(desk, copy)["N106"]
    finally:
        copy.unlink()


def test_r096_at_once(founded: Desk) -> None:
    """R096 | prs new | Four people at once get four consecutive numbers (clones and a server: tests/server)."""
    with ThreadPoolExecutor(4) as pool:
        numbers = sorted(pool.map(lambda count: new_note(founded, f"记录{count}"), range(4)))
    assert numbers == [f"XS20230500{count}" for count in range(1, 5)]


def test_r097_name_and_front_matter(desk: Desk) -> None:
    """R097 | prs check, prs export | Number and title stand in the file's name; the right name is in the message."""
    with renamed(desk, PLAN, lambda path: path.with_name(f"{PLAN}-别的.md")) as path:
        assert "需求调研计划" in errors(desk, path)["P101"]


def test_r098_one_store(desk: Desk) -> None:
    """R098 | prs check | A document at the top of the repository is refused."""
    with renamed(desk, PLAN, lambda path: desk.root / path.name) as path:
        assert "P104" in errors(desk, path)


def test_r099_by_project_and_category(desk: Desk) -> None:
    """R099 | prs new, prs check | Documents lie by project and category, also below Chinese names."""
    assert desk.path_of(PLAN).relative_to(desk.root).parts[:3] == (
        "projects", "XM2023001-滨江智慧园区", "2-需求调研文档",
    )  # fmt: skip
    assert errors(desk, desk.path_of(PLAN)) == {}
    with renamed(desk, PLAN, lambda path: desk.root / "common" / "2-需求调研文档" / path.name) as path:
        assert "P103" in errors(desk, path)
    with renamed(desk, NOTE, lambda path: path.parent.parent / "1-项目信息文档" / path.name) as path:
        assert "P102" in errors(desk, path)
