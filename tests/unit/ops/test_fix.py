"""`prs check --fix` mends what has exactly one right form, and nothing else in the file or the repository."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from presales_repo.ops.check import check
from presales_repo.ops.fix import fix
from tests.cases.library import clear, session_at, stock
from tests.company import Desk, files_below

FOLDER = "common/6-其他文档"
POST = f"{FOLDER}/GT202304001-本周进展.md"
MINUTES = "attachments/GT202304001/纪要.txt"
DIGEST = hashlib.sha256("会议纪要\n".encode()).hexdigest()


@pytest.fixture(scope="module")
def stocked(founded_once: Desk, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return stock(founded_once.copy(tmp_path_factory.mktemp("fix")))


@pytest.fixture
def desk(stocked: Desk) -> Iterator[Desk]:
    commit = stocked.git_ok("rev-parse", "HEAD")
    yield stocked
    clear(stocked, commit)


def post(number: str = "GT202304001", fields: str = "", body: str = "文字。") -> str:
    """A team post, with things in it that an editor of YAML would lose."""
    return (
        f"---\n# 本周\nnumber:   {number}   # 编号\ntitle: '本周进展'\ntype: team-post\nauthor: lin\n"
        f"created: 2023-04-18\nkind: progress\n{fields}---\n\n## 内容\n\n{body}\n"
    )


def write(desk: Desk, path: str, text: str | bytes) -> Path:
    target = desk.root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(text if isinstance(text, bytes) else text.encode())
    return target


def contents(desk: Desk) -> dict[Path, tuple[bytes, int]]:
    """Bytes and time stamp of every working file."""
    return {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in files_below(desk.root)}


def changed(desk: Desk, before: dict[Path, tuple[bytes, int]]) -> list[str]:
    after = contents(desk)
    paths = {path for path in {*before, *after} if before.get(path) != after.get(path)}
    return sorted(path.relative_to(desk.root).as_posix() for path in paths)


def codes(desk: Desk) -> list[str]:
    return [item.code for item in check(session_at(desk)).findings if item.code != "H102"]


@pytest.mark.parametrize(
    "written", ["gt202304001", "ＧＴ２０２３０４００１", "GT-2023-04-001", "GT2304001", "GT2023041"]
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_number_gets_the_form_that_the_file_name_has(desk: Desk, written: str, ends: str, mark: str) -> None:
    target = write(desk, POST, (mark + post(written).replace("\n", ends)).encode())
    before = contents(desk)
    assert fix(session_at(desk)) == [POST]
    assert changed(desk, before) == [POST]
    assert target.read_bytes() == (mark + post().replace("\n", ends)).encode()
    assert codes(desk) == []


@pytest.mark.parametrize("written", ["gt202304002", "GT20230400", "QD202304001", "甲", "GT202304001"])
def test_a_number_that_is_another_one_is_left_alone(desk: Desk, written: str) -> None:
    write(desk, POST, post(written))
    before = contents(desk)
    assert fix(session_at(desk)) == []
    assert changed(desk, before) == []


ATTACHED = {
    "flow, missing": ("  - {path: %s, kind: 纪要}\n", "  - {path: %s, sha256: %s, kind: 纪要}\n"),
    "flow, quoted": ("  - {kind: 纪要, path: '%s'}\n", "  - {kind: 纪要, path: '%s', sha256: %s}\n"),
    "flow, other": ("  - {sha256: 00ff, path: %s}\n", "  - {sha256: %s, path: %s}\n"),
    "block, missing": (
        "  - kind: 纪要\n    path: %s  # 原件\n",
        "  - kind: 纪要\n    path: %s  # 原件\n    sha256: %s\n",
    ),
    "block, empty": ("  - path: %s\n    sha256:\n", "  - path: %s\n    sha256: %s\n"),
    "block, other": ("- path: %s\n  sha256: '00ff' # ?\n", "- path: %s\n  sha256: %s # ?\n"),
}


@pytest.mark.parametrize(("written", "mended"), ATTACHED.values(), ids=ATTACHED.keys())
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_digest_is_set_and_nothing_around_it_changed(desk: Desk, written: str, mended: str, ends: str) -> None:
    values = (DIGEST, MINUTES) if mended.index("sha256") < mended.index("path") else (MINUTES, DIGEST)
    write(desk, MINUTES, "会议纪要\n")
    target = write(desk, POST, post(fields="attachments:\n" + written % MINUTES).replace("\n", ends))
    assert fix(session_at(desk)) == [POST]
    expected = post(fields="attachments:\n" + mended % values).replace("\n", ends)
    assert target.read_bytes().decode() == expected
    assert codes(desk) == []


def test_several_digests_and_the_number_are_set_in_one_go(desk: Desk) -> None:
    lines = ""
    for name in ("一", "二", "三"):
        write(desk, f"attachments/GT202304001/{name}.txt", name)
        lines += f"  - path: attachments/GT202304001/{name}.txt\n"
    write(desk, POST, post("gt202304001", fields=f"attachments:\n{lines}"))
    assert fix(session_at(desk)) == [POST]
    assert codes(desk) == []


def test_an_attachment_that_is_missing_stays_a_finding(desk: Desk) -> None:
    write(desk, POST, post(fields=f"attachments:\n  - {{path: {MINUTES}, sha256: 00ff}}\n"))
    before = contents(desk)
    assert fix(session_at(desk)) == []
    assert changed(desk, before) == []
    assert codes(desk) == ["L105"]


@pytest.mark.parametrize(
    "wrong",
    [
        f"{FOLDER}/GT202304001-上周进展.md",
        f"{FOLDER}/本周进展.md",
        f"{FOLDER}/gt202304001-本周进展.md",
        "common/2-需求调研文档/GT202304001-本周进展.md",
        "projects/XM2023001-滨江智慧园区/6-其他文档/GT202304001-本周进展.md",
    ],
)
@pytest.mark.parametrize("tracked", [False, True])
def test_a_file_moves_to_where_number_title_and_project_say(desk: Desk, wrong: str, tracked: bool) -> None:
    source = write(desk, wrong, post().replace("\n", "\r\n"))
    if tracked:
        desk.git_ok("add", "--all")
    assert fix(session_at(desk)) == [POST]
    assert not source.exists()
    assert (desk.root / POST).read_bytes().decode() == post().replace("\n", "\r\n")
    assert desk.git_ok("-c", "core.quotepath=false", "ls-files", "--", FOLDER) == (POST if tracked else "")
    assert codes(desk) == []


def test_what_was_staged_stays_staged_under_the_new_name(desk: Desk) -> None:
    """As git mv does: the index keeps the staged text, the working file its later one."""
    wrong = write(desk, f"{FOLDER}/GT202304001-上周进展.md", post(body="已暂存"))
    desk.git_ok("add", "--all")
    wrong.write_text(post(body="后来的"), encoding="utf-8")
    fix(session_at(desk))
    assert "已暂存" in desk.git_ok("show", f":{POST}")
    assert "后来的" in (desk.root / POST).read_text(encoding="utf-8")


def test_a_file_with_another_number_in_its_name_is_not_moved(desk: Desk) -> None:
    """Either of the two could be the right one."""
    write(desk, f"{FOLDER}/GT202304002-本周进展.md", post())
    before = contents(desk)
    assert fix(session_at(desk)) == []
    assert changed(desk, before) == []


def test_a_file_is_not_moved_onto_another_one(desk: Desk) -> None:
    write(desk, POST, post())
    write(desk, f"{FOLDER}/GT202304001-副本.md", post())
    before = contents(desk)
    assert fix(session_at(desk)) == []
    assert changed(desk, before) == []


def test_a_file_whose_number_was_never_issued_is_not_moved(desk: Desk) -> None:
    write(desk, f"{FOLDER}/GT202304999-上周.md", post("GT202304999"))
    assert fix(session_at(desk)) == []


def test_a_file_is_not_moved_away_from_what_it_links_to(desk: Desk) -> None:
    wrong = "projects/XM2023001-滨江智慧园区/6-其他文档/GT202304001-本周进展.md"
    write(desk, wrong, post(body="见[项目](../project.md)。"))
    assert fix(session_at(desk)) == []
    assert (desk.root / wrong).exists()


def test_only_what_was_asked_for_is_mended(desk: Desk) -> None:
    other = f"{FOLDER}/GT202304002-下周安排.md"
    write(desk, POST, post("gt202304001"))
    write(desk, other, post("gt202304002").replace("本周进展", "下周安排"))
    assert fix(session_at(desk), [other]) == [other]
    assert codes(desk) == ["N102"]


def test_what_is_not_mended_is_not_written_even_when_it_has_findings(desk: Desk) -> None:
    """Chinese labels of enums are valid; a wrong value has no one right form."""
    write(desk, POST, post(fields="scope: 跨部门\nsecrecy_until: 明年\n"))
    before = contents(desk)
    assert fix(session_at(desk)) == []
    assert changed(desk, before) == []
    assert codes(desk) == ["F111"]


def test_a_link_in_the_place_of_a_folder_is_not_written_through(desk: Desk, tmp_path: Path) -> None:
    wrong = f"common/2-需求调研文档/{Path(POST).name}"
    write(desk, wrong, post())
    (desk.root / FOLDER).symlink_to(tmp_path)  # where the file belongs
    done = desk.prs("", "check", "--fix")
    assert (done.code, done.codes) == (2, ["S110"])
    assert list(tmp_path.iterdir()) == []
    assert (desk.root / wrong).exists()


def test_the_command_says_what_it_mended_and_checks_what_remains(desk: Desk) -> None:
    wrong = f"{FOLDER}/GT202304001-上周进展.md"
    write(desk, wrong, post())
    done = desk.prs("", "check", "--fix", wrong)
    assert (done.code, done.out) == (0, "")
    assert POST in done.err
    assert os.listdir(desk.root / FOLDER) == [Path(POST).name]
