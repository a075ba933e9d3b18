"""Countersigning: a department's opinion on a submitted text (会签)."""

from __future__ import annotations

from dataclasses import replace

from presales_repo.errors import PrsError
from presales_repo.model.countersign import AGREE, DISAGREE, missing_countersigns
from presales_repo.model.ledger import Round
from presales_repo.model.policy import Person, Policy
from presales_repo.ops.decide import (
    Decision,
    append,
    clean_comment,
    require_round,
    require_same_text,
    round_entry,
    until_shared,
)
from presales_repo.ops.lookup import require_number
from presales_repo.ops.session import Session, Work, find_actor


def countersign(
    session: Session, number: str, comment: str = "", *, agrees: bool = True, department: str = ""
) -> Decision:
    """Sign a department's opinion; without `department` for the one that the owner of the key speaks for.

    Raises PrsError A308 no open round, A35x what the ledger refuses, A366 several departments to choose from.
    """
    words, opinion = clean_comment(comment), AGREE if agrees else DISAGREE
    return until_shared(session, number, lambda work: _try_countersign(work, number, words, opinion, department))


def _try_countersign(work: Work, number: str, comment: str, opinion: str, department: str) -> Decision | None:
    actor = find_actor(work)
    opened = require_round(work.ledger.document(require_number(number)), number)
    step, department = _place(work.policy, opened, number, actor.person, department)
    require_same_text(work, opened, number)
    entry = round_entry(work, actor, "countersign", number, opened, comment)
    return append(work, actor, replace(entry, step=step, department=department, opinion=opinion))


def _place(policy: Policy, opened: Round, number: str, person: Person, asked: str) -> tuple[str, str]:
    """Step and department to sign for; when there are none, those whose refusal says why."""
    missing = list(missing_countersigns(policy, opened))
    found = [(step, name) for step, name, people in missing if person.id in people and asked in ("", name)]
    own = [place for place in found if place[1] == person.department]
    names = list(dict.fromkeys(name for _, name in found))
    if len(names) > 1 and not own:
        raise PrsError("A366", number=number, departments=", ".join(names))
    if found:
        return (own or found)[0]
    name = asked or person.department
    steps = [step.id for step in opened.steps[opened.position :] if name in step.needs.departments]
    return (steps or [opened.step.id])[0], name
