"""Decisions that may not be made, texts that may not be saved: each refused with its code, and nothing changed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.company import ORGANISATION, Company, Desk, new_paper
from tests.conftest import NOTE, PAPER, PLAN

# Who may not take the open step (the head of technology's first review of xu's paper), and how that is said.
WRONG_PEOPLE = {
    "the author": ("xu", "A302"),
    "the manager, whose step comes later": ("shen", "A304"),
    "the leader, whose step comes last": ("cheng", "A304"),
    "the head of another department": ("gao", "A305"),
    "somebody without a step": ("lin", "A303"),
    "a key of nobody": ("stranger", "A301"),
    "no key": ("", "E130"),
}


@pytest.mark.parametrize("verb", [("approve",), ("reject", "--reason", "不同意")], ids=["approve", "reject"])
@pytest.mark.parametrize(("person", "code"), WRONG_PEOPLE.values(), ids=WRONG_PEOPLE.keys())
def test_a_step_is_decided_by_its_holder_only(submitted: Desk, verb: tuple[str, ...], person: str, code: str) -> None:
    submitted.refuse(code, person, verb[0], PAPER, *verb[1:])


def test_nobody_signs_two_steps_of_an_important_document(submitted: Desk) -> None:
    submitted.ok("han", "approve", PAPER)
    submitted.refuse("A303", "han", "approve", PAPER)
    submitted.ok("shen", "approve", PAPER)
    submitted.refuse("A303", "shen", "approve", PAPER)


def test_one_person_with_two_duties_signs_an_important_document_once(company: Company, tmp_path: Path) -> None:
    """han is head of technology and, here, presales manager too."""
    people = tmp_path / "people.yaml"
    listed = company.listed(["cheng", "han", "xu", "shen"])
    people.write_text(listed.replace("[dept-head, technical-expert]", "[dept-head, presales-manager]"), "utf-8")
    desk = Desk(company, tmp_path, tmp_path / "home")
    desk.home.mkdir()
    desk.ok(
        "cheng", "init", "repo", "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@qiheng.example",
        "--people", people,
    )  # fmt: skip
    desk.root = tmp_path / "repo"
    number = new_paper(desk)
    desk.ok("xu", "save", "-m", "初稿")
    desk.ok("xu", "submit", number, "-m", "首次")
    desk.ok("han", "approve", number)
    desk.refuse("A306", "han", "approve", number)
    desk.ok("shen", "approve", number)


# -- the text between the steps


def test_a_text_edited_and_saved_between_the_steps_is_not_signed(submitted: Desk) -> None:
    submitted.ok("han", "approve", PAPER)
    submitted.edit(PAPER)
    submitted.ok("xu", "save", PAPER, "-m", "悄悄修改")
    submitted.refuse("A307", "shen", "approve", PAPER)


def test_a_text_edited_only_in_the_working_tree_is_not_signed(submitted: Desk) -> None:
    submitted.edit(PAPER)
    submitted.refuse("A307", "han", "approve", PAPER)
    submitted.git_ok("add", "-A")
    submitted.refuse("A307", "han", "approve", PAPER)
    submitted.git_ok("restore", "--staged", "--worktree", ".")
    submitted.ok("han", "approve", PAPER)


def test_a_text_deleted_in_the_working_tree_is_not_signed(submitted: Desk) -> None:
    submitted.path_of(PAPER).unlink()
    submitted.refuse("A307", "han", "approve", PAPER)


def test_a_text_replaced_by_a_link_is_not_signed(submitted: Desk) -> None:
    """The linked file holds the same bytes; a link all the same is no document."""
    path = submitted.path_of(PAPER)
    twin = submitted.root / "twin.md"
    shutil.copy(path, twin)
    path.unlink()
    path.symlink_to(twin)
    submitted.refuse("S110", "han", "approve", PAPER)


def test_a_document_renamed_between_the_steps_is_not_signed(submitted: Desk) -> None:
    path = submitted.path_of(PAPER)
    text = path.read_text().replace("title: 数据中台技术白皮书", "title: 数据中台白皮书")
    submitted.git_ok("mv", path, path.with_name(f"{PAPER}-数据中台白皮书.md"))
    submitted.path_of(PAPER).write_text(text)
    submitted.ok("xu", "save", PAPER, "-m", "改名")
    submitted.refuse("A307", "han", "approve", PAPER)


def test_a_rejection_stands_even_after_an_edit(submitted: Desk) -> None:
    """Only signing is bound to the text in front of one; giving it back is not."""
    submitted.edit(PAPER)
    submitted.ok("han", "reject", PAPER, "--reason", "正在改的先改完")


# -- submitting


def test_only_an_author_submits_and_withdraws(drafted: Desk) -> None:
    drafted.refuse("A310", "lin", "submit", PAPER, "-m", "代劳")
    drafted.ok("xu", "submit", PAPER, "-m", "首次")
    drafted.refuse("A310", "han", "withdraw", PAPER)


def test_a_document_with_unsaved_changes_is_not_submitted(drafted: Desk) -> None:
    drafted.edit(PAPER)
    drafted.refuse("W101", "xu", "submit", PAPER, "-m", "首次")
    drafted.git_ok("add", "-A")
    drafted.refuse("W101", "xu", "submit", PAPER, "-m", "首次")


def test_a_document_that_was_never_saved_is_not_submitted(founded: Desk) -> None:
    number = new_paper(founded)
    founded.refuse("W101", "xu", "submit", number, "-m", "首次")


def test_a_document_with_an_empty_required_field_is_saved_but_not_submitted(founded: Desk) -> None:
    number = founded.new("xu", "technical-white-paper", "白皮书", "--set", "product=平台")
    founded.ok("xu", "save", number, "-m", "初稿")
    done = founded.refuse("W109", "xu", "submit", number, "-m", "首次")
    assert "F110" in done.err
    assert "product_version" in done.err


def test_a_document_that_breaks_a_rule_is_not_submitted(drafted: Desk) -> None:
    path = drafted.path_of(PAPER)
    path.write_text(path.read_text().replace("## 技术架构", "## 架构"))
    assert drafted.commit("xu", "改标题", "-a", "--no-verify").code == 0
    done = drafted.refuse("W109", "xu", "submit", PAPER, "-m", "首次")
    assert "error[H101]" in done.err
    assert "技术架构" in done.err


def test_what_is_in_review_is_not_submitted_again(submitted: Desk) -> None:
    submitted.refuse("A309", "xu", "submit", PAPER, "-m", "再来")


def test_what_is_published_and_unchanged_is_not_submitted_again(published: Desk) -> None:
    published.refuse("A313", "xu", "submit", PAPER, "-m", "再来")
    published.refuse("A308", "cheng", "approve", PAPER)


def test_records_are_registered_and_documents_are_submitted(drafted: Desk) -> None:
    drafted.refuse("A311", "song", "submit", NOTE, "-m", "请审")
    drafted.refuse("A312", "xu", "register", PAPER)
    drafted.refuse("A310", "xu", "register", NOTE)
    drafted.ok("song", "register", NOTE)
    drafted.refuse("A313", "song", "register", NOTE)


def test_an_important_record_cannot_skip_approval(founded: Desk) -> None:
    """A-11: the author may raise a document; a raised record needs the full chain."""
    number = founded.new(
        "song", "market-info-note", "重要情报", "--set", "channel=media", "--set", "event_date=2023-05-17",
        "--set", "captured_date=2023-05-18", "--set", "important=true",
    )  # fmt: skip
    founded.ok("song", "save", number, "-m", "初稿")
    founded.refuse("A312", "song", "register", number)
    founded.ok("song", "submit", number, "-m", "请审")


@pytest.mark.parametrize("verb", ["approve", "withdraw"])
def test_nothing_is_decided_that_was_not_submitted(drafted: Desk, verb: str) -> None:
    drafted.refuse("A308", "xu", verb, PAPER)


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_rejection_needs_a_reason(submitted: Desk, reason: str) -> None:
    submitted.refuse("A314", "han", "reject", PAPER, "--reason", reason)


# -- saving


def test_there_is_nothing_to_save(founded: Desk) -> None:
    founded.refuse("W106", "xu", "save", "-m", "空")


def test_a_saved_message_is_no_ledger_entry(drafted: Desk) -> None:
    drafted.edit(PAPER)
    drafted.refuse("A210", "xu", "save", "-m", "修改\n\nPrs-Action: approve")


@pytest.mark.parametrize("message", ["", "  \n\t"])
def test_a_saved_message_says_something(drafted: Desk, message: str) -> None:
    drafted.edit(PAPER)
    drafted.refuse("W117", "xu", "save", "-m", message)


@pytest.mark.parametrize("note", ["", " \n"])
def test_a_submission_says_what_is_new(drafted: Desk, note: str) -> None:
    drafted.refuse("W117", "xu", "submit", PAPER, "-m", note)


def test_a_stranger_saves_nothing(drafted: Desk) -> None:
    drafted.edit(PAPER)
    drafted.refuse("A301", "stranger", "save", "-m", "修改")


def test_findings_stop_saving_and_are_shown(drafted: Desk) -> None:
    path = drafted.path_of(PAPER)
    path.write_text(path.read_text().replace("type: technical-white-paper", "type: white-paper"))
    before = drafted.fingerprint()
    done = drafted.prs("xu", "save", "-m", "修改")
    assert done.code == 1
    assert "error[F122]" in done.out
    assert drafted.fingerprint() == before


def test_saving_one_document_leaves_the_others(drafted: Desk) -> None:
    drafted.edit(PAPER)
    drafted.edit(PLAN)
    drafted.git_ok("add", "-A")
    drafted.ok("xu", "save", PAPER, "-m", "只存这一份")
    assert [line[:2] for line in drafted.git_ok("status", "--short").split("\n")] == ["M "]
    assert drafted.git_ok("log", "-1", "--format=%an <%ae> %cI %s", "main") == (
        "许知行 <xu@qiheng.example> 2023-05-18T09:30:00+08:00 只存这一份"
    )
    drafted.git_ok("verify-commit", "main")


def test_what_git_was_told_by_the_environment_does_not_decide_who_saved(drafted: Desk) -> None:
    drafted.edit(PAPER)
    drafted.env.update(
        GIT_AUTHOR_NAME="冒名", GIT_AUTHOR_EMAIL="shen@qiheng.example",
        GIT_COMMITTER_NAME="冒名", GIT_COMMITTER_EMAIL="shen@qiheng.example",
    )  # fmt: skip
    drafted.ok("xu", "save", PAPER, "-m", "修改")
    assert drafted.git_ok("log", "-1", "--format=%an %ae %cn %ce", "main") == (
        "许知行 xu@qiheng.example 许知行 xu@qiheng.example"
    )


def test_an_ignored_pdf_is_never_saved(published: Desk) -> None:
    (published.root / "pdf").mkdir()
    (published.root / "pdf" / "x.pdf").write_bytes(b"%PDF-")
    (published.root / "common" / "x.md.77.prs-tmp").write_bytes(b"half")
    published.refuse("W106", "xu", "save", "-m", "全部")
