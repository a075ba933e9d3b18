"""Decisions that may not be made: each is refused with a code of its own and changes nothing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.company import ORGANISATION, PROJECT, Company, Desk, assert_refused, make_key, new_paper
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


# -- numbers and names on the command line

MISTYPED = {
    "no such document": ("FJ202305099", "W103"),
    "lower case": ("fj202305001", "N102"),
    "full-width digits": ("FJ２０２３０５００１", "N102"),
    "sequence 000": ("FJ202305000", "N102"),
    "a line end": ("FJ202305001\n", "N102"),
    "a path": ("../FJ202305001", "N102"),
    "nothing": ("", "N102"),
    "an option of git": ("--upload-pack=x", "usage"),
}


@pytest.mark.parametrize("verb", ["show", "history", "submit", "approve", "export"])
@pytest.mark.parametrize(("number", "code"), MISTYPED.values(), ids=MISTYPED.keys())
def test_a_mistyped_number(drafted: Desk, verb: str, number: str, code: str) -> None:
    more = ("-m", "首次") if verb == "submit" else ("--profile", "draft") if verb == "export" else ()
    if verb == "approve" and code == "W103":
        code = "A308"
    done = drafted.prs("xu", verb, *more, number)
    if code == "usage":
        assert (done.code, done.raw) == (2, b"")
    else:
        assert_refused(done, code)


NEW_REFUSED: dict[str, tuple[str, tuple[str, ...]]] = {
    "no such type": ("F122", ("white-paper", "-t", "白皮书")),
    "a project is missing": ("F116", ("survey-plan", "-t", "计划")),
    "a project out of place": ("F117", ("technical-white-paper", "-t", "白皮书", "-p", PROJECT)),
    "no such project": ("P106", ("survey-plan", "-t", "计划", "-p", "XM2023009")),
    "a project's name instead of its id": ("P106", ("survey-plan", "-t", "计划", "-p", "滨江智慧园区")),
    "a path as project": ("P106", ("survey-plan", "-t", "计划", "-p", "../..")),
    "an empty title": ("P107", ("technical-white-paper", "-t", "  ")),
    "a title of dots": ("P107", ("technical-white-paper", "-t", "...")),
    "a title too long": ("P107", ("technical-white-paper", "-t", "长" * 61)),
    "a line end in the title": ("S107", ("technical-white-paper", "-t", "上\n下")),
    "an escape in the title": ("S107", ("technical-white-paper", "-t", "红\x1b[31m色")),
    "a bidi override in the title": ("S107", ("technical-white-paper", "-t", "白\u202e皮书")),
    "a zero-width space in the title": ("S107", ("technical-white-paper", "-t", "白\u200b皮书")),
    "a role that does not write this": ("F119", ("quotation-plan", "-t", "报价", "-p", PROJECT)),
    "a field of another type": ("F108", ("technical-white-paper", "-t", "白皮书", "--set", "tender_no=1")),
    "a field that prs sets": ("F120", ("technical-white-paper", "-t", "白皮书", "--set", "number=FJ202305009")),
    "a derived field": ("F120", ("technical-white-paper", "-t", "白皮书", "--set", "version=2.0")),
    "a choice that is none": ("F112", ("technical-white-paper", "-t", "白皮书", "--set", "scope=everywhere")),
}  # fmt: skip


@pytest.mark.parametrize(("code", "words"), NEW_REFUSED.values(), ids=NEW_REFUSED.keys())
def test_no_number_is_spent_on_a_document_that_may_not_be(
    founded: Desk, code: str, words: tuple[str, ...]
) -> None:
    founded.refuse(code, "xu", "new", *words)


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("甲方/乙方 分工", "甲方-乙方 分工"),
        ("../../../etc/passwd", "-..-..-etc-passwd"),
        ("C:\\temp", "C-temp"),
        ("为什么? *重要*", "为什么- -重要-"),
        ("- 列表样子的题目", "- 列表样子的题目"),
        ("题目: 带冒号 # 和井号", "题目- 带冒号 # 和井号"),
        ("e\u0301tude", "étude"),
        ("'引号\"", "'引号-"),
        ("长" * 60, "长" * 60),
    ],
)
def test_a_title_keeps_what_its_file_name_cannot_hold(founded: Desk, title: str, name: str) -> None:
    """A-43: the file name replaces what file systems refuse, the front matter keeps it."""
    number = new_paper(founded, title)
    assert founded.path_of(number).name == f"{number}-{name}.md"
    assert founded.path_of(number).parent == founded.root / "common" / "3-解决方案文档"
    founded.ok("xu", "save", number, "-m", "初稿")
    shown = founded.ok("", "show", number, "--json").json
    assert shown["title"] == ("étude" if title.startswith("e") else title)
    founded.ok("", "check")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("P111", ("XM23001", "-t", "项目", "--customer", "客户")),
        ("P111", ("xm2023002", "-t", "项目", "--customer", "客户")),
        ("P112", (PROJECT, "-t", "另一个", "--customer", "客户")),
        ("P107", ("XM2023002", "-t", "..", "--customer", "客户")),
        ("S107", ("XM2023002", "-t", "项\u202e目", "--customer", "客户")),
        ("S107", ("XM2023002", "-t", "项目", "--customer", "客\n户")),
        ("F114", ("XM2023002", "-t", "项目", "--customer", "客户", "--manager", "nobody")),
        ("F114", ("XM2023002", "-t", "项目", "--customer", "客户", "--manager", "x: [y")),
    ],
)
def test_a_project_that_may_not_be(founded: Desk, code: str, words: tuple[str, ...]) -> None:
    founded.refuse(code, "shen", "project", "new", *words)


@pytest.mark.parametrize("name", ["甲/乙", "长" * 60, "名: 字 # [x]"])
def test_an_odd_project_name(founded: Desk, name: str) -> None:
    founded.ok("shen", "project", "new", "XM2023002", "-t", name, "--customer", "甲: 乙 # 丙")
    founded.ok("shen", "save", "-m", "登记")
    shown = founded.ok("", "project", "show", "XM2023002", "--json").json
    assert (shown["name"], shown["customer"]) == (name, "甲: 乙 # 丙")
    number = founded.new("song", "business-info-sheet", "商务信息", "-p", "XM2023002")
    founded.ok("song", "save", number, "-m", "初稿")


# -- keys


def _no_such_file(folder: Path) -> Path:
    return folder / "absent"


def _a_text(folder: Path) -> Path:
    (folder / "text").write_text("这不是密钥\n")
    return folder / "text"


def _a_folder(folder: Path) -> Path:
    return folder


def _damaged(folder: Path) -> Path:
    key = make_key(folder / "damaged")
    lines = key.read_text().split("\n")
    key.write_text("\n".join([lines[0], "AAAA", *lines[2:]]))
    return key


BAD_KEYS: dict[str, tuple[Callable[[Path], Path], str]] = {
    "no such file": (_no_such_file, "A150"),
    "a text": (_a_text, "A101"),
    "a folder": (_a_folder, "A152"),
    "a damaged key": (_damaged, "A109"),
}


@pytest.mark.parametrize(("make", "code"), BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_a_bad_key(submitted: Desk, tmp_path: Path, make: Callable[[Path], Path], code: str) -> None:
    before = submitted.fingerprint()
    assert_refused(submitted.prs("", "--key", make(tmp_path), "approve", PAPER), code)
    assert submitted.fingerprint() == before


@pytest.mark.parametrize("command", [("approve", PAPER), ("save", PLAN, "-m", "修改"), ("policy", "propose", "-m", "x")])
def test_a_public_key_alone_cannot_sign(submitted: Desk, tmp_path: Path, command: tuple[str, ...]) -> None:
    """The person is known, so everything is ready, but nothing here can sign: nothing may be left changed."""
    person = {"approve": "han", "save": "lin", "policy": "cheng"}[command[0]]
    public = tmp_path / "only.pub"
    public.write_text(submitted.company.people[person].public + "\n")
    submitted.edit(PLAN)
    if command[0] == "policy":
        path = submitted.root / "policy" / "repository.yaml"
        path.write_text(path.read_text() + "# 注\n")
    before = submitted.fingerprint()
    done = submitted.prs("", "--key", public, *command)
    assert_refused(done, "A156")
    assert submitted.fingerprint() == before


@pytest.mark.parametrize("command", [("approve", PAPER), ("save", PLAN, "-m", "修改")])
def test_a_key_behind_a_passphrase_that_cannot_be_asked(
    submitted: Desk, tmp_path: Path, command: tuple[str, ...]
) -> None:
    person = {"approve": "han", "save": "lin"}[command[0]]
    key = tmp_path / "locked"
    shutil.copy(submitted.company.people[person].key, key)
    subprocess.run(["ssh-keygen", "-q", "-p", "-P", "", "-N", "geheim", "-f", key], check=True, capture_output=True)
    submitted.edit(PLAN)
    before = submitted.fingerprint()
    assert_refused(submitted.prs("", "--key", key, *command), "A155")
    assert submitted.fingerprint() == before


# -- saving


def test_there_is_nothing_to_save(founded: Desk) -> None:
    founded.refuse("W106", "xu", "save", "-m", "空")


def test_a_saved_message_is_no_ledger_entry(drafted: Desk) -> None:
    drafted.edit(PAPER)
    drafted.refuse("A210", "xu", "save", "-m", "修改\n\nPrs-Action: approve")


@pytest.mark.parametrize("message", ["", "  \n\t"])
def test_a_saved_message_says_something(drafted: Desk, message: str) -> None:
    drafted.edit(PAPER)
    drafted.refuse("W119", "xu", "save", "-m", message)


@pytest.mark.parametrize("note", ["", " \n"])
def test_a_submission_says_what_is_new(drafted: Desk, note: str) -> None:
    drafted.refuse("W119", "xu", "submit", PAPER, "-m", note)


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


# -- making a repository


def init(company: Company, folder: Path, *args: str | Path, directory: str = "repo") -> tuple[Desk, list[str | Path]]:
    desk = Desk(company, folder, folder / "home")
    desk.home.mkdir(exist_ok=True)
    return desk, ["init", directory, "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@qiheng.example", *args]


PEOPLE_LISTS = {
    "not there": (None, "E122"),
    "not YAML": ("- {id: [}", "F101"),
    "not a list": ("people: 3\n", "A402"),
    "not UTF-8": (b"\xb3\xcc\xb2\xae\xd4\xb6\n", "S102"),
    "a person without e-mail": ("- {id: a, name: 甲, department: presales}\n", "A402"),
    "an unknown department": ("- {id: a, name: 甲, department: nowhere, email: a@q.example}\n", "A402"),
    "an unknown role": ("- {id: a, name: 甲, department: presales, roles: [boss], email: a@q.example}\n", "A402"),
    "a key that is none": ("- {id: a, name: 甲, department: presales, email: a@q.example, keys: [x]}\n", "A101"),
    "one id twice": (
        "- {id: a, name: 甲, department: presales, email: a@q.example}\n"
        "- {id: a, name: 乙, department: presales, email: b@q.example}\n",
        "A402",
    ),
    "one address twice": (
        "- {id: a, name: 甲, department: presales, email: a@q.example}\n"
        "- {id: b, name: 乙, department: presales, email: a@q.example}\n",
        "A402",
    ),
    "an id with a blank": ("- {id: 林 越, name: 甲, department: presales, email: a@q.example}\n", "A402"),
    "a YAML bomb": ("a: &a [x, x]\nb: [*a, *a]\n", "F104"),
}


@pytest.mark.parametrize(("text", "code"), PEOPLE_LISTS.values(), ids=PEOPLE_LISTS.keys())
def test_a_bad_list_of_people(company: Company, tmp_path: Path, text: str | bytes | None, code: str) -> None:
    listed = tmp_path / "list.yaml"
    if text is not None:
        listed.write_bytes(text.encode() if isinstance(text, str) else text)
    desk, words = init(company, tmp_path, "--people", listed)
    assert_refused(desk.prs("cheng", *words), code)
    assert not (tmp_path / "repo").exists()


def test_one_key_of_two_people(company: Company, tmp_path: Path) -> None:
    listed = tmp_path / "list.yaml"
    key = company.people["shen"].public
    listed.write_text(
        "".join(f"- {{id: {p}, name: {p}, department: presales, email: {p}@q.example, keys: ['{key}']}}\n" for p in "ab")
    )
    desk, words = init(company, tmp_path, "--people", listed)
    assert_refused(desk.prs("cheng", *words), "A403")
    assert not (tmp_path / "repo").exists()


def test_init_never_touches_what_is_there(company: Company, tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "mine.txt").write_text("我的")
    desk, words = init(company, tmp_path)
    desk.refuse("E121", "cheng", *words)
    _, words = init(company, tmp_path, directory="repo/mine.txt")
    desk.refuse("E121", "cheng", *words)


@pytest.mark.parametrize("email", ["cheng", "a b@c.example", "<x@y.example>", "a@b@c.example", ""])
def test_init_wants_an_address(company: Company, tmp_path: Path, email: str) -> None:
    desk, words = init(company, tmp_path)
    words[words.index("cheng@qiheng.example")] = email
    assert_refused(desk.prs("cheng", *words), "F111")
    assert not (tmp_path / "repo").exists()


@pytest.mark.parametrize("value", ["", "  ", "甲\n乙", "甲\u202e乙"])
@pytest.mark.parametrize("option", ["--org", "--name"])
def test_init_wants_names(company: Company, tmp_path: Path, option: str, value: str) -> None:
    desk, words = init(company, tmp_path)
    words[words.index(option) + 1] = value
    done = desk.prs("cheng", *words)
    assert done.code == 2
    assert done.err.startswith("error[")
    assert not (tmp_path / "repo").exists()


@pytest.mark.parametrize("value", ["启衡: 数智 # [有限]", "'引号\"", "启衡 <数智>", "- 启衡"])
def test_init_takes_odd_names(company: Company, tmp_path: Path, value: str) -> None:
    desk, words = init(company, tmp_path)
    words[words.index("--org") + 1] = value
    desk.ok("cheng", *words)
    desk.root = tmp_path / "repo"
    assert desk.ok("", "policy", "show", "--json").json["organisation"] == value


def test_init_without_a_key(company: Company, tmp_path: Path) -> None:
    desk, words = init(company, tmp_path)
    assert_refused(desk.prs("", *words), "E130")
    assert not (tmp_path / "repo").exists()
