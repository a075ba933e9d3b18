"""Plain git in a document repository: the hooks stop what breaks a rule, say why, and leave all else alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.company import PROJECT, Company, Desk, Result, new_paper, new_plan, run
from tests.conftest import NOTE, PAPER, PLAN


def stopped(desk: Desk, done: Result, *codes: str) -> str:
    """git refused; the hook named these errors, each with a hint, and HEAD is where it was. What it said."""
    assert done.code == 1, f"{done.out}\n{done.err}"
    errors = [code for code in done.codes if f"error[{code}]" in done.err]
    assert sorted(set(errors)) == sorted(codes), done.err
    assert done.err.count("hint: ") >= len(codes)
    return done.err


def rewrite(desk: Desk, number: str, old: str, new: str, *, name: str = "") -> None:
    path = desk.path_of(number)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    if name:
        path.rename(path.with_name(name))


def relocate(desk: Desk, number: str, folder: str) -> None:
    target = desk.root / folder
    target.mkdir(parents=True, exist_ok=True)
    path = desk.path_of(number)
    path.rename(target / path.name)


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
    "a required heading is gone": (lambda desk: rewrite(desk, PAPER, "## 技术架构", "## 架构"), ("H101",), "## 技术架构"),
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
    said = stopped(drafted, drafted.commit("xu", "试试"), *codes)
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
    said = stopped(drafted, drafted.commit("xu", "重复"), "N106")
    assert f"{PAPER}-另一份.md" in said
    assert f"{PAPER}-{TITLE}.md" in said


def test_a_document_is_not_deleted(drafted: Desk) -> None:
    drafted.git_ok("rm", "-q", drafted.path_of(PAPER))
    said = stopped(drafted, drafted.commit("xu", "删除"), "P105")
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
    stopped(drafted, drafted.commit("xu", "暂存的是错的"), "H101")


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
    stopped(drafted, drafted.commit("xu", "只提交一份", "--", drafted.path_of(PAPER)), "H101")
    stopped(drafted, drafted.commit("xu", "其余"), "F122")


def test_commit_all(drafted: Desk) -> None:
    rewrite(drafted, PAPER, "## 技术架构", "## 架构")
    stopped(drafted, drafted.commit("xu", "全部", "-a"), "H101")


def test_amend(drafted: Desk) -> None:
    drafted.edit(PAPER)
    assert drafted.commit("xu", "修改", "-a").code == 0
    rewrite(drafted, PAPER, "## 技术架构", "## 架构")
    stopped(drafted, drafted.commit("xu", "再改", "-a", "--amend"), "H101")
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
    ["修改\n\nPrs-Action: approve", "Prs-Action: approve", "修改\n\nprs-action: approve", "a\n\n Prs-Doc: x", "a\nPRS-X: y"],
)
def test_a_message_that_looks_like_a_ledger_entry_is_stopped(drafted: Desk, message: str) -> None:
    drafted.edit(PAPER)
    stopped(drafted, drafted.commit("xu", message, "-a"), "A210")


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
    stopped(drafted, merge(drafted, "other"), "H101")
    assert drafted.git_ok("rev-parse", "HEAD") == head


def test_a_merge_that_would_be_a_fast_forward_is_checked_too(drafted: Desk) -> None:
    """Fast-forwards run no hook, so the repository asks git for a merge commit (merge.ff)."""
    branch(drafted, "other", lambda desk: rewrite(desk, PAPER, "## 技术架构", "## 架构"))
    stopped(drafted, merge(drafted, "other"), "H101")


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
    said = stopped(drafted, merge(drafted, "other"), "N106")
    assert "分支上的白皮书" in said
    assert "主线上的白皮书" in said


def test_a_conflict_resolved_by_leaving_its_marks_is_stopped(drafted: Desk) -> None:
    branch(drafted, "other", lambda desk: desk.edit(PAPER, "分支的话"))
    drafted.edit(PAPER, "主线的话")
    assert drafted.commit("xu", "主线", "-a").code == 0
    assert merge(drafted, "other").code == 1
    drafted.git_ok("add", "-A")
    stopped(drafted, drafted.commit("xu", "合并"), "H107")
    path = drafted.path_of(PAPER)
    lines = [line for line in path.read_text().split("\n") if line[:7] not in ("<<<<<<<", "=======", ">>>>>>>")]
    path.write_text("\n".join(lines))
    drafted.git_ok("add", "-A")
    assert drafted.commit("xu", "合并").code == 0


# -- where git is run


@pytest.mark.parametrize("quotepath", ["true", "false"])
def test_non_ascii_paths_are_named_as_people_write_them(drafted: Desk, quotepath: str) -> None:
    drafted.git_ok("config", "core.quotepath", quotepath)
    rewrite(drafted, PLAN, "type: survey-plan", "type: nothing")
    said = stopped(drafted, drafted.commit("lin", "x", "-a"), "F122")
    assert "projects/XM2023001-滨江智慧园区/2-需求调研文档/QD202305001-需求调研计划.md:" in said
    assert drafted.ok("", "list", "--json").json[1]["path"].endswith("QD202305001-需求调研计划.md")


def test_in_a_subfolder(drafted: Desk) -> None:
    folder = drafted.path_of(PLAN).parent
    rewrite(drafted, PLAN, "type: survey-plan", "type: nothing")
    drafted.git_ok("add", ".", cwd=folder)
    stopped(drafted, drafted.commit("lin", "x", cwd=folder), "F122")


def test_in_a_linked_work_tree(drafted: Desk, tmp_path: Path) -> None:
    drafted.git_ok("worktree", "add", "-q", "-b", "side", tmp_path / "另一处")
    side = Desk(drafted.company, tmp_path / "另一处", drafted.home)
    side.edit(PAPER)
    assert side.commit("xu", "好的", "-a").code == 0
    rewrite(side, PAPER, "## 技术架构", "## 架构")
    stopped(side, side.commit("xu", "坏的", "-a"), "H101")
    assert side.ok("", "list", "--json").json[0]["status"] == "draft"
    side.refuse("E116", "xu", "submit", PAPER, "-m", "分支上的")


def test_with_another_index_named_by_the_user(drafted: Desk, tmp_path: Path) -> None:
    """`prs` itself must not follow variables that point git elsewhere; the hook must follow git's own."""
    drafted.edit(PAPER)
    before = drafted.git_ok("ls-files", "-s")
    drafted.env["GIT_INDEX_FILE"] = str(tmp_path / "other-index")
    drafted.ok("xu", "save", PAPER, "-m", "修改")
    del drafted.env["GIT_INDEX_FILE"]
    assert drafted.git_ok("status", "--short") == ""
    assert drafted.git_ok("ls-files", "-s") != before


