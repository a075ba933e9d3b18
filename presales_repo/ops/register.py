"""The register: listing and showing documents with what the ledger says of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from presales_repo.errors import PrsError
from presales_repo.model.countersign import deciders, missing_countersigns
from presales_repo.model.doctype import Field
from presales_repo.model.effects import RELEASED
from presales_repo.model.facts import ENDED
from presales_repo.model.ledger import DocumentState, Event, Release, Round, status_of
from presales_repo.model.lifecycle import build_lifecycle
from presales_repo.model.number import split_reference
from presales_repo.model.periods import iso_time
from presales_repo.model.policy import Policy, Titled
from presales_repo.model.projects import find_project, project_of
from presales_repo.model.projects import retention_of as project_retention
from presales_repo.model.query import bare_name, field_at, holds
from presales_repo.model.retention import keep_until, retention_of
from presales_repo.model.upkeep import is_disposed, superseded_by
from presales_repo.ops.deputies import deputies, may_decide, principals
from presales_repo.ops.lookup import find_document, require_number, split_version
from presales_repo.ops.session import Session, Work, find_actor, open_work, today, working_snapshot
from presales_repo.ops.types import pick_type
from presales_repo.store.index import Row, make_row
from presales_repo.store.snapshot import Snapshot
from presales_repo.store.verifier import released_bytes


@dataclass(frozen=True, slots=True)
class Filter:
    """What `prs list` is asked for; empty fields ask nothing. `since`, `until`: days of creation, inclusive;
    `where`: (field, value) that all must hold, see model/query.py; `retention_over`: only what need not be
    kept any longer."""

    project: str = ""
    type: str = ""
    category: str = ""
    stage: str = ""
    status: str = ""
    author: str = ""
    since: str = ""
    until: str = ""
    where: tuple[tuple[str, str], ...] = ()
    effective: bool = False
    retention_over: bool = False


@dataclass(frozen=True, slots=True)
class Emergency:
    """A text in review that is given out before its approval. `request`: number of the request; `digest`: SHA-256 of
    the text; `make_up_by`: the last day to finish the approval; `overdue`: that day is over."""

    request: str
    version: str
    digest: str
    make_up_by: str
    overdue: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the register. `version`: the published one, else the one in review, else None; `emergency`: None but
    while the text in review is given out before its approval; `superseded_by`: the document in force that takes the
    place of this one; `in_force`: a version is published and not void."""

    number: str
    title: str
    type: str
    project: str
    status: str
    version: str | None
    path: str
    author: str
    updated: str
    emergency: Emergency | None
    superseded_by: str = ""
    in_force: bool = False

    @property
    def is_effective(self) -> bool:
        """Whether a version of it counts: also while the next one is in review."""
        return self.in_force and self.status not in ENDED


def list_documents(session: Session, asked: Filter) -> list[Listed]:
    """The register, filtered, by number."""
    with open_work(session) as work:
        rows = [*working_snapshot(work).rows()]
        known = {row.number for row in rows}
        return filter_rows(work, [*rows, *(row for row in _gone(work) if row.number not in known)], asked)


def _gone(work: Work) -> Iterator[Row]:
    """The documents that were disposed of: their files left, their line in the register stays."""
    for state in work.ledger.documents():
        if is_disposed(state) and state.release is not None:
            yield make_row(state.release.path, "", released_bytes(work.ledger.reader, state.release))


def filter_rows(work: Work, rows: Iterable[Row], asked: Filter) -> list[Listed]:
    """The same of an opened repository. Raises PrsError W344 when a filter names a field that no document has."""
    _check_where(work, asked)
    asked = _by_ids(work.policy, asked)
    states = {state.number: state for state in work.ledger.documents()}
    replaced = superseded_by(states.values())
    found = [_listed(work, row, states.get(row.number)) for row in rows if _fits(work, row, asked)]
    found = [_superseded(item, replaced.get(item.number, "")) for item in found]
    found = [item for item in found if not asked.status or item.status == asked.status]
    if asked.effective:
        found = [item for item in found if item.is_effective]
    if asked.retention_over:
        found = [item for item in found if _may_go(work, states.get(item.number))]
    return sorted(found, key=lambda item: (item.number, item.path))


