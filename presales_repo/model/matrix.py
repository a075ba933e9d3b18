"""The requirement matrix: which needs of the customer are covered by which document, at which version (一(三)1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from presales_repo.model.facts import Fact, Facts, texts_in
from presales_repo.model.policy import Policy
from presales_repo.model.requirements import needs_of
from presales_repo.model.trace import Link, holds, links_of
from presales_repo.model.tracerules import NO_TRACE, Trace


@dataclass(frozen=True, slots=True)
class Row:
    """One requirement. `must`: no solution may leave it out; `covered`: NUMBER@VERSION of the documents in force that
    cover it, `planned`: numbers of those that are not published yet; `carried`: NUMBER@VERSION of documents that take
    over what a covering one says (the technical bid)."""

    id: str
    text: str
    priority: str
    must: bool
    covered: tuple[str, ...]
    planned: tuple[str, ...]
    carried: tuple[str, ...]

    @property
    def is_missing(self) -> bool:
        """Whether it has to be covered and is not."""
        return self.must and not self.covered


@dataclass(frozen=True, slots=True)
class Matrix:
    """The requirements of one report in force. `confirmed`: the version that the customer confirmed last, "" for none;
    `confirmed_by`: the number of that record."""

    number: str
    title: str
    version: str
    confirmed: str
    confirmed_by: str
    rows: tuple[Row, ...]


def matrices(facts: Facts, policy: Policy, project: str) -> list[Matrix]:
    """A matrix for each document of a project that is in force and says what the customer needs; by number."""
    return [
        _matrix(fact, facts, policy) for fact in facts.effective(project=project) if _trace(fact, policy).requirements
    ]


def _trace(fact: Fact, policy: Policy) -> Trace:
    doctype = policy.types.get(fact.type)
    return doctype.trace if doctype else NO_TRACE


def _matrix(report: Fact, facts: Facts, policy: Policy) -> Matrix:
    confirmed = _confirmation(report, facts, policy)
    covering = list(_covering(report, facts, policy))
    carrying = {fact.number: list(_carrying(fact, facts, policy)) for fact in covering}
    rows = []
    for need in needs_of(policy.types[report.type], report.in_force):
        by = [fact for fact in covering if need.id in _covered(fact, policy)]
        rows.append(
            Row(
                id=need.id,
                text=need.text,
                priority=need.priority,
                must=need.must,
                covered=tuple(_at(fact) for fact in by if fact.is_effective),
                planned=tuple(fact.number for fact in by if not fact.is_effective),
                carried=tuple(dict.fromkeys(_at(other) for fact in by for other in carrying[fact.number])),
            )
        )
    return Matrix(report.number, report.title, report.version, *confirmed, tuple(rows))


def _at(fact: Fact) -> str:
    return f"{fact.number}@{fact.version}"


def shown_fields(fact: Fact) -> dict[str, object]:
    """The front matter that counts: of the version in force, of a draft what stands in its file."""
    return dict(fact.in_force if fact.is_effective else fact.fields)


def shown_links(fact: Fact, policy: Policy) -> list[Link]:
    """What that front matter names."""
    return links_of(fact.number, shown_fields(fact), fact.type, policy)


def _covering(report: Fact, facts: Facts, policy: Policy) -> Iterator[Fact]:
    """Documents that say which requirements of the report they cover, those out of force aside."""
    for fact in facts:
        covers = _trace(fact, policy).covers
        if (
            covers
            and (fact.is_effective or fact.published is None)
            and _names(fact, (covers.of,), report.number, policy)
        ):
            yield fact


def _covered(fact: Fact, policy: Policy) -> list[str]:
    covers = _trace(fact, policy).covers
    return texts_in(shown_fields(fact), covers.field) if covers else []


def _carrying(covering: Fact, facts: Facts, policy: Policy) -> Iterator[Fact]:
    for fact in facts:
        fields = _trace(fact, policy).carries
        if fields and fact.is_effective and _names(fact, fields, covering.number, policy):
            yield fact


def _names(fact: Fact, fields: tuple[str, ...], number: str, policy: Policy) -> bool:
    return any(link.field in fields and link.target == number for link in shown_links(fact, policy))


def _confirmation(report: Fact, facts: Facts, policy: Policy) -> tuple[str, str]:
    """Version and record of the confirmation published last."""
    found = []
    for fact in facts:
        doctype = policy.types.get(fact.type)
        confirms = doctype.trace.confirms if doctype else None
        if doctype and confirms and fact.is_effective and holds(doctype, fact.in_force, confirms.where):
            release = fact.state.release if fact.state else None
            sequence = release.sequence if release else 0
            named = (link for link in shown_links(fact, policy) if link.field == confirms.field)
            found += [(sequence, link.version, fact.number) for link in named if link.target == report.number]
    _, version, number = max(found, default=(0, "", ""))
    return version, number
