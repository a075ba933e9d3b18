"""What rests on what, and what is behind: the graph of documents (四(四)1 文档更新).

A document in force is behind (stale) when a published change names it, when it names a version that is not the one in
force any more, or, softly, when it rests on a document that is behind. Publishing its next version clears it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from presales_repo.model.doctype import DocType, Field
from presales_repo.model.facts import Fact, Facts
from presales_repo.model.number import order_of, split_reference
from presales_repo.model.policy import Policy
from presales_repo.model.query import has_value
from presales_repo.model.tracerules import Where

SUPERSEDES = "supersedes"
_REFERENCES = frozenset(("doc-ref", "doc-refs", "doc-ref-version", "doc-ref-versions"))
_GONE = ("obsolete", "void")  # a disposed or archived one was in order when it was rested on
_CLOSED = "archived"  # in force, and never revised again
SOFT = frozenset(("rests", "behind"))


@dataclass(frozen=True, slots=True)
class Link:
    """`field` of document `source` names `target`, at `version` or "". A field of a list's items as `list.field`."""

    source: str
    field: str
    target: str
    version: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a document is behind.

    `kind`: changed (`by`: the change that names it), outdated (`by`: a document of which it names version `named`,
    while `current` is in force), replaced (`by` supersedes `via`), withdrawn (`by` is obsolete or void, or its version
    `named` is), rests (`by`: a document it rests on that is behind), behind (`by` changed `via`, on which it rests).
    `field`: the one that names the other document, "" for changed.
    """

    kind: str
    by: str
    field: str = ""
    via: str = ""
    named: str = ""
    current: str = ""

    @property
    def is_soft(self) -> bool:
        """Whether only something that it rests on is behind, so that it may be right as it stands."""
        return self.kind in SOFT


@dataclass(frozen=True, slots=True)
class _Change:
    """A published document that says others are behind. `named`: all that it names, `open`: those of them that were in
    force before it and have no newer version since."""

    number: str
    named: tuple[str, ...]
    open: tuple[str, ...]


def links_of(number: str, fields: Mapping[str, Any], type_id: str, policy: Policy) -> list[Link]:
    """Every document that front matter names in a field made for that, in the order of the fields."""
    doctype = policy.types.get(type_id)
    declared = {**policy.common_fields, **(doctype.fields if doctype else {})}
    return [link for name, value in fields.items() for link in _links(number, name, declared.get(name), value)]


def _links(number: str, name: str, field: Field | None, value: Any) -> Iterator[Link]:
    if field is None:
        return
    if field.kind == "list<object>":
        for item in value if isinstance(value, list) else ():
            for key, inner in item.items() if isinstance(item, Mapping) else ():
                yield from _links(number, f"{name}.{key}", field.item.get(key), inner)
    elif field.kind in _REFERENCES:
        for text in value if isinstance(value, list) else (value,):
            found = split_reference(text) if isinstance(text, str) else None
            if found and found[0] != number:
                yield Link(number, name, *found)


def graph(facts: Facts, policy: Policy) -> dict[str, list[Link]]:
    """The links of every document in force, by number."""
    return {fact.number: links_of(fact.number, fact.in_force, fact.type, policy) for fact in facts if fact.is_effective}


def is_outdated(link: Link, facts: Facts) -> bool:
    """Whether a link names a version, and a newer one is in force."""
    target = facts.get(link.target)
    if target is None or not link.version or not target.is_effective:
        return False
    return order_of(target.version) > order_of(link.version)


def stale(facts: Facts, policy: Policy) -> dict[str, tuple[Reason, ...]]:
    """The documents in force that are behind, by number, with every reason; soft ones only where there is no other. One
    that another replaces, or that is archived, is left alone: it is not revised any more."""
    whole = graph(facts, policy)
    replaced = {link.target: link.source for links in whole.values() for link in links if link.field == SUPERSEDES}
    final = {number for number in whole if number in replaced or facts.documents[number].status == _CLOSED}
    current = [number for number in whole if number not in final and _can_be_behind(facts, number, policy)]
    working = {number: _without_supersedes(whole[number]) for number in current}
    changes = list(_changes(facts, policy))
    hard: dict[str, list[Reason]] = {}
    for change in changes:
        for target in (number for number in change.open if number not in final):
            hard.setdefault(target, []).append(Reason("changed", change.number))
    for number, links in working.items():
        own = [reason for link in links for reason in _own_reasons(link, facts, replaced)]
        if own:
            hard.setdefault(number, []).extend(own)
    found = {**_soft(hard, working, changes, facts), **hard}
    return {number: tuple(dict.fromkeys(found[number])) for number in sorted(found)}


def _without_supersedes(links: list[Link]) -> list[Link]:
    return [link for link in links if link.field != SUPERSEDES]


def _can_be_behind(facts: Facts, number: str, policy: Policy) -> bool:
    """Whether a document has to keep up with what it names: records of a moment do not, and those without approval
    are records."""
    fact = facts.get(number)
    doctype = policy.types.get(fact.type) if fact else None
    if doctype is None or doctype.trace.record:
        return False
    chain = policy.chains.get(doctype.chain)
    return chain is not None and bool(chain.steps)


def _sequence(fact: Fact) -> int:
    release = fact.state.release if fact.state else None
    return release.sequence if release else 0


def _own_reasons(link: Link, facts: Facts, replaced: Mapping[str, str]) -> Iterator[Reason]:
    target = facts.get(link.target)
    if target is None:
        return
    by = replaced.get(link.target)
    if by is not None and by != link.source:
        yield Reason("replaced", by, link.field, via=link.target)
    elif target.status in _GONE or _is_void(target, link.version):
        yield Reason("withdrawn", link.target, link.field, named=link.version, current=target.version)
    elif is_outdated(link, facts):
        yield Reason("outdated", link.target, link.field, named=link.version, current=target.version)


def _is_void(target: Fact, version: str) -> bool:
    voided = target.state.voided if target.state else ()
    return any(item.release.version == version for item in voided)


def _changes(facts: Facts, policy: Policy) -> Iterator[_Change]:
    for fact in facts:
        doctype = policy.types.get(fact.type)
        marks = doctype.trace.marks_stale if doctype else None
        if doctype is None or marks is None or not fact.is_effective or not holds(doctype, fact.in_force, marks.where):
            continue
        links = [item for item in links_of(fact.number, fact.in_force, fact.type, policy) if item.field == marks.field]
        links += _typed_targets(fact, marks.types, facts)
        named = [link.target for link in links]
        still = [link.target for link in links if _is_before(link, fact, facts) and not is_outdated(link, facts)]
        yield _Change(fact.number, tuple(named), tuple(still))


def _typed_targets(change: Fact, types: tuple[str, ...], facts: Facts) -> Iterator[Link]:
    """The documents of some types in the project of the change, as if it named them."""
    for type_id in types if change.project else ():
        for fact in facts.of(project=change.project, type_id=type_id):
            if fact.number != change.number:
                yield Link(change.number, "", fact.number, "")


def _is_before(link: Link, change: Fact, facts: Facts) -> bool:
    target = facts.get(link.target)
    return target is not None and target.is_effective and _sequence(target) < _sequence(change)


def holds(doctype: DocType, fields: Mapping[str, Any], where: Where) -> bool:
    """Whether each field of `where` has one of its values; a choice may be written as its key or its label."""
    return all(any(has_value(fields, doctype.fields, path, one) for one in wanted) for path, wanted in where.items())


def _soft(
    hard: Mapping[str, list[Reason]], working: Mapping[str, list[Link]], changes: Iterable[_Change], facts: Facts
) -> dict[str, list[Reason]]:
    """What rests on something that is behind; and on what a change named and was revised since, while it was not."""
    back: dict[str, list[Link]] = {}
    for links in working.values():
        for link in links:
            back.setdefault(link.target, []).append(link)
    behind = [
        (link, change.number)
        for change in changes
        for link in _resting_on(change.named, back)
        if _is_before(Link("", "", link.source, ""), facts.documents[change.number], facts)
    ]
    resting = list(_resting_on((*hard, *(link.source for link, _ in behind)), back))
    still = {*hard, *(link.source for link in resting)}
    soft: dict[str, list[Reason]] = {}
    for link in resting:
        soft.setdefault(link.source, []).append(Reason("rests", link.target, link.field))
    for link, change_number in behind:
        if link.target not in still:
            soft.setdefault(link.source, []).append(Reason("behind", change_number, link.field, via=link.target))
    return soft


def _resting_on(roots: Iterable[str], back: Mapping[str, list[Link]]) -> Iterator[Link]:
    """Every link by which something rests on one of `roots`, directly or not."""
    waiting = list(dict.fromkeys(roots))
    seen = set(waiting)
    while waiting:
        for link in back.get(waiting.pop(), ()):
            yield link
            if link.source not in seen:
                seen.add(link.source)
                waiting.append(link.source)
