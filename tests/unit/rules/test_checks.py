"""Which rules a file gets by its path and mode; and that no bytes whatever make them stumble."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presales_repo.cli.messages import finding_args, words
from presales_repo.codes import rule_of
from presales_repo.rules.checks import check_file
from presales_repo.rules.words import FEW, nearest, shell_word, shown
from tests.unit.rules.samples import EMPTY, FOLDER, POLICY, POST, PROJECT, codes, findings, post

PLACES = {
    "README.md": [],
    "docs/README.md": [],
    "GT202304001-进展.md": ["P104"],
    "docs/GT202304001-进展.md": ["P104"],
    "common/GT202304001-进展.md": ["P104"],
    "projects/GT202304001-进展.md": ["P104"],
    "projects/project.md": ["P104"],
    f"{PROJECT}/GT202304001-进展.md": ["P104"],
    f"{FOLDER}/深/GT202304001-进展.md": ["P104"],
    f"{FOLDER}/扫描.pdf": ["P115"],
    f"{FOLDER}/GT202304001-进展.MD": ["P115"],
    f"{FOLDER}/GT202304001-进展.markdown": ["P115"],
    f"{FOLDER}/.gitkeep": [],
    "attachments/GT202304001/GT202304001-进展.md": [],
    "attachments/a.pdf": [],
    "policy/people.yaml": [],
    "src/main.c": [],
    POST: [],
}


@pytest.mark.parametrize(("path", "expected"), PLACES.items())
def test_the_rules_follow_from_the_place(path: str, expected: list[str]) -> None:
    text = post() if "GT2023" in path or path.endswith("project.md") else "说明\n"
    assert codes(text, path) == expected


def test_front_matter_with_a_number_makes_a_document_wherever_it_lies() -> None:
    assert codes(post(), "notes/进展.md") == ["P104"]
    assert codes(post(drop="number"), "notes/进展.md") == []


@pytest.mark.parametrize("mode", ["120000", "160000", "000001", "040000"])
def test_only_plain_files_are_documents(mode: str) -> None:
    for path in (POST, "x.md", "common", "projects", "attachments/GT202304001/a", "policy/people.yaml"):
        assert [item.code for item in findings("", path, mode=mode)] == ["S111"]
    assert findings("", "vendor/lib", mode=mode) == []


def test_a_program_is_judged_as_a_file_all_the_same() -> None:
    assert [item.code for item in findings(post(number="x"), mode="100755")] == ["S114", "N102"]
    assert findings("#!/bin/sh\n", "tools/run", mode="100755") == []


def test_a_file_too_large_to_be_read_is_said_to_be_that() -> None:
    for path in (POST, f"{PROJECT}/project.md"):
        (found,) = check_file(path, None, "100644", POLICY, EMPTY)
        assert (found.code, found.args["limit"]) == ("S101", 4 * 1024 * 1024)


FRAGMENTS = st.sampled_from(
    ["---\n", "number: GT202304001\n", "title: 进展\n", "type: team-post\n", "type: survey-plan\n", "author: lin\n",
     "project: XM2023001\n", "created: 2023-04-18\n", "kind:", " progress\n", "attachments:\n", "  - path: a\n",
     "based_on: [QD202304001@1.0]\n", "## 内容\n", "[a](b)", "](javascript:x)", "<<<<<<< a\n", "=======\n",
     "| a |\n|--|\n", "[", "]", "{", "}", ": ", "- ", "\n", "\r\n", "'", '"', "#", "&a ", "*a", "!!x ", "|\n",
     "\ufeff", "\u202e", "\x00", "\\", "甲"]
)  # fmt: skip
BYTES = st.one_of(
    st.lists(FRAGMENTS, max_size=40).map(lambda parts: "".join(parts).encode()),
    st.lists(FRAGMENTS, max_size=30).map(lambda parts: ("---\n" + "".join(parts) + "\n---\n").encode()),
    st.binary(max_size=300),
)
PATHS = st.sampled_from([POST, f"{PROJECT}/project.md", f"{PROJECT}/2-需求调研文档/x.md", "x.md", "common/\udcff.md"])


@settings(max_examples=400, deadline=None)
@given(path=PATHS, data=BYTES)
def test_any_bytes_give_findings_in_words(path: str, data: bytes) -> None:
    for finding in check_file(path, data, "100644", POLICY, EMPTY):
        assert rule_of(finding.code) is not None
        message, hint = words(finding.code, finding_args(finding))
        assert message
        assert hint
        assert finding.path == path


# -- words


def test_a_value_in_a_message_is_one_short_line() -> None:
    assert shown("甲\r\n乙\n丙\r丁") == "甲↵乙↵丙↵丁"
    assert shown("x" * 80) == "x" * 80
    assert shown("x" * 81) == "x" * 80 + "…"


@pytest.mark.parametrize("text", ["a b", "$(x)", "`x`", "a'b", '"', "a;b", "甲", "-x", "", "!x"])
def test_a_word_of_a_shell_is_the_text(text: str) -> None:
    import subprocess

    done = subprocess.run(["sh", "-c", f"printf %s {shell_word(text)}"], capture_output=True, check=True)
    assert done.stdout.decode() == text


def test_the_nearest_of_many_begins_alike() -> None:
    few, many = [f"name{number}" for number in range(FEW)], [f"name{number}" for number in range(FEW + 1)]
    assert nearest("xame7", few) == nearest("name7", many) == "name7, name97, name87"
    assert nearest("xame7", many) == ""
    assert nearest("x" * 100_000, few) == ""
