"""A person with push access whose client checks nothing: what the server refuses, each with its code."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.company import PROJECT, Company, Desk, new_note, new_plan
from tests.server.office import Office
from tests.server.wire import NONE, pack_of, push_by_hand

NOTE = "XS202305001"
REF = "refs/prs/numbers/XS/202305"


@pytest.fixture(scope="module")
def used_once(served_once: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A server with lin's plan in review and song's note registered."""
    office = served_once.copy(tmp_path_factory.mktemp("used"))
    lin = office.clone("lin")
    assert new_note(lin) == NOTE
    lin.git_ok("config", "core.hooksPath", "/nonexistent")
    plan = new_plan(lin)
    lin.ok("song", "save", NOTE, "-m", "记录")
    lin.ok("song", "register", NOTE)
    lin.ok("lin", "save", plan, "-m", "计划")
    lin.ok("lin", "submit", plan, "-m", "送审")
    return office


@pytest.fixture(scope="module")
def intact(used_once: Office) -> Office:
    """That server, for pushes that are all refused: no test changes it, and each push proves that."""
    return used_once


@pytest.fixture(scope="module")
def clone_once(intact: Office) -> Desk:
    desk = intact.clone("lin", "evil")
    desk.git_ok("config", "core.hooksPath", "/nonexistent")
    desk.git_ok("fetch", "-q", "origin", "refs/prs/numbers/*:refs/prs/numbers/*", f"{REF}:refs/tags/claimed")
    return desk


@pytest.fixture
def evil(clone_once: Desk) -> Desk:
    """lin's clone, where no hook runs, as it was cloned."""
    clone_once.git_ok("reset", "-q", "--hard", "origin/main")
    clone_once.git_ok("clean", "-qfdx")
    clone_once.git_ok("update-ref", "refs/heads/approved", "refs/remotes/origin/approved")
    clone_once.git_ok("update-ref", REF, clone_once.git_ok("rev-parse", "claimed"))
    return clone_once


def commit(desk: Desk, *options: str) -> str:
    desk.git_ok("add", "--all", "--force")
    desk.git_ok(*options, "commit", "-q", "--allow-empty", "-m", "改动")
    return desk.git_ok("rev-parse", "HEAD")


# -- who


def test_unsigned_commit(intact: Office, evil: Desk) -> None:
    commit(evil, "-c", "commit.gpgsign=false")
    intact.refuse_push("A251", evil, "main")


def test_unsigned_commit_below_a_signed_one(intact: Office, evil: Desk) -> None:
    commit(evil, "-c", "commit.gpgsign=false")
    commit(evil)
    intact.refuse_push("A251", evil, "main")


def test_key_of_a_stranger(intact: Office, evil: Desk, company: Company) -> None:
    commit(evil, "-c", f"user.signingkey={company.people['stranger'].key}")
    intact.refuse_push("A301", evil, "main")


def test_committer_s_address_of_somebody_else(intact: Office, evil: Desk) -> None:
    commit(evil, "-c", "user.email=shen@qiheng.example")
    intact.refuse_push("A207", evil, "main")


# -- the ledger


def test_approved_merged_into_main(intact: Office, evil: Desk) -> None:
    evil.git_ok("merge", "-q", "-s", "ours", "--allow-unrelated-histories", "--no-edit", "approved")
    intact.refuse_push("W112", evil, "main")


def test_entry_put_on_main(intact: Office, evil: Desk) -> None:
    message = evil.git_ok("log", "-1", "--format=%B", "approved")
    evil.git_ok("commit", "-q", "--allow-empty", "-m", message)
    intact.refuse_push("W112", evil, "main")


def test_plain_commit_on_the_ledger(intact: Office, evil: Desk) -> None:
    tip = evil.git_ok("commit-tree", "-S", "-m", "x", "-p", "approved", "-p", "main", "approved^{tree}")
    intact.refuse_push("A211", evil, f"{tip}:refs/heads/approved")


@pytest.mark.parametrize("tree", ["main^{tree}", "approved^{tree}"])
def test_entry_made_again_by_hand(intact: Office, evil: Desk, tree: str) -> None:
    """The same words on top of the ledger, whatever they publish."""
    message = evil.git_ok("log", "-1", "--format=%B", "approved")
    tip = evil.git_ok("commit-tree", "-S", "-m", message, "-p", "approved", "-p", "main", tree)
    done = intact.refuse_push("A202", evil, f"{tip}:refs/heads/approved")
    assert tip in done.err


def test_main_pushed_as_the_ledger(intact: Office, evil: Desk) -> None:
    intact.refuse_push("W111", evil, "+main:approved")