@pytest.mark.parametrize("variable", ["GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_PREFIX"])
def test_variables_that_redirect_git_are_not_followed(submitted: Desk, tmp_path: Path, variable: str) -> None:
    submitted.env[variable] = str(tmp_path / "elsewhere")
    submitted.ok("han", "approve", PAPER)
    submitted.env.clear()
    assert submitted.entries()[0] == f"prs: approve {PAPER} v1.0 first"


# -- what is none of the hooks' business


def test_files_beside_the_documents_are_free(drafted: Desk) -> None:
    (drafted.root / "README.md").write_text("# 说明\n\n随便写。\n")
    (drafted.root / "脚本.py").write_text("print(1)\n")
    (drafted.root / "docs").mkdir()
    (drafted.root / "docs" / "笔记.md").write_text("<<<<<<< 只是例子\n")
    drafted.git_ok("add", "-A")
    assert drafted.commit("xu", "杂物").code == 0
    drafted.git_ok("rm", "-q", "docs/笔记.md")
    assert drafted.commit("xu", "删杂物").code == 0


def test_other_branches_and_tags_may_be_pushed_and_deleted(drafted: Desk, tmp_path: Path) -> None:
    drafted.git_ok("init", "-q", "--bare", tmp_path / "far.git")
    drafted.git_ok("push", "-q", tmp_path / "far.git", "main", "approved", "main:draft")
    drafted.git_ok("commit", "-q", "--allow-empty", "--no-gpg-sign", "--amend", "-m", "x")
    drafted.git_ok("push", "-q", "--force", tmp_path / "far.git", "main:draft")
    drafted.git_ok("push", "-q", tmp_path / "far.git", ":draft")


