"""Files, names and links that a stranger can leave in a working tree or a commit: said with a code, nothing opened
that lies outside, no traceback, no endless wait."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from presales_repo.findings import Finding
from presales_repo.ops.check import check
from tests.cases.library import clear, session_at, stock
from tests.company import PRS, Desk

FOLDER = "common/6-其他文档"
POST = f"{FOLDER}/GT202304001-本周进展.md"
PAPER = "common/3-解决方案文档/FJ202305001-数据中台技术白皮书.md"


def post(body: str = "文字。", fields: str = "") -> bytes:
    """A team post that breaks no rule by itself."""
    head = "number: GT202304001\ntitle: 本周进展\ntype: team-post\nauthor: lin\ncreated: 2023-04-18\nkind: progress\n"
    return f"---\n{head}{fields}---\n\n## 内容\n\n{body}\n".encode()


@pytest.fixture(scope="module")
def stocked(published_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return stock(published_once.copy(tmp_path_factory.mktemp("hostile")))


@pytest.fixture
def desk(stocked: Desk) -> Iterator[Desk]:
    commit = stocked.git_ok("rev-parse", "HEAD")
    yield stocked
    clear(stocked, commit)


def write(desk: Desk, path: str | bytes, data: bytes) -> Path:
    target = desk.root / os.fsdecode(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    return target


def found(desk: Desk, *, staged: bool = False) -> list[Finding]:
    """Findings beyond the hints that the repository's own documents still hold."""
    return [item for item in check(session_at(desk), staged=staged).findings if item.code != "H102"]


def codes(desk: Desk, *, staged: bool = False) -> list[str]:
    return [item.code for item in found(desk, staged=staged)]


def shown(desk: Desk) -> tuple[list[dict[str, object]], str]:
    """What `prs check` says, as JSON and as text, both run as the command that people run."""
    as_json, as_text = desk.prs("", "check", "--json"), desk.prs("", "check")
    assert (as_json.code, as_text.code) == (1, 1)
    return [item for item in as_json.json if item["code"] != "H102"], as_text.out


# -- size


def test_a_body_of_10_mb_is_not_read(desk: Desk) -> None:
    write(desk, POST, post("一行字。\n" * 800_000))
    assert codes(desk) == ["S101"]
    desk.git_ok("add", "--all")
    assert codes(desk, staged=True) == ["S101"]


def test_a_line_of_1_gb_is_not_read_into_memory(desk: Desk) -> None:
    target = write(desk, POST, post())
    os.truncate(target, 1 << 30)
    limited = f"ulimit -v 1000000; exec {sys.executable} -P -m presales_repo check --json"
    assert PRS[1:] == ("-P", "-m", "presales_repo")
    done = subprocess.run(
        ["sh", "-c", limited], cwd=desk.root, env=desk.environment(), capture_output=True, timeout=60, check=False
    )
    assert [item["code"] for item in json.loads(done.stdout) if item["code"] != "H102"] == ["S101"]


def test_thousands_of_unknown_names_are_judged_in_moments(desk: Desk) -> None:
    names = "".join(f"  - 甲{number}\n" for number in range(1000))
    write(desk, POST, post(fields=f"contributors:\n{names}"))
    assert set(codes(desk)) == {"F114"}


# -- what is no plain file


def test_a_pipe_in_place_of_a_document_is_not_waited_for(desk: Desk) -> None:
    path = desk.root / PAPER
    path.unlink()
    os.mkfifo(path)
    assert [(item.code, item.path) for item in found(desk)] == [("S111", PAPER)]


def test_a_pipe_in_place_of_an_attachment_is_not_waited_for(desk: Desk) -> None:
    attachment = "attachments/GT202304001/纪要.txt"
    write(desk, attachment, b"x")
    write(desk, POST, post(fields=f"attachments:\n  - {{path: {attachment}, sha256: '{'0' * 64}'}}\n"))
    desk.git_ok("add", "--all")
    (desk.root / attachment).unlink()
    os.mkfifo(desk.root / attachment)
    assert [(item.code, item.path) for item in found(desk)] == [("S111", attachment)] * 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes device nodes")
def test_a_device_in_place_of_a_document_is_not_read(desk: Desk) -> None:
    path = desk.root / PAPER
    path.unlink()
    os.mknod(path, 0o644 | 0o020000, os.makedev(1, 5))  # /dev/zero
    assert codes(desk) == ["S111"]


