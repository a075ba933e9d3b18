"""The master list of documents, 文件总清单 (R169)."""

from __future__ import annotations

from presales_repo.model.policy import Policy
from presales_repo.ops.register import Filter, Listed, filter_rows
from presales_repo.ops.session import Session, open_work, working_snapshot

HEADS = ("编号", "名称", "版本", "密级", "编制人", "状态", "保管期限")
_STATUSES = {
    "draft": "起草",
    "in-review": "审批中",
    "changes-requested": "退回",
    "published": "已发布",
    "revising": "修订中",
    "void": "失效",
    "obsolete": "作废",
    "archived": "已归档",
    "disposed": "已销毁",
}


def master_list(session: Session, asked: Filter) -> list[tuple[str, ...]]:
    """A row for each document, by number, in the words of the regulation."""
    with open_work(session) as work:
        rows = {row.path: row for row in working_snapshot(work).rows()}
        return [_row(item, rows[item.path].fields, work.policy) for item in filter_rows(work, rows.values(), asked)]


def _row(item: Listed, fields: dict[str, object], policy: Policy) -> tuple[str, ...]:
    doctype = policy.types.get(item.type)
    sensitivity = str(fields.get("sensitivity") or (doctype.sensitivity if doctype else ""))
    retention = str(fields.get("retention") or (doctype.retention if doctype else ""))
    author = policy.people.get(item.author)
    return (
        item.number,
        item.title,
        item.version or "",
        policy.sensitivities[sensitivity].title_zh if sensitivity in policy.sensitivities else sensitivity,
        author.name if author else item.author,
        _STATUSES.get(item.status, item.status),
        policy.retentions[retention].title_zh if retention in policy.retentions else retention,
    )
