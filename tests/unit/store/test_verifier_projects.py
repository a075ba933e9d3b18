"""What a project's move may rest on: versions in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.doctype import DISPOSE, OBSOLETE
from presales_repo.model.ledger import DocumentState
from presales_repo.model.upkeep import Mark
from presales_repo.store.verifier import load_evidence
from tests.unit.model.facts import release
from tests.unit.store.library import Library

NAMED = "QD202305001@1.1"


@dataclass(frozen=True)
class Known:
    """A ledger that knows one document, or none."""

    state: DocumentState | None

    def document(self, number: str) -> DocumentState | None:
        return self.state if self.state and self.state.number == number else None

    def documents(self) -> Iterable[DocumentState]:
        return filter(None, (self.state,))


def state(*versions: str, marks: tuple[Mark, ...] = ()) -> DocumentState:
    releases = tuple(release(number, version) for number, version in enumerate(versions, 1))
    return DocumentState("QD202305001", "计划", "survey-plan", releases=releases, marks=marks)


@pytest.mark.parametrize(
    "known",
    [
        None,
        state(),
        state("1.0"),
        state("1.0", "1.1", "1.2"),
        state("1.0", "1.1", marks=(Mark(OBSOLETE, "WK202305001", "2023-05-20", keep=False),)),
        state("1.0", "1.1", marks=(Mark(DISPOSE, "WK202305001", "2023-05-20", keep=False),)),
    ],
)
def test_what_is_not_in_force_is_no_evidence(known: DocumentState | None, library: Library) -> None:
    ledger = library.open()
    with pytest.raises(PrsError) as caught:
        load_evidence(ledger.reader, [NAMED], Known(known))
    ledger.close()
    assert caught.value.code == "A426"