def _by_ids(policy: Policy, asked: Filter) -> Filter:
    """The same filter with ids where it has the title of a type or the name of a person.

    Raises PrsError F122 when there is no such type.
    """
    type_id = asked.type and pick_type(policy.types.values(), asked.type).id
    named = [person.id for person in policy.people.values() if person.name == asked.author]
    return replace(asked, type=type_id, author=named[0] if len(named) == 1 else asked.author)


def _may_go(work: Work, state: DocumentState | None) -> bool:
    """Whether an archived document need not be kept any longer; of a project that was won it is kept longer (A-26)."""
    if state is None or is_disposed(state) or state.release is None:
        return False
    project = find_project(work.ledger.head.projects, project_of(state.release.path))
    kept = project_retention(build_lifecycle(work.policy.project), project, retention_of(work.policy, state))
    until = keep_until(work.policy, state, kept)
    return until is not None and today(work.session, work.policy) > until


def _superseded(item: Listed, other: str) -> Listed:
    """The line of a document in force whose place another one has taken."""
    return replace(item, status="superseded", superseded_by=other) if other and item.is_effective else item


def _emergency(work: Work, state: DocumentState | None) -> Emergency | None:
    mark = state.round.released if state and state.round else None
    if mark is None:
        return None
    overdue = today(work.session, work.policy).isoformat() > mark.make_up_by
    return Emergency(mark.request, mark.version, mark.digest, mark.make_up_by, overdue)


def _listed(work: Work, row: Row, state: DocumentState | None) -> Listed:
    release = state.release if state else None
    version = release.version if release else (state.round.version if state and state.round else None)
    updated = iso_time(state.events[-1].time, state.events[-1].offset) if state and state.events else row.created
    return Listed(
        row.number, row.title, row.type, row.project, status_of(state, row.blob), version, row.path, row.author,
        updated, _emergency(work, state), in_force=release is not None,
    )  # fmt: skip


def _fits(work: Work, row: Row, asked: Filter) -> bool:
    doctype = work.policy.types.get(row.type)
    return (
        asked.project in ("", row.project)
        and asked.type in ("", row.type)
        and asked.category in ("", doctype.category if doctype else None)
        and asked.stage in ("", row.number[:2])
        and asked.author in ("", row.author)
        and (not asked.since or row.created >= asked.since)
        and (not asked.until or row.created <= asked.until)
        and all(holds(row.fields, _fields_of(work, row.type), name, value) for name, value in asked.where)
    )


def _fields_of(work: Work, type_id: str) -> Mapping[str, Field]:
    doctype = work.policy.types.get(type_id)
    return {**work.policy.common_fields, **doctype.fields} if doctype else work.policy.common_fields


def _check_where(work: Work, asked: Filter) -> None:
    """Raises PrsError W344 when a filter names a field that no document can have: it would find nothing, silently."""
    types = [asked.type] if asked.type in work.policy.types else list(work.policy.types)
    for name, _value in asked.where:
        if not any(field_at(_fields_of(work, type_id), bare_name(name)) for type_id in types):
            raise PrsError("W344", field=bare_name(name))


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step of the latest round: `state` is signed, open, waiting or rejected; `on_behalf_of`: for whom `by` signed,
    "" for themselves; `minutes`: NUMBER@VERSION of those that its signature rests on."""

    step: str
    title: str
    state: str
    by: str
    commit: str
    time: str
    comment: str
    on_behalf_of: str
    minutes: str = ""
    title_en: str = ""


@dataclass(frozen=True, slots=True)
class CountersignShown:
    """A department's opinion in the latest round: `state` is agree, disagree or missing; then `holders` may sign."""

    step: str
    department: str
    title: str
    state: str
    by: str
    commit: str
    time: str
    comment: str
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """One document with what the ledger says of it. `holders`: who may decide the open step; `deputies`: who may
    decide it for somebody else, with that person."""

    listed: Listed
    front_matter: Mapping[str, Any]
    steps: tuple[StepShown, ...]
    countersigns: tuple[CountersignShown, ...]
    holders: tuple[str, ...]
    deputies: tuple[tuple[str, str], ...]
    links: tuple[str, ...]
    linked_from: tuple[str, ...]
    versions: tuple[str, ...]


