"""Every row of the requirements has a test here, or says why not."""

from __future__ import annotations

from scripts.requirements_page import rows, shown


def test_every_row_is_shown_or_left_out_with_a_reason() -> None:
    tested = {item.row for item in shown()}
    assert tested <= set(rows())
    assert {row for row, about in rows().items() if not about.get("left_out")} - tested == set()
    assert {row for row, about in rows().items() if about.get("left_out")} & tested == set()


def test_tests_are_named_by_their_row() -> None:
    assert [item.test for item in shown() if f"test_{item.row.lower()}_" not in item.test] == []
