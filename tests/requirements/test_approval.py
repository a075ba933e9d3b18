"""四(三) Approval, 四(四)3 history, and the controls of the design, through the command line and plain git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.company import PROJECT, Company, Desk, found_repository
from tests.conftest import NOTE, PAPER, PLAN

MEETING = "cross-department"


@pytest.fixture(scope="module")
def reviewed(submitted_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The white paper waits for its first step; tests leave it so."""
    return submitted_once.copy(tmp_path_factory.mktemp("reviewed"))


@pytest.fixture(scope="module")
def library(published_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The white paper is published; tests leave it so."""
    return published_once.copy(tmp_path_factory.mktemp("library"))


def test_r001_one_catalogue(founded: Desk) -> None:
    """R001 | prs types, prs new | A type that is added to the policy's file alone is offered and enforced."""
    path = founded.root / "policy" / "types" / "ZH.yaml"
    before = path.read_text()
    path.write_text(before + _NEW_TYPE)
    founded.ok("cheng", "save", "-m", "新类型")
    founded.ok("cheng", "policy", "propose", "-m", "新类型")
    assert "visit-note" in {item["id"] for item in founded.ok("", "types", "--json").json}
    number = founded.new("lin", "visit-note", "来访")
    document = founded.path_of(number)
    document.write_text(document.read_text().replace("## 来访人", "## 其他"))
    assert founded.prs("", "check", document, "--json").json[0]["code"] == "H101"


_NEW_TYPE = """
  - id: visit-note
    title_zh: 来访登记
    title_en: Visit note
    category: other
    stage: ZH
    scope: none
    chain: none
    authors: [solution-architect]
    sensitivity: internal
    retention: working
    headings: [来访人]
"""


def test_r008_roles(founded: Desk) -> None:
    """R008 | prs person add | Known roles and departments can be given; an unknown role is refused."""
    key = founded.company.people["stranger"].key
    person = ("person", "add", "wei", "--name", "魏然", "--department", "presales", "--email", "wei@qiheng.example")
    done = founded.prs("cheng", *person, "--role", "wizard", "--key", f"{key}.pub")
    assert done.code == 2
    founded.ok("cheng", *person, "--role", "industry-expert", "--key", f"{key}.pub")
    founded.ok("cheng", "save", "-m", "新同事")
    founded.ok("cheng", "policy", "propose", "-m", "新同事")
    listed = founded.ok("", "person", "list", "--json").json
    assert {"wei"} <= {item["id"] for item in listed}


def test_r105_approval_before_release(reviewed: Desk) -> None:
    """R105 | prs export, git show approved: | What is not approved is not in the library and leaves as no PDF."""
    path = reviewed.path_of(PAPER).relative_to(reviewed.root)
    assert reviewed.git("show", f"approved:{path}").code != 0
    reviewed.refuse("W108", "", "export", PAPER, "-o", reviewed.home / "out")


def test_r106_first_step(reviewed: Desk) -> None:
    """R106 | prs approve | The first step is that of the author's department's head, and of no other."""
    assert reviewed.ok("", "show", PAPER, "--json").json["steps"][0]["state"] == "open"
    reviewed.refuse("A305", "gao", "approve", PAPER)


def test_r107_order(reviewed: Desk) -> None:
    """R107 | prs approve | The presales manager signs after the head, never before."""
    reviewed.refuse("A304", "shen", "approve", PAPER)


def test_r108_final_step_by_scope(drafted: Desk) -> None:
    """R108 | prs submit, prs approve | What concerns several departments goes to the meeting: the leader alone and no
    minutes do not do."""
    path = drafted.path_of(PAPER)
    path.write_text(path.read_text().replace("\n---\n", f"\nscope: {MEETING}\n---\n", 1))
    drafted.ok("xu", "save", "-m", "跨部门")
    drafted.ok("xu", "submit", PAPER, "-m", "首次发布")
    drafted.ok("han", "approve", PAPER)
    drafted.ok("shen", "approve", PAPER)
    steps = drafted.ok("", "show", PAPER, "--json").json
    assert {item["state"] for item in steps["countersigns"]} == {"missing"}
    drafted.refuse("A350", "cheng", "approve", PAPER)


def test_r109_release_after_the_final_step(library: Desk, submitted: Desk) -> None:
    """R109 | prs approve, prs export | Two of three signatures publish nothing; three do."""
    for person in ("han", "shen"):
        submitted.ok(person, "approve", PAPER)
    assert submitted.ok("", "show", PAPER, "--json").json["status"] == "in-review"
    made = submitted.ok("", "export", PAPER, "--profile", "draft", "-o", submitted.home / "out", "--json").json
    assert "未审批" in _text(Path(made[0]["path"]))
    assert library.ok("", "show", PAPER, "--json").json["status"] == "published"


def test_r115_rejection(submitted: Desk) -> None:
    """R115 | prs reject | A rejection has a reason, goes back to the author, and the chain starts anew."""
    submitted.ok("han", "approve", PAPER)
    assert submitted.prs("shen", "reject", PAPER).code == 2
    submitted.ok("shen", "reject", PAPER, "--reason", "请补充参数")
    assert submitted.ok("", "show", PAPER, "--json").json["status"] == "changes-requested"
    submitted.edit(PAPER)
    submitted.ok("xu", "save", "-m", "补充参数")
    submitted.ok("xu", "submit", PAPER, "-m", "补充参数")
    steps = submitted.ok("", "show", PAPER, "--json").json["steps"]
    assert [step["state"] for step in steps] == ["open", "waiting", "waiting"]


def test_r116_text_changed_between_steps(submitted: Desk) -> None:
    """R116 | prs approve | One byte changed between two signatures stops the next one."""
    submitted.ok("han", "approve", PAPER)
    submitted.edit(PAPER, "。")
    submitted.ok("xu", "save", "-m", "改一处")
    submitted.refuse("A307", "shen", "approve", PAPER)


def test_r117_nobody_approves_their_own(founded: Desk) -> None:
    """R117 | prs approve | A head who is the author does not sign; the step moves up to the leader."""
    number = founded.new(
        "han", "technical-white-paper", "平台白皮书", "--set", "product=a", "--set", "product_version=1"
    )
    founded.ok("han", "save", "-m", "初稿")
    founded.ok("han", "submit", number, "-m", "送审")
    founded.refuse("A302", "han", "approve", number)
    founded.ok("cheng", "approve", number)


def test_r118_worklist(reviewed: Desk) -> None:
    """R118 | prs inbox | It lists what waits for the owner of the key, and nothing else."""
    assert [item["number"] for item in reviewed.ok("han", "inbox", "--json").json] == [PAPER]
    assert reviewed.ok("shen", "inbox", "--json").json == []


def test_r125_history(founded: Desk) -> None:
    """R125 | prs history | Three changes are three rows with time, content and person."""
    number = founded.new("song", "market-info-note", "研讨会", "--set", "channel=seminar",
                         "--set", "event_date=2023-05-17", "--set", "captured_date=2023-05-18")  # fmt: skip
    for count in range(3):
        founded.edit(number, f"第{count}次修改。")
        founded.ok("song", "save", "-m", f"修改{count}")
    rows = founded.ok("", "history", number, "--json").json
    said = [row for row in rows if row["note"].startswith("修改")]
    assert [row["note"] for row in said] == ["修改0", "修改1", "修改2"]
    assert {row["person"] for row in said} == {"song"}
    assert all(row["time"].startswith("2023-05-18T09:30") and row["changed"] for row in said)


def test_r127_history_cannot_be_rewritten(library: Desk) -> None:
    """R127 | prs verify | A ledger that lost an entry is noticed by whoever saw it before (the server: tests/server)."""
    tip = library.git_ok("rev-parse", "approved")
    library.ok("", "verify")
    library.git_ok("update-ref", "refs/heads/approved", "approved~1")
    try:
        assert "error[A230]" in library.prs("", "verify").out
    finally:
        library.git_ok("update-ref", "refs/heads/approved", tip)
    library.ok("", "verify")


def test_r161_any_editor(founded: Desk) -> None:
    """R161 | prs save, prs check | A file saved with a byte order mark and CRLF is taken as it is, and stays so."""
    number = founded.new("song", "market-info-note", "记录", "--set", "channel=seminar",
                         "--set", "event_date=2023-05-17", "--set", "captured_date=2023-05-18")  # fmt: skip
    path = founded.path_of(number)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    founded.ok("song", "save", "-m", "记事本保存")
    founded.ok("song", "register", number)
    assert founded.ok("", "show", f"{number}@1.0").raw == path.read_bytes()


def test_r162_hooks_fire_on_commit_and_merge(drafted: Desk) -> None:
    """R162 | prs hooks install | A wrong name is stopped in plain `git commit`, and in `git merge` too."""
    drafted.git_ok("checkout", "-q", "-b", "side")
    path = drafted.path_of(PLAN)
    path.rename(path.with_name("随便.md"))
    drafted.git_ok("add", "--all")
    assert "P101" in drafted.commit("lin", "改名").err
    assert drafted.commit("lin", "改名", "--no-verify").code == 0
    drafted.git_ok("checkout", "-q", "main")
    assert drafted.commit("lin", "空", "--allow-empty").code == 0
    who = drafted.company.people["lin"]
    merged = drafted.git(
        "-c", f"user.name={who.name}", "-c", f"user.email={who.email}", "-c", f"user.signingkey={who.key}",
        "merge", "--no-ff", "-m", "合并", "side",
    )  # fmt: skip
    assert merged.code != 0
    assert "P101" in merged.err


def test_r163_skipped_hooks(drafted: Desk) -> None:
    """R163 | prs check --rev | What went past the hooks is found again by check (and by the server: tests/server)."""
    path = drafted.path_of(PLAN)
    path.rename(path.with_name("随便.md"))
    drafted.git_ok("add", "--all")
    assert drafted.commit("lin", "改名", "--no-verify").code == 0
    found = drafted.prs("", "check", "--rev", "HEAD~1..HEAD", "--json")
    assert found.code == 1
    assert "P101" in {item["code"] for item in found.json}


def test_r164_signed_merges(library: Desk) -> None:
    """R164 | git log | Every decision is a merge on `approved` whose signature git itself accepts."""
    shown = library.git_ok("log", "--first-parent", "--format=%G? %P", "approved").split("\n")
    assert {line.split(" ")[0] for line in shown} == {"G"}
    assert [len(line.split(" ")) for line in shown[:-1]] == [3] * (len(shown) - 1)


def test_r165_wrong_key(reviewed: Desk) -> None:
    """R165 | prs approve | The key decides who acts: one of nobody's is refused."""
    reviewed.refuse("A301", "stranger", "approve", PAPER)


def test_r166_pdf(library: Desk) -> None:
    """R166 | prs export | The PDF names number, version and the three who signed, and numbers its pages."""
    made = library.ok("", "export", PAPER, "-o", library.home / "out", "--json").json[0]
    text = _text(Path(made["path"]))
    for word in (PAPER, "1.0", "韩策", "沈砚舟", "程伯远"):
        assert word in text


def test_r167_records_are_signed(drafted: Desk) -> None:
    """R167 | prs register | A record without approval is published by its author's own signed merge."""
    drafted.ok("song", "register", NOTE)
    assert drafted.git("verify-commit", "approved").code == 0
    assert "Prs-Action: register" in drafted.git_ok("log", "-1", "--format=%B", "approved")
    assert "宋佳宁" in drafted.git_ok("log", "-1", "--format=%an", "approved")


def test_r170_audit(library: Desk, company: Company, tmp_path: Path) -> None:
    """R170 | prs verify, prs check | Each seeded fault gets its own line: ledger, text, number, link (tests/attacks has
    all of them)."""
    assert library.ok("", "verify", "--full", "--json").json["ok"]
    desk = found_repository(company, tmp_path)
    number = desk.new("lin", "survey-plan", "计划", "-p", PROJECT, "--set", "survey_from=2023-05-19",
                      "--set", "survey_to=2023-05-26", "--set", "methods=interview", "--set", "participants=lin",
                      "--set", "planned_levels=executive")  # fmt: skip
    path = desk.path_of(number)
    path.write_text(path.read_text().replace("## 调研方法", "## 方法\n\n[附件](../没有.md)"))
    codes = {item["code"] for item in desk.prs("", "check", "--json").json}
    assert {"H101", "L101"} <= codes


def _text(path: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
