"""Emergency releases in a real ledger: the mark is part of what every verifier recomputes, and the tree is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from presales_repo.model.emergency import EmergencyRelease
from tests.unit.store.library import NUMBER, PATH, Library, document, tree

REQUEST = "QD202305007"
REQUEST_PATH = f"common/2-需求调研文档/{REQUEST}-计划.md"


@pytest.fixture
def asked(submitted: Library) -> Library:
    """The survey plan is in review, and so is a request to give it out."""
    fields = {"target": f"{NUMBER}@1.0", "signed_by": "shen", "make_up_by": "2023-07-26"}
    submitted.commit({REQUEST_PATH: document("emergency-release", number=REQUEST, **fields)})
    submitted.append("submit", "lin", REQUEST, path=REQUEST_PATH)
    return submitted


def mark(library: Library) -> EmergencyRelease | None:
    ledger = library.open()
    state = ledger.document(NUMBER)
    ledger.close()
    assert state is not None
    return state.round.released if state.round else None


def test_every_verifier_finds_the_same_mark(asked: Library) -> None:
    """The one who signed goes on from their cache, another clone begins with genesis."""
    asked.append("approve", "shen", REQUEST)
    other = asked.copy(asked.folder.parent / "other")
    found = mark(asked)
    assert found is not None
    assert found == mark(other)
    assert (found.commit, found.request) == (asked.tip, REQUEST)
    assert asked.accepted() == 4
    asked.append("approve", "shen")
    assert mark(asked) is None
    assert asked.accepted() == 5


def test_an_emergency_release_that_publishes_its_target(asked: Library) -> None:
    draft = asked.draft("approve", "shen", REQUEST)
    changed = tree((PATH, "100644", document()))(asked, draft)
    asked.refused("A219", asked.write(changed))


def test_a_request_signed_after_its_round_ended(asked: Library) -> None:
    approval = asked.draft("approve", "shen", REQUEST)
    asked.append("withdraw", "lin")
    asked.append("submit", "lin")
    ledger = asked.open()
    entry = asked.entry(ledger, "approve", "shen", REQUEST)
    ledger.close()
    text = asked.git.read(f"{entry.content}:{REQUEST_PATH}")
    assert text is not None
    assert text.data is not None
    honest = asked.tree_with(ledger.head.tree, {REQUEST_PATH: ("100644", text.data)})
    forged = replace(approval, entry=entry, parents=(ledger.head.tip, entry.content), tree=honest)
    asked.refused("A342", asked.write(forged))