def test_a_repository_without_a_ledger_is_left_alone(drafted: Desk, company: Company, tmp_path: Path) -> None:
    """Hooks in a shared core.hooksPath run everywhere."""
    other = Desk(company, tmp_path / "other", drafted.home)
    other.root.mkdir()
    other.git_ok("init", "-q", "-b", "main")
    other.git_ok("config", "core.hooksPath", drafted.root / ".git" / "hooks")
    (other.root / "projects").mkdir()
    (other.root / "projects" / "FJ1.md").write_text("<<<<<<< nothing\n")
    other.git_ok("add", "-A")
    assert other.commit("xu", "anything").code == 0
    other.git_ok("init", "-q", "--bare", tmp_path / "far.git")
    other.git_ok("push", "-q", tmp_path / "far.git", "main")
    other.git_ok("push", "-q", tmp_path / "far.git", ":main")


# -- pushing


@pytest.fixture
def far(submitted: Desk, tmp_path: Path) -> str:
    """A plain bare repository, without hooks of its own, that has main and approved."""
    folder = str(tmp_path / "far.git")
    submitted.git_ok("init", "-q", "--bare", folder)
    submitted.git_ok("remote", "add", "origin", folder)
    submitted.git_ok("push", "-q", "origin", "main", "approved")
    return folder


def test_the_ledger_is_never_rewritten_by_a_push(submitted: Desk, far: str) -> None:
    submitted.git_ok("update-ref", "refs/heads/approved", "approved~1")
    done = submitted.git("push", "--force", "origin", "approved")
    assert (done.code, done.codes) == (1, ["W111"])
    done = submitted.git("push", "origin", ":approved")
    assert (done.code, done.codes) == (1, ["W110"])


def test_main_is_never_rewritten_by_a_push(submitted: Desk, far: str) -> None:
    submitted.git_ok("commit", "-q", "--amend", "--no-gpg-sign", "-m", "改写")
    done = submitted.git("push", "--force", "origin", "main")
    assert (done.code, done.codes) == (1, ["W111"])
    done = submitted.git("push", "--delete", "origin", "main")
    assert (done.code, done.codes) == (1, ["W110"])


def test_a_main_that_contains_the_ledger_is_not_pushed(submitted: Desk, far: str) -> None:
    for person in ("han", "shen", "cheng"):
        submitted.ok(person, "approve", PAPER)
    submitted.git_ok("push", "-q", "origin", "approved")
    who = submitted.company.people["xu"]
    submitted.git_ok(
        "-c", f"user.signingkey={who.key}", "merge", "-q", "--no-verify", "--allow-unrelated-histories", "-s", "ours",
        "--no-edit", "approved",
    )  # fmt: skip
    done = submitted.git("push", "origin", "main")
    assert (done.code, done.codes) == (1, ["W112"])


def test_breaches_committed_around_the_hooks_are_not_pushed(submitted: Desk, far: str) -> None:
    rewrite(submitted, PLAN, "type: survey-plan", "type: nothing")
    assert submitted.commit("lin", "绕过", "-a", "--no-verify").code == 0
    done = submitted.git("push", "origin", "main")
    assert (done.code, done.codes) == (1, ["F122"])


def test_ordinary_work_is_pushed(submitted: Desk, far: str) -> None:
    submitted.edit(PLAN)
    submitted.ok("lin", "save", "-m", "修改")
    submitted.ok("han", "approve", PAPER)
    submitted.git_ok("push", "-q", "origin", "main", "approved", "refs/prs/numbers/*:refs/prs/numbers/*")
    assert submitted.git_ok("ls-remote", far, "approved").split("\t")[0] == submitted.git_ok("rev-parse", "approved")


