"""Action items: what meetings and talks decided, with owner and day (五(一)1, 五(二)1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from presales_repo.model.facts import Fact, Facts, items_of, text_in

ACTIONS = "actions"
GONE = ("obsolete", "archived", "disposed")  # nobody works on such a document any more


@dataclass(frozen=True, slots=True)
class Action:
    """One item. `number`, `title`: of the document that holds it; `entry`: its place there, from 1; `due`, `done`:
    YYYY-MM-DD, `done` "" while it is open; `overdue`: open, and its day is over."""

    number: str
    title: str
    project: str
    entry: int
    text: str
    owner: str
    due: str
    done: str
    overdue: bool


def actions_of(facts: Facts, today: str) -> list[Action]:
    """The items of all documents, of each the version in force, else the draft; by day. `today`: YYYY-MM-DD."""
    found = [action for fact in facts if fact.status not in GONE for action in _of_document(fact, today)]
    return sorted(found, key=lambda action: (action.due, action.number, action.entry))


def _of_document(fact: Fact, today: str) -> Iterator[Action]:
    for entry, item in enumerate(items_of(fact.current, ACTIONS), 1):
        due, done = text_in(item, "due"), text_in(item, "done")
        yield Action(
            fact.number, fact.title, fact.project, entry, text_in(item, "text"), text_in(item, "owner"), due, done,
            not done and bool(due) and due < today,
        )  # fmt: skip
