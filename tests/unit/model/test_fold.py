"""Folding for comparison: script, width, numbering and blanks do not matter; words do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.model.fold import fold, fold_heading

TITLES = st.sampled_from(
    ["调研目标", "项目背景与范围", "系统架构", "5G 应用场景", "Scope", "三方协同", "十大风险", "附件：清单"]
)
NUMBERINGS = st.sampled_from(
    [
        "一、",
        "十二、",
        "(一)",
        "（三）",
        "第三章 ",
        "第十条",
        "1. ",
        "1.2 ",
        "3.1.4、",
        "１．",
        "2) ",
        "2）",
        "一、(二) ",
        "1 ",
        "",
    ]
)


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("調研目標", "调研目标"),
        ("一、專案範圍", "专案范围"),
        ("文檔編號規則", "文档编号规则"),
        ("第三章　驗收與裏程碑", "验收与里程碑"),
        ("ＡＰＩ 接口：", "API接口"),
        ("3.1 系统 架构。", "系统架构"),
    ],
)
def test_traditional_full_width_and_numbering_match(written: str, wanted: str) -> None:
    assert fold_heading(written) == fold_heading(wanted) == wanted


@given(NUMBERINGS, TITLES, st.sampled_from(["", ":", "：", "。", "  "]))
def test_numbering_and_a_last_colon_do_not_matter(numbering: str, title: str, end: str) -> None:
    assert fold_heading(numbering + title + end) == fold_heading(title)


@given(TITLES, TITLES)
def test_different_titles_stay_different(one: str, other: str) -> None:
    assert (fold_heading(one) == fold_heading(other)) == (one == other)


@pytest.mark.parametrize("title", ["一、", "1.", "第三章", "(二)", "2023"])
def test_a_heading_of_numbering_alone_is_kept(title: str) -> None:
    assert fold_heading(title)


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once
