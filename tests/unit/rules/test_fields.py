"""Which fields a document, and a project's record, must and may have."""

from __future__ import annotations

import pytest

from tests.unit.rules.samples import PROJECT, Shelf, codes, findings, post

RECORD = f"{PROJECT}/project.md"


@pytest.mark.parametrize("field", ["title", "type", "author", "created", "kind"])
def test_a_missing_field_is_asked_for_at_the_end_of_the_front_matter(field: str) -> None:
    (found,) = findings(post(drop=field))
    assert (found.code, found.line, found.args["field"]) == ("F109", 7, field)


@pytest.mark.parametrize("field", ["title", "type", "author", "created"])
@pytest.mark.parametrize("value", ["", "''", "[]"])
def test_what_is_written_when_a_file_is_made_is_missing_when_empty(field: str, value: str) -> None:
    """A draft may leave its own fields open, not these."""
    (found,) = findings(post(**{field: value}))
    assert (found.code, found.args["field"]) == ("F109", field)


def test_a_field_of_the_type_may_wait() -> None:
    assert codes(post(kind="")) == ["F110"]


@pytest.mark.parametrize("value", ["[team-post]", "{a: b}"])
def test_a_type_that_is_no_text_is_of_the_wrong_form(value: str) -> None:
    assert codes(post(type=value)) == ["F111"]


@pytest.mark.parametrize("field", ["version", "status", "category", "stage", "department", "approvals", "team"])
def test_what_is_derived_is_not_written(field: str) -> None:
    assert codes(post(**{field: "x"})) == ["F120"]


def test_a_misspelt_field_is_corrected_and_any_other_answered_with_all() -> None:
    (near,) = findings(post(sumary="x"))
    assert (near.code, near.args["known"]) == ("F108", "summary")
    (far,) = findings(post(说明="x"))
    assert str(far.args["known"]).startswith("number, title, type")


def test_a_hostile_name_of_a_field_is_shown_short() -> None:
    (found,) = findings(post(**{f'"{"x" * 900}"': "1"}))
    assert found.code == "F108"
    assert len(str(found.args["field"])) < 90


def test_a_project_is_given_where_the_type_has_one_and_only_there() -> None:
    record = Shelf(files={RECORD: b""})
    assert codes(post(project="XM2023001"), register=record) == ["P103"]
    assert "F117" in codes(post(type="training-record", number="ZH202304001", project="XM2023001"), register=record)
    assert "F116" in codes(post(type="survey-plan", number="QD202304001"), register=record)


@pytest.mark.parametrize(("author", "expected"), [("lin", []), ("song", ["F119"]), ("nobody", ["F114"])])
def test_a_type_is_written_by_its_roles(author: str, expected: list[str]) -> None:
    text = post(
        "".join(f"\n## {heading}\n\n文字。\n" for heading in ("概述", "架构")), drop="kind",
        type="solution-framework", author=author,
    )  # fmt: skip
    assert [code for code in codes(text) if code in ("F114", "F119")] == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"sensitivity": "internal"}, []),
        ({"sensitivity": "confidential"}, ["F121"]),
        ({"sensitivity": "secret", "secrecy_until": "long-term"}, []),
        ({"sensitivity": "secret", "secrecy_until": ""}, ["F121"]),
        ({"sensitivity": "top"}, ["F114"]),
        ({"important": "false"}, []),
        ({"important": "true"}, []),
    ],
)
def test_a_secret_has_a_term(fields: dict[str, str], expected: list[str]) -> None:
    assert codes(post(**fields)) == expected


# -- the project's record

GOOD = {"id": "XM2023001", "name": "滨江", "customer": "滨江建投", "priority": "normal", "manager": "shen",
        "opened_on": "2023-04-18"}  # fmt: skip
SHELF = Shelf(files={RECORD: b""})


def record(drop: str = "", body: str = "\n# 滨江\n", **fields: str) -> str:
    lines = {**GOOD, **fields}
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in lines.items() if key != drop) + f"---\n{body}"


def test_a_record_in_order_is_fine() -> None:
    assert codes(record(), RECORD, SHELF) == []
    assert codes(record(name='"滨江"', priority="一般跟进", partners="[甲]", est_amount="1.50"), RECORD, SHELF) == []


@pytest.mark.parametrize("field", GOOD)
def test_a_record_has_its_fields(field: str) -> None:
    (found,) = findings(record(drop=field), RECORD, SHELF)
    assert (found.code, found.line, found.args["field"]) == ("F109", 7, field)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"id": "XM1"}, "P111"),
        ({"id": "xm2023001"}, "P111"),
        ({"id": "XM2023002"}, "P113"),
        ({"name": "滨江新城"}, "P113"),
        ({"name": ""}, "F109"),
        ({"customer": ""}, "F110"),
        ({"priority": "urgent"}, "F112"),
        ({"manager": "nobody"}, "F114"),
        ({"opened_on": "2023-4-1"}, "F111"),
        ({"state": "survey"}, "F120"),
        ({"team": "[]"}, "F120"),
        ({"budget": "1"}, "F108"),
        ({"number": "QD202304001"}, "F108"),
    ],
)
def test_a_record_is_held_against_the_table_of_the_policy(fields: dict[str, str], code: str) -> None:
    assert codes(record(**fields), RECORD, SHELF) == [code]


def test_two_folders_do_not_share_an_id() -> None:
    other = "projects/XM2023001-甲/project.md"
    both = Shelf(files={RECORD: b"", other: b""})
    found = [findings(record(name="甲"), other, both), findings(record(), RECORD, both)]
    assert [[item.code for item in items] for items in found] in ([["P112"], []], [[], ["P112"]])


def test_the_body_of_a_record_is_judged_as_any_text() -> None:
    body = "\n# 滨江\n\n[甲](nowhere.md) [乙](javascript:x) 金\u200b额\n"
    assert codes(record(body=body), RECORD, SHELF) == ["S108", "L101", "S109"]
    assert codes("没有文首", RECORD, SHELF) == ["F105"]
