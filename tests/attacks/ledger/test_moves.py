"""The moves that the attacks bend are believed as they are, by everybody."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.ledger.attack import ACCEPTED, elsewhere, prs, verdict
from tests.attacks.ledger.conftest import Begin
from tests.attacks.ledger.on_projects import to_survey
from tests.attacks.ledger.projects import RECORD


def test_an_honest_move_is_believed(begin: Begin, tmp_path: Path) -> None:
    evil = begin.at("projects")
    evil.publish(to_survey(evil))
    assert verdict(evil.library) == verdict(evil.library, environment=elsewhere(evil.library, tmp_path)) == ACCEPTED
    shown = prs(evil.folder, evil.library.environment, "project", "show", "XM2023001", "--json").json
    assert (shown["state"], [move["to"] for move in shown["history"]]) == ("survey", ["survey"])


def test_a_waiver_with_a_reason_and_a_suspension_are_believed(begin: Begin) -> None:
    evil = begin.at("projects")
    evil.publish(to_survey(evil, evidence="QD202305002@1.0").claim(Waived="G1"))
    evil.publish(evil.move("suspended", "GS", "", origin="survey", path=RECORD))
    evil.publish(evil.move("survey", "GS", "", origin="suspended", path=RECORD))
    assert verdict(evil.library, "--full") == ACCEPTED
