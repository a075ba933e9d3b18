"""Policies: built from plain data with every wrong value named, refused when they contradict themselves."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.needs import NO_NEEDS, Needs
from presales_repo.model.policy import (
    APPROVAL,
    PEOPLE,
    REPOSITORY,
    Policy,
    administrators,
    build_policy,
    can_sign,
    owner_of,
    policy_data,
    policy_digest,
    validate_policy,
)
from presales_repo.model.sshkey import parse_public_key
from tests.unit.model.policies import TYPES, built_in_data, built_in_files, person, policy_of, public_key

ADMIN = person("cheng", "management", "repo-admin", "company-leader")
LIN = person("lin")


def data_of(*people: dict[str, Any]) -> dict[str, Any]:
    data = built_in_data()
    data["files"][PEOPLE] = {"people": copy.deepcopy(list(people or (ADMIN, LIN)))}
    return data


def refused(data: dict[str, Any]) -> PrsError:
    with pytest.raises(PrsError) as caught:
        validate_policy(build_policy(data))
    return caught.value


def test_the_built_in_policy_with_people_is_valid() -> None:
    policy = build_policy(data_of())
    validate_policy(policy)
    assert administrators(policy) == ["cheng"]
    assert policy.people["lin"].email == "lin@q.example"
    assert policy.types["survey-plan"].stage == "QD"
    assert [step.by for step in policy.chains["full-leader"].steps] == [
        "dept-head-of-author",
        "presales-manager",
        "company-leader",
    ]


def test_policy_data_survives_json_so_that_it_can_be_kept() -> None:
    data = data_of()
    assert json.loads(json.dumps(data)) == data


def test_the_digest_is_what_sha256sum_would_give() -> None:
    files = {"policy/b.yaml": b"2", "policy/a.yaml": b"1"}
    lines = "".join(f"{hashlib.sha256(files[path]).hexdigest()}  {path}\n" for path in sorted(files))
    assert policy_digest(files) == hashlib.sha256(lines.encode()).hexdigest()
    assert policy_digest({**files, "policy/a.yaml": b"3"}) != policy_digest(files)
    assert policy_digest({"policy/a.yaml": b"1", "policy/c.yaml": b"2"}) != policy_digest(files)


@pytest.mark.parametrize("path", [REPOSITORY, PEOPLE, APPROVAL, "policy/project.yaml"])
def test_a_file_that_is_missing_is_named(path: str) -> None:
    with pytest.raises(PrsError) as caught:
        policy_data({name: content for name, content in built_in_files().items() if name != path})
    assert (caught.value.code, caught.value.path) == ("A401", path)


def test_a_file_that_cannot_be_read_has_its_place() -> None:
    with pytest.raises(PrsError) as caught:
        policy_data({**built_in_files(), PEOPLE: b"people: []\npeople: []\n"})
    assert (caught.value.code, caught.value.path, caught.value.line) == ("F103", PEOPLE, 2)


Change = Callable[[dict[str, Any]], object]
FINAL = "chain full-meeting, step final"


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("policy", lambda files: files[REPOSITORY].pop("version")),
        ("policy", lambda files: files[REPOSITORY].update(version="2.0")),
        ("policy", lambda files: files[REPOSITORY].update(version=1.5)),
        ("policy", lambda files: files[REPOSITORY].update(version=True)),
        ("policy", lambda files: files[REPOSITORY].update(stages=["QD"])),
        ("policy", lambda files: files[PEOPLE].update(people={"lin": 1})),
        ("policy", lambda files: files[PEOPLE].update(people=["lin"])),
        ("policy", lambda files: files[APPROVAL].update(chains=None, administrators=[])),
        ("policy", lambda files: files[APPROVAL].update(chain_rules="none")),
        ("common_fields, field x", lambda files: files[REPOSITORY]["common_fields"].update(x={"type": "colour"})),
        ("common_fields, field x", lambda files: files[REPOSITORY]["common_fields"].update(x={"type": "enum"})),
        ("common_fields, field x", lambda files: files[REPOSITORY]["common_fields"].update(x={"required": "no"})),
        (
            "common_fields, field x",
            lambda files: files[REPOSITORY]["common_fields"].update(x={"type": "int", "min": "1"}),
        ),
        (
            "common_fields, field x, field y",
            lambda files: files[REPOSITORY]["common_fields"].update(x={"item": {"y": {"type": []}}}),
        ),
        ("person lin", lambda files: files[PEOPLE]["people"][1].pop("department")),
        ("person lin", lambda files: files[PEOPLE]["people"][1].update(active="no")),
        ("person lin", lambda files: files[PEOPLE]["people"][1].update(keys="ssh-ed25519 AAAA")),
        ("person lin", lambda files: files[PEOPLE]["people"][1].update(name=None)),
        ("person lin", lambda files: files[PEOPLE]["people"][1].update(revoked=[{"key": "SHA256:x"}])),
        ("person lin", lambda files: files[PEOPLE]["people"][1].update(revoked=[{"key": "SHA256:x", "from": "3"}])),
        ("person lin", lambda files: files[PEOPLE]["people"].append(LIN)),
        ("chain light", lambda files: files[APPROVAL]["chains"]["light"]["steps"][0].pop("by")),
        ("chain light", lambda files: files[APPROVAL]["chains"]["light"]["steps"][0].update(quorum=1.5)),
        ("chain full-meeting", lambda files: _needs(files).update(countersigned_departments=["quality"])),
        ("chain full-meeting", lambda files: _needs(files).update(countersign_departments="quality")),
        ("chain full-meeting", lambda files: _needs(files).update(min_countersigns="4")),
        ("chain full-meeting", lambda files: _needs(files).update(minutes=["cross-dept-final-review"])),
        ("type survey-plan", lambda files: files[TYPES]["types"].append({"id": "survey-plan"})),
    ],
)
def test_a_value_of_the_wrong_kind_is_named(where: str, change: Change) -> None:
    data = data_of()
    change(data["files"])
    error = refused(data)
    assert (error.code, error.args_["where"]) == ("A402", where)
    assert error.args_["problem"]


@pytest.mark.parametrize(
    ("where", "change"),
    [
        ("stage qd", lambda files: files[REPOSITORY]["stages"].update(qd={"title_zh": "x"})),
        ("person lin", lambda files: files[PEOPLE]["people"][1].update(department="nowhere")),
        ("person lin", lambda files: files[PEOPLE]["people"][1].update(roles=["king"])),
        ("person lin", lambda files: files[PEOPLE]["people"][1].update(revoked=[{"key": "abc", "from": 3}])),
        ("person 林越", lambda files: files[PEOPLE]["people"][1].update(id="林越")),
        ("person lin yue", lambda files: files[PEOPLE]["people"][1].update(id="lin yue")),
        ("person lin\n", lambda files: files[PEOPLE]["people"][1].update(id="lin\n")),
        ("chain light, step check", lambda files: files[APPROVAL]["chains"]["light"]["steps"][0].update(by="king")),
        ("chain light, step check", lambda files: files[APPROVAL]["chains"]["light"]["steps"][0].update(quorum=0)),
        ("chain light, step 初审", lambda files: files[APPROVAL]["chains"]["light"]["steps"][0].update(id="初审")),
        (
            "chain full-leader, step first",
            lambda files: files[APPROVAL]["chains"]["full-leader"]["steps"][1].update(id="first"),
        ),
        (FINAL, lambda files: _needs(files).update(countersign_departments=["nowhere"], min_countersigns=1)),
        (FINAL, lambda files: _needs(files).update(countersign_departments=["quality", "quality"], min_countersigns=2)),
        (FINAL, lambda files: _needs(files).update(min_countersigns=5)),
        (FINAL, lambda files: _needs(files).update(min_countersigns=0)),
        (FINAL, lambda files: _needs(files).update(min_countersigns=-1)),
        (FINAL, lambda files: _needs(files).update(countersign_departments=[])),
        ("chain_rules", lambda files: files[APPROVAL]["chain_rules"].update(important_min_distinct_signers="2")),
        ("chain_rules", lambda files: files[APPROVAL]["chain_rules"].update(final_selector={"company": "nowhere"})),
        ("chain_rules", lambda files: files[APPROVAL]["chain_rules"].update(final_selector=["company"])),
        ("type survey-plan", lambda files: _type(files, "survey-plan").update(chain="nowhere")),
        ("type survey-plan", lambda files: _type(files, "survey-plan").update(effect="magic")),
        ("type survey-plan", lambda files: _type(files, "survey-plan").update(effect="delegation", chain="none")),
        ("chain_rules", lambda files: files[APPROVAL]["chain_rules"].update(delegation_max_days=0)),
        (
            "chain_rules, delegation_max_days",
            lambda files: files[APPROVAL]["chain_rules"].update(delegation_max_days="90"),
        ),
        (
            "chain_rules, delegation_max_days",
            lambda files: files[APPROVAL]["chain_rules"].pop("delegation_max_days"),
        ),
        ("type survey-plan", lambda files: _type(files, "survey-plan").update(category="nowhere")),
        ("type survey-plan", lambda files: _type(files, "survey-plan").update(authors=["nobody"])),
        ("type survey-plan", lambda files: _type(files, "survey-plan").pop("retention")),
    ],
)
def test_a_contradiction_is_named(where: str, change: Change) -> None:
    data = data_of()
    change(data["files"])
    error = refused(data)
    assert (error.code, error.args_["where"]) == ("A402", where)


def _needs(files: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = files[APPROVAL]["chains"]["full-meeting"]["steps"][2]["needs"]
    return found


def test_the_built_in_needs_are_those_of_the_regulation() -> None:
    """三(三)3 names four departments; all of them are asked unless the policy says fewer."""
    data = data_of()
    del _needs(data["files"])["min_countersigns"]
    departments = ("technology", "quality", "marketing", "business")
    final = build_policy(data).chains["full-meeting"].steps[2]
    assert final.needs == Needs("cross-dept-final-review", departments, 4)
    assert build_policy(data).chains["full-leader"].steps[2].needs == NO_NEEDS


def _type(files: dict[str, Any], id_: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in files[TYPES]["types"] if item["id"] == id_)
    return found


def test_the_chain_that_important_documents_are_raised_to_must_be_there() -> None:
    data = data_of()
    del data["files"][APPROVAL]["chains"]["full-leader"]
    for path in [path for path in data["files"] if path.startswith("policy/types/")]:
        del data["files"][path]
    assert (refused(data).code, refused(data).args_["problem"]) == ("A402", "chain full-leader")


@pytest.mark.parametrize(
    ("name", "email"),
    [
        ("", "lin@q.example"),  # git refuses an empty name
        (" 林越", "lin@q.example"),
        ("林越,", "lin@q.example"),  # git cuts the comma off
        ("林<越>", "lin@q.example"),
        ("林\n越", "lin@q.example"),
        ("林\u202e越", "lin@q.example"),
        ("林\x9b越", "lin@q.example"),
        ("林越", ""),
        ("林越", "lin"),
        ("林越", "lin @q.example"),
        ("林越", "<lin@q.example>"),
        ("林越", "lin@q.example:"),
        ("林越", "*@q.example"),  # a pattern for all addresses in ssh-keygen's file of allowed signers
        ("林越", "lin@q.example,cheng@q.example"),
        ("林越", 'lin"@q.example'),
        ("林越", "lin@q.example\nx@q.example"),
    ],
)
def test_a_name_or_address_that_git_would_not_write_as_it_is(name: str, email: str) -> None:
    """Otherwise a person's own entries would not show their name, and never verify (A207)."""
    error = refused(data_of(ADMIN, {**LIN, "name": name, "email": email}))
    assert (error.code, error.args_["where"]) == ("A402", "person lin")


