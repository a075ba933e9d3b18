"""Number, file name and folder against each other and the register."""

from __future__ import annotations

import pytest

from presales_repo.rules.naming import check_path
from tests.unit.rules.samples import FOLDER, POST, PROJECT, Shelf, codes, findings, post

RECORD = {f"{PROJECT}/project.md": b"---\n"}
TITLE_ROOM = Shelf(files=RECORD)


@pytest.mark.parametrize(
    ("written", "corrected"),
    [
        ("gt202304001", "GT202304001"),
        ("ＧＴ２０２３０４００１", "GT202304001"),
        ("GT2304001", "GT202304001"),
        ("GT-2023-04-1", "GT202304001"),
        ("GT202304000", "GT202304001"),  # from the file's name: 000 is no number
        ("GT202313001", "GT202304001"),
        ("GT202304001x", "GT202304001"),
        ("甲", "GT202304001"),
        ("'GT202304001 '", "GT202304001"),
    ],
)
def test_a_malformed_number_is_corrected(written: str, corrected: str) -> None:
    (found,) = findings(post(number=written))
    assert (found.code, found.line, found.args["corrected"]) == ("N102", 2, corrected)


@pytest.mark.parametrize("created", ["2023-13-01", "2023-4-18", "明天", "[a]", ""])
def test_a_day_that_is_none_is_not_compared_with_the_number(created: str) -> None:
    assert "N104" not in codes(post(created=created))


@pytest.mark.parametrize("created", ["2023-03-31", "2023-05-01", "2022-04-18", "'2023-05-01'"])
def test_the_month_of_the_number_is_that_of_the_day(created: str) -> None:
    assert codes(post(created=created)) == ["N104"]


def test_all_other_carriers_of_a_number_are_named() -> None:
    register = Shelf(numbers={"GT202304001": (POST, "common/a.md", "common/b.md")})
    (found,) = findings(post(), register=register)
    assert (found.code, found.args["other"]) == ("N106", "common/a.md, common/b.md")


def test_a_number_is_allocated_or_known() -> None:
    late = {"number": "GT202304901"}
    path = f"{FOLDER}/GT202304901-进展.md"
    assert codes(post(number="GT202304900"), f"{FOLDER}/GT202304900-进展.md") == []
    assert codes(post(**late), path) == ["N107"]
    assert codes(post(**late), path, Shelf(known=frozenset({"GT202304901"}))) == []
    other_month = post(number="GT202305001", created="2023-05-18")
    assert codes(other_month, f"{FOLDER}/GT202305001-进展.md") == ["N107"]


# -- names

TITLES = {
    "接口/鉴权": "接口-鉴权",
    "a\\\\b": "a-b",
    "何时？（一）": "何时？（一）",
    "甲: 乙*": "甲- 乙-",
    ".隐藏.": "隐藏",
    "Cafe\u0301": "Café",
    "甲//乙": "甲-乙",
    "$(x)`y`": "$(x)`y`",
    "a'b": "a'b",
}


@pytest.mark.parametrize(("title", "name"), TITLES.items())
def test_a_title_gives_a_name_that_every_system_holds(title: str, name: str) -> None:
    assert codes(post(title=f'"{title}"'), f"{FOLDER}/GT202304001-{name}.md") == []
    assert codes(post(title=f'"{title}"'), f"{FOLDER}/GT202304001-别的.md") == ["P101"]


def test_a_name_in_the_other_unicode_form_is_not_the_right_one() -> None:
    (found,) = findings(post(title="Café"), f"{FOLDER}/GT202304001-Cafe\u0301.md")
    assert (found.code, found.args["target"]) == ("P101", f"{FOLDER}/GT202304001-Café.md")


@pytest.mark.parametrize("title", ["...", '" . "', "' '"])
def test_a_title_without_a_letter_gives_no_name(title: str) -> None:
    assert codes(post(title=title))[0] in ("P107", "F109")


