"""Who may change the documents of a project: the members of its team (二(一), 四(三)2; R009, R111).

The rule is data: `editing` in policy/project.yaml. Without it, and before a team is appointed, everybody may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from presales_repo.findings import Finding
from presales_repo.model.policy import Person, Policy
from presales_repo.model.projects import project_of


class Team(NamedTuple):
    """The people on a project's team. `number`: the appointment in force."""

    number: str
    members: frozenset[str]


class Edited(NamedTuple):
    """A file that somebody changes. `place`: a path in the folder of the document that it belongs to (an attachment
    lies elsewhere); `type_id`: of that document, "" for none."""

    path: str
    place: str
    type_id: str


def _rule(policy: Policy) -> Mapping[str, Any]:
    return policy.project.get("editing") or {}


def is_bound(policy: Policy, person: Person) -> bool:
    """Whether a person has to be on the team: the policy asks for it and none of their roles frees them."""
    rule = _rule(policy)
    return bool(rule.get("members_only")) and not set(rule.get("exempt_roles") or ()) & set(person.roles)


def check_team(
    policy: Policy, person: Person, edited: Iterable[Edited], team_of: Callable[[str], Team | None]
) -> Iterator[Finding]:
    """W210 for what a person changes in a project whose team they are not on. `team_of`: the team of a project, None
    where none is appointed."""
    open_types = set(_rule(policy).get("open_types") or ())
    for item in edited if is_bound(policy, person) else ():
        project = project_of(item.place)
        team = team_of(project) if project and item.type_id not in open_types else None
        if team is not None and person.id not in team.members:
            args = {"person": person.id, "project": project, "number": team.number}
            yield Finding("W210", item.path, 0, 0, args)
