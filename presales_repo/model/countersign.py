"""What an approval rests on beside its own signature: the opinions of departments (会签), and the minutes of the
meeting that decided (四(三)1: 终审 by a leader or the cross-department meeting, R108; 三(三)3: the departments, R052).

Every department that a step names gives one opinion on the submitted text, in any step of the round up to that one. An
opinion counts towards the step's number whatever it says: a department that disagrees has been heard, and is no veto.
The step is then decided by the company's leaders, who say why, as countersign sheets in practice have it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from presales_repo.errors import PrsError
from presales_repo.model.document import Document
from presales_repo.model.entry import Entry
from presales_repo.model.ledger import Countersign, Minutes, Round
from presales_repo.model.needs import MEETING_TYPE
from presales_repo.model.policy import DEPARTMENT_HEAD, LEADER, Policy, Step, can_sign
from presales_repo.model.workflow import holders
from presales_repo.model.yamlsubset import Items, Scalar, Table

REVIEWER = "reviewer"
AGREE, DISAGREE = "agree", "disagree"


def countersigners(policy: Policy, department: str, authors: Iterable[str]) -> tuple[str, ...]:
    """Ids of those who may sign for a department: its head and reviewers, nobody who wrote the text; where none of
    them is left, the company's leaders, as with steps (A-15)."""
    excluded = set(authors)
    able = [person for person in policy.people.values() if can_sign(person) and person.id not in excluded]
    own = [p.id for p in able if p.department == department and {DEPARTMENT_HEAD, REVIEWER} & set(p.roles)]
    return tuple(own or (person.id for person in able if LEADER in person.roles))


def silent_departments(opened: Round, step: Step) -> tuple[str, ...]:
    """The departments that a step names and that gave no opinion yet."""
    given = {signed.department for signed in opened.countersigns if signed.step == step.id}
    return tuple(department for department in step.needs.departments if department not in given)