def show_document(session: Session, number: str) -> Shown:
    """One document. Raises PrsError W103 when nothing carries the number."""
    with open_work(session) as work:
        snapshot = working_snapshot(work)
        state = work.ledger.document(require_number(number))
        row = row_of(work, snapshot, number, state)
        opened = state.round if state else None
        waiting = deciders(work.policy, opened) if opened else ()
        instead = deputies(work, number, opened) if opened else ()
        links, back = _links(work, snapshot, row)
        versions = tuple(release.version for release in state.releases) if state else ()
        steps = tuple(_steps(work, state)) if state else ()
        heard = tuple(_countersigns(work, state)) if state else ()
        listed = _listed(work, row, state)
        return Shown(listed, row.fields, steps, heard, waiting, tuple(instead), links, back, versions)


def row_of(work: Work, snapshot: Snapshot, number: str, state: DocumentState | None) -> Row:
    """A document's row; of one whose files left, that of its last version. Raises PrsError W103."""
    if state is not None and state.release is not None and is_disposed(state) and not snapshot.find(number):
        return make_row(state.release.path, "", released_bytes(work.ledger.reader, state.release))
    return find_document(snapshot, number)


_STATES = {"approve": "signed", "register": "signed", "reject": "rejected", "withdraw": "withdrawn",
           "void": "void", "reaffirm": "reaffirm"}  # fmt: skip


def _steps(work: Work, state: DocumentState) -> Iterator[StepShown]:
    """The steps of the open round, or of the round that ended last."""
    for event in _latest_round(state):
        if event.action in _STATES:
            yield _shown_step(work, event.step, _STATES[event.action], event)
    if state.round is not None:
        for index, step in enumerate(state.round.steps[state.round.position :]):
            state_now = "waiting" if index else "open"
            yield StepShown(step.id, step.title_zh, state_now, "", "", "", "", "", title_en=step.title_en)


def _latest_round(state: DocumentState) -> list[Event]:
    """What happened since the document was last submitted or registered."""
    start = max((event.sequence for event in state.events if event.action in ("submit", "register")), default=0)
    return [event for event in state.events if event.sequence >= start]


def _countersigns(work: Work, state: DocumentState) -> Iterator[CountersignShown]:
    departments = work.policy.departments
    for event in _latest_round(state):
        if event.action == "countersign":
            title, time = _title(departments, event.department), iso_time(event.time, event.offset)
            yield CountersignShown(
                event.step, event.department, title, event.opinion, event.person, event.commit, time, event.comment, (),
            )  # fmt: skip
    for step, name, people in missing_countersigns(work.policy, state.round) if state.round else ():
        yield CountersignShown(step, name, _title(departments, name), "missing", "", "", "", "", people)


def _title(table: Mapping[str, Titled], id_: str) -> str:
    return table[id_].title_zh if id_ in table else id_


def _shown_step(work: Work, step: str, state: str, event: Event) -> StepShown:
    titles = {item.id: (item.title_zh, item.title_en) for c in work.policy.chains.values() for item in c.steps}
    time = iso_time(event.time, event.offset)
    title, english = titles.get(step, ("", ""))
    return StepShown(
        step, title, state, event.person, event.commit, time, event.comment, event.on_behalf, event.minutes, english,
    )  # fmt: skip