def test_entry_whose_text_is_not_on_main(intact: Office, evil: Desk) -> None:
    evil.git_ok("remote", "rename", "origin", "hidden")
    try:
        note = new_note(evil)
        evil.ok("song", "save", note, "-m", "记录")
        evil.ok("song", "register", note)
    finally:
        evil.git_ok("remote", "rename", "hidden", "origin")
    intact.refuse_push("A250", evil, "approved")


# -- documents


def write(desk: Desk, path: str, text: str) -> None:
    file = desk.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def renumbered(desk: Desk, number: str) -> None:
    """The registered note once more, under another number."""
    path = desk.path_of(NOTE)
    write(desk, str(path.relative_to(desk.root)).replace(NOTE, number), path.read_text().replace(NOTE, number))


def drop_a_field(desk: Desk) -> None:
    path = desk.path_of(NOTE)
    path.write_text("".join(line for line in path.read_text().splitlines(True) if not line.startswith("channel:")))


def second_copy(desk: Desk) -> None:
    path = desk.path_of(NOTE)
    path.with_name(f"{NOTE}-另一份.md").write_text(path.read_text().replace("研讨会信息", "另一份"))


def link_away(desk: Desk) -> None:
    path = desk.path_of(NOTE)
    path.unlink()
    path.symlink_to("/etc/passwd")


def submodule(desk: Desk) -> None:
    head = desk.git_ok("rev-parse", "HEAD")
    desk.git_ok("update-index", "--add", "--cacheinfo", f"160000,{head},projects/{PROJECT}-滨江智慧园区/库")


def rename_number(desk: Desk) -> None:
    renumbered(desk, "XS202305002")
    desk.path_of(NOTE).unlink()


def large(desk: Desk) -> None:
    path = desk.path_of(NOTE)
    with path.open("ab") as file:
        file.truncate(100 << 20)


@pytest.mark.parametrize(
    ("code", "change"),
    [
        pytest.param("F109", drop_a_field, id="broken document"),
        pytest.param("N107", lambda desk: renumbered(desk, "XS202305009"), id="number never allocated"),
        pytest.param("N107", lambda desk: renumbered(desk, "XS202306001"), id="number of a month without claims"),
        pytest.param("N106", second_copy, id="number taken"),
        pytest.param("P105", lambda desk: desk.path_of(NOTE).unlink(), id="document deleted"),
        pytest.param("P105", rename_number, id="number changed"),
        pytest.param("S111", link_away, id="symbolic link"),
        pytest.param("S101", large, id="100 MB of zeros"),
    ],
)  # fmt: skip
def test_document(intact: Office, evil: Desk, code: str, change: Callable[[Desk], object]) -> None:
    change(evil)
    commit(evil)
    intact.refuse_push(code, evil, "main")


def test_submodule(intact: Office, evil: Desk) -> None:
    submodule(evil)
    evil.git_ok("commit", "-q", "-m", "x")
    intact.refuse_push("S111", evil, "main")


def test_document_deleted_in_a_merge(intact: Office, evil: Desk) -> None:
    """A merge that keeps neither side's document."""
    evil.git_ok("switch", "-q", "-C", "side", "main~1")
    commit(evil)
    evil.git_ok("merge", "-q", "--no-commit", "--no-ff", "main")
    evil.git_ok("rm", "-qf", str(evil.path_of(NOTE)))
    evil.git_ok("commit", "-q", "-m", "合并")
    try:
        intact.refuse_push("P105", evil, "side:main")
    finally:
        evil.git_ok("switch", "-q", "main")


# -- refs


@pytest.mark.parametrize("ref", ["main", "approved"])
def test_branch_rewound(intact: Office, evil: Desk, ref: str) -> None:
    intact.refuse_push("W111", evil, f"+{ref}~1:refs/heads/{ref}")


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/heads/approved", "refs/prs/numbers/XS/202305"])
def test_ref_deleted(intact: Office, evil: Desk, ref: str) -> None:
    intact.refuse_push("W110", evil, f":{ref}")


@pytest.mark.parametrize(
    "ref",
    [
        "refs/heads/Main", "refs/heads/APPROVED", "refs/heads/ｍain", "refs/heads/Main/x", "refs/heads/HEAD",
        "refs/heads/head", "refs/tags/v1", "refs/prs/other", "refs/prs/numbers/XS/202313", "refs/prs/numbers/xs/202305",
        "refs/prs/remotes/origin/numbers/XS/202305", "refs/notes/commits", "refs/remotes/origin/main", "refs/changes/1",
        "refs/replace/" + "0" * 39 + "1",
    ],
)  # fmt: skip
def test_ref_that_imitates_or_redirects(intact: Office, evil: Desk, ref: str) -> None:
    intact.refuse_push("W119", evil, f"main:{ref}")


