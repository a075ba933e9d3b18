"""The contract of every command: keys of its JSON, exit codes, what goes to stdout and what to stderr."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from pathlib import Path

import pytest

from tests.company import NOTE_FIELDS, PAPER_FIELDS, PLAN_FIELDS, PROJECT, PRS, Desk, run
from tests.conftest import NOTE, PAPER, PLAN

LISTED = {"number", "title", "type", "project", "status", "version", "path", "author", "updated"}
STEP = {"step", "state", "by", "commit", "time", "comment"}
FINDING = {"code", "severity", "path", "line", "column", "message", "hint"}
VERIFIED = {"ok", "entries", "tip", "genesis", "problems"}
GATE = {"id", "name", "state", "gate"}

# A reading command, and the keys that each of its rows, or its one object, must have.
CONTRACT: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "types": (("types",), {"id", "title", "category", "stage", "chain", "authors", "important"}),
    "list": (("list",), LISTED),
    "show": (("show", PAPER), LISTED | {"front_matter", "steps", "links"}),
    "history": (("history", PAPER), {"time", "person", "changed", "version", "decision"}),
    "verify": (("verify",), VERIFIED),
    "verify --full": (("verify", "--full"), VERIFIED),
    "verify NUMBER": (("verify", PAPER), VERIFIED),
    "check": (("check",), FINDING),
    "explain": (("explain", "N102"), {"code", "severity", "message", "hint"}),
    "project list": (("project", "list"), {"id", "name"}),
    "project show": (("project", "show", PROJECT), GATE),
    "person list": (("person", "list"), {"id", "name", "department", "roles", "email"}),
    "policy show": (("policy", "show"), {"version", "digest", "quorum", "administrators"}),
    "doctor": (("doctor",), {"what", "code", "message"}),
}  # fmt: skip


@pytest.mark.parametrize(("words", "keys"), CONTRACT.values(), ids=CONTRACT.keys())
def test_reading_commands_speak_json(published_once: Desk, words: tuple[str, ...], keys: set[str]) -> None:
    done = published_once.prs("", *words, "--json")
    assert done.code == 0
    rows = done.json if isinstance(done.json, list) else [done.json]
    assert rows
    for row in rows:
        assert keys <= set(row), keys - set(row)


def test_the_inbox_speaks_json(submitted: Desk) -> None:
    (row,) = submitted.ok("han", "inbox", "--json").json
    assert set(row) >= {"number", "title", "step", "since", "submitted_by"}
    assert (row["number"], row["step"], row["submitted_by"]) == (PAPER, "first", "xu")
    assert submitted.ok("xu", "inbox", "--json").json == []
    assert submitted.ok("xu", "inbox").out == ""


def test_making_things_speaks_json(founded: Desk) -> None:
    made = founded.ok("xu", "new", "technical-white-paper", "-t", "白皮书", *PAPER_FIELDS, "--json").json
    assert set(made) >= {"number", "path", "type", "title"}
    assert (founded.root / made["path"]).is_file()
    project = founded.ok("shen", "project", "new", "XM2023002", "-t", "乙", "--customer", "丙", "--json").json
    assert set(project) >= GATE
    assert set(project["gate"]) >= {"id", "missing"}


def test_json_goes_to_stdout_alone_and_is_not_escaped(published_once: Desk) -> None:
    done = published_once.ok("", "list", "--json")
    assert done.err == ""
    assert "数据中台技术白皮书" in done.out
    assert done.out.endswith("]\n")


# -- list


FILTERS: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "nothing": ((), [PAPER, PLAN, NOTE]),
    "project": (("--project", PROJECT), [PLAN]),
    "no such project": (("--project", "XM2023009"), []),
    "type": (("--type", "market-info-note"), [NOTE]),
    "category": (("--category", "solution"), [PAPER]),
    "stage": (("--stage", "QD"), [PLAN]),
    "status": (("--status", "published"), [PAPER]),
    "status draft": (("--status", "draft"), [PLAN, NOTE]),
    "author": (("--author", "song"), [NOTE]),
    "since": (("--since", "2023-05-18"), [PAPER, PLAN, NOTE]),
    "since later": (("--since", "2023-05-19"), []),
    "until": (("--until", "2023-05-17"), []),
    "where": (("--where", "product_version=V3.2"), [PAPER]),
    "where in a list": (("--where", "planned_levels=technical"), [PLAN]),
    "two wheres": (("--where", "product_version=V3.2", "--where", "product=别的"), []),
    "effective": (("--effective",), [PAPER]),
    "several": (("--stage", "FJ", "--author", "xu", "--status", "published"), [PAPER]),
}


@pytest.mark.parametrize(("words", "numbers"), FILTERS.values(), ids=FILTERS.keys())
def test_filters_of_list(published_once: Desk, words: tuple[str, ...], numbers: list[str]) -> None:
    assert [row["number"] for row in published_once.ok("", "list", *words, "--json").json] == numbers


def test_list_shows_a_table(published_once: Desk) -> None:
    lines = published_once.ok("", "list").out.splitlines()
    assert lines[1].split() == [PAPER, "published", "1.0", "xu", "2023-05-18", "数据中台技术白皮书"]


def test_list_knows_files_that_were_never_saved(founded: Desk) -> None:
    number = founded.new("song", "market-info-note", "未保存", *NOTE_FIELDS)
    assert [(row["number"], row["status"]) for row in founded.ok("", "list", "--json").json] == [(number, "draft")]


def test_a_bad_day_or_pair(published_once: Desk) -> None:
    assert published_once.prs("", "list", "--since", "18.5.2023").codes == ["W116"]
    assert published_once.prs("", "list", "--since", "2023-02-30").codes == ["W116"]
    assert published_once.prs("", "list", "--where", "product").codes == ["E190"]


# -- show, history, diff


def test_show_names_links_both_ways(drafted: Desk) -> None:
    path = drafted.path_of(PAPER)
    path.write_text(path.read_text().replace("product:", f"based_on: [{PLAN}]\nproduct:"))
    assert drafted.ok("", "show", PAPER, "--json").json["links"] == {"to": [PLAN], "from": []}
    assert drafted.ok("", "show", PLAN, "--json").json["links"] == {"to": [], "from": [PAPER]}


def test_show_of_a_document_in_review(submitted: Desk) -> None:
    submitted.ok("han", "approve", PAPER, "-m", "同意")
    shown = submitted.ok("", "show", PAPER, "--json").json
    assert [(step["step"], step["state"], step["by"]) for step in shown["steps"]] == [
        ("first", "signed", "han"), ("second", "open", ""), ("final", "waiting", ""),
    ]  # fmt: skip
    assert all(set(step) >= STEP for step in shown["steps"])
    assert shown["waiting_for"] == ["shen"]
    assert shown["front_matter"]["product_version"] == "V3.2"


@pytest.mark.parametrize("version", ["1.1", "2.0", "x", "latest"])
def test_show_of_a_version_that_was_never_published(published_once: Desk, version: str) -> None:
    assert published_once.prs("", "show", f"{PAPER}@{version}").codes == ["W107"]
    assert published_once.prs("", "diff", PAPER, version).codes == ["W107"]


def test_versions_of_what_was_never_published(drafted: Desk) -> None:
    assert drafted.prs("", "show", f"{PAPER}@1.0").codes == ["W107"]
    assert drafted.prs("", "diff", PAPER).codes == ["W108"]


def test_bytes_of_a_version_are_exact(drafted: Desk) -> None:
    """CRLF, a byte order mark and a missing last line end are kept as they were signed."""
    path = drafted.path_of(NOTE)
    odd = b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n").rstrip()
    path.write_bytes(odd)
    drafted.ok("song", "save", NOTE, "-m", "另一种编辑器")
    drafted.ok("song", "register", NOTE)
    assert drafted.ok("", "show", f"{NOTE}@1.0").raw == odd
    assert drafted.git("show", f"approved:{path.relative_to(drafted.root).as_posix()}").raw == odd


def test_diff_with_the_working_file(published: Desk) -> None:
    published.edit(PAPER, "工作副本里的一句")
    assert "+工作副本里的一句" in published.ok("", "diff", PAPER).out.splitlines()
    assert "+工作副本里的一句" in published.ok("", "diff", PAPER, "1.0").out.splitlines()


def test_history_of_a_renamed_document(drafted: Desk) -> None:
    path = drafted.path_of(PLAN)
    path.write_text(path.read_text().replace("需求调研计划", "现场调研计划"))
    path.rename(path.with_name(f"{PLAN}-现场调研计划.md"))
    drafted.ok("lin", "save", PLAN, "-m", "改名", now="2023-05-19T09:00:00+08:00")
    assert [(row["person"], row["note"]) for row in drafted.ok("", "history", PLAN, "--json").json] == [
        ("lin", "初稿"), ("lin", "改名"),
    ]  # fmt: skip


# -- check


def test_check_reports_and_exits_with_one(drafted: Desk) -> None:
    path = drafted.path_of(PAPER)
    path.write_text(path.read_text().replace("## 技术架构", "## 架构"))
    before = drafted.fingerprint()
    done = drafted.prs("", "check", "--json")
    (error,) = (item for item in done.json if item["severity"] == "error")
    assert (done.code, error["code"]) == (1, "H101")
    assert error["path"] == path.relative_to(drafted.root).as_posix()
    text = drafted.prs("", "check")
    assert (text.code, "error[H101]" in text.out) == (1, True)
    assert drafted.fingerprint() == before, "a check never writes"


def test_check_of_some_paths(drafted: Desk) -> None:
    path = drafted.path_of(PAPER)
    path.write_text(path.read_text().replace("## 技术架构", "## 架构"))
    assert drafted.prs("", "check", path).code == 1
    assert drafted.prs("", "check", path.parent).code == 1
    assert drafted.prs("", "check", drafted.path_of(PLAN)).code == 0
    assert drafted.prs("", "check", "projects").code == 0
    assert drafted.prs("", "check", "nowhere.md").codes == ["W105"]
    assert drafted.prs("", "check", PLAN).code == 0
    assert drafted.prs("", "check", PAPER).code == 1
    assert drafted.prs("", "check", PROJECT).code == 0
    assert drafted.prs("", "check", "QD209901001").codes == ["W105"]
    assert drafted.prs("", "check", "/etc/hostname").codes == ["P108"]
    assert drafted.prs("", "check", "../..").codes == ["P108"]


def test_check_of_what_is_staged(drafted: Desk) -> None:
    path = drafted.path_of(PAPER)
    path.write_text(path.read_text().replace("## 技术架构", "## 架构"))
    assert drafted.prs("", "check", "--staged", "--json").json == []
    drafted.git_ok("add", "-A")
    done = drafted.prs("", "check", "--staged", "--json")
    assert (done.code, [item["code"] for item in done.json if item["severity"] == "error"]) == (1, ["H101"])


def test_check_of_a_range(drafted: Desk) -> None:
    assert drafted.prs("", "check", "--rev", "main~1..main").code == 0
    for rev in ("main", "nowhere..main", "main..", "..", "-x..main"):
        assert drafted.prs("", "check", "--rev", rev).codes in (["W104"], []), rev
    assert drafted.prs("", "check", "--rev", "nowhere..main").codes == ["W104"]


def test_formats_of_check(drafted: Desk) -> None:
    path = drafted.path_of(PAPER)
    path.write_text(path.read_text().replace("## 技术架构", "## 架构"))
    name = path.relative_to(drafted.root).as_posix()
    github = drafted.prs("", "check", "--format", "github").out
    assert f"::error file={name},line=" in github
    sarif = drafted.prs("", "check", "--format", "sarif").json
    assert sarif["version"] == "2.1.0"
    assert any(
        result["ruleId"] == "H101" and result["level"] == "error"
        and result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] in (name, _quoted(name))
        for result in sarif["runs"][0]["results"]
    )  # fmt: skip


def _quoted(path: str) -> str:
    from urllib.parse import quote

    return quote(path)


# -- types, explain, completion, doctor


def test_types_are_filtered(founded_once: Desk) -> None:
    every = founded_once.ok("", "types", "--json").json
    assert len(every) == 79
    stage = founded_once.ok("", "types", "--stage", "QD", "--json").json
    assert {row["stage"] for row in stage} == {"QD"}
    both = founded_once.ok("", "types", "--stage", "TB", "--category", "bid", "--json").json
    assert both == [row for row in every if (row["stage"], row["category"]) == ("TB", "bid")] != []
    shown = founded_once.ok("", "types", "survey-plan", "--json").json
    assert set(shown["fields"]) == {word.split("=")[0] for word in PLAN_FIELDS[1::2]}
    assert "调研目标" in shown["headings"]
    assert founded_once.prs("", "types", "survey-plam").codes == ["F122"]
    said = founded_once.ok("", "--lang", "zh", "types", "bid-price-list").out
    assert "unit_price=单价" in said
    assert "survey-plan (需求调研计划)" in founded_once.prs("", "types", "調研計劃").err


def test_explain(founded_once: Desk) -> None:
    text = founded_once.ok("", "explain", "n102").out
    assert "N102" in text
    assert "四(二)1" in text
    assert founded_once.prs("", "explain", "Z999").codes == ["W115"]
    assert "A302" in founded_once.ok("", "explain").out


@pytest.mark.parametrize(("shell", "mark"), [("bash", "complete "), ("zsh", "#compdef prs"), ("fish", "complete ")])
def test_completion(founded_once: Desk, shell: str, mark: str) -> None:
    script = founded_once.ok("", "completion", shell).out
    assert mark in script
    if shutil.which(shell):
        checked = subprocess.run([shell, "-n"], input=script.encode(), capture_output=True, check=False)
        assert checked.returncode == 0, checked.stderr


def test_doctor_finds_nothing_wrong(drafted: Desk) -> None:
    key = str(drafted.company.people["xu"].key)
    done = drafted.prs("", "doctor", "--json", env={"PRS_KEY": key})
    assert done.code == 0
    assert [item["code"] for item in done.json if item["code"] != "E073"] == []


def test_doctor_finds_what_is_wrong_with_a_clone(drafted: Desk) -> None:
    (drafted.root / ".git" / "hooks" / "pre-commit").unlink()
    hook = drafted.root / ".git" / "hooks" / "pre-push"
    hook.write_text(hook.read_text() + "# changed\n")
    drafted.git_ok("checkout", "-q", "--detach")
    found = {item["code"] for item in drafted.prs("", "doctor", "--json").json}
    assert found >= {"E115", "E130", "E143"}
    text = drafted.prs("", "doctor").out
    assert "prs hooks install" in text
    assert "git switch main" in text


def test_watch_tells_of_a_breach_when_the_file_is_saved(drafted: Desk) -> None:
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a suite run in the background ignores it, and its children
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    process = subprocess.Popen([*PRS, "watch"], cwd=drafted.root, env=drafted.environment(), text=True, **pipes)
    patience = threading.Timer(120, process.kill)
    patience.start()
    assert process.stdout is not None
    assert process.stderr is not None
    assert "Ctrl-C" in process.stderr.readline()
    path = drafted.path_of(PAPER)
    path.write_text(path.read_text().replace("## 技术架构", "## 架构"))
    found = next(line for line in iter(process.stdout.readline, "") if "error[H101]" in line)
    assert path.name in found
    process.send_signal(signal.SIGINT)
    process.communicate()
    patience.cancel()
    assert process.returncode in (0, 2)


# -- PDFs


def text_of(pdf: Path) -> str:
    """The words of a PDF, without blanks: line breaks fall anywhere in Chinese."""
    done = run(["pdftotext", "-layout", str(pdf), "-"], pdf.parent, {"PATH": os.environ["PATH"]})
    assert done.code == 0
    return "".join(done.out.split())


def test_the_pdf_of_a_published_document(published: Desk, tmp_path: Path) -> None:
    """R166: number, version and the three who signed; from the ledger, not from the file that was edited since."""
    published.edit(PAPER, "发布之后写的一句")
    done = published.ok("", "export", PAPER, "-o", tmp_path / "out", "--json")
    (item,) = done.json
    assert set(item) >= {"number", "version", "path", "sha256", "pages"}
    assert (item["number"], item["version"]) == (PAPER, "1.0")
    text = text_of(Path(item["path"]))
    for word in (PAPER, "1.0", "数据中台技术白皮书", "许知行", "韩策", "沈砚舟", "程伯远", "技术架构"):
        assert word in text, word
    assert "发布之后写的一句" not in text
    again = published.ok("", "export", PAPER, "-o", tmp_path / "again", "--json").json[0]
    if "E073" not in done.err:
        assert again["sha256"] == item["sha256"]
        assert published.ok("", "verify", item["path"]).code == 0


def test_a_draft_is_exported_only_as_a_draft(drafted: Desk, tmp_path: Path) -> None:
    drafted.refuse("W108", "", "export", PAPER, "-o", tmp_path / "out")
    drafted.refuse("W107", "", "export", f"{PAPER}@1.0", "-o", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    item = drafted.ok("", "export", PAPER, "-o", tmp_path / "out", "--profile", "draft", "--json").json[0]
    assert item["version"] == ""
    text = text_of(Path(item["path"]))
    assert "草稿" in text
    assert "韩策" not in text


def test_an_old_version_is_marked_as_such(published: Desk, tmp_path: Path) -> None:
    published.edit(PAPER, "第二版")
    published.ok("xu", "save", PAPER, "-m", "修订")
    published.ok("xu", "submit", PAPER, "-m", "第二版")
    for person in ("han", "shen", "cheng"):
        published.ok(person, "approve", PAPER)
    old, new = published.ok("", "export", f"{PAPER}@1.0", PAPER, "-o", tmp_path, "--json").json
    assert (old["version"], new["version"]) == ("1.0", "1.1")
    assert "第二版" in text_of(Path(new["path"]))
    assert "作废" in text_of(Path(old["path"]))


def test_everything_published_is_exported(published: Desk) -> None:
    published.ok("song", "register", NOTE)
    items = published.ok("", "export", "--all", "--json").json
    assert [item["number"] for item in items] == [PAPER, NOTE]
    assert all(Path(item["path"]).parent == published.root / "pdf" for item in items)
    assert published.git_ok("status", "--short") == "", "PDFs are never committed"
