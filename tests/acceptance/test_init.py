"""Making a repository: what it is afterwards, and everything that is refused before anything is written."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.company import ORGANISATION, Company, Desk, assert_refused


def init(company: Company, folder: Path, *args: str | Path, directory: str = "repo") -> tuple[Desk, list[str | Path]]:
    desk = Desk(company, folder, folder / "home")
    desk.home.mkdir(exist_ok=True)
    return desk, [
        "init",
        directory,
        "--org",
        ORGANISATION,
        "--name",
        "程伯远",
        "--email",
        "cheng@qiheng.example",
        *args,
    ]


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
        "".join(
            f"- {{id: {p}, name: {p}, department: presales, email: {p}@q.example, keys: ['{key}']}}\n" for p in "ab"
        )
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


def test_init_makes_a_repository_that_says_what_it_is(company: Company, tmp_path: Path) -> None:
    desk = Desk(company, tmp_path, tmp_path / "home")
    desk.home.mkdir()
    said = desk.ok(
        "cheng", "init", "文档 库", "--org", ORGANISATION, "--name", "程伯远", "--email", "cheng@qiheng.example"
    ).out
    desk.root = tmp_path / "文档 库"
    genesis = hashlib.sha256(desk.git("cat-file", "commit", "approved").raw).hexdigest()
    assert desk.ok("", "verify", "--json").json["genesis"] == genesis
    assert genesis in said, "what init prints is what a colleague's `prs verify` prints"
    assert desk.git_ok("status", "--short") == ""
    assert desk.git_ok("branch", "--format=%(refname:short)").split() == ["approved", "main"]
    desk.git_ok("verify-commit", "main", "approved")
    assert desk.ok("", "policy", "show", "--json").json["administrators"] == ["cheng"]


@pytest.mark.parametrize("known", ["in the list", "unknown to the list"])
def test_the_founder_becomes_administrator(company: Company, tmp_path: Path, known: str) -> None:
    ids = ["shen", "lin"] if known == "in the list" else ["lin"]
    people = tmp_path / "people.yaml"
    people.write_text(company.listed(ids), encoding="utf-8")
    desk = Desk(company, tmp_path, tmp_path / "home")
    desk.home.mkdir()
    desk.ok(
        "shen", "init", "repo", "--org", ORGANISATION, "--name", "沈砚舟", "--email", "shen@qiheng.example",
        "--people", people,
    )  # fmt: skip
    desk.root = tmp_path / "repo"
    rows = {row["id"]: row["roles"] for row in desk.ok("", "person", "list", "--json").json}
    assert rows["shen"] == (["presales-manager", "repo-admin"] if known == "in the list" else ["repo-admin"])