@pytest.mark.parametrize("name", ["林越", "Jean-Luc O'Neil 3rd", "Zoë Ünal", 360])
def test_ordinary_names_are_accepted(name: Any) -> None:
    policy = build_policy(data_of(ADMIN, {**LIN, "name": name}))
    validate_policy(policy)
    assert policy.people["lin"].name == str(name)


@pytest.mark.parametrize("email", ["cheng@q.example", "CHENG@Q.EXAMPLE"])
def test_two_people_cannot_have_one_address(email: str) -> None:
    error = refused(data_of(ADMIN, {**LIN, "email": email}))
    assert (error.code, error.args_["where"]) == ("A402", "person lin")


def test_two_people_cannot_have_one_key_whatever_its_comment() -> None:
    error = refused(data_of(ADMIN, {**LIN, "keys": [f"{public_key('cheng')} mine"]}))
    assert error.code == "A403"
    assert (error.args_["first"], error.args_["second"]) == ("cheng", "lin")


@pytest.mark.parametrize(
    "admin",
    [
        {**ADMIN, "active": False},
        {**ADMIN, "keys": []},
        {**ADMIN, "roles": ["company-leader"]},
        {**ADMIN, "revoked": [{"key": parse_public_key(public_key("cheng")).fingerprint(), "from": 5}]},
    ],
)
def test_a_policy_that_nobody_could_change_is_refused(admin: dict[str, Any]) -> None:
    assert refused(data_of(admin, LIN)).code == "A404"