def _links(work: Work, snapshot: Snapshot, row: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Numbers that a document names in its front matter, and those that name it."""
    links = tuple(dict.fromkeys(number for number in _numbers(row) if number != row.number))
    others = (other for other in snapshot.rows() if other.number != row.number)
    back = tuple(other.number for other in others if row.number in _numbers(other))
    return links, back


def _numbers(row: Row) -> Iterator[str]:
    for value in row.fields.values():
        yield from _numbers_in(value)


def _numbers_in(value: Any) -> Iterator[str]:
    """Numbers anywhere in a field: also those in the entries of a list of mappings."""
    if isinstance(value, str):
        reference = split_reference(value)
        if reference:
            yield reference[0]
    else:
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _numbers_in(item)


def version_bytes(session: Session, text: str, *, as_published: bool = False) -> bytes:
    """NUMBER@VERSION byte for byte, from the ledger: its latest text, or the one that was approved.

    Raises PrsError W107 when that was never published, A216 and A221 when this clone does not have its bytes any more.
    """
    number, version = split_version(text)
    with open_work(session) as work:
        release = find_release(work, number, version)
        release = release.texts[-1] if as_published else release
        return released_bytes(work.ledger.reader, release)


def find_release(work: Work, number: str, version: str) -> Release:
    """A published version, the one in force when `version` is "". Raises PrsError W107, W108."""
    state = work.ledger.document(number)
    release = (state.release_of(version) if version else state.release) if state else None
    if release is None:
        raise PrsError("W107", number=number, version=version) if version else PrsError("W108", number=number)
    return release


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that waits for the owner of the key. `on_behalf_of`: for whom they would sign, none for themselves;
    `emergency`: as in Listed; `action`: approve, to decide the open step, or countersign, for `department`."""

    number: str
    title: str
    step: str
    since: str
    submitted_by: str
    version: str
    on_behalf_of: tuple[str, ...]
    emergency: Emergency | None
    action: str = "approve"
    department: str = ""


def inbox(session: Session) -> list[Waiting]:
    """Open steps that the owner of the key may decide, also for others, and opinions of departments that they may
    give, oldest first (R118)."""
    with open_work(session) as work:
        person = find_actor(work).person.id
        states = list(work.ledger.documents(only_open=True))
        found = [item for state in states for item in _waiting_for(work, state, person)]
        found += [item for state in states for item in _unheard(work, state, person)]
    return sorted(found, key=lambda item: (item.since, item.number, item.action, item.department))


def _unheard(work: Work, state: DocumentState, person: str) -> Iterator[Waiting]:
    """Opinions that a person may give: they wait since the submission, whatever was signed meanwhile."""
    for step, department, people in missing_countersigns(work.policy, _open_round(state)):
        if person in people:
            submitted = _submission(state)
            since = iso_time(submitted.time, submitted.offset)
            waiting = _waiting(work, state, ())
            yield replace(waiting, step=step, since=since, action="countersign", department=department)


def _waiting_for(work: Work, state: DocumentState, person: str) -> list[Waiting]:
    opened = _open_round(state)
    if may_decide(work, state.number, opened, person, ""):
        return [_waiting(work, state, ())]
    behalf = principals(work, state.number, opened, person)
    return [_waiting(work, state, tuple(behalf))] if behalf else []


def _open_round(state: DocumentState) -> Round:
    assert state.round is not None, "only documents in review are asked for"
    return state.round


def _waiting(work: Work, state: DocumentState, behalf: tuple[str, ...]) -> Waiting:
    last = next(event for event in reversed(state.events) if event.action not in (RELEASED, "countersign"))
    opened = _open_round(state)
    since = iso_time(last.time, last.offset)
    return Waiting(
        state.number, state.title, opened.step.id, since, _submission(state).person, opened.version, behalf,
        _emergency(work, state),
    )  # fmt: skip


def _submission(state: DocumentState) -> Event:
    return next(event for event in reversed(state.events) if event.action == "submit")
