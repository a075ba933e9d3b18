"""Where documents lie: names that every system can hold, and links between paths."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.model.paths import (
    DocumentPath,
    file_name,
    is_in_store,
    is_plain_path,
    is_project_id,
    project_folder,
    relative_link,
    resolve_link,
    safe_name,
    split_document_path,
)

TITLES = st.text(st.characters(codec="utf-8"), max_size=20) | st.text('甲a/\\:*?"<>| .\t\u0301é', max_size=12)
NAMES = st.text("甲乙ab-_ 1()，", min_size=1, max_size=6).map(str.strip).filter(bool)
PATHS = st.lists(NAMES, min_size=1, max_size=5).map("/".join)


@given(TITLES)
def test_a_name_is_safe_everywhere_and_needs_no_second_cleaning(title: str) -> None:
    name = safe_name(title)
    assert not set(name) & set('/\\:*?"<>|') and not any(ord(char) < 32 or ord(char) == 127 for char in name)
    assert name == name.strip(" .")
    assert unicodedata.is_normalized("NFC", name)
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("滨江/智慧园区: 方案?", "滨江-智慧园区- 方案-"),
        ("..", ""),
        (" a. ", "a"),
        ("a//b", "a-b"),
        ("cafe\u0301", "café"),
        ("调研计划", "调研计划"),
    ],
)
def test_what_becomes_of_a_title(title: str, name: str) -> None:
    assert safe_name(title) == name


def test_names_made_of_titles() -> None:
    assert file_name("QD202305001", "甲/乙") == "QD202305001-甲-乙.md"
    assert project_folder("XM2023001", "滨江") == "projects/XM2023001-滨江"


@pytest.mark.parametrize(
    ("text", "good"), [("XM2023001", True), ("XM2023001\n", False), ("XM202301", False), ("xm2023001", False)]
)
def test_project_ids(text: str, good: bool) -> None:
    assert is_project_id(text) == good


@pytest.mark.parametrize(
    ("path", "parts"),
    [
        (
            "projects/XM2023001-滨江/2-需求/QD202305001-计划.md",
            DocumentPath("projects", "XM2023001-滨江", "2-需求", "QD202305001-计划.md"),
        ),
        ("common/6-其他/ZH202305001-a-b.md", DocumentPath("common", "", "6-其他", "ZH202305001-a-b.md")),
        ("projects/XM2023001-滨江/QD202305001-计划.md", None),
        ("common/a/b/QD202305001-x.md", None),
        ("projects/a/b/QD202305001-x.txt", None),
        ("policy/a/b/QD202305001-x.md", None),
        ("README.md", None),
    ],
)
def test_a_document_s_path_has_one_shape(path: str, parts: DocumentPath | None) -> None:
    assert split_document_path(path) == parts
    assert parts is None or (parts.number == parts.name[:11] and is_in_store(path))


def test_the_number_in_a_name_without_a_title() -> None:
    assert DocumentPath("common", "", "6", "ZH202305001.md").number == "ZH202305001"


@pytest.mark.parametrize("path", ["common/6-其他/ZH202305001-a.md", "attachments/QD202305001/photo 1.JPG", "a/b..c"])
def test_ordinary_paths_may_be_published(path: str) -> None:
    assert is_plain_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/a",
        "a/",
        "a//b",
        "a/./b",
        "a/../b",
        "../a",
        "a/.git/b",
        "a/.GIT",
        "a/git~1",
        "a/.gitattributes",
        "a/b\\c",
        "a/b:c",
        "a/b\nc",
        "a/b\x1b",
        "a/ b",
        "a/b.",
        "a/cafe\u0301",
        "a/\u202egnp.exe",
        "a/.g\u200cit",
    ],
)
def test_paths_that_could_mean_something_else_may_not(path: str) -> None:
    assert not is_plain_path(path)


@given(PATHS, PATHS)
def test_a_relative_link_leads_to_its_target(path: str, target: str) -> None:
    link = relative_link(path, target)
    assert resolve_link(path, link) == target
    assert not link.startswith("/")


@given(PATHS, st.lists(st.sampled_from(["..", ".", "", "a", "甲"]), max_size=8).map("/".join))
def test_a_link_never_leads_out_of_the_repository(path: str, target: str) -> None:
    resolved = resolve_link(path, target)
    depth = path.count("/")
    for part in target.split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            assert resolved is None
            return
    assert resolved is not None
    assert ".." not in resolved.split("/")
    assert len(resolved.split("/")) == depth or (resolved, depth) == ("", 0)


@pytest.mark.parametrize(
    ("target", "resolved"),
    [
        ("b.md", "p/q/b.md"),
        ("../b.md", "p/b.md"),
        ("../../r/b.md", "r/b.md"),
        ("./b.md", "p/q/b.md"),
        ("../../../b.md", None),
        ("", "p/q"),
    ],
)
def test_what_a_link_means(target: str, resolved: str | None) -> None:
    assert resolve_link("p/q/a.md", target) == resolved
