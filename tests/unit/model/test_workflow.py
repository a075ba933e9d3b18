"""Who may decide what: chains raised by importance and scope, holders of a step, versions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.model.doctype import build_type
from presales_repo.model.policy import Policy, Step
from presales_repo.model.workflow import chain_of, holders, is_next_version, may_author, next_version
from tests.unit.model.policies import doctype, person, policy_of

PEOPLE = [
    person("gao", "presales", "dept-head"),
    person("han", "technology", "dept-head"),
    person("shen", "presales", "presales-manager"),
    person("cheng", "management", "company-leader", "repo-admin"),
    person("zhao", "management", "company-leader"),
    person("mei", "management", "meeting-chair"),
    person("old", "presales", "dept-head", active=False),
    person("new", "presales", "dept-head", keys=[]),
]


@pytest.fixture(scope="module")
def policy() -> Policy:
    return policy_of(PEOPLE)


@pytest.mark.parametrize(
    ("chain", "important", "scope", "chosen"),
    [
        ("light", False, "", "light"),
        ("light", True, "", "full-leader"),
        ("light", True, "company", "full-meeting"),
        ("none", True, "department", "full-leader"),
        ("dept-only", True, "cross-department", "full-meeting"),
        ("light", False, "company", "light"),
        ("full-leader", True, "", "full-leader"),
        ("full-leader", False, "company", "full-meeting"),
        ("full-meeting", True, "department", "full-meeting"),
        ("panel", True, "company", "panel"),
        ("full-leader", True, "field", "full-leader"),  # a key of the rule, not a scope
        ("full-leader", True, "no such scope", "full-leader"),
        ("none", True, "no such scope", "full-leader"),
    ],
)
def test_the_chain_of_a_document(policy: Policy, chain: str, important: bool, scope: str, chosen: str) -> None:
    assert chain_of(policy, build_type(doctype("t", chain)), important=important, scope=scope).id == chosen


@pytest.mark.parametrize(
    ("by", "quorum", "department", "authors", "expected"),
    [
        ("dept-head-of-author", 1, "presales", ["lin"], ("gao",)),
        ("dept-head-of-author", 1, "technology", ["lin"], ("han",)),
        ("dept-head-of-author", 1, "presales", ["gao"], ("cheng", "zhao")),
        ("dept-head-of-author", 1, "quality", ["lin"], ("cheng", "zhao")),
        ("presales-manager", 1, "technology", ["lin"], ("shen",)),
        ("presales-manager", 2, "technology", ["lin"], ("shen", "cheng", "zhao")),
        ("company-leader", 1, "presales", ["cheng"], ("zhao",)),
        ("company-leader", 1, "presales", ["cheng", "zhao"], ("mei",)),
        ("presales-manager", 1, "presales", ["shen", "cheng"], ("zhao",)),
        ("delivery-manager", 4, "presales", [], ("cheng", "zhao", "mei")),
    ],
)
def test_who_may_sign_a_step(
    policy: Policy, by: str, quorum: int, department: str, authors: list[str], expected: tuple[str, ...]
) -> None:
    assert holders(policy, Step("s", "s", "s", by, quorum), department, authors) == expected


def test_who_may_write(policy: Policy) -> None:
    for roles, allowed in ((["team-member"], True), (["presales-manager"], False), (["dept-head", "customer"], True)):
        kind = build_type(doctype("t", "light", authors=roles))
        assert may_author(kind, policy.people["gao"]) == allowed


VERSIONS = st.builds("{}.{}".format, st.integers(0, 9999), st.integers(0, 9998))


@given(VERSIONS, st.booleans())
def test_versions_rise_one_by_one(current: str, major: bool) -> None:
    after = next_version(current, major=major)
    assert is_next_version(current, after)
    old, new = (tuple(map(int, version.split("."))) for version in (current, after))
    assert new == ((old[0] + 1, 0) if major else (old[0], old[1] + 1))
    assert not is_next_version(current, current)
    assert not is_next_version(after, current)


@pytest.mark.parametrize("version", ["", "1", "1.1", "0.1", "2.0", "1.0\n", "1.00", "１.0", "v1.0"])
def test_the_first_version_is_one(version: str) -> None:
    assert next_version(None, major=False) == next_version(None, major=True) == "1.0"
    assert is_next_version(None, "1.0")
    assert not is_next_version(None, version)
