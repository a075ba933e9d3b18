"""What a person looks for: words in either script, never patterns."""

from __future__ import annotations

import re
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.errors import PrsError
from presales_repo.model.search import LONGEST, MOST, git_pattern, read_query, search_text
from presales_repo.model.variants import _PAIRS, fold_widely, spellings

TEXT = "第一行\n訪客預約與閘機聯動，支持 HTTPS 接口。\n停车引导（一期）\n"


def lines(query: str, text: str = TEXT) -> list[int]:
    return [hit.line for hit in search_text(read_query(query), text)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("访客预约", [2]),
        ("訪客預約", [2]),
        ("https", [2]),
        ("ＨＴＴＰＳ", [2]),
        ("停車引導", [3]),
        ("(一期)", [3]),
        ("访客 停车", [2, 3]),
        ("访客 没有的词", []),
        ("访.预约", []),
        (".*", []),
        ("[访客]", []),
    ],
)
def test_either_script_and_case_finds_the_other(query: str, found: list[int]) -> None:
    assert lines(query) == found


@pytest.mark.parametrize("text", ["", "  ", "\n\t", "　"])
def test_nothing_to_look_for(text: str) -> None:
    with pytest.raises(PrsError) as refused:
        read_query(text)
    assert refused.value.code == "W360"


@pytest.mark.parametrize("text", ["x" * (LONGEST + 1), "a\x1bb", "\udcff", " ".join(map(str, range(MOST + 1)))])
def test_what_no_document_holds(text: str) -> None:
    with pytest.raises(PrsError) as refused:
        read_query(text)
    assert refused.value.code == "W361"


def test_a_snippet_is_one_short_line_without_control_characters() -> None:
    text = "甲" * 100 + "\x1b[31m访客\u202e\t  预约" + "乙" * 100
    (hit,) = search_text(read_query("访客"), text)
    assert hit.snippet.startswith("…甲") and hit.snippet.endswith("乙…") and len(hit.snippet) < 80
    assert "访客" in hit.snippet and not re.search("[\x00-\x1f\u202e]", hit.snippet)


@given(st.text(alphabet="ab務务.*[](){}^$\\|?+-'\"é里裡", min_size=1, max_size=12))
def test_git_and_python_look_for_the_same(word: str) -> None:
    """The pattern for git grep finds exactly what the one for Python finds, in the word itself and in another text."""
    query = read_query(word)
    for text in (word, f"业务.{word}务", "業務 a.b (里)"):
        ours = bool(search_text(query, text))
        found = [
            subprocess.run(
                ["grep", "-aqE", "-e", git_pattern(one)], input=text.encode(), env={"LC_ALL": "C"}, check=False
            ).returncode == 0
            for one in query.words
        ]  # fmt: skip
        assert ours == all(found)


@given(st.text(max_size=3), st.text(min_size=1, max_size=6), st.text(max_size=3))
def test_what_stands_in_a_text_is_found(before: str, word: str, after: str) -> None:
    """A word without blanks that a text holds is found, whatever stands around it."""
    plain = "".join(
        char for char in fold_widely(word) if fold_widely(char) == char and not char.isspace() and char.isprintable()
    )
    if plain and fold_widely(plain) == plain:
        assert search_text(read_query(plain), f"{before}\n{plain}{after}")


def test_spellings_fold_to_the_character() -> None:
    assert set(spellings("务")) == {"务", "務"}
    assert set(spellings("a")) == {"a", "A", "ａ", "Ａ"}
    assert {"车", "車"} == set(spellings("车"))


def test_the_table_is_one_way_and_has_each_traditional_character_once() -> None:
    olds, news = _PAIRS[::2], _PAIRS[1::2]
    assert len(olds) == len(news) == len(set(olds))
    assert not set(olds) & set(news)
    assert fold_widely(olds) == news


def test_the_regulation_in_traditional_script_is_found_by_simplified_words() -> None:
    text = "項目售前工作管理制度：需求調研、技術專家、車輛管理、數據庫、實施計劃、財務預算、醫療衛生、銀行證券"
    for word in ("车辆管理", "数据库", "财务预算", "医疗卫生", "银行证券", "技术专家"):
        assert search_text(read_query(word), text), word
