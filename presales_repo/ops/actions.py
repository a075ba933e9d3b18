"""The action items of all minutes and records."""

from __future__ import annotations

from presales_repo.model.actions import Action, actions_of
from presales_repo.ops.due import require_project
from presales_repo.ops.facts import read_facts
from presales_repo.ops.session import Session, find_actor, open_work, today


def list_actions(
    session: Session, *, project: str = "", mine: bool = False, overdue: bool = False, done: bool = False
) -> list[Action]:
    """Open items by their day; `done`: those that are done as well; `mine`: of the owner of the key.

    Raises PrsError P106 no such project, E130 and A301 the key with `mine`.
    """
    with open_work(session) as work:
        found = actions_of(read_facts(work), today(session, work.policy).isoformat())
        if project:
            require_project(work, project)
            found = [action for action in found if action.project == project]
        if mine:
            person = find_actor(work).person.id
            found = [action for action in found if action.owner == person]
        return [action for action in found if (done or not action.done) and (action.overdue or not overdue)]