def missing_countersigns(policy: Policy, opened: Round) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Step, department and the people who may sign for it, for every opinion that is not given yet."""
    for step in opened.steps[opened.position :]:
        for department in silent_departments(opened, step):
            yield step.id, department, countersigners(policy, department, opened.authors)


def check_countersign(policy: Policy, entry: Entry, opened: Round) -> Countersign:
    """The opinion that an entry adds to the round.

    Raises PrsError: A352 an author, A354 nobody asks that department, A353 it has signed, A351 not one of those who
    sign for it, A355 a disagreement without words.
    """
    number, person, department = entry.document, entry.signer, entry.department
    if person in opened.authors:
        raise PrsError("A352", number=number, person=person)
    steps = [step for step in opened.steps[opened.position :] if step.id == entry.step]
    if not any(department in step.needs.departments for step in steps):
        asked = (name for step in opened.steps[opened.position :] for name in step.needs.departments)
        raise PrsError("A354", number=number, department=department, departments=", ".join(dict.fromkeys(asked)) or "-")
    if department not in silent_departments(opened, steps[0]):
        raise PrsError("A353", number=number, department=department, version=opened.version)
    allowed = countersigners(policy, department, opened.authors)
    if person not in allowed:
        raise PrsError("A351", number=number, person=person, department=department, holders=", ".join(allowed))
    if entry.opinion == DISAGREE and not entry.comment.strip():
        raise PrsError("A355", number=number)
    return Countersign(entry.step, department, person, entry.opinion)


def dissenting(opened: Round) -> tuple[str, ...]:
    """The departments that disagree, of those whose opinion the open step needs."""
    given = (signed for signed in opened.countersigns if signed.step == opened.step.id)
    return tuple(signed.department for signed in given if signed.opinion == DISAGREE)


def deciders(policy: Policy, opened: Round) -> tuple[str, ...]:
    """Ids of those who may decide the open step: its holders, but the company's leaders where a department disagrees;
    where too few leaders are left that did not write the text, the holders too."""
    named = holders(policy, opened.step, opened.department, opened.authors)
    if not dissenting(opened):
        return named
    able = (person for person in policy.people.values() if LEADER in person.roles and can_sign(person))
    leaders = [person.id for person in able if person.id not in opened.authors]
    return tuple(leaders) if len(leaders) >= opened.step.quorum else tuple(dict.fromkeys((*leaders, *named)))


def check_leader(policy: Policy, number: str, opened: Round, person: str) -> None:
    """Raises PrsError A356 when somebody holds the open step, but a disagreement took it to the leaders."""
    if dissenting(opened) and person in holders(policy, opened.step, opened.department, opened.authors):
        departments, leaders = ", ".join(dissenting(opened)), ", ".join(deciders(policy, opened))
        raise PrsError("A356", number=number, departments=departments, person=person, holders=leaders)


def check_needs(policy: Policy, entry: Entry, opened: Round, minutes: Minutes | None) -> None:
    """What the open step needs is there. `minutes`: the release in force that the entry names, None when there is none.

    Raises PrsError: A350 departments that have not signed, A357 a disagreement overruled without words, and those of
    check_minutes.
    """
    needs = opened.step.needs
    silent = silent_departments(opened, opened.step)
    if len(needs.departments) - len(silent) < needs.least:
        waiting = (f"{name} ({', '.join(countersigners(policy, name, opened.authors))})" for name in silent)
        raise PrsError("A350", number=entry.document, step=opened.step.id, departments="; ".join(waiting))
    if dissenting(opened) and not entry.comment.strip():
        raise PrsError("A357", number=entry.document, departments=", ".join(dissenting(opened)))
    if needs.minutes:
        check_minutes(policy, entry, opened, minutes)
    elif entry.minutes:
        raise PrsError("A365", number=entry.document, step=opened.step.id)


def check_minutes(policy: Policy, entry: Entry, opened: Round, minutes: Minutes | None) -> None:
    """The minutes that an entry names decide for the submitted version.

    Raises PrsError: A358 none named, A359 not a version in force, A360 of another kind of meeting, A361 silent about
    this version, A362 not for it, A363 submitted before it was: a version's name comes back with other text when its
    round ended without a release.
    """
    number, kind = entry.document, opened.step.needs.minutes
    wanted = f"{number}@{opened.version}"
    if not entry.minutes:
        raise PrsError("A358", number=number, step=opened.step.id, kind=kind, wanted=wanted)
    if minutes is None:
        raise PrsError("A359", minutes=entry.minutes)
    if meeting_of(policy, minutes.document) != kind:
        raise PrsError("A360", minutes=entry.minutes, kind=kind)
    results = decisions_on(minutes.document, wanted)
    if not results:
        raise PrsError("A361", minutes=entry.minutes, wanted=wanted)
    if "approve" not in results or "reject" in results:
        raise PrsError("A362", minutes=entry.minutes, wanted=wanted, result=", ".join(results))
    if minutes.release.start < opened.start:
        raise PrsError("A363", minutes=entry.minutes, wanted=wanted)


def meeting_of(policy: Policy, document: Document) -> str:
    """The kind of meeting that a document holds the minutes of; "" when its type is none of minutes."""
    doctype = policy.types.get(document.type_id)
    return document.value(MEETING_TYPE) if doctype and MEETING_TYPE in doctype.fields else ""


def decisions_on(document: Document, wanted: str) -> tuple[str, ...]:
    """The results (approve, reject, note) of the decisions whose subject is NUMBER@VERSION."""
    node = document.node("decisions")
    items = node.items if isinstance(node, Items) else ()
    found = [_texts(item) for item in items if isinstance(item, Table)]
    return tuple(item.get("result", "") for item in found if item.get("subject") == wanted)


def _texts(table: Table) -> dict[str, str]:
    return {key: node.text for key, node in table.values.items() if isinstance(node, Scalar)}
