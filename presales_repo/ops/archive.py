"""`prs archive`: a list of what a project has published, drafted for the document controller (归档, R121)."""

from __future__ import annotations

from presales_repo.errors import PrsError
from presales_repo.model.doctype import ARCHIVE
from presales_repo.model.facts import Fact
from presales_repo.model.policy import Policy
from presales_repo.ops.facts import read_facts
from presales_repo.ops.new import NewDocument, new
from presales_repo.ops.projects import find_project
from presales_repo.ops.session import Session, open_work


def draft_archive_list(session: Session, project: str, title: str = "") -> NewDocument:
    """A new list of the project's published documents that are not archived yet. It is saved, submitted and approved
    as every document; when it is published they are archived.

    Raises PrsError W311 when there is none, and as `new` does.
    """
    with open_work(session) as work:
        policy = work.policy
        facts = read_facts(work).of(project=project)
        numbers = [fact.number for fact in facts if fact.number and _is_filed(policy, fact)]
        folder = find_project(work, project) or project
    if not numbers:
        raise PrsError("W311", project=project)
    type_id = next(doctype.id for doctype in policy.types.values() if doctype.effect == ARCHIVE)
    name = folder.partition("-")[2] or project
    words = title or f"{name}{policy.types[type_id].title_zh}"
    return new(session, type_id, words, project, {"documents": ",".join(numbers)})


def _is_filed(policy: Policy, fact: Fact) -> bool:
    """Whether a document goes into the list: published, not archived, not itself about the life of others."""
    state = fact.state
    doctype = policy.types.get(fact.type)
    if state is None or state.release is None or state.round is not None or doctype is None or doctype.effect:
        return False
    return not state.marks or (fact.status == "obsolete" and all(mark.effect != ARCHIVE for mark in state.marks))
