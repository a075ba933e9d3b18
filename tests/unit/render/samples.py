"""A sheet as an export fills it in, for the tests of this folder and the golden files."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

from presales_repo.render.sheet import Approval, Countersign, Revision, Sheet

BODY = """# 滨江智慧园区需求调研报告

## 一、概述

调研计划见[调研计划](../1-项目信息/QD202305001-调研计划.md)，
访谈记录见 QD202305002。

### （一）调研范围

1. **园区管理部**：访客、停车、物业报修；
2. 信息中心：接口以 `REST/JSON` 为主。

> 客户强调：一期的数据模型须为二期预留。

## 二、需求清单

| 编号 | 需求 | 优先级 |
|---|---|--:|
| REQ-01 | 访客预约与闸机联动 | 1 |
| REQ-02 | ~~停车数据~~停车数据实时上云 | 2 |

## 三、结论

    POST /api/v1/visitors?park=<id>

分三步实施，见 <https://www.example.com/a?b=1&c=2>。
"""

_SHEET = Sheet(
    number="QD202305003",
    title="滨江智慧园区需求调研报告",
    type_title="需求调研报告",
    version="1.0",
    organisation="江南云图信息技术有限公司",
    project_title="滨江智慧园区一期",
    sensitivity_label="内部资料",
    retention_label="10年",
    secrecy_until="2030-12-31",
    author="林悦",
    reviewers=("周启明", "韩雪"),
    approver="陈国栋",
    effective_date="2023-05-25",
    distribution=("售前部", "赵敏"),
    lang="zh-Hans",
    revisions=(Revision("1.0", "2023-05-25", "首次发布", "林悦", "陈国栋"),),
    approvals=(
        Approval("部门初审", "周启明", "部门负责人", "同意", "内容完整。", "2023-05-19T09:30:00+08:00", "1f" * 20),
        Approval("售前经理审核", "韩雪", "售前经理", "同意", "", "2023-05-22T16:45:10+08:00", "2f" * 20),
        Approval("终审", "陈国栋", "公司领导", "同意", "同意发布。", "2023-05-25T10:12:00+08:00", "3f" * 20),
    ),
    body=BODY,
    source_sha256="ab" * 32,
    ledger_entry="3f" * 20,
    ledger_id="cd" * 32,
    published_at="2023-05-25T10:12:00+08:00",
    keywords=("智慧园区", "需求"),
    summary="本报告汇总一期的业务现状与需求。",
    profile="controlled",
    countersigns=(
        Countersign("技术部门", "韩策", "同意", "", "2023-05-20T09:30:00+08:00", "4f" * 20),
        Countersign("商务部门", "邵一鸣", "不同意", "成本口径待核。", "2023-05-21T10:30:00+08:00", "5f" * 20),
    ),
    minutes="GT202305009@1.0",
)


def sheet(**changes: Any) -> Sheet:
    """The sample with some fields changed."""
    return replace(_SHEET, **changes)


def pdf_text(path: Path) -> list[str]:
    """The text of each page, as a reader's program extracts it."""
    output = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True).stdout
    return output.decode().split("\f")[:-1]