# -- the hook files themselves


HOOKS = ("pre-commit", "pre-merge-commit", "commit-msg", "pre-push")


def test_a_hook_whose_interpreter_is_gone_says_what_to_do(drafted: Desk) -> None:
    hook = drafted.root / ".git" / "hooks" / "pre-commit"
    lines = hook.read_text().split("\n")
    hook.write_text("\n".join('python="/nowhere/python3"' if line.startswith("python=") else line for line in lines))
    drafted.edit(PAPER)
    done = drafted.commit("xu", "修改", "-a")
    assert done.code == 1
    assert done.err.startswith("error[E140]: ")
    assert "/nowhere/python3" in done.err
    assert "\nhint: install prs again, then run: prs hooks install\n" in done.err
    drafted.ok("", "hooks", "install")
    assert drafted.commit("xu", "修改", "-a").code == 0


@pytest.mark.parametrize("hook", HOOKS)
def test_hooks_install_writes_what_is_missing(drafted: Desk, hook: str) -> None:
    path = drafted.root / ".git" / "hooks" / hook
    made = path.read_bytes()
    path.unlink()
    drafted.ok("", "hooks", "install")
    assert path.read_bytes() == made
    assert path.stat().st_mode & 0o111 == 0o111
    run(["sh", "-n", str(path)], drafted.root, drafted.environment())


def test_somebody_else_s_hook_is_not_overwritten(drafted: Desk) -> None:
    hook = drafted.root / ".git" / "hooks" / "pre-push"
    hook.write_text("#!/bin/sh\nexit 0\n")
    (drafted.root / ".git" / "hooks" / "pre-commit").unlink()
    drafted.refuse("E141", "", "hooks", "install")
    assert hook.read_text() == "#!/bin/sh\nexit 0\n"
    assert not (drafted.root / ".git" / "hooks" / "pre-commit").exists()


def test_hooks_in_a_plain_clone(drafted: Desk, tmp_path: Path) -> None:
    clone = Desk(drafted.company, tmp_path / "clone", tmp_path / "other-home")
    clone.home.mkdir()
    drafted.git_ok("clone", "-q", drafted.root, clone.root)
    clone.ok("", "hooks", "install")
    rewrite(clone, PAPER, "## 技术架构", "## 架构")
    stopped(clone, clone.commit("xu", "x", "-a"), "H101")


@pytest.mark.parametrize("name", ["pre-commit", "pre-merge-commit"])
def test_a_hook_manager_calls_prs_itself(drafted: Desk, name: str) -> None:
    rewrite(drafted, NOTE, "type: market-info-note", "type: nothing")
    assert drafted.prs("", "hook", name).code == 0
    drafted.git_ok("add", "-A")
    done = drafted.prs("", "hook", name)
    assert (done.code, done.codes[0]) == (1, "F122")


def test_a_hook_that_prs_does_not_have(drafted: Desk) -> None:
    done = drafted.prs("", "hook", "post-commit")
    assert done.code != 0
    assert done.err.startswith("error[E142]: ")


def test_hooks_work_when_the_package_s_folder_moved(drafted: Desk, tmp_path: Path) -> None:
    """What an upgrade into another place leaves behind: the interpreter is there, our file is not."""
    hook = drafted.root / ".git" / "hooks" / "pre-commit"
    text = hook.read_text()
    start = text.index('"', text.index("utf8")) + 1
    entry = text[start : text.index('"', start)]
    hook.write_text(text.replace(entry, str(tmp_path / "gone" / "hook.py")))
    drafted.edit(PAPER)
    done = drafted.commit("xu", "修改", "-a")
    assert done.code == 1
    assert "error[E140]" in done.err
    assert "prs hooks install" in done.err


def test_a_project_s_record_is_edited_like_any_file(founded: Desk) -> None:
    record = next(founded.root.glob(f"projects/{PROJECT}-*/project.md"))
    record.write_text(record.read_text().replace("priority: normal", "priority: high"))
    assert founded.commit("shen", "改优先级", "-a").code == 0
