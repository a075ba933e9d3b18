"""The moves that the attacks bend are believed as they are, by everybody."""

from __future__ import annotations

from pathlib import Path

import yaml

from presales_repo.model.policy import PEOPLE, REPOSITORY
from tests.attacks.ledger.attack import ACCEPTED, elsewhere, prs, verdict
from tests.attacks.ledger.conftest import Begin
from tests.attacks.ledger.on_projects import FIRST, SECOND, to_survey
from tests.attacks.ledger.projects import RECORD, advance


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


def test_a_stolen_key_takes_its_moves_back(begin: Begin, tmp_path: Path) -> None:
    """Shen's key was stolen before the project was moved; what shen signed of documents is none of its business."""
    evil = begin.at("projects")
    library = evil.library
    advance(library, "survey", ("G0", "G1"), (FIRST, SECOND), origin="info")
    stolen = len(evil.entries()) - 1
    advance(library, "suspended", ("GS",), (), origin="survey")
    text = {path: evil.git("cat-file", "blob", f"main:{path}") for path in (PEOPLE, REPOSITORY)}
    people = yaml.safe_load(text[PEOPLE])
    shen = next(person for person in people["people"] if person["id"] == "shen")
    shen["revoked"] = [{"key": library.key("shen").public.fingerprint(), "from": stolen}]
    changed = text[REPOSITORY].replace(b"\nversion: 1", b"\nversion: 2")
    content = library.commit(
        {PEOPLE: yaml.safe_dump(people, allow_unicode=True).encode(), REPOSITORY: changed}, "cheng"
    )
    library.append_policy("policy-propose", "cheng", content)
    library.append_policy("policy-endorse", "ye", content)
    for environment in (library.environment, elsewhere(library, tmp_path)):
        shown = prs(evil.folder, environment, "project", "show", "XM2023001", "--json").json
        assert (shown["state"], [move["void"] for move in shown["history"]]) == ("info", [True, True])
    assert verdict(library, "--full") == ACCEPTED