def test_one_wrong_ref_refuses_the_whole_push(intact: Office, evil: Desk) -> None:
    commit(evil)
    intact.refuse_push("W119", evil, "main", "main:refs/tags/v1")


def test_work_branches_are_allowed_and_harmless(used_once: Office, tmp_path: Path) -> None:
    office = used_once.copy(tmp_path)
    lin = office.clone("lin")
    lin.git_ok("switch", "-q", "-c", "草稿/lin")
    commit(lin, "-c", "commit.gpgsign=false")
    lin.git_ok("push", "-q", "origin", "草稿/lin")
    shen = office.clone("shen")
    assert shen.ok("shen", "sync", "--json").json["merged"] is False
    assert shen.ok("", "verify", "--full", "--json").json["ok"]


# -- numbers


def claim(desk: Desk, number: str, *parents: str, tree: str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904") -> str:
    desk.git_ok("mktree", "--missing")  # from empty input: the empty tree as an object
    options = [word for parent in parents for word in ("-p", parent)]
    return desk.git_ok("commit-tree", "-m", f"prs: reserve {number}\n\nPrs-Number: {number}", *options, tree)


@pytest.mark.parametrize(
    "number",
    [
        pytest.param("XS202305003", id="gap"),
        pytest.param("XS202305001", id="repeat"),
        pytest.param("XS202306002", id="other month"),
        pytest.param("QD202305002", id="other stage"),
        pytest.param("XS2023050002", id="no number"),
    ],
)
def test_claim_made_by_hand(intact: Office, evil: Desk, number: str) -> None:
    intact.refuse_push("N110", evil, f"{claim(evil, number, REF)}:{REF}")


def test_claim_that_merges(intact: Office, evil: Desk) -> None:
    side = claim(evil, "XS202305002", REF)
    intact.refuse_push("N110", evil, f"{claim(evil, 'XS202305003', side, claim(evil, NOTE))}:{REF}")


def test_claim_with_files(intact: Office, evil: Desk) -> None:
    intact.refuse_push("N110", evil, f"{claim(evil, 'XS202305002', REF, tree='main^{tree}')}:{REF}")


@pytest.mark.parametrize("number", ["XS202307002", "XS202307999"])
def test_first_claim_of_a_month_that_does_not_begin_at_one(intact: Office, evil: Desk, number: str) -> None:
    intact.refuse_push("N110", evil, f"{claim(evil, number)}:refs/prs/numbers/XS/202307")


def test_main_as_a_claim(intact: Office, evil: Desk) -> None:
    intact.refuse_push("N110", evil, "main:refs/prs/numbers/XS/202308")


# -- the wire


def test_ref_named_twice(intact: Office, evil: Desk) -> None:
    """Git moves a ref once for each line; a judge that looks at the last one only would let the first pass."""
    bad = commit(evil, "-c", "commit.gpgsign=false")
    evil.git_ok("reset", "-q", "--hard", "HEAD~1")
    good = commit(evil)
    before = intact.refs()
    old = before["refs/heads/main"]
    commands = [(old, bad, "refs/heads/main"), (old, good, "refs/heads/main")]
    said = push_by_hand(intact.server, commands, pack_of(evil.root, good, bad, f"^{old}"), evil.environment())
    assert "W119" in said
    assert intact.refs() == before


def test_more_refs_than_are_read(intact: Office, evil: Desk) -> None:
    """What stands behind the judged part of the list is not accepted unread."""
    bad = commit(evil, "-c", "commit.gpgsign=false")
    before = intact.refs()
    old = before["refs/heads/main"]
    filler = [(NONE, old, f"refs/heads/f/{'x' * 180}{count}") for count in range(4200)]
    said = push_by_hand(
        intact.server, [*filler, (old, bad, "refs/heads/main")], pack_of(evil.root, bad, f"^{old}"), evil.environment()
    )
    assert "W128" in said
    assert intact.refs() == before


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/heads/approved"])
def test_push_that_starts_where_the_ref_was(intact: Office, evil: Desk, ref: str) -> None:
    """Somebody was let in meanwhile. What they added is not deleted or rewound by this push, and it is not told so."""
    before = intact.refs()
    stale = evil.git_ok("rev-parse", f"{before[ref]}^1")
    evil.git_ok("reset", "-q", "--hard", stale)
    new = commit(evil)
    pack = pack_of(evil.root, new, f"^{stale}")
    said = push_by_hand(intact.server, [(stale, new, ref)], pack, evil.environment())
    assert "error[W130]" in said
    assert not any(f"error[{code}]" in said for code in ("P105", "A230"))
    assert intact.refs() == before


def test_push_with_an_object_missing(intact: Office, evil: Desk) -> None:
    evil.edit(NOTE)
    new = commit(evil)
    before = intact.refs()
    old = before["refs/heads/main"]
    blob = evil.git_ok("rev-parse", f"HEAD:{evil.path_of(NOTE).relative_to(evil.root)}")
    pack = pack_of(evil.root, new, f"^{old}", without=[blob])
    said = push_by_hand(intact.server, [(old, new, "refs/heads/main")], pack, evil.environment())
    assert "missing necessary objects" in said or "unpack" in said
    assert intact.refs() == before


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PYTHONPATH", "{trap}"), ("PYTHONSTARTUP", "{trap}/sitecustomize.py"), ("PYTHONHOME", "{trap}"),
        ("PRS_NOW", "1999-01-01T00:00:00+00:00"), ("PRS_KEY", "/etc/passwd"), ("PRS_DEBUG", "1"),
        ("XDG_CONFIG_HOME", "{trap}"), ("GIT_NO_REPLACE_OBJECTS", "0"), ("GIT_INDEX_FILE", "{trap}/index"),
        ("GIT_GRAFT_FILE", "{trap}/graft"),
    ],
)  # fmt: skip
def test_environment_from_the_pusher(intact: Office, evil: Desk, tmp_path: Path, name: str, value: str) -> None:
    """Even where sshd lets such a variable in, the verdict is the same."""
    trap = tmp_path / "presales_repo"
    trap.mkdir()
    for module in (trap / "__init__.py", tmp_path / "sitecustomize.py", tmp_path / "os.py"):
        module.write_text("raise SystemExit(0)\n")
    commit(evil, "-c", "commit.gpgsign=false")
    before = intact.refs()
    evil.env[name] = value.format(trap=tmp_path)
    try:
        done = evil.git("push", "origin", "main")
    finally:
        del evil.env[name]
    assert "error[A251]" in done.err
    assert intact.refs() == before


