"""Rows that the demo company shows: what its people collected, and how its reports were released."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.company import Desk, Result

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

NOW = "2023-07-18T10:00:00+08:00"
EDUCATION = "XM2023005"


def number_of(desk: Desk, type_id: str, project: str) -> str:
    (found,) = desk.ok("", "list", "--type", type_id, "-p", project, "--json", now=NOW).json
    return str(found["number"])


def as_person(desk: Desk, person: str, *args: str | Path) -> Result:
    """Run prs with the throw-away key of one of the demo's people."""
    return desk.ok("", "--key", desk.root / "keys" / person, *args, now=NOW)


def test_r028_the_commercial_sheet_holds_budget_process_and_competitors(demo: Desk) -> None:
    """R028 | prs new, prs show, prs check | The commercial sheet holds budget, purchase process and competitors."""
    number = number_of(demo, "business-info-sheet", "XM2023001")
    shown: dict[str, Any] = demo.ok("", "show", number, "--json", now=NOW).json
    assert shown["status"] == "published"
    text = demo.path_of(number).read_text(encoding="utf-8")
    for part in ("budget: 8600000.00", "鹿鸣智联", "远岫软件", "## 采购流程", "## 价格体系依据"):
        assert part in text
    assert demo.ok("", "check", demo.path_of(number), "--json", now=NOW).json == []


def test_r045_a_survey_report_is_released_by_its_third_signature(demo: Desk, tmp_path: Path) -> None:
    """R045 | prs submit, prs approve | A survey report is released only after three signatures."""
    desk = demo.copy(tmp_path)
    number = number_of(desk, "requirement-survey-report", EDUCATION)
    desk.edit(number, "本次补充：迁移批次以教体局书面通知为准。")
    as_person(desk, "lin.yue", "save", number, "-m", "补充迁移批次")
    as_person(desk, "lin.yue", "submit", number, "-m", "补充迁移批次")
    for person in ("gao.jingzhi", "shen.yanzhou"):
        as_person(desk, person, "approve", number, "-m", "同意")
        assert desk.ok("", "show", number, "--json", now=NOW).json["version"] == "1.0"
        desk.refuse("W107", "", "show", f"{number}@1.1", now=NOW)
    as_person(desk, "cheng.boyuan", "approve", number, "-m", "同意")
    assert desk.ok("", "show", number, "--json", now=NOW).json["version"] == "1.1"
    approvals = [row["person"] for row in desk.ok("", "history", number, "--json", now=NOW).json if row["step"]]
    assert approvals == ["gao.jingzhi", "shen.yanzhou", "cheng.boyuan"] * 2
