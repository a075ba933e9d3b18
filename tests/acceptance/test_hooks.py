"""Plain git in a document repository: the hooks stop what breaks a rule, and say why and what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.acceptance.scenes import relocate, rewrite, stopped
from tests.company import Desk, Result, new_paper, new_plan
from tests.conftest import PAPER, PLAN

TITLE = "数据中台技术白皮书"
BREACHES: dict[str, tuple[Callable[[Desk], object], tuple[str, ...], str]] = {
    # what somebody did, the codes that stop it, and the corrected form that the message must name
    "a number of another stage": (
        lambda desk: rewrite(desk, PAPER, f"number: {PAPER}", "number: QD202305009", name=f"QD202305009-{TITLE}.md"),
        ("N103", "N107", "P105"),
        "FJ",
    ),
    "a malformed number": (
        lambda desk: rewrite(desk, PAPER, f"number: {PAPER}", "number: fj2305-1", name=f"fj2305-1-{TITLE}.md"),
        ("N102", "P105"),
        "FJ202305001",
    ),
    "a number of another month": (
        lambda desk: rewrite(desk, PAPER, "created: 2023-05-18", "created: 2023-06-18"),
        ("N104",),
        "2023-05",
    ),
    "a number nobody allocated": (
        lambda desk: rewrite(desk, PAPER, f"number: {PAPER}", "number: FJ202305077", name=f"FJ202305077-{TITLE}.md"),
        ("N107", "P105"),
        "prs new",
    ),
    "a file name without the title": (
        lambda desk: desk.path_of(PAPER).rename(desk.path_of(PAPER).with_name(f"{PAPER}-草稿.md")),
        ("P101",),
        f"{PAPER}-{TITLE}.md",
    ),
    "the folder of another category": (
        lambda desk: relocate(desk, PAPER, "common/5-投标文档"),
        ("P102",),
        "3-解决方案文档",
    ),
    "a project's document among the common ones": (
        lambda desk: relocate(desk, PLAN, "common/2-需求调研文档"),
        ("P103",),
        "projects/XM2023001-滨江智慧园区",
    ),
    "a document deeper than documents lie": (
        lambda desk: relocate(desk, PAPER, "common/3-解决方案文档/更深"),
        ("P104",),
        "prs new",
    ),
    "a document at the top": (lambda desk: relocate(desk, PAPER, "."), ("P104", "P105"), "common"),
    "a required heading is gone": (
        lambda desk: rewrite(desk, PAPER, "## 技术架构", "## 架构"),
        ("H101",),
        "## 技术架构",
    ),
    "a required field is gone": (
        lambda desk: rewrite(desk, PAPER, "product: 数据中台", "keywords: [数据]"),
        ("F109",),
        "product",
    ),
    "an unknown field": (lambda desk: rewrite(desk, PAPER, "product:", "version: 1.0\nproduct:"), ("F120",), "version"),
    "a choice that is none": (
        lambda desk: rewrite(desk, PLAN, "methods: [interview", "methods: [telepathy"),
        ("F112",),
        "interview",
    ),
    "an unknown type": (
        lambda desk: rewrite(desk, PAPER, "type: technical-white-paper", "type: white-paper"),
        ("F122",),
        "technical-white-paper",
    ),
    "a reference to nothing": (
        lambda desk: rewrite(desk, PAPER, "product:", "based_on: [QD202305099]\nproduct:"),
        ("L103",),
        "QD202305099",
    ),
    "a link to nothing": (
        lambda desk: desk.edit(PAPER, "见[附表](../../attachments/附表.xlsx)。"),
        ("L101",),
        "attachments/附表.xlsx",
    ),
    "marks of a merge conflict": (
        lambda desk: desk.edit(PAPER, "<<<<<<< HEAD\n甲\n=======\n乙\n>>>>>>> other"),
        ("H107",),
        "=======",
    ),
    "front matter that is no YAML": (lambda desk: rewrite(desk, PAPER, "product: ", "product: [ "), ("F101",), "line"),
    "no front matter at all": (lambda desk: desk.path_of(PAPER).write_text("# 白皮书\n"), ("F105",), "---"),
    "not UTF-8": (lambda desk: desk.path_of(PAPER).write_bytes("白皮书".encode("gbk")), ("S102",), "UTF-8"),
    "an invisible character in the title": (
        lambda desk: rewrite(desk, PAPER, f"title: {TITLE}", f"title: {TITLE}\u200b"),
        ("P101", "S107"),
        "U+200B",
    ),
    "a link instead of a file": (
        lambda desk: (desk.path_of(PAPER).rename(desk.root / "x"), _link(desk)),
        ("S111",),
        "plain file",
    ),
}


def _link(desk: Desk) -> None:
    path = desk.root / "common" / "3-解决方案文档" / f"{PAPER}-{TITLE}.md"
    path.symlink_to(desk.root / "x")


@pytest.mark.parametrize(("act", "codes", "named"), BREACHES.values(), ids=BREACHES.keys())
def test_a_commit_that_breaks_a_rule_is_stopped(
    drafted: Desk, act: Callable[[Desk], object], codes: tuple[str, ...], named: str
) -> None:
    head = drafted.git_ok("rev-parse", "HEAD")
    act(drafted)
    drafted.git_ok("add", "-A")
    said = stopped(drafted.commit("xu", "试试"), *codes)
    assert named in said
    assert drafted.git_ok("rev-parse", "HEAD") == head


def test_a_good_commit_passes_without_a_word(drafted: Desk) -> None:
    drafted.edit(PAPER)
    new_plan(drafted, "第二份计划")
    drafted.git_ok("add", "-A")
    done = drafted.commit("xu", "修改")
    assert done.code == 0
    assert "error" not in done.err
    drafted.git_ok("verify-commit", "main")


def test_a_number_used_twice_names_both_places(drafted: Desk) -> None:
    path = drafted.path_of(PAPER)
    (path.with_name(f"{PAPER}-另一份.md")).write_text(path.read_text().replace(f"title: {TITLE}", "title: 另一份"))
    drafted.git_ok("add", "-A")
    said = stopped(drafted.commit("xu", "重复"), "N106")
    assert f"{PAPER}-另一份.md" in said
    assert f"{PAPER}-{TITLE}.md" in said


def test_a_document_is_not_deleted(drafted: Desk) -> None:
    drafted.git_ok("rm", "-q", drafted.path_of(PAPER))
    said = stopped(drafted.commit("xu", "删除"), "P105")
    assert "git restore" in said


def test_a_document_renamed_with_its_title_is_no_deletion(drafted: Desk) -> None:
    rewrite(drafted, PAPER, f"title: {TITLE}", "title: 中台白皮书", name=f"{PAPER}-中台白皮书.md")
    drafted.git_ok("add", "-A")
    assert drafted.commit("xu", "改名").code == 0
    assert drafted.ok("", "show", PAPER, "--json").json["title"] == "中台白皮书"


# -- staged bytes count, not the working tree


def test_a_mistake_that_is_staged_counts_though_mended_since(drafted: Desk) -> None:
    rewrite(drafted, PAPER, "## 技术架构", "## 架构")
    drafted.git_ok("add", "-A")
    rewrite(drafted, PAPER, "## 架构", "## 技术架构")
    stopped(drafted.commit("xu", "暂存的是错的"), "H101")


def test_a_mistake_that_is_not_staged_does_not_count(drafted: Desk) -> None:
    drafted.edit(PAPER)
    drafted.git_ok("add", "-A")
    rewrite(drafted, PAPER, "## 技术架构", "## 架构")
    rewrite(drafted, PLAN, "type: survey-plan", "type: nothing")
    assert drafted.commit("xu", "暂存的是对的").code == 0


def test_commit_of_a_path_checks_that_path_only(drafted: Desk) -> None:
    """`git commit -- PATH` works on a temporary index; what else is staged stays out of it."""
    rewrite(drafted, PLAN, "type: survey-plan", "type: nothing")
    drafted.git_ok("add", "-A")
    drafted.edit(PAPER)
    assert drafted.commit("xu", "只提交一份", "--", drafted.path_of(PAPER)).code == 0
    rewrite(drafted, PAPER, "## 技术架构", "## 架构")
    stopped(drafted.commit("xu", "只提交一份", "--", drafted.path_of(PAPER)), "H101")
    stopped(drafted.commit("xu", "其余"), "F122")


def test_commit_all(drafted: Desk) -> None:
    rewrite(drafted, PAPER, "## 技术架构", "## 架构")
    stopped(drafted.commit("xu", "全部", "-a"), "H101")


def test_amend(drafted: Desk) -> None:
    drafted.edit(PAPER)
    assert drafted.commit("xu", "修改", "-a").code == 0
    rewrite(drafted, PAPER, "## 技术架构", "## 架构")
    stopped(drafted.commit("xu", "再改", "-a", "--amend"), "H101")
    rewrite(drafted, PAPER, "## 架构", "## 技术架构")
    drafted.edit(PAPER)
    assert drafted.commit("xu", "再改", "-a", "--amend").code == 0
    assert drafted.commit("xu", "只改说明", "--amend").code == 0


def test_no_verify_is_git_s_own_way_round_and_check_still_sees_it(drafted: Desk) -> None:
    rewrite(drafted, PAPER, "## 技术架构", "## 架构")
    assert drafted.commit("xu", "绕过", "-a", "--no-verify").code == 0
    done = drafted.prs("", "check", "--rev", "main~1..main", "--json")
    assert (done.code, [item["code"] for item in done.json if item["severity"] == "error"]) == (1, ["H101"])


# -- messages


@pytest.mark.parametrize(
    "message",
    [
        "修改\n\nPrs-Action: approve",
        "Prs-Action: approve",
        "修改\n\nprs-action: approve",
        "a\n\n Prs-Doc: x",
        "a\nPRS-X: y",
    ],
)
def test_a_message_that_looks_like_a_ledger_entry_is_stopped(drafted: Desk, message: str) -> None:
    drafted.edit(PAPER)
    stopped(drafted.commit("xu", message, "-a"), "A210")


@pytest.mark.parametrize("message", ["关于 Prs-Action 的说明", "修改\n\nSigned-off-by: x <x@y.example>", "prs: 整理"])
def test_any_other_message_passes(drafted: Desk, message: str) -> None:
    drafted.edit(PAPER)
    assert drafted.commit("xu", message, "-a").code == 0


# -- merges


def branch(desk: Desk, name: str, act: Callable[[Desk], object]) -> None:
    """A branch with one commit, made around the hooks; main is checked out again afterwards."""
    desk.git_ok("switch", "-q", "-c", name)
    act(desk)
    desk.git_ok("add", "-A")
    assert desk.commit("lin", name, "--no-verify").code == 0
    desk.git_ok("switch", "-q", "main")


def merge(desk: Desk, name: str) -> Result:
    who = desk.company.people["xu"]
    identity = ("-c", f"user.name={who.name}", "-c", f"user.email={who.email}", "-c", f"user.signingkey={who.key}")
    return desk.git(*identity, "merge", "--no-edit", name)


def test_a_merge_that_brings_a_breach_is_stopped(drafted: Desk) -> None:
    branch(drafted, "other", lambda desk: rewrite(desk, PAPER, "## 技术架构", "## 架构"))
    drafted.edit(PLAN)
    assert drafted.commit("lin", "main 也前进了", "-a").code == 0
    head = drafted.git_ok("rev-parse", "HEAD")
    stopped(merge(drafted, "other"), "H101")
    assert drafted.git_ok("rev-parse", "HEAD") == head


def test_a_merge_that_would_be_a_fast_forward_is_checked_too(drafted: Desk) -> None:
    """Fast-forwards run no hook, so the repository asks git for a merge commit (merge.ff)."""
    branch(drafted, "other", lambda desk: rewrite(desk, PAPER, "## 技术架构", "## 架构"))
    stopped(merge(drafted, "other"), "H101")


def test_a_good_merge_passes(drafted: Desk) -> None:
    branch(drafted, "other", lambda desk: desk.edit(PAPER))
    drafted.edit(PLAN)
    assert drafted.commit("lin", "main 也前进了", "-a").code == 0
    assert merge(drafted, "other").code == 0
    assert drafted.ok("", "check").code == 0


def test_both_sides_took_one_number(drafted: Desk) -> None:
    """Each side is right by itself; together they carry one number twice."""

    def another(desk: Desk) -> None:
        number = new_paper(desk, "分支上的白皮书")
        assert number == "FJ202305002"

    branch(drafted, "other", another)
    drafted.git_ok("update-ref", "-d", "refs/prs/numbers/FJ/202305")
    assert new_paper(drafted, "主线上的白皮书") == "FJ202305002"
    drafted.git_ok("add", "-A")
    assert drafted.commit("xu", "主线").code == 0
    said = stopped(merge(drafted, "other"), "N106")
    assert "分支上的白皮书" in said
    assert "主线上的白皮书" in said


def test_a_conflict_resolved_by_leaving_its_marks_is_stopped(drafted: Desk) -> None:
    branch(drafted, "other", lambda desk: desk.edit(PAPER, "分支的话"))
    drafted.edit(PAPER, "主线的话")
    assert drafted.commit("xu", "主线", "-a").code == 0
    assert merge(drafted, "other").code == 1
    drafted.git_ok("add", "-A")
    stopped(drafted.commit("xu", "合并"), "H107")
    path = drafted.path_of(PAPER)
    lines = [line for line in path.read_text().split("\n") if line[:7] not in ("<<<<<<<", "=======", ">>>>>>>")]
    path.write_text("\n".join(lines))
    drafted.git_ok("add", "-A")
    assert drafted.commit("xu", "合并").code == 0
