"""The strict YAML reader: it agrees with PyYAML where both accept, and refuses everything else with a code."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from presales_repo.errors import PrsError
from presales_repo.model.yamlsubset import (
    MAX_DEPTH,
    MAX_NODES,
    Items,
    Node,
    Scalar,
    Table,
    parse_node,
    parse_yaml,
    to_data,
)

# Pieces of which hypothesis makes YAML and what only looks like it.
PIECES = st.sampled_from(
    [
        *"a b: c: - , [ ] { } # ' \" | > & * ! % @ ` ? ~ : \n \n\n 中文 0 0123 1.50 -7 true no null 2023-05-01 12:30 << --- ... "
        "\t \r\n \\ \\n \\x41 = é 😀 \ufeff \u2028 \x07".split(" "),
        " ",
        "  ",
        "- ",
        ": ",
        "\n  ",
        "\n- ",
        ", ",
    ]
)
TEXTS = st.lists(PIECES, max_size=25).map("".join)

# Plain data, dumped by PyYAML in all its styles: documents that both readers must accept.
SCALARS = st.text("ab中é😀 :-#'\"[]{},&*!|>%@`?=<0.~\n\\\t", max_size=8)
KEYS = SCALARS.filter(lambda key: key not in ("", "<<"))
DATA = st.dictionaries(
    KEYS,
    st.recursive(
        SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=6
    ),
    max_size=4,
)


def texts_of(node: Node | None) -> Any:
    """The node with every scalar as the text that stands in the file."""
    if isinstance(node, Table):
        return {key: texts_of(value) for key, value in node.values.items()}
    if isinstance(node, Items):
        return [texts_of(item) for item in node.items]
    return None if node is None else node.text


def scalars_of(node: Node | None) -> list[Scalar]:
    if isinstance(node, Table):
        return [*node.keys.values(), *(scalar for value in node.values.values() for scalar in scalars_of(value))]
    if isinstance(node, Items):
        return [scalar for item in node.items for scalar in scalars_of(item)]
    return [] if node is None else [node]


def refused(text: str) -> PrsError:
    with pytest.raises(PrsError) as caught:
        parse_yaml(text, "a.md")
    return caught.value


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_any_text_is_read_as_pyyaml_reads_it_or_refused_with_a_code(text: str) -> None:
    try:
        node = parse_node(text, "a.md")
    except PrsError as error:
        assert error.code in ("F101", "F103", "F104", "S105")
        assert (error.path, error.line > 0) == ("a.md", True)
        return
    assert texts_of(node) == (yaml.load(text, yaml.CBaseLoader) or texts_of(node))


@settings(max_examples=100, deadline=None)
@given(DATA, st.sampled_from([None, True, False]), st.sampled_from([None, '"', "'", "|", ">"]), st.booleans())
def test_what_pyyaml_writes_is_read_back(data: Any, flow: bool | None, style: str | None, crlf: bool) -> None:
    text = yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, default_flow_style=flow, default_style=style)
    text = text.removesuffix("...\n")  # an end mark after text that ends in empty lines: we refuse it
    node = parse_node(text.replace("\n", "\r\n") if crlf else text)
    assert texts_of(node) == yaml.load(text, yaml.BaseLoader)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_no_text_whatever_makes_anything_else_than_a_refusal(text: str) -> None:
    try:
        parse_yaml(text)
    except PrsError as error:
        assert error.code[0] in "FS"


@settings(max_examples=100, deadline=None)
@given(DATA, st.booleans())
def test_every_place_is_where_the_text_stands(data: Any, flow: bool) -> None:
    above = "---\r\n"
    text = yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True, default_flow_style=flow, width=1000)
    whole = above + text
    for scalar in scalars_of(parse_node(text, first_line=2, offset=len(above))):
        line = whole.split("\n")[scalar.line - 1]
        before = sum(len(other) + 1 for other in whole.split("\n")[: scalar.line - 1])
        assert before + scalar.column - 1 == scalar.start
        if scalar.plain:
            assert line[scalar.column - 1 :].startswith(scalar.text.split("\n")[0])
            assert "\n" in scalar.text or whole[scalar.start : scalar.end] == scalar.text
        else:
            assert whole[scalar.start] in "\"'|>"


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            "a 0 -0 01 7 -12 1.5 -0.25 1. .5 1e3 1_000 0x1F true True false no on null ~ 2023-05-01 12:30".split()
        )
    )
)
def test_typed_values_are_those_of_yaml_and_never_more(words: list[str]) -> None:
    for word in words:
        value = to_data(parse_yaml(f"k: {word}\nq: '{word}'"))
        assert value["q"] == word
        assert value["k"] == word or (type(value["k"]), value["k"]) == (
            type(yaml.safe_load(word)),
            yaml.safe_load(word),
        )


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("no", "no"),
        ("0123", "0123"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2023-05-01", "2023-05-01"),
        ("~", "~"),
        ("true", True),
        ("null", None),
        ("", None),
        ("0", 0),
        ("-7", -7),
        ("21.50", 21.5),
        ("9" * 18, int("9" * 18)),
        ("9" * 19, "9" * 19),
    ],
)
def test_what_was_typed_is_what_is_meant(word: str, value: Any) -> None:
    assert to_data(parse_yaml(f"k: {word}")) == {"k": value}


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3", "F103", 3, 1),
        ("a: &x 1", "F104", 1, 4),
        ("a: *x", "F104", 1, 4),
        ("a: !!int 1", "F104", 1, 4),
        ("a: ! 1", "F104", 1, 4),
        ("a:\n  <<: b", "F104", 2, 3),
        ("? [a]\n: 1", "F104", 1, 3),
        ("'': 1", "F104", 1, 1),
        ("a: 1\n---\nb: 2", "F104", 2, 1),
        ("a: 1\n...\n", "F104", 2, 1),
        ("- a", "F102", 1, 0),
        ("text", "F102", 1, 0),
        ("a: b: c", "F101", 1, 5),
        ("a:\tb\n\tc: d", "F101", 2, 1),
        ("a: [1", "F101", 2, 1),
        ("\ufeffa: 1", "F101", 1, 1),
        ("a: 1\nb: \ufffe", "F101", 2, 4),
        ("a: " + "[" * (MAX_DEPTH + 5), "S105", 1, 0),
        ("a: " + "[" * 100_000, "S105", 1, 0),
        ("- " * 30_000, "S105", 1, 0),
        ("a: [" + "1," * MAX_NODES + "]", "S105", 1, 0),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else str(value),
)
def test_what_is_refused_and_where(text: str, code: str, line: int, column: int) -> None:
    error = refused(text)
    assert (error.code, error.line, error.column) == (code, line, column)


def test_a_duplicate_key_names_the_first_one() -> None:
    assert refused("a: 1\n\n\na: 2").args_ == {"key": "a", "first": 1}


def test_bombs_of_aliases_are_refused_at_the_first() -> None:
    bomb = "a: &a [x, x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [*{chr(97 + n)}, *{chr(97 + n)}]\n" for n in range(20)
    )
    assert refused(bomb).code == "F104"


def test_depth_and_number_of_values_up_to_the_limit_are_read() -> None:
    assert isinstance(parse_node("[" * MAX_DEPTH + "]" * MAX_DEPTH), Items)
    node = parse_node("[" + "1," * (MAX_NODES - 2) + "]")
    assert isinstance(node, Items)
    assert len(node.items) == MAX_NODES - 2


def test_nothing_is_an_empty_mapping() -> None:
    for text in ("", "\n", "# only a comment\n"):
        assert parse_yaml(text, first_line=2, offset=4) == Table({}, {}, 2, 1, 4, 4)
        assert parse_node(text) is None
