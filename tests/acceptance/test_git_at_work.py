"""Plain git from anywhere in the repository, pushing, and what the hooks leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.scenes import rewrite, stopped
from tests.company import PROJECT, Company, Desk, run
from tests.conftest import NOTE, PAPER, PLAN


@pytest.mark.parametrize("quotepath", ["true", "false"])
def test_non_ascii_paths_are_named_as_people_write_them(drafted: Desk, quotepath: str) -> None:
    drafted.git_ok("config", "core.quotepath", quotepath)
    rewrite(drafted, PLAN, "type: survey-plan", "type: nothing")
    said = stopped(drafted.commit("lin", "x", "-a"), "F122")
    assert "projects/XM2023001-滨江智慧园区/2-需求调研文档/QD202305001-需求调研计划.md:" in said
    assert drafted.ok("", "list", "--json").json[1]["path"].endswith("QD202305001-需求调研计划.md")


def test_in_a_subfolder(drafted: Desk) -> None:
    folder = drafted.path_of(PLAN).parent
    rewrite(drafted, PLAN, "type: survey-plan", "type: nothing")
    drafted.git_ok("add", ".", cwd=folder)
    stopped(drafted.commit("lin", "x", cwd=folder), "F122")


def test_in_a_linked_work_tree(drafted: Desk, tmp_path: Path) -> None:
    drafted.git_ok("worktree", "add", "-q", "-b", "side", tmp_path / "另一处")
    side = Desk(drafted.company, tmp_path / "另一处", drafted.home)
    side.edit(PAPER)
    assert side.commit("xu", "好的", "-a").code == 0
    rewrite(side, PAPER, "## 技术架构", "## 架构")
    stopped(side.commit("xu", "坏的", "-a"), "H101")
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


@pytest.mark.parametrize(
    "variable", ["GIT_DIR", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_PREFIX"]
)
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
    stopped(clone.commit("xu", "x", "-a"), "H101")


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
    record.write_text(record.read_text().replace("priority: normal", "priority: key"))
    assert founded.commit("shen", "改优先级", "-a").code == 0