def test_namespace_from_the_pusher_reaches_nothing(used_once: Office, tmp_path: Path) -> None:
    office = used_once.copy(tmp_path)
    evil = office.clone("lin")
    before = office.refs()
    commit(evil, "-c", "commit.gpgsign=false")
    evil.git("-c", "core.hooksPath=/nonexistent", "push", "origin", "main", GIT_NAMESPACE="x")
    assert {ref: oid for ref, oid in office.refs().items() if not ref.startswith("refs/namespaces/")} == before


def test_push_options_are_not_taken(intact: Office, evil: Desk) -> None:
    commit(evil, "-c", "commit.gpgsign=false")
    done = evil.git("push", "-o", "prs.skip=1", "origin", "main")
    assert done.code != 0
    assert "does not support push options" in done.err


@pytest.mark.parametrize(
    "program", ["git -c core.hooksPath=/nonexistent receive-pack", "sh -c 'git receive-pack \"$0\"'", "bash"]
)
def test_another_program_on_the_server(intact: Office, evil: Desk, program: str) -> None:
    """git-shell runs git's own three programs, so nobody brings settings or a shell."""
    commit(evil, "-c", "commit.gpgsign=false")
    before = intact.refs()
    assert evil.git("push", f"--receive-pack={program}", "origin", "main").code != 0
    assert intact.refs() == before


# -- before there is a ledger


def test_unfounded_server_takes_no_documents(office: Office) -> None:
    """An empty server, also one that the company moves to: main, the ledger and the numbers come together."""
    lin = office.clone("lin")
    lin.ok("", "server", "init", office.folder / "empty.git")
    lin.git_ok("remote", "remove", "origin")
    lin.git_ok("remote", "add", "origin", office.sshd.address(office.folder / "empty.git"))
    for ref in ("main", f"{claim(lin, NOTE)}:{REF}"):
        assert "error[W127]" in lin.git("-c", "core.hooksPath=/nonexistent", "push", "origin", ref).err
    assert set(lin.ok("lin", "sync", "--json").json["pushed"]) == {"refs/heads/main", "refs/heads/approved"}


def test_python_of_the_server_is_gone(office: Office) -> None:
    hook = office.server / "hooks" / "pre-receive"
    text = hook.read_text()
    start = text.index('python="') + len('python="')
    hook.write_text(text[:start] + "/nonexistent/python" + text[text.index('"', start) :])
    lin = office.clone("lin")
    commit(lin)
    office.refuse_push("E140", lin, "main")
    lin.ok("", "server", "hooks", office.server)
    assert hook.read_text() == text
    lin.git_ok("push", "-q", "origin", "main")
