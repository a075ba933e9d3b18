"""Everything that one PDF shows, as plain values: who fills them in has already read the repository."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Profile = Literal["controlled", "external", "draft", "obsolete"]
Language = Literal["zh-Hans", "zh-Hant", "en"]


@dataclass(frozen=True, slots=True)
class Revision:
    """One row of the revision table 修订记录, 四(四)3: version, day, what changed, by whom, approved by whom."""

    version: str
    date: str
    note: str
    author: str
    approver: str


@dataclass(frozen=True, slots=True)
class Approval:
    """One row of the approval table 审批记录, 四(三)1: a signed decision as the ledger holds it.

    `time` is ISO 8601 with offset, `entry` the hexadecimal id of the ledger's commit.
    """

    step: str
    person: str
    duty: str
    decision: str
    comment: str
    time: str
    entry: str


@dataclass(frozen=True, slots=True)
class Countersign:
    """One row of the countersign table 会签表, 三(三)3: a department, who signed for it, what it thinks, which day.

    `time` is ISO 8601 with offset, `entry` the hexadecimal id of the ledger's commit.
    """

    department: str
    person: str
    opinion: str
    comment: str
    time: str
    entry: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole input of one PDF. Persons, types, steps and levels are given in the document's language.

    Empty strings and tuples print as nothing. `body` is Markdown without front matter; `source_sha256` is the
    digest of the source file's bytes, `published_at` (ISO 8601 with offset) the time of the ledger's entry that
    published it, or of the commit that a draft stands in: no other clock reaches the PDF. `secrecy_until` is a
    date or a word for good. `urgent`: given out before its approval, and marked so on every page; `minutes`
    (NUMBER@VERSION): those that the last approval rests on; `kept`: obsolete, and kept all the same; `archived_on`: a
    day, "" while it is not archived; `copy_no`: of a copy that is given out under control.
    """

    number: str
    title: str
    type_title: str
    version: str
    organisation: str
    project_title: str
    sensitivity_label: str
    retention_label: str
    secrecy_until: str
    author: str
    reviewers: tuple[str, ...]
    approver: str
    effective_date: str
    distribution: tuple[str, ...]
    lang: Language
    revisions: tuple[Revision, ...]
    approvals: tuple[Approval, ...]
    body: str
    source_sha256: str
    ledger_entry: str
    ledger_id: str
    published_at: str
    keywords: tuple[str, ...]
    summary: str
    profile: Profile
    urgent: bool = False
    countersigns: tuple[Countersign, ...] = ()
    minutes: str = ""
    kept: bool = False
    archived_on: str = ""
    copy_no: str = ""
