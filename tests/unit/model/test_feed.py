"""What happened, for one reader."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import pytest

from presales_repo.model.facts import Fact
from presales_repo.model.feed import (
    Commit,
    News,
    Reader,
    commit_news,
    feed,
    ledger_news,
    project_news,
)
from presales_repo.model.ledger import Event, Tracked
from presales_repo.model.projects import Move, ProjectState
from tests.unit.model.facts import PROJECT, fact, facts, release

POST = "GT202305001"
PATH = f"projects/{PROJECT}-园区/6-其他文档/{POST}-帖子.md"
READER = Reader("shen", "presales", frozenset({PROJECT}))
TIME = 1_684_000_000


def event(sequence: int, action: str, person: str = "lin", **more: Any) -> Event:
    given = {"version": "1.0", "step": "", "comment": "首次发布\n第二行", "key": "", "offset": "+0800", **more}
    return Event(sequence, f"{sequence:040x}", action, person=person, time=TIME + sequence, **given)


def post(*events: Event, **fields: Any) -> Fact:
    """A document whose entry 1 published it."""
    made = fact(POST, "team-post", release(1), **fields)
    assert made.state is not None
    return replace(made, state=replace(made.state, events=events))


def commit(seconds: int, subject: str = "改了一句", email: str = "lin@q.example", path: str = PATH) -> Commit:
    time = datetime.datetime.fromtimestamp(TIME + seconds, datetime.UTC).isoformat()
    return Commit("a" * 40, time, email, subject, (path, "README.md"))


def shown(document: Fact, *commits: Commit, reader: Reader = READER, everything: bool = False) -> list[News]:
    known = facts(document)
    news = [*ledger_news(known, 0), *commit_news(commits, known, {"lin@q.example": "lin"})]
    return feed(news, known, reader, everything=everything)


def test_words_of_a_decision() -> None:
    [item] = shown(post(event(1, "approve", "cheng")))
    assert (item.action, item.person, item.note, item.time) == (
        "publish",
        "cheng",
        "首次发布",
        "2023-05-14T01:46:41+08:00",
    )
    assert [item.action for item in shown(post(event(1, "register"), event(2, "reject", "cheng")))] == [
        "reject",
        "register",
    ]


def test_what_was_seen_is_not_shown_again() -> None:
    known = facts(post(event(1, "register"), event(2, "track")))
    assert [item.sequence for item in ledger_news(known, 1)] == [2]


def test_a_tracked_change_says_what() -> None:
    document = post(event(2, "track", comment=""))
    assert document.state is not None
    tracked = Tracked(2, ("actions.1.done=2023-05-20",), "c" * 40, "b" * 40, "d" * 64)
    state = replace(document.state, releases=(release(1, tracked=(tracked,)),))
    [item] = shown(replace(document, state=state))
    assert item.note == "actions.1.done=2023-05-20"


def test_a_commit_before_its_decision_goes_without_saying() -> None:
    document = post(event(5, "register"))
    assert [item.action for item in shown(document, commit(4))] == ["register"]
    assert [item.action for item in shown(document, commit(6))] == ["edit", "register"]
    assert [item.action for item in shown(document, commit(4, email="xu@q.example"))] == ["register", "edit"]


def test_commits_of_other_files_are_no_news() -> None:
    assert shown(post(), commit(1, path="policy/people.yaml"), commit(2, path=PATH.replace(POST, "GT202305009"))) == []


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"mentions": ["gao", "shen"]}, "mention"),
        ({"mentions": "shen"}, "mention"),
        ({"actions": [{"text": "x", "owner": "shen"}]}, "action"),
        ({"actions": [{"text": "x", "owner": "shen", "done": "2023-05-20"}]}, ""),
        ({"distribution": ["presales"]}, "distribution"),
        ({"distribution": ["shen"]}, "distribution"),
        ({"distribution": ["quality"]}, ""),
    ],
)
def test_what_names_me(fields: dict[str, Any], why: str) -> None:
    stranger = replace(READER, projects=frozenset())
    found = shown(post(event(1, "register"), **fields), reader=stranger)
    assert [item.to_me for item in found] == ([why] if why else [])
    assert [item.to_me for item in shown(post(event(2, "withdraw"), **fields))] == [""], "only where its text is new"


def test_neither_my_own_nor_other_people_s_projects() -> None:
    document = post(event(1, "register"))
    assert shown(document, reader=replace(READER, person="lin")) == []
    assert shown(document, reader=replace(READER, projects=frozenset())) == []
    assert len(shown(document, reader=Reader("lin", "", frozenset()), everything=True)) == 1
    assert len(shown(replace(document, project=""), reader=replace(READER, projects=frozenset()))) == 1


def test_what_names_me_comes_first_then_the_newest() -> None:
    other = replace(post(event(9, "register")), number="GT202305002")
    known = facts(post(event(1, "register"), mentions=["shen"]), other)
    found = feed(ledger_news(known, 0), known, READER, everything=False)
    assert [(item.number, item.to_me) for item in found] == [(POST, "mention"), ("GT202305002", "")]


def test_a_project_goes_on() -> None:
    moves = [
        Move(3, "a" * 40, "info", "survey", ("G1",), (), (), "lin", TIME, "+0800", "", ""),
        Move(4, "b" * 40, "survey", "solution", ("G2",), (), (), "lin", TIME, "+0800", "", "", void=True),
    ]
    [item] = project_news([ProjectState(PROJECT, tuple(moves))], {PROJECT: "滨江智慧园区"}, 0)
    assert (item.action, item.project, item.title, item.note) == ("advance", PROJECT, "滨江智慧园区", "info → survey")
    assert feed([item], facts(), READER, everything=False) == [item]
    assert list(project_news([ProjectState(PROJECT, tuple(moves))], {}, 3)) == []
