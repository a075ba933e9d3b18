"""A person with what they learned: the trainings on record (一(三)2: members have the knowledge their work needs)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.doctype import DocType
from presales_repo.model.facts import Fact, items_of, text_in
from presales_repo.ops.facts import read_facts
from presales_repo.ops.people import PersonRow, person_row
from presales_repo.ops.session import Session, open_work

_PERSON, _PASSED = "person", "passed"


@dataclass(frozen=True, slots=True)
class Training:
    """A published record that names a person as trained. `held`: the time that it gives, "" for none."""

    number: str
    title: str
    project: str
    held: str
    passed: bool


@dataclass(frozen=True, slots=True)
class PersonShown:
    """A person as listed, with their trainings by number."""

    row: PersonRow
    trainings: tuple[Training, ...]


def show_person(session: Session, person_id: str) -> PersonShown:
    """One person of the policy in force. Raises PrsError W131 when it knows none of this id."""
    with open_work(session) as work:
        person = work.policy.people.get(person_id)
        if person is None:
            raise PrsError("W131", person=person_id, known=", ".join(sorted(work.policy.people)))
        facts = read_facts(work).effective()
        found = [item for fact in facts for item in _trainings(fact, work.policy.types.get(fact.type), person_id)]
        return PersonShown(person_row(person, person), tuple(found))


def _trainings(fact: Fact, doctype: DocType | None, person_id: str) -> Iterator[Training]:
    """What a record says of a person: its type has a list of people who passed or not, whatever it is called."""
    for field in doctype.fields.values() if doctype else ():
        if {_PERSON, _PASSED} <= set(field.item):
            for item in items_of(fact.in_force, field.name):
                if item.get(_PERSON) == person_id:
                    held = text_in(fact.in_force, "held_at")
                    yield Training(fact.number, fact.title, fact.project, held, item.get(_PASSED) == "true")