def test_wrong_in_every_part_is_said_part_by_part() -> None:
    found = findings(post(), "projects/XM2023009-别处/2-需求调研文档/草稿.md")
    assert [item.code for item in found] == ["P101", "P103", "P102"]
    assert {item.args["target"] for item in found} == {POST}
    assert found[0].args["expected"] == f"'{POST}'"


def test_the_folder_is_judged_even_when_the_number_is_not() -> None:
    assert codes(post(number="x"), "common/2-需求调研文档/GT202304001-进展.md") == ["N102", "P102"]
    assert codes(post(drop="title"), "common/2-需求调研文档/GT202304001-进展.md") == ["F109", "P102"]


def test_a_document_lies_in_its_project() -> None:
    own = f"{PROJECT}/6-其他文档/GT202304001-进展.md"
    inside = post(project="XM2023001")
    assert codes(inside, own, TITLE_ROOM) == []
    assert codes(inside, POST, TITLE_ROOM) == ["P103"]
    assert codes(post(), own, TITLE_ROOM) == ["P103"]
    assert codes(inside, own, Shelf(files={own: b""})) == ["P114"]
    assert codes(post(project="XM2023002"), own, TITLE_ROOM) == ["P106"]


def test_a_document_that_misses_its_project_is_not_sent_away() -> None:
    """Its type needs a project; that the folder is not that of no project would be a second, misleading finding."""
    headings = ("客户动态", "竞争对手情况", "客户反馈", "下一步行动")
    text = post(
        "".join(f"\n## {heading}\n\n文字。\n" for heading in headings), drop="kind", type="follow-up-record",
        number="GC202304001", followed_on="2023-04-18", next_action="拜访", next_due="2023-04-20",
    )  # fmt: skip
    assert codes(text, f"{PROJECT}/6-其他文档/GC202304001-进展.md", TITLE_ROOM) == ["F116"]


# -- any path

ODD = {
    "common/a\nb.md": "U+000A",
    "common/\x1b[2J.md": "U+001B",
    "common/a\u202eb.md": "U+202E",
    "common/\udcff.md": "0xff",
    "common/a\u200bb/c.md": "U+200B",
    "attachments/GT202304001/a:b.txt": "U+003A :",
    "attachments/GT202304001/a?.txt": "U+003F ?",
    "attachments/GT202304001/a\\b": "U+005C \\",
    "attachments/GT202304001/a.": "U+002E .",
    "attachments/GT202304001 /a": "U+0020",
    "attachments/GT202304001/ a": "U+0020",
    "docs/a\x7fb": "U+007F",
}


@pytest.mark.parametrize(
    ("path", "character"), ODD.items(), ids=[path.encode("unicode_escape").decode() for path in ODD]
)
def test_a_character_that_no_name_may_have_is_named(path: str, character: str) -> None:
    (found,) = check_path(path, ours=not path.startswith("docs"))
    assert (found.code, found.args["character"]) == ("S112", character)


@pytest.mark.parametrize(
    "path", ["common/a b.md", "common/甲（一）、.gitkeep", "docs/a:b", "common/.gitkeep", "common/a-b_c.md"]
)
def test_other_names_are_fine(path: str) -> None:
    assert list(check_path(path, ours=path.startswith("common"))) == []


GIT = [
    ".git",
    ".GIT",
    ".Git",
    ".git.",
    ".git ",
    ".git. .",
    "git~1",
    "GIT~2",
    ".g\u200cit",
    "\ufeff.git",
    ".git::$INDEX_ALLOCATION",
]


@pytest.mark.parametrize("name", GIT, ids=[name.encode("unicode_escape").decode() for name in GIT])
@pytest.mark.parametrize("path", ["{}/config", "common/{}", "a/{}/b"])
def test_a_name_that_some_system_takes_for_git_is_reported(path: str, name: str) -> None:
    assert "S113" in [item.code for item in check_path(path.format(name), ours=False)]


@pytest.mark.parametrize(
    "name", [".gitignore", ".gitattributes", ".github", "git", "a.git", "git~", "legit", ".gitkeep"]
)
def test_a_name_that_only_looks_like_git_is_fine(name: str) -> None:
    assert list(check_path(f"x/{name}", ours=False)) == []
