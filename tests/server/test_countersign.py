"""Departments that countersign from their own clones at the same moment."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor

from tests.company import new_paper
from tests.server.office import Office, assert_all_equal


def test_departments_sign_at_once(office: Office) -> None:
    """han for technology, cheng for those that have nobody; whoever loses the race signs on top of the other."""
    author, technology, leader = (office.clone(person) for person in ("xu", "han", "cheng"))
    paper = new_paper(author)
    path = author.path_of(paper)
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub("^author: xu$", "author: xu\nscope: company", text, flags=re.MULTILINE), encoding="utf-8")
    author.ok("xu", "save", paper, "-m", "初稿")
    author.ok("xu", "submit", paper, "-m", "首次发布")
    for desk, person in ((technology, "han"), (leader, "cheng")):
        desk.ok(person, "sync")
    with ThreadPoolExecutor(2) as pool:
        signed = [
            pool.submit(technology.prs, "han", "countersign", paper, "--json"),
            pool.submit(leader.prs, "cheng", "countersign", paper, "--department", "quality", "--json"),
        ]
        done = [item.result() for item in signed]
    assert [(item.code, item.err) for item in done] == [(0, ""), (0, "")]
    assert all(item.json["shared"] for item in done)
    assert sorted(item.json["department"] for item in done) == ["quality", "technology"]
    office.refuse("A353", technology, "han", "countersign", paper)
    assert_all_equal(office, [author, technology, leader])
    heard = author.ok("", "show", paper, "--json").json["countersigns"]
    assert {item["department"]: item["state"] for item in heard} == {
        "technology": "agree", "quality": "agree", "marketing": "missing", "business": "missing",
    }  # fmt: skip
