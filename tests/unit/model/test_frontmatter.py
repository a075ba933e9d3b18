"""Front matter: found and read; an edit changes one value and keeps every other byte."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from presales_repo.errors import PrsError
from presales_repo.model.frontmatter import (
    MAX_FRONT_MATTER,
    append_item,
    conflict_lines,
    quote,
    read_front_matter,
    set_field,
    set_value,
)
from presales_repo.model.yamlsubset import Items, Node, Table, parse_yaml

TEXTS = st.text(st.characters(codec="utf-8"), max_size=12) | st.text(
    "ab中 :-#'\"[]{},&*!|>%@`?=~.0\n\t\\\r", max_size=8
)

# Lines of front matter as people write them: the value of `k` is what an edit replaces.
EDITABLE = st.sampled_from(
    [
        "k: v",
        "k:   v   ",
        "k: v  # why",
        "k: 'v'  # why",
        'k: "v \\" w"',
        "k:",
        "k:   ",
        "k:  # nothing yet",
        "k: [a, b]  # list",
        "k: {a: b}",
        "k: []",
        "k: |\n  one\n  two",
        "k: >-\n  folded\n\n  text",
        "k: two\n  lines",
        "k: 'two\n  lines' # why",
        "'k': v",
        "? k\n: v",
        "k: 2023-05-01",
        "k: 中文 值",
    ]
)
OTHERS = st.lists(
    st.sampled_from(
        [
            "# comment",
            "",
            "   ",
            "a: 1",
            "b:   x   # y",
            "c: [p,  q]",
            "d:\n  - e\n  - f",
            "g: |\n  k: no\n",
            "h: 'k: v'",
        ]
    ),
    max_size=5,
    unique=True,
)
# Each as set_field takes it and as it is read back.
VALUES = st.sampled_from([("new", "new"), ('"a: b"', "a: b"), ("", ""), ("'x # y'", "x # y"), ("[a, b]", ["a", "b"])])


def value_of(node: Node | None) -> object:
    if isinstance(node, Table):
        return {key: value_of(value) for key, value in node.values.items()}
    return [value_of(item) for item in node.items] if isinstance(node, Items) else node and node.text


def refused(code: str, text: str) -> PrsError:
    with pytest.raises(PrsError) as caught:
        read_front_matter(text, "a.md")
    assert caught.value.code == code
    return caught.value


# -- reading


def test_head_and_body_are_found_with_their_places() -> None:
    text = "---\r\na: 1\r\nb: [x]\r\n---\r\n# 标题\r\n"
    head = read_front_matter(text)
    assert text[head.start : head.end] == "a: 1\r\nb: [x]\r\n"
    assert (text[head.body_start :], head.body_line) == ("# 标题\r\n", 5)
    b = head.fields.values["b"]
    assert (b.line, b.column, text[b.start : b.end]) == (3, 4, "[x]")


@pytest.mark.parametrize(
    "text", ["---\n---\n", "---\n---", "---  \n\n--- \t\nbody", "---\n# only a comment\n---\nbody"]
)
def test_an_empty_head_is_one(text: str) -> None:
    assert read_front_matter(text).fields.values == {}


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("F105", ""),
        ("F105", "# no head\n"),
        ("F105", "----\na: 1\n----\n"),
        ("F105", " ---\na: 1\n---\n"),
        ("F105", "\n---\na: 1\n---\n"),
        ("F106", "---"),
        ("F106", "---\na: 1\n"),
        ("F106", "---\na: 1\n --- \n"),
        ("F106", "---\na: 1\n---x\n"),
        ("F102", "---\n- a\n---\n"),
        ("H107", "---\na: 1\n<<<<<<< ours\nb: 2\n=======\n---\n"),
        ("S106", "---\n" + "a: b\n" * (MAX_FRONT_MATTER // 5 + 1) + "---\n"),
        ("S106", "---\n" + "# x\n" * (MAX_FRONT_MATTER // 4) + "#\n---\n"),
    ],
    ids=lambda value: value[:24],
)
def test_what_is_no_front_matter(code: str, text: str) -> None:
    assert refused(code, text).path == "a.md"


def test_front_matter_of_the_largest_size_is_read() -> None:
    text = "---\n" + "# x\n" * (MAX_FRONT_MATTER // 4) + "---\n"
    assert read_front_matter(text).fields.values == {}


@given(st.text("-ab: \n\r\t#'", max_size=40))
def test_any_text_is_read_or_refused_with_a_code(text: str) -> None:
    try:
        head = read_front_matter(text)
    except PrsError as error:
        assert error.code[0] in "FSH"
    else:
        assert text.startswith("---")
        assert head.body_line == text.count("\n", 0, head.body_start) + 1


@given(
    st.lists(
        st.sampled_from(["text", "<<<<<<< a", "=======", ">>>>>>> b", "======= x", "<<<<<<<", "======"]), max_size=8
    ),
    st.booleans(),
)
def test_conflict_marks_are_found_where_they_stand(lines: list[str], crlf: bool) -> None:
    found = conflict_lines(("\r\n" if crlf else "\n").join(lines))
    marked = {number: line for number, line in enumerate(lines, 1) if line in ("<<<<<<< a", "=======", ">>>>>>> b")}
    whole = {"<<<<<<< a", ">>>>>>> b"} <= set(marked.values())
    assert found == [number for number, line in marked.items() if whole or line != "======="]


# -- quoting


@settings(max_examples=400)
@given(TEXTS)
@example("a\x85b")
@example("\ufeff")
@example("...")
@example("a\\")
def test_a_quoted_text_is_read_back(value: str) -> None:
    written = quote(value)
    assert "\n" not in written
    for text in (f"k: {written}", f"k: [{written}, {written}]", f"k: {{q: {written}}}  # end"):
        found = value_of(parse_yaml(text).values["k"])
        assert found == yaml.load(text, yaml.BaseLoader)["k"]
        assert found in (value, [value, value], {"q": value})


@pytest.mark.parametrize(
    "value", ["滨江 智慧", "2023-05-01", "2023-05-01T10:00", "lin.yue@qiheng.example", "QD202305001", "120.50"]
)
def test_ordinary_values_stay_plain(value: str) -> None:
    assert quote(value) == value


# -- editing a field


@settings(max_examples=300, deadline=None)
@given(OTHERS, EDITABLE, OTHERS, VALUES, st.booleans(), st.sampled_from(["", "body\n---\nk: not this\n"]))
def test_an_edit_changes_the_value_and_nothing_else(
    above: list[str], field: str, below: list[str], value: tuple[str, object], crlf: bool, body: str
) -> None:
    below = [line for line in below if line not in above]
    end = "\r\n" if crlf else "\n"
    text = end.join(["---", *above, field, *below, "---", body]).replace("\r\n", "\n").replace("\n", end)
    written, expected = value
    edited = set_field(text, "k", written)
    assert value_of(read_front_matter(edited).fields.values["k"]) == expected
    assert set_field(edited, "k", written) == edited
    before, after = read_front_matter(text), read_front_matter(edited)
    old, new = before.fields.values["k"], after.fields.values["k"]
    assert edited[: new.start].rstrip(" ") == text[: old.start].rstrip(" ")
    tail = text[old.start :][len(text[old.start : old.end].rstrip()) :]
    assert edited.endswith(tail)
    assert len(edited) <= len(text) - len(text[old.start : old.end].rstrip()) + len(written) + 1
    assert {key: value_of(node) for key, node in after.fields.values.items() if key != "k"} == {
        key: value_of(node) for key, node in before.fields.values.items() if key != "k"
    }


@settings(max_examples=200, deadline=None)
@given(OTHERS, VALUES, st.booleans(), st.sampled_from(["", "  "]))
def test_a_new_field_goes_to_the_end_of_the_head(
    lines: list[str], value: tuple[str, object], crlf: bool, indent: str
) -> None:
    head = "".join(f"{indent}{line}\n" for line in "\n".join(lines).split("\n"))
    text = f"---\n{head}---\nbody\n".replace("\n", "\r\n" if crlf else "\n")
    edited = set_field(text, "k", value[0])
    old = read_front_matter(text)
    assert edited.startswith(text[: old.end])
    assert edited.endswith(text[old.end :])
    assert value_of(read_front_matter(edited).fields.values["k"]) == value[1]
    assert set_field(edited, "k", value[0]) == edited


@pytest.mark.parametrize(
    "head",
    ["k:\n  - a\n", "k:\n  a: b\n", "k: [a,\n  b]\n", "{k, a: b}\n", "? k\n", "k: |  # kept with the text\n  t\n"],
)
def test_a_value_that_cannot_be_replaced_safely_is_left_alone(head: str) -> None:
    with pytest.raises(PrsError, match="F107"):
        set_field(f"---\n{head}---\n", "k", "v")


def test_a_head_in_braces_takes_no_new_field() -> None:
    with pytest.raises(PrsError, match="F107"):
        set_field("---\n{a: b}\n---\n", "k", "v")
    assert set_field("---\n{a: b, k: c}\n---\n", "k", "v") == "---\n{a: b, k: v}\n---\n"


def test_a_value_in_a_file_without_front_matter() -> None:
    text = '# policy\nversion: 1       # of this policy\norganisation: ""\nlast:\n  - a'
    table = parse_yaml(text)
    assert set_value(text, table, "version", "2") == text.replace("1 ", "2 ", 1)
    assert set_value(text, table, "organisation", "启衡") == text.replace('""', "启衡")
    for key in ("last", "absent"):
        with pytest.raises(PrsError, match="F107"):
            set_value(text, table, key, "x")


# -- appending to a list


ITEM = "- id: x\n  name: 新人\n"


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["# comment", "", "version: 1  # kept", "other: [a]"]), max_size=4, unique=True),
    st.sampled_from([0, 2, 4]),
    st.sampled_from(
        [
            "- id: a\n  name: b  # kept",
            "- {id: a}",
            "- id: a\n  note: |\n    text\n",
            "- plain",
            "- id: a\n\n# about the next",
        ]
    ),
    st.integers(1, 3),
    st.sampled_from(["", "\n", "\n\n", "\n# the end", "\n   ", "\n  # the end\n"]),
    st.booleans(),
)
def test_an_item_is_added_and_nothing_else_changes(
    above: list[str], indent: int, item: str, count: int, tail: str, crlf: bool
) -> None:
    items = "\n".join(" " * indent + line if line else line for line in "\n".join([item] * count).split("\n"))
    text = "\n".join([*above, "people:  # everybody", items]) + tail
    text = text.replace("\n", "\r\n" if crlf else "\n")
    longer = append_item(text, "people", ITEM)
    assert longer.startswith(text)
    before, after = yaml.load(text, yaml.BaseLoader), yaml.load(longer, yaml.BaseLoader)
    added = [value for value in after["people"] if value not in before["people"]]
    assert (added, len(after["people"])) == ([{"id": "x", "name": "新人"}], len(before["people"]) + 1)
    assert yaml.load(append_item(longer, "people", ITEM), yaml.BaseLoader)["people"][-2:] == added * 2
    assert ("\r\n" in longer[len(text) :]) == crlf
    parse_yaml(longer)


@pytest.mark.parametrize(
    ("text", "longer"),
    [
        ("people: []\n", "people:\n  - id: x\n    name: 新人\n"),
        ("people: []  # none\n# end\n", "people:  # none\n# end\n  - id: x\n    name: 新人\n"),
        ("people:   [ ]", "people:\n  - id: x\n    name: 新人\n"),
        ("people:\n", "people:\n  - id: x\n    name: 新人\n"),
        ("people:  # none\r\n", "people:  # none\r\n  - id: x\r\n    name: 新人\r\n"),
    ],
)
def test_an_empty_list_becomes_one_of_one_item(text: str, longer: str) -> None:
    assert append_item(text, "people", ITEM) == longer
    assert yaml.load(longer, yaml.BaseLoader) == {"people": [{"id": "x", "name": "新人"}]}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "other: 1\n",
        "people: []\nother: 1\n",
        "people: [a]\n",
        "people: text\n",
        "people: ''\n",
        "people: {}\n",
        "{people: []}\n",
        "people: [ # why\n]\n",
        "people:\n  a: b\n",
    ],
)
def test_what_takes_no_item(text: str) -> None:
    with pytest.raises(PrsError, match="F107"):
        append_item(text, "people", ITEM)
