"""What people and departments are called in the policy in force."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from presales_repo.model.doctype import DocType
from presales_repo.model.policy import Titled
from presales_repo.ops.session import Session, no_notice, open_work


@dataclass(frozen=True, slots=True)
class Names:
    """Names of people by id, of those alone whose name nobody else has, and titles of departments and types by id."""

    people: Mapping[str, str] = field(default_factory=dict)
    departments: Mapping[str, Titled] = field(default_factory=dict)
    types: Mapping[str, DocType] = field(default_factory=dict)


def read_names(session: Session) -> Names:
    """The names of the policy in force. Raises PrsError as open_work."""
    with open_work(replace(session, notify=no_notice)) as work:
        people = work.policy.people.values()
        borne = Counter(person.name for person in people)
        return Names(
            {person.id: person.name for person in people if borne[person.name] == 1},
            work.policy.departments,
            work.policy.types,
        )
