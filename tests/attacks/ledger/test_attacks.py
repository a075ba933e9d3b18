"""Every attack of the catalogue is refused with its code, and each needs exactly the defence that refuses it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.attacks.ledger.attack import Attack, Without, elsewhere, prs, refusal, verdict
from tests.attacks.ledger.conftest import Begin
from tests.attacks.ledger.on_messages import messages
from tests.attacks.ledger.on_objects import objects
from tests.attacks.ledger.on_people import people
from tests.attacks.ledger.on_policies import policies
from tests.attacks.ledger.on_projects import projects
from tests.attacks.ledger.on_tracking import tracking
from tests.attacks.ledger.on_transplants import transplants
from tests.attacks.ledger.on_trees import trees
from tests.attacks.ledger.on_upkeep import upkeep

CATALOGUES = (objects, messages, trees, people, policies, transplants, tracking, upkeep, projects)
ATTACKS = [attack for catalogue in CATALOGUES for attack in catalogue.attacks]
MUTANTS = [
    pytest.param(attack, row, id=f"{attack.name}-{number}")
    for attack in ATTACKS
    for number, row in enumerate(attack.without)
]


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_refused(attack: Attack, begin: Begin, tmp_path: Path) -> None:
    """By who followed the ledger so far, by who meets it for the first time, and by the next ordinary command."""
    evil = begin.at(attack.state)
    before = evil.oid("refs/heads/approved")
    attack.make(evil)
    assert evil.library.tip != before, "the attack changed nothing"
    fresh = elsewhere(evil.library, tmp_path / "stranger")
    assert verdict(evil.library) == attack.code
    assert verdict(evil.library, environment=fresh) == attack.fresh
    listed = prs(evil.folder, evil.library.environment, "list")
    assert (listed.code, listed.out, refusal(listed)) == (2, b"", attack.code)


@pytest.mark.parametrize(("attack", "row"), MUTANTS)
def test_a_verifier_without_the_defence(
    attack: Attack, row: Without, begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It believes the attack, or another defence stands behind the first and is named."""
    evil = begin.at(attack.state, met=False)
    attack.make(evil)
    for mutant in row.mutants:
        mutant.apply(monkeypatch)
    assert verdict(evil.library, "--full") == row.then
