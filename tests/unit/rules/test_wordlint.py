"""Words: praise in texts for customers, passwords, what a section has to speak of."""

from __future__ import annotations

import pytest

from presales_repo.findings import Finding
from tests.unit.rules.samples import FOLDER, PROJECT, findings

PAPER = "common/3-解决方案文档/FJ202304001-白皮书.md"
HEAD = "---\nnumber: FJ202304001\ntitle: 白皮书\ntype: technical-white-paper\nauthor: xu\ncreated: 2023-04-18\nproduct: 中台\nproduct_version: V1\n---\n"
MANUAL = "---\nnumber: YS202304001\ntitle: 手册\ntype: demo-system-manual\nauthor: xu\ncreated: 2023-04-18\nsystem: 中台\nsystem_version: V1\n---\n"
PLAN = "---\nnumber: QD202304001\ntitle: 计划\ntype: survey-plan\nproject: XM2023001\nauthor: lin\ncreated: 2023-04-18\n---\n"


def words_in(body: str) -> list[tuple[int, int, object]]:
    found = findings(HEAD + body, PAPER)
    return [(item.line - 9, item.column, item.args["word"]) for item in found if item.code == "H120"]


@pytest.mark.parametrize(
    ("body", "found"),
    {
        "我们的方案最佳。": [(1, 6, "最佳")],
        "文字。\n效果絕對可靠，１００％成功。": [(2, 3, "绝对"), (2, 8, "100%")],
        "| 第一 | 唯一 |": [(1, 3, "第一"), (1, 8, "唯一")],
        "第一章 最佳实践：唯一标识、绝对值。": [],
        "这不是唯一的办法，并非最好。": [],
        "代码 `唯一`。": [],
        "```\n唯一\n```\n顶级": [(4, 1, "顶级")],
        "> 客户说：这是最好的。": [],
        "第一步做完，第一。": [(1, 7, "第一")],
    }.items(),
)
def test_praise_that_cannot_be_proven(body: str, found: list[tuple[int, int, str]]) -> None:
    assert words_in(body) == found


def test_what_stays_inside_may_be_praised() -> None:
    text = "---\nnumber: GT202304001\ntitle: 进展\ntype: team-post\nauthor: lin\ncreated: 2023-04-18\nkind: progress\n---\n## 内容\n\n绝对最佳。\n"
    assert findings(text, f"{FOLDER}/GT202304001-进展.md") == []


def passwords(below: str) -> list[int]:
    body = (
        f"## 环境要求\n\n密码：abc123\n\n## 演示賬號\n\n{below}\n\n## 操作步骤\n\n密码：abc123\n\n## 常见问题\n\n无\n"
    )
    found = findings(MANUAL + body, "common/4-演示文档/YS202304001-手册.md")
    return [item.line - 15 for item in found if item.code == "H121"]


@pytest.mark.parametrize(
    ("below", "lines"),
    {
        "账号 demo，密码：Abc@12345": [1],
        "密碼: abc123": [1],
        "Password = s3cret!": [1],
        "口令为 `qwer1234`": [1],
        "密码：向韩策领取": [],
        "密码：******": [],
        "口令见保险柜 A3": [],
        "| 账号 | 密码 |\n| --- | --- |\n| demo | abc123 |\n| test | 向韩策领取 |\n| ops | pass-9 |": [3, 5],
        "| 账号 | 角色 |\n| --- | --- |\n| demo | admin1 |": [],
        "### 管理员\n\n密码 admin123": [3],
    }.items(),
)
def test_passwords_below_their_heading_only(below: str, lines: list[int]) -> None:
    assert passwords(below) == lines


def terms(below: str) -> list[Finding]:
    body = f"## 调研目标\n\n文字\n\n## 調研內容\n\n{below}\n\n## 调研方法\n\n客户业务流程\n"
    found = findings(PLAN + body, f"{PROJECT}/2-需求调研文档/QD202304001-计划.md")
    return [item for item in found if item.code == "H122"]


def test_each_missing_term_is_named_at_the_heading() -> None:
    found = terms("客戶業務流程、現有系統狀況；期望目標。")
    assert [(item.line, item.args["heading"], item.args["term"]) for item in found] == [(13, "调研内容", "业务痛点")]
    assert len(terms("别的。")) == 4
    assert terms("### 客户业务流程\n\n现有系统状况\n\n### 业务痛点\n\n期望目标") == []
    assert terms("〔写在这里〕") == [], "a hint is reported as one"