def test_a_link_in_place_of_a_folder_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    """The folder outside holds a valid document; it must neither be checked nor counted as there."""
    write(desk, POST, post(f"[外面](../7-外面/{Path(POST).name})"))
    (tmp_path / "7-外面").mkdir()
    (tmp_path / "7-外面" / Path(POST).name).write_bytes(post())
    (desk.root / "common/7-外面").symlink_to(tmp_path / "7-外面")
    assert sorted((item.code, item.path) for item in found(desk)) == [("L101", POST), ("S111", "common/7-外面")]


def test_a_folder_of_documents_that_became_a_link_is_not_followed(desk: Desk, tmp_path: Path) -> None:
    folder = desk.root / PAPER
    folder.rename(tmp_path / folder.name)
    folder.parent.rmdir()
    folder.parent.symlink_to(tmp_path)
    assert {(item.code, item.path) for item in found(desk)} >= {("S111", "common/3-解决方案文档")}
    assert "S110" in codes(desk) or "P105" in codes(desk)


def test_a_repository_inside_the_store_is_no_document(desk: Desk) -> None:
    inner = desk.root / FOLDER / "GT202304001-本周进展.md"
    inner.mkdir(parents=True)
    desk.git_ok("init", "-q", inner)
    desk.git_ok("-c", "user.name=x", "-c", "user.email=x@x", "-c", "commit.gpgsign=false", "commit", "-q",
                "--allow-empty", "-m", "x", cwd=inner)  # fmt: skip
    assert [item.code for item in found(desk)] == ["S111"]
    desk.git_ok("add", FOLDER)
    assert codes(desk, staged=True) == ["S111"]


# -- names

ODD_NAMES = {
    "a line end": b"GT202304001-\xe6\x9c\xac\n::error::\xe5\x91\xa8.md",
    "an escape sequence": b"GT202304001-\x1b[2J.md",
    "GBK": "GT202304001-本周进展.md".encode("gbk"),
    "a bidi control": "GT202304001-\u202e本周.md".encode(),
    "a zero-width space": "GT202304001-本\u200b周.md".encode(),
}


@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES.keys())
def test_an_odd_name_is_reported_and_shown_harmlessly(desk: Desk, name: bytes) -> None:
    write(desk, FOLDER.encode() + b"/" + name, post())
    found_json, text = shown(desk)
    assert [item["code"] for item in found_json] == ["S112"]
    assert "\x1b[2J" not in text
    assert "\u202e" not in text
    assert not [line for line in text.split("\n") if line.startswith("::error")]
    github = desk.prs("", "check", "--format", "github").out
    assert not [line for line in github.split("\n") if line.startswith("::error::")]


