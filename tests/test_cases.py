"""Every case of tests/cases: a folder that breaks one rule is reported for exactly that, a valid one for nothing."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from presales_repo.cli.messages import finding_args, words
from presales_repo.codes import all_rules
from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.doctype import FIELD_KINDS
from presales_repo.model.document import read_document
from presales_repo.model.policy import build_policy, policy_data
from presales_repo.ops.check import check
from presales_repo.ops.init import built_in_policy
from presales_repo.rules.checks import as_finding
from presales_repo.rules.values import inner_fields
from tests.cases.library import CASES, Case, clear, lay_out, read_case, session_at, stock
from tests.company import Desk

INVALID = sorted((CASES / "invalid").iterdir())
VALID = sorted((CASES / "valid").iterdir())
PACKAGE = CASES.parents[1] / "presales_repo"
GROUPS = "NPFHLS"
# Codes of these groups that no check of files gives: of allocating a number (N105, N110, N111), of writing a file
# (P110, F107), of laying out a page (S125, S126), of a rule that the policy of the cases does not hold (F132).
NOT_CHECKED = {"N105", "N110", "N111", "P110", "F107", "F132", "S125", "S126"}
# Of `prs check --stale`, which looks at published versions (tests/requirements/test_trace.py).
NOT_CHECKED |= {"L130", "L131", "L132", "L133", "L134", "L135"}


@dataclass(frozen=True, slots=True)
class Library:
    """`commit`: where it goes back to after each case; `known`: places of its own findings."""

    desk: Desk
    commit: str
    known: set[str]


@pytest.fixture(scope="session")
def library(published_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The repository that cases are put into."""
    desk = stock(published_once.copy(tmp_path_factory.mktemp("library")))
    known = check(session_at(desk)).findings
    assert {finding.code for finding in known} == {"H102"}, "its documents are templates yet to be filled"
    return Library(desk, desk.git_ok("rev-parse", "HEAD"), {place(finding) for finding in known})


@pytest.fixture
def shelf(library: Library) -> Iterator[Library]:
    yield library
    clear(library.desk, library.commit)


def findings_of(library: Library, case: Case) -> list[Finding]:
    """What the check says about a case, without what it says about the repository itself."""
    lay_out(library.desk, case)
    try:
        result = check(session_at(library.desk), case.orders.get("check", ()), staged="stage" in case.orders)
    except PrsError as error:
        return [as_finding(error)]
    return [finding for finding in result.findings if place(finding) not in library.known]


@pytest.mark.parametrize("folder", INVALID, ids=lambda folder: folder.name)
def test_invalid_case_is_reported_in_place_with_the_way_out(shelf: Library, folder: Path) -> None:
    case = read_case(folder)
    found = findings_of(shelf, case)
    expected = case.orders["findings"]
    said = [(item.code, *words(item.code, finding_args(item)), place(item)) for item in found]
    assert sorted((code, at) for code, _, _, at in said) == sorted(
        (item.get("code", case.code), item["at"]) for item in expected
    )
    for item in expected:
        matching = [said_ for said_ in said if (said_[0], said_[3]) == (item.get("code", case.code), item["at"])]
        assert any(item["message"] in message and item["hint"] in hint for _, message, hint, _ in matching), matching
    assert not [text for _, message, hint, _ in said for text in (message, hint) if "{" in text.replace("{…", "")]


def place(finding: Finding) -> str:
    """`path:line`, or the path of the file as a whole."""
    return f"{finding.path}:{finding.line}" if finding.line else finding.path


@pytest.mark.parametrize("folder", VALID, ids=lambda folder: folder.name)
def test_valid_case_is_not_reported(shelf: Library, folder: Path) -> None:
    assert findings_of(shelf, read_case(folder)) == []


def test_a_valid_case_has_fields_of_every_kind() -> None:
    """All but `attachments`, which the built-in types do not use."""
    policy = build_policy(policy_data(built_in_policy()))
    case = read_case(CASES / "valid" / "all-field-kinds")
    used = set()
    for path, data in case.files.items():
        document = read_document(data, path)
        fields = {**policy.common_fields, **policy.types[document.type_id].fields}
        for name, node in document.head.fields.values.items():
            used |= {fields[name].kind, *(field.kind for field, _ in inner_fields(fields[name], node))}
    assert used == FIELD_KINDS - {"attachments"}


def test_every_code_of_the_check_has_a_case() -> None:
    checked = {rule.code for rule in all_rules() if rule.code[0] in GROUPS} - NOT_CHECKED
    assert {folder.name[:4] for folder in INVALID} == checked


def test_every_code_of_the_table_is_raised_and_every_raised_code_is_in_the_table() -> None:
    raised = set()
    for path in PACKAGE.rglob("*.py"):
        if path.parent.name != "codes":
            raised |= set(codes_in(ast.parse(path.read_text(encoding="utf-8"))))
    assert raised == {rule.code for rule in all_rules() if rule.code[0] in GROUPS}


def codes_in(tree: ast.AST) -> Iterator[str]:
    """String constants that look like codes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and is_code(node.value):
            yield node.value


def is_code(text: str) -> bool:
    return len(text) == 4 and text[0] in GROUPS and text[1:].isdigit()
