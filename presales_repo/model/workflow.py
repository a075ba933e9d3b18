"""Who may decide what, 四(三)1: chain of a document, holders of a step, next version. Pure policy arithmetic."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from presales_repo.model.doctype import DocType
from presales_repo.model.policy import (
    DEPARTMENT_HEAD,
    FULL_CHAIN,
    HEAD_OF_AUTHOR,
    LEADER,
    Chain,
    Person,
    Policy,
    Step,
    can_sign,
)

if TYPE_CHECKING:
    from presales_repo.model.ledger import Round

CHAIR = "meeting-chair"
TEAM_MEMBER = "team-member"
_VERSION = re.compile(r"(0|[1-9][0-9]{0,3})\.(0|[1-9][0-9]{0,3})")
# Chains that 四(三)1 lets `scope` choose between, and those that `important: true` raises.
_BY_SCOPE = frozenset((FULL_CHAIN, "full-meeting"))
_RAISED_BY_IMPORTANCE = frozenset(("none", "light", "dept-only"))


def is_important(doctype: DocType, written: str) -> bool:
    """Whether a document counts as important: its type says so, or its author raised it (A-11: never lowered)."""
    return doctype.important or written == "true"


def chain_of(policy: Policy, doctype: DocType, *, important: bool, scope: str) -> Chain:
    """The chain that a document goes through: its type's, raised by importance and by `scope` (R108, A-13)."""
    selector = policy.chain_rules.get("final_selector") or {}
    chosen = doctype.chain if scope == "field" else str(selector.get(scope or "department", doctype.chain))
    if doctype.chain == FULL_CHAIN:
        return policy.chains[chosen]
    if important and doctype.chain in _RAISED_BY_IMPORTANCE:
        return policy.chains[chosen if chosen in _BY_SCOPE else FULL_CHAIN]
    return policy.chains[doctype.chain]


def holders(policy: Policy, step: Step, department: str, authors: Iterable[str]) -> tuple[str, ...]:
    """Ids of those who may sign a step; nobody who wrote the text. A step with fewer of them than it needs passes
    to the company's leaders too (A-15), and where these do not suffice to the chair of the meeting (A-16)."""
    excluded = set(authors)
    found: dict[str, None] = {}
    for role in (step.by, LEADER, CHAIR):
        found |= dict.fromkeys(person.id for person in _by_role(policy, role, department) if person.id not in excluded)
        if len(found) >= step.quorum:
            break
    return tuple(found)


def covers_vacancy(policy: Policy, round_: Round, person: str) -> bool:
    """Whether somebody signs the open step only because nobody else holds it."""
    named = {found.id for found in _by_role(policy, round_.step.by, round_.department)} - set(round_.authors)
    return person not in named


def signing_role(policy: Policy, round_: Round, person: str) -> str:
    """The role by which a person may sign the open step: the step's own, else the one that covers its vacancy. ""
    for nobody who holds it."""
    for role in (round_.step.by, LEADER, CHAIR):
        if person in {found.id for found in _by_role(policy, role, round_.department)}:
            return DEPARTMENT_HEAD if role == HEAD_OF_AUTHOR else role
    return ""


def _by_role(policy: Policy, role: str, department: str) -> list[Person]:
    active = [person for person in policy.people.values() if can_sign(person)]
    if role == HEAD_OF_AUTHOR:
        return [p for p in active if DEPARTMENT_HEAD in p.roles and p.department == department]
    return [person for person in active if role in person.roles]


def may_author(doctype: DocType, person: Person) -> bool:
    """Whether a person holds one of the roles that write this type (二(二)); every colleague is a team member
    until a project's team is appointed."""
    return TEAM_MEMBER in doctype.authors or bool(set(doctype.authors) & set(person.roles))


def next_version(current: str | None, *, major: bool) -> str:
    """The version after `current`: 1.0 first, then the next major or minor one (四(四)3)."""
    match = _VERSION.fullmatch(current or "")
    if match is None:
        return "1.0"
    return f"{int(match[1]) + 1}.0" if major else f"{match[1]}.{int(match[2]) + 1}"


def is_next_version(current: str | None, version: str) -> bool:
    """Whether `version` may follow `current`."""
    return version in (next_version(current, major=True), next_version(current, major=False))
