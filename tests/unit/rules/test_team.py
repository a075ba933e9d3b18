"""Who may change the documents of a project (R009, R111): data of the policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from presales_repo.model.policy import Policy, build_policy
from presales_repo.rules.team import Edited, Team, check_team, is_bound
from tests.unit.model.policies import built_in_data, person

PATH = "projects/XM2023001-甲/2-需求调研文档/QD202305001-访谈.md"
PEOPLE = (
    person("lin", "presales", "solution-architect"),
    person("gu", "presales", "industry-expert"),
    person("shen", "presales", "presales-manager"),
    person("ye", "quality", "doc-controller"),
)
TEAM = Team("XS202305001", frozenset(("lin",)))


def policy(editing: Mapping[str, Any] | None = None) -> Policy:
    data = built_in_data()
    data["files"]["policy/people.yaml"] = {"people": list(PEOPLE)}
    if editing is not None:
        data["files"]["policy/project.yaml"]["editing"] = editing
    return build_policy(data)


def found(
    who: str, *, team: Team | None = TEAM, place: str = PATH, type_id: str = "interview-record",
    editing: Mapping[str, Any] | None = None,
) -> list[str]:  # fmt: skip
    rules = policy(editing)
    edited = [Edited(PATH, place, type_id)]
    return [finding.code for finding in check_team(rules, rules.people[who], edited, {"XM2023001": team}.get)]


def test_a_member_may_and_another_may_not() -> None:
    assert found("lin") == []
    assert found("gu") == ["W210"]


@pytest.mark.parametrize("who", ["shen", "ye"])
def test_some_roles_need_no_seat(who: str) -> None:
    assert found(who) == []
    assert found(who, editing={"members_only": True}) == ["W210"]


def test_before_a_team_is_appointed_everybody_may() -> None:
    assert found("gu", team=None) == []


def test_documents_of_no_project_are_for_everybody() -> None:
    assert found("gu", place="common/6-其他文档/GT202305001-纪要.md") == []


def test_some_types_are_for_everybody() -> None:
    assert found("gu", type_id="solution-review-record") == []


@pytest.mark.parametrize("editing", [{}, {"members_only": False}])
def test_a_company_may_relax_the_rule(editing: Mapping[str, Any]) -> None:
    assert found("gu", editing=editing) == []
    assert not is_bound(policy(editing), policy(editing).people["gu"])
