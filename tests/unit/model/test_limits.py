"""Bodies that would take minutes to lay out are found by their lines alone."""

from __future__ import annotations

import pytest

from presales_repo.model.limits import MAX_CELLS, MAX_COLUMNS, MAX_LINKS, over_limits


def table(columns: int, rows: int, prefix: str = "", end: str = "\n") -> str:
    lines = ["|" + "a|" * columns, "|" + "-|" * columns, *["|" + "b|" * columns] * rows]
    return "".join(prefix + line + end for line in lines)


@pytest.mark.parametrize("prefix", ["", "> ", "  "])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_too_many_columns(prefix: str, end: str) -> None:
    body = f"段落{end}{end}" + table(MAX_COLUMNS + 1, 2, prefix, end)
    (finding,) = over_limits(body)
    assert (finding.code, finding.line) == ("S121", 3)
    assert finding.args == {"columns": MAX_COLUMNS + 1, "limit": MAX_COLUMNS}
    assert over_limits(table(MAX_COLUMNS, 2, prefix, end)) == []


def test_cells_of_all_tables_count_together() -> None:
    half = table(10, MAX_CELLS // 20 - 2)
    assert over_limits(half + "\n" + half) == []
    (finding,) = over_limits(f"{half}\n{half}\n{half}\n{half}")
    assert (finding.code, finding.line) == ("S122", 2 * (half.count("\n") + 1) + 1)


def test_rows_without_bars_count() -> None:
    assert [finding.code for finding in over_limits("a|\n:-\n" + "x\n" * MAX_CELLS)] == ["S122"]


@pytest.mark.parametrize("link", ["[a](b) ", "[a] ", "![a](b) ", "<http://a.b> ", "[a]: b\n"])
def test_too_many_links(link: str) -> None:
    assert over_limits(link * MAX_LINKS) == []
    (finding,) = over_limits(link * (MAX_LINKS + 1))
    assert (finding.code, finding.args["links"]) == ("S123", MAX_LINKS + 1)


def test_rules_and_lists_are_no_tables() -> None:
    assert over_limits("---\n" * 30_000 + "- a\n" * 30_000 + "a | b\n" * 30_000) == []
