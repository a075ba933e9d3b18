"""紧急发布: a text in review leaves the house, marked, and its approval is made up for."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from tests.acceptance.scenes import rewrite
from tests.company import Desk
from tests.conftest import PAPER, PLAN

REQUEST = "WK202305001"
MARK = "紧急发布-待补审"
OVERDUE = "2023-05-24T09:00:00+08:00"


def ask(desk: Desk, target: str = f"{PAPER}@1.0", due: str = "2023-05-23", signed_by: str = "shen") -> str:
    """A saved request by lin; its number."""
    fields = {"target": target, "signed_by": signed_by, "make_up_by": due}
    options = [word for name, value in fields.items() for word in ("--set", f"{name}={value}")]
    number = desk.new("lin", "emergency-release", "紧急发布", *options)
    desk.ok("lin", "save", number, "-m", "紧急发布申请")
    return number


@pytest.fixture
def released(submitted: Desk) -> Desk:
    """The white paper is in review and given out before its approval."""
    assert ask(submitted) == REQUEST
    submitted.ok("lin", "submit", REQUEST, "-m", "客户今日要求")
    submitted.ok("shen", "approve", REQUEST)
    return submitted


def exported(desk: Desk, folder: Path, *words: str) -> tuple[dict[str, Any], PdfReader, str]:
    (made,) = desk.ok("", "export", *words, "-o", folder, "--json").json
    reader = PdfReader(io.BytesIO(Path(made["path"]).read_bytes()))
    return made, reader, "\n".join(page.extract_text() for page in reader.pages)


def library(desk: Desk) -> list[str]:
    names = desk.git_ok("ls-tree", "-r", "-z", "--name-only", "approved").split("\0")
    return [name for name in names if name and not name.startswith("policy/")]


def test_the_submitted_text_is_exported_and_marked_on_every_page(released: Desk, tmp_path: Path) -> None:
    text = released.path_of(PAPER).read_bytes()
    released.edit(PAPER, "提交之后又改了一段。")
    made, reader, words = exported(released, tmp_path, PAPER)
    assert (made["version"], made["emergency"]) == ("1.0", True)
    assert Path(made["path"]).name.startswith(f"{PAPER}-v1.0-emergency-")
    assert all(MARK in page.extract_text() for page in reader.pages)
    assert "草稿" not in words
    assert "提交之后又改了一段" not in words
    assert reader.attachments == {f"{PAPER}.md": [text]}
    shown = released.ok("", "export", PAPER, "-o", tmp_path).out
    assert "1.0 (emergency release)" in shown


def test_a_customer_gets_it_marked_too(released: Desk, tmp_path: Path) -> None:
    _, reader, words = exported(released, tmp_path, PAPER, "--profile", "external")
    assert all(MARK in page.extract_text() for page in reader.pages)
    assert "商业秘密" not in words
    assert REQUEST not in words
    assert released.prs("", "export", PAPER, "--profile", "obsolete").codes == ["W108"]
    drawn, _, words = exported(released, tmp_path, PAPER, "--profile", "draft")
    assert (drawn["emergency"], MARK in words) == (False, False)


def test_the_register_tells_it(released: Desk) -> None:
    opened = {
        "request": REQUEST, "version": "1.0", "make_up_by": "2023-05-23", "overdue": False,
        "digest": released.git_ok("log", "--format=%(trailers:key=Prs-Digest,valueonly)", "-1", "--grep", f"submit {PAPER}", "approved").strip(),
    }  # fmt: skip
    shown = released.ok("", "show", PAPER, "--json").json
    assert (shown["status"], shown["emergency"]) == ("in-review", opened)
    listed = {item["number"]: item["emergency"] for item in released.ok("", "list", "--json").json}
    assert {number for number, emergency in listed.items() if emergency} == {PAPER}
    assert listed[PAPER] == opened
    text = released.ok("", "show", PAPER).out
    assert "status: in-review (emergency release)" in text
    assert f"emergency release: {REQUEST}, version 1.0, approval to be made up by 2023-05-23" in text
    assert "in-review (emergency release)" in released.ok("", "list").out
    (event,) = (item for item in released.ok("", "history", PAPER, "--json").json if item["decision"] == "emergency")
    assert (event["person"], event["version"], event["note"]) == ("shen", "1.0", REQUEST)


def test_nothing_else_is_published(released: Desk) -> None:
    assert [name for name in library(released) if REQUEST not in name] == []
    released.refuse("W107", "", "show", f"{PAPER}@1.0")
    released.ok("", "verify", "--full")
    released.git_ok("verify-commit", "approved")


def test_the_approval_ends_it(released: Desk, tmp_path: Path) -> None:
    for person in ("han", "shen", "cheng"):
        released.ok(person, "approve", PAPER)
    shown = released.ok("", "show", PAPER, "--json").json
    assert (shown["status"], shown["emergency"]) == ("published", None)
    assert [step["by"] for step in shown["steps"]] == ["han", "shen", "cheng"]
    made, _, words = exported(released, tmp_path, PAPER)
    assert (made["emergency"], MARK in words) == (False, False)
    assert "emergency" in [item["decision"] for item in released.ok("", "history", PAPER, "--json").json]


def test_a_rejection_ends_it(released: Desk) -> None:
    released.ok("han", "reject", PAPER, "--reason", "数据有误")
    assert released.ok("", "show", PAPER, "--json").json["emergency"] is None
    done = released.prs("", "export", PAPER)
    assert done.codes == ["W108"]


def test_overdue_is_reported(released: Desk) -> None:
    for command in (("show", PAPER), ("inbox",)):
        assert released.ok("han", *command, now="2023-05-23T23:00:00+08:00").codes == []
        late = released.ok("han", *command, now=OVERDUE)
        assert late.codes == ["A345"]
        assert "2023-05-23" in late.err
    assert released.ok("", "show", PAPER, "--json", now=OVERDUE).json["emergency"]["overdue"] is True
    (waiting,) = released.ok("han", "inbox", "--json", now=OVERDUE).json
    assert waiting["emergency"]["overdue"] is True
    assert waiting["since"] == "2023-05-18T09:30:00+08:00"


def test_a_new_version_is_given_out_beside_the_published_one(published: Desk, tmp_path: Path) -> None:
    published.edit(PAPER, "第二版的补充。")
    published.ok("xu", "save", PAPER, "-m", "修订")
    published.ok("xu", "submit", PAPER, "-m", "补充")
    number = ask(published, f"{PAPER}@1.1")
    published.ok("lin", "submit", number, "-m", "客户要求")
    before = library(published)
    published.ok("shen", "approve", number)
    assert [name for name in library(published) if number not in name] == before
    assert exported(published, tmp_path, PAPER)[0]["version"] == "1.1"
    assert exported(published, tmp_path, f"{PAPER}@1.1")[0]["emergency"] is True
    assert exported(published, tmp_path, f"{PAPER}@1.0")[0]["emergency"] is False
    made = published.ok("", "export", "--all", "-o", tmp_path, "--json").json
    assert [(item["number"], item["version"], item["emergency"]) for item in made] == [
        (PAPER, "1.0", False), (number, "1.0", False),
    ]  # fmt: skip


def test_a_request_without_a_text_in_review(submitted: Desk) -> None:
    number = ask(submitted, f"{PLAN}@1.0")
    submitted.refuse("A340", "lin", "submit", number, "-m", "客户要求")
    rewrite(submitted, number, f"{PLAN}@1.0", f"{PAPER}@1.1")
    submitted.ok("lin", "save", number, "-m", "更正")
    submitted.refuse("A341", "lin", "submit", number, "-m", "客户要求")
    rewrite(submitted, number, f"{PAPER}@1.1", f"{PAPER}@1.0")
    rewrite(submitted, number, "make_up_by: 2023-05-23", "make_up_by: 2023-05-24")
    submitted.ok("lin", "save", number, "-m", "更正")
    submitted.refuse("A343", "lin", "submit", number, "-m", "客户要求")


def test_a_text_exchanged_between_request_and_signature(submitted: Desk) -> None:
    number = ask(submitted)
    submitted.ok("lin", "submit", number, "-m", "客户要求")
    submitted.ok("xu", "withdraw", PAPER)
    submitted.edit(PAPER, "换过的内容。")
    submitted.ok("xu", "save", PAPER, "-m", "改动")
    submitted.ok("xu", "submit", PAPER, "-m", "再次提交")
    submitted.refuse("A342", "shen", "approve", number)


def test_signed_by_another_than_the_request_names(submitted: Desk) -> None:
    number = ask(submitted, signed_by="cheng")
    submitted.ok("lin", "submit", number, "-m", "客户要求")
    submitted.refuse("A344", "shen", "approve", number)