@pytest.mark.parametrize("quorum", [0, -1, 2])
def test_a_quorum_that_cannot_be_reached_or_is_none(quorum: int) -> None:
    data = data_of()
    data["files"][APPROVAL]["administrators"] = {"quorum": quorum}
    assert refused(data).code == "A404"


@pytest.mark.parametrize(("code", "change"), [("QD", {"title_zh": "调研"}), ("FJ", None)])
def test_the_stages_of_the_regulation_stay(code: str, change: dict[str, Any] | None) -> None:
    data = data_of()
    if change is None:
        del data["files"][REPOSITORY]["stages"][code]
    else:
        data["files"][REPOSITORY]["stages"][code].update(change)
    error = refused(data)
    assert (error.code, error.args_["stage"]) == ("A405", code)


# -- whose key it is


def policy_with(**lin: Any) -> Policy:
    return policy_of([ADMIN, {**LIN, **lin}])


KEY = parse_public_key(public_key("lin"))


@pytest.mark.parametrize(
    "keys", [[public_key("lin")], [f"{public_key('lin')} lin@laptop 2023"], [public_key("old"), public_key("lin")]]
)
def test_a_key_belongs_to_who_lists_it(keys: list[str]) -> None:
    owner = owner_of(policy_with(keys=keys), KEY, 1)
    assert owner is not None
    assert owner.id == "lin"


def test_a_key_of_nobody_or_of_one_who_left() -> None:
    assert owner_of(policy_with(keys=[public_key("other")]), KEY, 1) is None
    assert owner_of(policy_with(active=False), KEY, 1) is None
    assert not can_sign(policy_with(active=False).people["lin"])


def test_a_revoked_key_is_good_before_its_position_only() -> None:
    policy = policy_with(revoked=[{"key": KEY.fingerprint(), "from": 7}])
    assert [owner_of(policy, KEY, sequence) is not None for sequence in (6, 7, 8)] == [True, False, False]
    assert not can_sign(policy.people["lin"])
    second = policy_with(keys=[public_key("lin"), public_key("new")], revoked=[{"key": KEY.fingerprint(), "from": 7}])
    assert can_sign(second.people["lin"])
    assert owner_of(second, parse_public_key(public_key("new")), 8) is not None
