"""Editing what may change after release: by name or position, in every style of YAML, and nothing else moves."""

from __future__ import annotations

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.doctype import DocType, build_type
from presales_repo.model.document import Document, read_document
from presales_repo.model.track import changed_places, described, with_values

TYPE = build_type(
    {
        "id": "issue", "title_zh": "单", "category": "c", "stage": "GT", "chain": "none", "authors": [],
        "sensitivity": "i", "retention": "y10", "mutable_after_release": ["comments.status", "comments.answer", "on"],
        "fields": {
            "on": {"type": "date"},
            "comments": {"type": "list<object>", "item": {"id": {}, "text": {}, "status": {}, "answer": {}}},
        },
    }
)  # fmt: skip
BLOCK = """---
number: GT202305001
comments:
  - id: C1   # first
    status: open # x
    text: |
      line

      line
  # remark
  - status: open
    id: C2
author: lin
---
body
"""
FLOW = """---
number: GT202305001
comments: [{id: C1, text: a, status: open}, { id: C2, status: "open" }]
author: lin
on:
---
body
"""


def read(text: str) -> Document:
    return read_document(text.encode(), "common/1-x/GT202305001-x.md")


def edited(text: str, *pairs: tuple[str, str], kind: DocType = TYPE) -> str:
    before = read(text)
    after = with_values(before, kind, pairs)
    places = changed_places(before, after, kind)
    found = described(after, kind, places)
    assert sorted(found) == sorted(f"{name}={value}" for name, value in pairs)
    return after.text


def test_values_are_replaced_and_added_in_block_style() -> None:
    assert edited(BLOCK, ("comments.C1.status", "adopted"), ("comments.C1.answer", "因为, 是"), ("on", "2023-05-20")) == (
        BLOCK.replace("status: open # x", "status: adopted # x")
        .replace("      line\n  #", '      line\n    answer: "因为, 是"\n  #')
        .replace("author: lin\n", "author: lin\non: 2023-05-20\n")
    )  # fmt: skip


def test_values_are_replaced_and_added_in_flow_style() -> None:
    assert edited(FLOW, ("comments.C2.status", "declined"), ("comments.C1.answer", "a"), ("on", "2023-05-20")) == (
        FLOW.replace('"open" }', "declined }").replace("open}", "open, answer: a}").replace("on:", "on: 2023-05-20")
    )


def test_line_ends_stay() -> None:
    text = BLOCK.replace("\n", "\r\n")
    made = edited(text, ("comments.C2.answer", "a"))
    assert made == text.replace("id: C2\r\n", "id: C2\r\n    answer: a\r\n")


def test_a_value_is_emptied() -> None:
    assert "\non: \n---" in edited(FLOW.replace("on:", "on: 2023-05-20"), ("on", ""))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("W300", "author"), ("W300", "comments"), ("W300", "comments.C1.text"), ("W300", "comments.status"),
        ("W300", "on.1.status"), ("W302", "comments.C3.status"), ("W302", "comments.0.status"),
        ("W302", "comments.3.status"), ("W302", "comments.².status"),
    ],
)  # fmt: skip
def test_other_places_are_refused(code: str, words: str) -> None:
    with pytest.raises(PrsError) as caught:
        with_values(read(BLOCK), TYPE, [(words, "x")])
    assert caught.value.code == code


def test_an_entry_whose_name_is_not_the_only_one_needs_its_position() -> None:
    text = BLOCK.replace("id: C2", "id: C1")
    with pytest.raises(PrsError) as caught:
        with_values(read(text), TYPE, [("comments.C1.status", "adopted")])
    assert caught.value.code == "W303"
    assert edited(text, ("comments.2.status", "adopted")) == text.replace("- status: open", "- status: adopted")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("body", "Body"), ("author: lin", "author: shen"), ("id: C2", "id: C3"), ("# first", "# approved"), ("  # remark\n", ""),
        ("status: open # x", "status:  adopted # x"), ("    id: C2\n", "    id: C2\n    note: a\n"),
        ("    id: C2\n", "    id: C2\n  - status: open\n"), ("status: open # x", "status: |\n      adopted"),
        ("status: open # x", "status: [adopted]"), ("    id: C2\n", "    answer: a\n    id: C2\n"),
    ],
)  # fmt: skip
def test_whatever_else_differs_is_refused(old: str, new: str) -> None:
    """Also what looks the same to a reader, and a value where prs would not put it."""
    assert BLOCK.count(old) == 1
    with pytest.raises(PrsError) as caught:
        changed_places(read(BLOCK), read(BLOCK.replace(old, new)), TYPE)
    assert caught.value.code == "A432"
