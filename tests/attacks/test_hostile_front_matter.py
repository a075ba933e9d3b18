"""What a stranger can write between the two fences: read as text, or refused with a code, never obeyed."""

from __future__ import annotations

import time

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.document import read_document

BOMB = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 9))
MERGE_BOMB = "a0: &a0 {k: 1}\n" + "".join(
    f"a{i}: &a{i} {{<<: [{','.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 9)
)
REFUSED = {
    "a key twice": ("a: 1\nb: 2\na: 3\n", "F103"),
    "a key twice in a flow mapping": ("m: {x: 1, x: 2}\n", "F103"),
    "merge key": ("b: &b {x: 1}\nc: {<<: *b, y: 2}\n", "F104"),
    "merge key without alias": ("c: {<<: {x: 1}, y: 2}\n", "F104"),
    "billion laughs": (BOMB, "F104"),
    "merge bomb": (MERGE_BOMB, "F104"),
    "alias of itself": ("a: &a [*a]\n", "F104"),
    "900 levels": ("a: " + "[" * 900 + "]" * 900 + "\n", "S105"),
    "20,000 levels, a line each": ("a:\n" + " [\n" * 20_000, "S105"),
    "9,000 levels of block lists": ("a:\n  " + "- " * 9_000 + "x\n", "S105"),
    "100,000 levels": ("a: " + "[" * 100_000 + "]" * 100_000 + "\n", "S104"),
    "200,000 keys": ("{" + ",".join(f"k{i}: 1" for i in range(200_000)) + "}\n", "S104"),
    "200,000 lines": ("".join(f"k{i}: 1\n" for i in range(200_000)), "S106"),
    "a list as key": ("? [a, b]\n: 1\n", "F104"),
    "a mapping as key": ("{{a: b}: c}\n", "F104"),
    "no key": (": 1\n", "F101"),
    "an empty key": ("'': 1\n", "F104"),
    "a Python object": ("a: !!python/object/apply:os.system [echo hi]\n", "F104"),
    "binary": ("a: !!binary aGk=\n", "F104"),
    "a set": ("a: !!set {x, y}\n", "F104"),
    "a tag directive": ("%TAG ! tag:example.cn,2023:\n", "F101"),
    "a NUL": ("a: x\0y\n", "S103"),
    "an escape sequence": ("a: \x1b[2J\n", "S103"),
    "a line separator, which only libyaml takes for a line end": ("a: x\u2028b: y\n", "S103"),
    "a lone surrogate": ('a: "\\ud800"\n', "F101"),
    "a tab as indent": ("a:\n\tb: 1\n", "F101"),
    "a number where the mapping belongs": ("42\n", "F102"),
    "a list where the mapping belongs": ("[a, b]\n", "F102"),
    "an open bracket": ("a: [b\n", "F101"),
    "an open quote": ('a: "b\n', "F101"),
    "an unknown escape": ('a: "\\q"\n', "F101"),
}


def document(front_matter: str) -> bytes:
    return f"---\n{front_matter}---\n\n正文\n".encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(("front_matter", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_refused_with_a_code_and_a_place(front_matter: str, code: str) -> None:
    started = time.process_time()
    with pytest.raises(PrsError) as refused:
        read_document(document(front_matter), "common/x.md")
    assert (refused.value.code, refused.value.path) == (code, "common/x.md")
    assert refused.value.line >= 1
    assert time.process_time() - started < 2, "a hostile file may cost moments, not minutes"


# What YAML 1.1 would turn into something else stays what was typed.
TEXTS = {
    "the country": "no",
    "a time": "12:30:45",
    "an octal number": "010",
    "an underscored number": "1_000",
    "a version": "1.10",
    "an exponent": "1e3",
    "digits": "0123",
    "5,000 digits": "9" * 5000,
    "not a number": ".nan",
    "nothing": "~",
    "a day": "2023-05-04",
    "a day that is none": "2023-02-30",
    "a hexadecimal number": "0x1F",
    "a document number": "QD202305001",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_a_plain_value_is_the_text_that_was_typed(text: str) -> None:
    assert read_document(document(f"a: {text}\n"), "x.md").value("a") == text


def test_a_second_yaml_document_is_body() -> None:
    read = read_document(document("a: 1\n---\nb: 2\n"), "x.md")
    assert (read.value("a"), read.value("b"), read.body.startswith("b: 2")) == ("1", "", True)


def test_a_byte_order_mark_inside_is_no_part_of_a_known_key() -> None:
    """Only the mark at the very start of a file is one; inside it would make a key that looks like another."""
    with pytest.raises(PrsError) as refused:
        read_document(document("\ufeffa: 1\n"), "x.md")
    assert refused.value.code == "F101"
