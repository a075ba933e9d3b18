"""The fixed words of the PDF, in the document's language: who reads the PDF does not share the author's locale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from presales_repo.render.sheet import Language, Profile


@dataclass(frozen=True, slots=True)
class Labels:
    """One language's words. `page` frames the two counters: before, between, after; `urgent`: watermark and status
    of a text that is given out before its approval."""

    number: str
    version: str
    sensitivity: str
    secrecy: str
    retention: str
    author: str
    reviewer: str
    approver: str
    effective: str
    status: str
    published: str
    approvals: str
    countersigns: str
    minutes: str
    revisions: str
    distribution: str
    evidence: str
    contents: str
    summary: str
    keywords: str
    page: tuple[str, str, str]
    statuses: Mapping[Profile, str]
    watermarks: Mapping[Profile, str]
    kept: str
    archived: str
    copy_no: str
    urgent: tuple[str, str]
    approval_columns: tuple[str, ...]
    countersign_columns: tuple[str, ...]
    revision_columns: tuple[str, ...]
    digest: str
    entry: str
    ledger: str
    scan: str
    comma: str


_HANS = Labels(
    number="编号",
    version="版本",
    sensitivity="密级",
    secrecy="保密期限",
    retention="保管期限",
    author="编制",
    reviewer="审核",
    approver="批准",
    effective="生效日期",
    status="受控状态",
    published="发布时间",
    approvals="审批记录",
    countersigns="会签表",
    minutes="会议纪要",
    revisions="修订记录",
    distribution="发放范围",
    evidence="存证信息",
    contents="目录",
    summary="摘要",
    keywords="关键词",
    page=("第 ", " 页　共 ", " 页"),
    statuses={"controlled": "受控", "external": "对外发布", "draft": "草稿，未审批", "obsolete": "作废"},
    watermarks={"draft": "未审批草稿", "obsolete": "作废"},
    kept="作废保留",
    archived="已归档",
    copy_no="副本号",
    urgent=("紧急发布-待补审", "紧急发布，待补审"),
    approval_columns=("步骤", "姓名", "职务", "结论", "意见", "时间", "提交号"),
    countersign_columns=("部门", "姓名", "意见", "说明", "日期", "提交号"),
    revision_columns=("版本", "日期", "修改内容", "修改人", "批准人"),
    digest="源文件 SHA-256",
    entry="账本条目",
    ledger="账本标识",
    scan="二维码含编号、版本与源文件摘要",
    comma="、",
)

_HANT = Labels(
    number="編號",
    version="版本",
    sensitivity="密級",
    secrecy="保密期限",
    retention="保管期限",
    author="編制",
    reviewer="審核",
    approver="批准",
    effective="生效日期",
    status="受控狀態",
    published="發布時間",
    approvals="審批記錄",
    countersigns="會簽表",
    minutes="會議紀要",
    revisions="修訂記錄",
    distribution="發放範圍",
    evidence="存證信息",
    contents="目錄",
    summary="摘要",
    keywords="關鍵詞",
    page=("第 ", " 頁　共 ", " 頁"),
    statuses={"controlled": "受控", "external": "對外發布", "draft": "草稿，未審批", "obsolete": "作廢"},
    watermarks={"draft": "未審批草稿", "obsolete": "作廢"},
    kept="作廢保留",
    archived="已歸檔",
    copy_no="副本號",
    urgent=("緊急發布-待補審", "緊急發布，待補審"),
    approval_columns=("步驟", "姓名", "職務", "結論", "意見", "時間", "提交號"),
    countersign_columns=("部門", "姓名", "意見", "說明", "日期", "提交號"),
    revision_columns=("版本", "日期", "修改內容", "修改人", "批准人"),
    digest="源文件 SHA-256",
    entry="賬本條目",
    ledger="賬本標識",
    scan="二維碼含編號、版本與源文件摘要",
    comma="、",
)

_EN = Labels(
    number="Number",
    version="Version",
    sensitivity="Sensitivity",
    secrecy="Secret until",
    retention="Retention",
    author="Prepared by",
    reviewer="Reviewed by",
    approver="Approved by",
    effective="Effective from",
    status="Control status",
    published="Published",
    approvals="Approvals",
    countersigns="Countersignatures",
    minutes="Minutes",
    revisions="Revision history",
    distribution="Distribution",
    evidence="Evidence",
    contents="Contents",
    summary="Summary",
    keywords="Keywords",
    page=("Page ", " of ", ""),
    statuses={
        "controlled": "Controlled",
        "external": "For release",
        "draft": "Draft, unapproved",
        "obsolete": "Obsolete",
    },
    watermarks={"draft": "UNAPPROVED DRAFT", "obsolete": "OBSOLETE"},
    kept="OBSOLETE, KEPT",
    archived="Archived",
    copy_no="Copy",
    urgent=("EMERGENCY RELEASE, APPROVAL PENDING", "Emergency release, approval pending"),
    approval_columns=("Step", "Person", "Duty", "Decision", "Comment", "Time", "Commit"),
    countersign_columns=("Department", "Person", "Opinion", "Comment", "Date", "Commit"),
    revision_columns=("Version", "Date", "Change", "Changed by", "Approved by"),
    digest="Source SHA-256",
    entry="Ledger entry",
    ledger="Ledger identity",
    scan="The code holds number, version and digest of the source",
    comma=", ",
)

_BY_LANGUAGE: dict[Language, Labels] = {"zh-Hans": _HANS, "zh-Hant": _HANT, "en": _EN}


def labels(lang: Language) -> Labels:
    """The words for a document in `lang`."""
    return _BY_LANGUAGE[lang]
