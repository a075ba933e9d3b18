"""Tables as CSV: any reader gets the cells back, and no spreadsheet runs one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.cli.csvfile import csv_text, harmless, write_csv
from presales_repo.errors import PrsError


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "@SUM(A1)", "-2+3", "\t=1", " =1", "=cmd|' /C calc'!A0", "＝1", "--", "\r=1", "\u3000=1"]
)
def test_what_a_spreadsheet_would_run_is_shown_as_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "-", "1.0", "-12.50", "QD202305001", '访客, "预约"', "a=b", "10年"])
def test_other_cells_stay_as_they_are(cell: str) -> None:
    assert harmless(cell) == cell


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=4))
def test_a_reader_gets_the_cells_back(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(["a", "b"], rows), newline="")))
    assert read == [["a", "b"], *([harmless(cell) for cell in row] for row in rows)]
    assert not any(cell.lstrip().startswith(("=", "+", "@")) for row in read for cell in row)


def test_a_file_has_a_byte_order_mark_and_its_refusal_names_it(tmp_path: Path) -> None:
    write_csv(str(tmp_path / "a.csv"), ["编号"], [["QD202305001"]])
    assert (tmp_path / "a.csv").read_bytes() == "\ufeff编号\r\nQD202305001\r\n".encode()
    with pytest.raises(PrsError) as refused:
        write_csv(str(tmp_path / "no" / "a.csv"), ["编号"], [])
    assert refused.value.code == "E109"
