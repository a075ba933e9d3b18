"""What each profile shows and hides, and that no field can break out of its place."""

from __future__ import annotations

import re
from dataclasses import fields
from html import unescape
from typing import Any, get_args

import pytest

from presales_repo.render.html import qr_text, render_html
from presales_repo.render.labels import labels
from presales_repo.render.sheet import Approval, Countersign, Language, Profile, Revision
from tests.unit.render.samples import sheet

HOSTILE = "</title></style><script>alert(1)</script><img src='file:///etc/passwd' onerror=\"x\">&amp;"


def words_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", " ", html))


def hostile_sheet() -> Any:
    """Every field of free text hostile, those of fixed form as they are."""
    sample = sheet()
    fixed = {"lang", "profile", "published_at", "body"}
    changes: dict[str, Any] = {
        field.name: HOSTILE if isinstance(getattr(sample, field.name), str) else (HOSTILE,)
        for field in fields(sample)
        if field.name not in fixed
    }
    changes["revisions"] = (Revision(*[HOSTILE] * 5),)
    changes["approvals"] = (Approval(*[HOSTILE] * 7),)
    changes["countersigns"] = (Countersign(*[HOSTILE] * 6),)
    return sheet(**changes, body=HOSTILE + "\n\n## " + HOSTILE + "\n\n`" + HOSTILE + "`\n")


def test_hostile_fields_stay_text() -> None:
    html = render_html(hostile_sheet())
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("</title>") == 1
    assert set(re.findall(r"<([a-z0-9]+)", html)) == set(re.findall(r"<([a-z0-9]+)", render_html(sheet()))) - {
        *("a", "nav", "ul", "ol", "li", "strong", "s", "blockquote", "pre", "h3")
    }


def test_external_copy_keeps_internal_things_back() -> None:
    shown = render_html(sheet(profile="external", approvals=sheet().approvals, revisions=sheet().revisions))
    for inside in (
        "内部资料",
        "10年",
        "2030-12-31",
        "1f1f1f",
        "3f3f3f",
        "内容完整",
        "首次发布",
        "售前部",
        "本报告汇总",
        "成本口径待核",
        "GT202305009",
    ):
        assert inside not in shown
    words = labels("zh-Hans")
    internal = (words.sensitivity, words.secrecy, words.retention, words.status)
    for label in (*internal, words.approvals, words.countersigns, words.minutes, words.revisions):
        assert label not in words_of(shown)
    for public in ("QD202305003", "1.0", "林悦", "周启明、韩雪", "陈国栋", "2023-05-25"):
        assert public in shown


def test_departments_and_the_meeting_that_decided_have_a_table_of_their_own() -> None:
    for profile in ("controlled", "obsolete"):
        html = words_of(render_html(sheet(profile=profile)))
        for shown in ("会签表", "商务部门", "邵一鸣", "不同意", "成本口径待核。", "2023-05-21", "GT202305009@1.0"):
            assert shown in html
    assert "会签表" not in words_of(render_html(sheet(countersigns=(), minutes="")))
    assert "会签表" not in words_of(render_html(sheet(profile="draft")))


def test_controlled_copy_shows_the_history_and_its_evidence() -> None:
    html = words_of(render_html(sheet()))
    for shown in ("受控", "部门负责人", "2023-05-22 16:45 +08:00", "2f2f2f2f2f2f", "首次发布", "售前部、赵敏"):
        assert shown in html
    assert all(value in html for value in (sheet().source_sha256, sheet().ledger_entry, sheet().ledger_id))


@pytest.mark.parametrize(("profile", "mark"), [("draft", "未审批草稿"), ("obsolete", "作废")])
def test_watermark(profile: Profile, mark: str) -> None:
    assert f'<div class="watermark">{mark}</div>' in render_html(sheet(profile=profile))


@pytest.mark.parametrize("profile", ["controlled", "external"])
@pytest.mark.parametrize(
    ("lang", "mark"),
    [
        ("zh-Hans", "紧急发布-待补审"),
        ("zh-Hant", "緊急發布-待補審"),
        ("en", "EMERGENCY RELEASE, APPROVAL PENDING"),
    ],
)
def test_a_text_given_out_before_its_approval_is_marked_for_everybody(
    profile: Profile, lang: Language, mark: str
) -> None:
    html = render_html(sheet(profile=profile, lang=lang, urgent=True))
    words = labels(lang)
    assert f'<div class="watermark">{mark}</div>' in html
    assert f"<td>{words.statuses[profile]}</td>" not in html
    assert (f"<td>{words.urgent[1]}</td>" in html) == (profile == "controlled")


def test_draft_shows_no_approvals() -> None:
    html = render_html(sheet(profile="draft", reviewers=(), approver="", effective_date=""))
    assert 'class="approvals"' not in html
    assert "<th>批准</th><td>—</td>" in html
    assert "2023-05-25 10:12" not in html  # the draft's commit is no publication


def test_empty_tables_leave_no_headings() -> None:
    html = render_html(sheet(revisions=(), approvals=(), distribution=(), summary="", keywords=()))
    words = labels("zh-Hans")
    assert not any(f"<h2>{title}</h2>" in html for title in (words.revisions, words.approvals, words.distribution))


def test_contents_show_fewer_levels_of_a_long_document() -> None:
    chapters = "".join(f"## {number}\n\n" + "### 节\n\n" * 30 for number in range(10))
    assert render_html(sheet(body=chapters)).count('<li class="level') == 10
    assert '<nav class="contents">' not in render_html(sheet(body="## 一\n\n## 二\n"))
    assert '<nav class="contents">' not in render_html(sheet(body="## 节\n\n" * 1000))


def test_words_follow_the_document() -> None:
    assert "審批記錄" in render_html(sheet(lang="zh-Hant"))
    assert "Revision history" in render_html(sheet(lang="en"))


@pytest.mark.parametrize("lang", get_args(Language))
def test_labels_are_complete(lang: Language) -> None:
    words, model = labels(lang), labels("zh-Hans")
    assert all(getattr(words, field.name) for field in fields(words))
    assert len(words.approval_columns) == len(fields(Approval))
    assert len(words.revision_columns) == len(fields(Revision))
    assert set(words.statuses) == set(get_args(Profile))
    assert set(words.watermarks) == set(model.watermarks)


def test_qr_code_names_number_version_and_digest() -> None:
    assert qr_text(sheet()) == "QD202305003 1.0 SHA256:" + "AB" * 32
    assert "<svg" in render_html(sheet())
