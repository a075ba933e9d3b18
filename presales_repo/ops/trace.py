"""What rests on what: one document with its neighbours, a project's requirement matrix, and what is behind."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.findings import Finding
from presales_repo.model.facts import Facts
from presales_repo.model.lifecycle import build_lifecycle
from presales_repo.model.matrix import Matrix, matrices, shown_links
from presales_repo.model.policy import Policy
from presales_repo.model.query import field_at
from presales_repo.model.trace import Link, Reason, is_outdated, stale
from presales_repo.ops.check import wanted_paths
from presales_repo.ops.facts import read_facts
from presales_repo.ops.lookup import split_version
from presales_repo.ops.projects import find_project
from presales_repo.ops.session import Session, Work, open_work
from presales_repo.rules.stale import stale_findings


@dataclass(frozen=True, slots=True)
class Edge:
    """One link, seen from one of its ends: the document at the other. `field`: that makes the link, with its titles;
    `named`: the version that it names, "" for none; `current`: the one in force; `is_outdated`: a newer one than named
    is in force; `is_stale`: the other document is behind."""

    number: str
    title: str
    type: str
    status: str
    field: str
    field_zh: str
    field_en: str
    named: str
    current: str
    is_outdated: bool
    is_stale: bool


@dataclass(frozen=True, slots=True)
class DocumentTrace:
    """One document: why it is behind, what it rests on, and what rests on it or names it."""

    number: str
    title: str
    type: str
    project: str
    status: str
    version: str
    path: str
    reasons: tuple[Reason, ...]
    rests_on: tuple[Edge, ...]
    named_by: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class ProjectTrace:
    """A project: what its customer needs and what covers it, and its documents that are behind."""

    id: str
    name: str
    matrices: tuple[Matrix, ...]
    stale: Mapping[str, tuple[Reason, ...]]
    titles: Mapping[str, str]

    @property
    def missing(self) -> int:
        """How many requirements have to be covered and are not."""
        return sum(row.is_missing for matrix in self.matrices for row in matrix.rows)


def trace_document(session: Session, number: str) -> DocumentTrace:
    """What a document rests on and what rests on it. Raises PrsError N102 no number, W103 nothing carries it."""
    number, _ = split_version(number)
    with open_work(session) as work:
        facts, policy = read_facts(work), work.policy
    fact = facts.get(number)
    if fact is None:
        raise PrsError("W103", number=number)
    behind = stale(facts, policy)
    links = [link for other in facts for link in shown_links(other, policy) if number in (link.source, link.target)]
    return DocumentTrace(
        number=number,
        title=fact.title,
        type=fact.type,
        project=fact.project,
        status=fact.status,
        version=fact.version,
        path=fact.path,
        reasons=behind.get(number, ()),
        rests_on=tuple(_edge(link, facts, link.target, policy, behind) for link in links if link.source == number),
        named_by=tuple(_edge(link, facts, link.source, policy, behind) for link in links if link.target == number),
    )


def _edge(link: Link, facts: Facts, other: str, policy: Policy, behind: Mapping[str, object]) -> Edge:
    fact, target = facts.get(other), facts.get(link.target)
    shown = (fact.title, fact.type, fact.status) if fact else ("", "", "")
    field = (link.field, *_field_titles(link, facts, policy))
    current = target.version if target else ""
    return Edge(other, *shown, *field, link.version, current, is_outdated(link, facts), other in behind)


def _field_titles(link: Link, facts: Facts, policy: Policy) -> tuple[str, str]:
    """The titles of the field that makes a link, in both languages."""
    doctype = policy.types.get(facts.documents[link.source].type)
    known = {**policy.common_fields, **(doctype.fields if doctype else {})}
    field = field_at(known, link.field)
    return (field.title_zh, field.title_en) if field else (link.field, link.field)


def trace_project(session: Session, project: str) -> ProjectTrace:
    """A project's requirement matrix, and what of it is behind. Raises PrsError P106 when there is no such project."""
    with open_work(session) as work:
        folder = find_project(work, project)
        if folder is None:
            raise PrsError("P106", project=project)
        facts, policy = read_facts(work), work.policy
        closed = _closed_projects(work)
    return ProjectTrace(
        id=project,
        name=folder.rpartition("/")[2].partition("-")[2],
        matrices=tuple(matrices(facts, policy, project)),
        stale=_of_projects(stale(facts, policy), facts, {project} - closed),
        titles={fact.number: fact.title for fact in facts.of(project=project)},
    )


def _of_projects(
    found: Mapping[str, tuple[Reason, ...]], facts: Facts, projects: Collection[str]
) -> dict[str, tuple[Reason, ...]]:
    return {number: reasons for number, reasons in found.items() if facts.documents[number].project in projects}


def _closed_projects(work: Work) -> set[str]:
    """Projects that go nowhere any more: nobody revises their documents."""
    lifecycle = build_lifecycle(work.policy.project)
    return {item.id for item in work.ledger.head.projects if not lifecycle.leaving(item.state(lifecycle))}


def check_stale(session: Session, paths: Sequence[str] = ()) -> list[Finding]:
    """The documents in force that are behind (R119), of all or below some paths; those of closed projects aside.

    Raises PrsError as wanted_paths.
    """
    with open_work(session) as work:
        wanted = wanted_paths(work, paths)
        facts = read_facts(work)
        closed = _closed_projects(work)
        behind = stale(facts, work.policy)
        found = stale_findings({n: why for n, why in behind.items() if facts.documents[n].project not in closed}, facts)
        return [item for item in found if _is_below(item.path, wanted)]


def _is_below(path: str, wanted: Sequence[str]) -> bool:
    return not wanted or any(item == "." or path == item or path.startswith(f"{item}/") for item in wanted)
