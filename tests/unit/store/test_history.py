"""Who wrote what: commits of a file with its renames, and everybody whose words a document holds."""

from __future__ import annotations

from presales_repo.store.history import committers, diff_blobs, revisions
from tests.unit.store.library import NUMBER, PATH, WHEN, Library, document

RENAMED = f"common/2-需求调研文档/{NUMBER}-改名.md"
LONG = document() + "段落\n".encode() * 40


def test_the_commits_of_a_file_newest_first_across_a_rename(library: Library) -> None:
    library.commit({PATH: LONG}, "gao")
    library.commit({PATH: None, RENAMED: LONG}, "shen")
    library.commit({RENAMED: LONG + b"\xff\n", "README.md": b"x"}, "han")
    library.git.run("symbolic-ref", "HEAD", "refs/heads/main")
    found = list(revisions(library.repository, RENAMED))
    assert [(item.name, item.email, item.path) for item in found] == [
        ("Han 先生", "han@q.example", RENAMED),
        ("Shen 先生", "shen@q.example", RENAMED),
        ("Gao 先生", "gao@q.example", PATH),
        ("Lin 先生", "lin@q.example", PATH),
    ]
    assert [(item.added, item.deleted) for item in found] == [(1, 0), (0, 0), (40, 0), (9, 0)]
    assert found[0].commit == library.git.text("rev-parse", "main")
    assert {(item.time, item.offset, item.message) for item in found[:1]} == {(WHEN[0], 8 * 3600, "han edits\n")}
    assert len(list(revisions(library.repository, RENAMED, limit=2))) == 2
    assert list(revisions(library.repository, "no/such.md")) == []


def test_everybody_who_committed_to_a_document_since_a_version(library: Library) -> None:
    since = library.git.text("rev-parse", "main")
    library.commit({PATH: LONG}, "gao")
    library.commit({"common/2-需求调研文档/QD202305002-别的.md": document(number="QD202305002")}, "shen")
    until = library.commit({PATH: LONG + b"x\n"}, "han")
    library.commit({PATH: LONG + b"y\n"}, "ye")
    addresses = ["han@q.example", "gao@q.example"]
    assert committers(library.repository, PATH, since, until) == addresses
    assert committers(library.repository, PATH, "", until) == [*addresses, "lin@q.example"]
    assert committers(library.repository, PATH, until, until) == []


def test_a_new_name_does_not_hide_who_wrote_the_text(library: Library) -> None:
    """Otherwise a rename would let somebody approve their own words."""
    since = library.git.text("rev-parse", "main")
    library.commit({PATH: LONG}, "gao")
    until = library.commit({PATH: None, RENAMED: LONG}, "lin")
    assert committers(library.repository, RENAMED, since, until) == ["lin@q.example", "gao@q.example"]
    back = library.commit({RENAMED: None, f"common/2-需求调研文档/{NUMBER}.md": LONG}, "han")
    assert committers(library.repository, f"common/2-需求调研文档/{NUMBER}.md", since, back)[0] == "han@q.example"


def test_the_difference_between_two_blobs(library: Library) -> None:
    old, new = (
        library.git.run("hash-object", "-w", "--stdin", stdin=text.encode()).stdout.decode().strip()
        for text in ("一\n二\n三\n", "一\n二改\n三\n")
    )
    assert diff_blobs(library.git, old, new) == "@@ -1,3 +1,3 @@\n 一\n-二\n+二改\n 三\n"
    assert diff_blobs(library.git, old, old) == ""