@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES.keys())
def test_an_odd_name_that_got_into_a_commit_stops_no_command(desk: Desk, name: bytes) -> None:
    write(desk, FOLDER.encode() + b"/" + name, post())
    desk.git_ok("add", "--all")
    assert codes(desk, staged=True) == ["S112"]
    desk.git_ok("-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "-m", "odd")
    assert codes(desk) == ["S112"]
    assert desk.prs("", "list", "--json").code == 0


def test_a_folder_of_an_odd_name_stops_no_command(desk: Desk) -> None:
    write(desk, b"projects/XM2023009-\xff\xfe/project.md", b"---\nid: XM2023009\n---\n")
    desk.git_ok("add", "--all")
    desk.git_ok("-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "-m", "odd")
    assert codes(desk) == ["S112"]


def test_two_names_that_only_some_systems_hold_apart_are_found_against_the_commit(desk: Desk) -> None:
    """The committed one is not changed; the new one differs in case, or in Unicode form, or its folder does."""
    attachment = "attachments/GT202304001/Café.txt"
    write(desk, attachment, b"x")
    desk.git_ok("add", "--all")
    desk.git_ok("-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "-m", "one")
    twins = ("attachments/GT202304001/CAFÉ.txt", "attachments/GT202304001/Cafe\u0301.txt", "Attachments/GT202304001/b")
    for twin in twins:
        write(desk, twin, b"x")
    desk.git_ok("-c", "core.precomposeunicode=false", "add", "--all")
    collisions = [item for item in found(desk, staged=True) if item.code == "P109"]
    assert sorted(item.path for item in collisions) == sorted(twins)


def test_a_change_of_case_alone_collides_with_nothing(desk: Desk) -> None:
    write(desk, "attachments/GT202304001/A.txt", b"x")
    desk.git_ok("add", "--all")
    desk.git_ok("-c", "commit.gpgsign=false", "commit", "-q", "--no-verify", "-m", "one")
    desk.git_ok("mv", "attachments/GT202304001/A.txt", "attachments/GT202304001/a.txt")
    assert "P109" not in codes(desk, staged=True)


# -- references

LINKS = {
    "../../../etc/passwd": "L102",
    "/etc/passwd": "L102",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd": "L102",
    "..%2f..%2f..%2fetc/passwd": "L102",
    "%252e%252e/x": "L101",
    "..\\..\\x.md": "L102",
    "C:\\Windows\\win.ini": "L102",
    "\\\\server\\share": "L102",
    "//server/share": "S109",
    "a%00b": "L101",
    "a%0ab%0aerror[X]": "L101",
    "../../.git/config": "L101",
    "../../.GIT/config": "L101",
    "HEAD:policy": "S109",
    "JavaScript:alert(1)": "S109",
    "java%73cript:alert(1)": "S109",
    "java&#115;cript:alert(1)": "S109",
    "vbscript:x": "S109",
    "data:text/html,x": "S109",
    "file:///etc/passwd": "S109",
    "ftp://example.cn/x": "S109",
    "x" * 5000: "L101",
}


@pytest.mark.parametrize(("target", "code"), LINKS.items(), ids=[target[:30] for target in LINKS])
def test_a_hostile_link_is_reported_and_the_next_one_judged_rightly(desk: Desk, target: str, code: str) -> None:
    good = "[白皮书](../3-解决方案文档/FJ202305001-数据中台技术白皮书.md)"
    write(desk, POST, post(f"[甲](<{target}>)\n\n{good}\n"))
    assert codes(desk) == [code]


ATTACHMENTS = {
    "/etc/passwd": "L107",
    "../../etc/passwd": "L107",
    "attachments/GT202304001/../../policy/people.yaml": "L107",
    "attachments/GT202304001/./a": "L107",
    "attachments/GT202304001//a": "L107",
    "attachments/GT202304001": "L107",
    "attachments/GT202304001/": "L107",
    "attachments/GT202304001/没有": "L105",
    "policy/people.yaml": "L107",
    ".git/config": "L107",
    "attachments/GT202304001/a\\0b": "S107 L105",
    "attachments/GT202304001/a\\nb": "F111 L105",
}


@pytest.mark.parametrize(("path", "code"), ATTACHMENTS.items(), ids=ATTACHMENTS.keys())
def test_an_attachment_outside_its_folder_is_refused(desk: Desk, path: str, code: str) -> None:
    write(desk, POST, post(fields=f'attachments:\n  - {{path: "{path}", sha256: x}}\n'))
    assert sorted(codes(desk)) == sorted(code.split())


@pytest.mark.parametrize("project", ["../../etc", "XM2023001-滨江智慧园区/../..", "/etc", "*", "a\\nb", "\\0"])
def test_a_hostile_project_names_no_folder(desk: Desk, project: str) -> None:
    write(desk, POST, post(fields=f'project: "{project}"\n'))
    assert "P106" in codes(desk) or "S107" in codes(desk)


def test_a_hint_is_safe_to_copy_into_a_shell(desk: Desk, tmp_path: Path) -> None:
    """The command that a hint gives, run as it stands, does what it says and not what the file's name says."""
    target = write(desk, f"{FOLDER}/GT202304001-$(touch pwned)`touch pwned`'.md", post())
    desk.git_ok("add", "--all")
    found_json, _ = shown(desk)
    command = str(found_json[0]["hint"]).partition("by hand: ")[2]
    subprocess.run(["sh", "-c", command], cwd=desk.root, env=desk.environment(), check=True)
    assert not (desk.root / "pwned").exists()
    assert not target.exists()
    assert codes(desk) == []


# -- merges


def test_an_unfinished_merge_is_reported_where_it_stands(desk: Desk) -> None:
    identity = ("-c", "user.name=x", "-c", "user.email=x@x", "-c", "commit.gpgsign=false")
    write(desk, POST, post())
    desk.git_ok("add", "--all")
    desk.git_ok(*identity, "commit", "-q", "--no-verify", "-m", "base")
    for branch, text in (("theirs", "乙"), ("ours", "甲")):
        desk.git_ok("checkout", "-q", "-B", branch, "main")
        write(desk, POST, post(text))
        desk.git_ok(*identity, "commit", "-q", "--no-verify", "-am", branch)
    assert desk.git(*identity, "merge", "-q", "theirs").code == 1
    assert [(item.code, item.line) for item in found(desk)] == [("H107", 12), ("H107", 14), ("H107", 16)]
    desk.git_ok("merge", "--abort")
    desk.git_ok("checkout", "-q", "main")
