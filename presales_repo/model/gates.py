"""Gates (关口): whether the documents of a project open one, and what is missing.

Pure: the same function answers before a move is signed and when the ledger is verified.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from presales_repo.model.facts import items_of, text_in, texts_in
from presales_repo.model.lifecycle import Gate, Need, Values

# Why a document does not count for a need.
OTHER_VALUE = "value"
OTHER_VERSION = "version"
OPEN_ITEMS = "open"
NOT_COVERED = "not-covered"
TOO_EARLY = "too-early"
STALE = "stale"
REPLACED = "replaced"
NO_RECORD = "record"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A version in force of a document of the project. `sequence`: of the entry that published it; `fields`: its front
    matter, as in Fact."""

    number: str
    version: str
    type: str
    sequence: int
    fields: Mapping[str, Any]

    @property
    def name(self) -> str:
        """NUMBER@VERSION."""
        return f"{self.number}@{self.version}"


class Excluded(NamedTuple):
    """A document of the type that does not count. `why`: one of the words above; `field`: of which; `found`: what
    stands there; `wanted`: what had to."""

    number: str
    version: str
    why: str
    field: str
    found: str
    wanted: str


class Checked(NamedTuple):
    """What one line of a gate found: documents that count, and those that do not."""

    need: Need
    found: tuple[Evidence, ...]
    excluded: tuple[Excluded, ...]

    @property
    def met(self) -> bool:
        """Whether enough documents count."""
        return len(self.found) >= self.need.least


class GateCheck(NamedTuple):
    """What a gate found. `missing`: the lines that keep it closed; of a gate with a choice all, none when one is met.
    `waived`: the gate needs nothing more."""

    gate: Gate
    lines: tuple[Checked, ...]
    waived: bool

    @property
    def missing(self) -> tuple[Checked, ...]:
        if self.waived or (self.gate.any_of and any(line.met for line in self.lines)):
            return ()
        return tuple(line for line in self.lines if not line.met)


@dataclass(frozen=True, slots=True)
class Situation:
    """What gates look at. `documents`: versions in force of one project; `record`: fields of its project.md; `since`:
    sequence of its last transition; `stale`: why a number has to be revised first."""

    documents: Sequence[Evidence]
    record: Mapping[str, str]
    since: int = 0
    stale: Mapping[str, str] = field(default_factory=dict)

    def of(self, type_id: str) -> list[Evidence]:
        """The documents of a type."""
        return [item for item in self.documents if item.type == type_id]


def check_gate(gate: Gate, situation: Situation, waived: Iterable[str] = ()) -> GateCheck:
    """What a gate has and lacks. `waived`: gates, or single lines as GATE/TYPE where these allow it."""
    given_up = set(waived)
    lines = [
        check_need(need, situation)
        for need in gate.needs
        if not (need.waivable and f"{gate.id}/{need.type}" in given_up)
    ]
    return GateCheck(gate, tuple(lines), gate.id in given_up)


def check_need(need: Need, situation: Situation) -> Checked:
    """Which documents count for one line of a gate."""
    excluded: list[Excluded] = []
    found: list[Evidence] = []
    for item in _latest(need, situation):
        reason = next(_objections(need, item, situation), None)
        if reason is None:
            found.append(item)
        else:
            excluded.append(Excluded(item.number, item.version, *reason))
    return Checked(need, tuple(found), tuple(excluded))


Reason = tuple[str, str, str, str]


def _latest(need: Need, situation: Situation) -> list[Evidence]:
    """The documents of the type; of those on the version in force, the latest one of each distinct value: who reviewed
    again has said something new."""
    candidates = situation.of(need.type)
    if not need.distinct:
        return candidates
    latest: dict[str, Evidence] = {}
    for item in sorted(candidates, key=lambda item: (_on_version(need, item, situation), item.sequence)):
        latest[text_in(item.fields, need.distinct)] = item
    return sorted(latest.values(), key=lambda item: item.number)


def _on_version(need: Need, item: Evidence, situation: Situation) -> bool:
    return need.same is None or text_in(item.fields, need.same.field) in _names(need.same.type, situation)


def _names(type_id: str, situation: Situation) -> list[str]:
    return [item.name for item in situation.of(type_id)]


def _objections(need: Need, item: Evidence, situation: Situation) -> Iterator[Reason]:
    """Why a document does not count: what stands in the way, the field, what it says, what it should."""
    if need.same is not None and not _on_version(need, item, situation):
        wanted = ", ".join(_names(need.same.type, situation))
        yield OTHER_VERSION, need.same.field, text_in(item.fields, need.same.field), wanted
    for name, values in need.where.items():
        if not _holds(item.fields, name, values):
            yield OTHER_VALUE, name, ", ".join(texts_in(item.fields, name)), ", ".join(values)
    yield from _open_items(need, item)
    yield from _uncovered(need, item, situation)
    if need.since and item.sequence <= situation.since:
        yield TOO_EARLY, "", "", ""
    if need.current and item.number in situation.stale:
        yield STALE, "", situation.stale[item.number], ""
    if need.record and not situation.record.get(need.record):
        yield NO_RECORD, need.record, "", ""


def _holds(fields: Mapping[str, Any], name: str, values: Sequence[str]) -> bool:
    return any(value in values for value in texts_in(fields, name))


def _fits(item: Mapping[str, Any], where: Values) -> bool:
    return all(_holds(item, name, values) for name, values in where.items())


def _open_items(need: Need, item: Evidence) -> Iterator[Reason]:
    if need.without is None:
        return
    for entry in items_of(item.fields, need.without.field):
        if _fits(entry, need.without.where):
            words = [text_in(entry, name) for name in ("id", "text", "question")]
            yield OPEN_ITEMS, need.without.field, " ".join(filter(None, words)), ""


def _uncovered(need: Need, item: Evidence, situation: Situation) -> Iterator[Reason]:
    """People who are missing: all documents of the type together have to cover them."""
    covers = need.covers
    if covers is None:
        return
    entries = [entry for other in situation.of(need.type) for entry in items_of(other.fields, covers.field)]
    there = {text_in(entry, covers.key) for entry in entries if _fits(entry, covers.where)}
    wanted = [person for other in situation.of(covers.type) for person in texts_in(other.fields, covers.of)]
    lacking = [person for person in dict.fromkeys(wanted) if person not in there]
    if lacking:
        yield NOT_COVERED, covers.field, ", ".join(lacking), ""


def evidence_for(checks: Iterable[GateCheck], situation: Situation) -> tuple[Evidence, ...]:
    """What a move through these gates rests on, by number: documents that count, and those they are measured by."""
    names: dict[str, Evidence] = {}
    for check in checks:
        lines = () if check.waived else [line for line in check.lines if line.met]
        for line in lines:
            others = [type_id for type_id in line.need.types if type_id != line.need.type]
            measured = [item for type_id in others for item in situation.of(type_id)]
            names |= {item.name: item for item in (*line.found, *measured)}
    return tuple(names[name] for name in sorted(names))
