"""How a project stands, for people: where it is, what was done, what the next gate lacks and who has to do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from presales_repo.findings import Finding
from presales_repo.model.countersign import deciders, missing_countersigns
from presales_repo.model.document import Document
from presales_repo.model.facts import Fact, Facts, items_of, text_in, texts_in
from presales_repo.model.gates import (
    OTHER_VALUE,
    OTHER_VERSION,
    Checked,
    Evidence,
    GateCheck,
    Situation,
    check_gate,
    check_need,
)
from presales_repo.model.lifecycle import Lifecycle, Transition, build_lifecycle
from presales_repo.model.periods import iso_time
from presales_repo.model.policy import Policy
from presales_repo.model.projects import (
    Move,
    ProjectState,
    find_project,
    gates_of,
    outcome_of,
    project_of,
    targets,
)
from presales_repo.ops.advance import broken_rules, in_force, situation_of
from presales_repo.ops.facts import read_facts
from presales_repo.ops.projects import find_record, records
from presales_repo.ops.session import Session, Work, open_work


@dataclass(frozen=True, slots=True)
class Titles:
    """A thing of the policy in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of `prs project list`. `changed`: when something last happened to it or to one of its documents, ISO 8601,
    "" for never."""

    id: str
    name: str
    customer: str
    state: str
    manager: str
    priority: str
    changed: str
    path: str
    state_title: Titles


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document that is not in force yet. `people`: who has to act; `departments`: those whose opinion is missing,
    with the people who may give it."""

    number: str
    title: str
    type: str
    status: str
    version: str
    step: str
    people: tuple[str, ...]
    departments: tuple[tuple[str, tuple[str, ...]], ...] = ()
    step_title: Titles = Titles("", "")


@dataclass(frozen=True, slots=True)
class ExcludedShown:
    """A published document that does not count for the gate: see model/gates."""

    number: str
    version: str
    why: str
    field: str
    found: str
    wanted: str
    author: str


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of a gate. `have` of `needed` documents count (`numbers`); `lacking`: values of a field of which each had
    to be there once; `in_work`: documents of the type that are not in force yet; `command`: what starts one; `about`:
    NUMBER@VERSION in review: the documents are about it, and count once it is published."""

    gate: str
    type: str
    needed: int
    have: int
    met: bool
    numbers: tuple[str, ...]
    lacking: tuple[str, ...]
    excluded: tuple[ExcludedShown, ...]
    in_work: tuple[Waiting, ...]
    command: str
    about: str = ""


@dataclass(frozen=True, slots=True)
class GateShown:
    """A gate on a way. `any_of`: one of its lines is enough; `broken`: rules of types that do not hold there;
    `reason`: words are asked for."""

    id: str
    any_of: bool
    open: bool
    lines: tuple[LineShown, ...]
    broken: tuple[Finding, ...] = ()
    reason: bool = False

    @property
    def missing(self) -> tuple[LineShown, ...]:
        if self.any_of and any(line.met for line in self.lines):
            return ()
        return tuple(line for line in self.lines if not line.met)


@dataclass(frozen=True, slots=True)
class WayShown:
    """A state that the project may go to, and the gates on the way."""

    to: str
    gates: tuple[GateShown, ...]


@dataclass(frozen=True, slots=True)
class MoveShown:
    """A recorded move; `time` in ISO 8601."""

    origin: str
    to: str
    time: str
    person: str
    gates: tuple[str, ...]
    waived: tuple[str, ...]
    evidence: tuple[str, ...]
    reason: str
    commit: str
    void: bool


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """A document of the project. `version`: the one in force, "" for none."""

    number: str
    title: str
    type: str
    status: str
    version: str
    author: str
    published: str


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody on the team, in a role."""

    person: str
    role: str


@dataclass(frozen=True, slots=True)
class ProjectShown:
    """Everything about one project. `registered`: the gates that open a project were passed or are open; `titles`: of
    states, gates, types, roles, departments and fields by id; `names` of people by id; `deadline`: ISO 8601, "" for
    none, set by the document `deadline_in`."""

    id: str
    name: str
    customer: str
    state: str
    active: bool
    manager: str
    priority: str
    path: str
    opened_on: str
    outcome: str
    outcome_on: str
    outcome_reason: str
    deadline: str
    deadline_in: str
    team_in: str
    team: tuple[Member, ...]
    history: tuple[MoveShown, ...]
    ways: tuple[WayShown, ...]
    waiting: tuple[Waiting, ...]
    documents: tuple[DocumentShown, ...]
    titles: Mapping[str, Titles] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def gate(self) -> tuple[str, tuple[LineShown, ...]]:
        """The next gate on the main way and what it lacks: the first closed one, else the last."""
        gates = self.ways[0].gates if self.ways else ()
        found = next((gate for gate in gates if not gate.open), gates[-1] if gates else None)
        return (found.id, found.missing) if found else ("", ())


def list_projects(session: Session) -> list[Listed]:
    """All projects, by id."""
    with open_work(session) as work:
        facts, lifecycle = read_facts(work), build_lifecycle(work.policy.project)
        return [_listed(work, lifecycle, facts, record) for record in records(work)]


def _listed(work: Work, lifecycle: Lifecycle, facts: Facts, record: Document) -> Listed:
    value = record.value
    project = find_project(work.ledger.head.projects, value("id"))
    state = project.state(lifecycle)
    events = [event for fact in facts.of(project=project.id) if fact.state for event in fact.state.events]
    times = [(item.time, item.offset) for item in events] + [(item.time, item.offset) for item in project.moves]
    return Listed(
        project.id, value("name"), value("customer"), state, value("manager"), priority_of(work.policy, facts, record),
        iso_time(*max(times)) if times else value("opened_on"), record.path, _state_title(lifecycle, state),
    )  # fmt: skip


def _state_title(lifecycle: Lifecycle, state: str) -> Titles:
    """The title of a state; of one that the policy has given up, its id."""
    found = lifecycle.states.get(state)
    return Titles(found.title_zh, found.title_en) if found else Titles(state, state)


def priority_of(policy: Policy, facts: Facts, record: Document) -> str:
    """How closely a project is followed: what the latest assessment in force decided, else its record (R037)."""
    rule = policy.project.get("priority") or {}
    latest = _latest(facts, record.value("id"), str(rule.get("type", "")))
    return (text_in(latest.in_force, str(rule["field"])) if latest else "") or record.value("priority")


def team_of(policy: Policy, facts: Facts, project: str) -> tuple[str, tuple[Member, ...]]:
    """The team (R009): number of the latest appointment in force and its members; "" and nobody before there is one."""
    rule = policy.project.get("team") or {}
    latest = _latest(facts, project, str(rule.get("type", "")))
    if latest is None:
        return "", ()
    names = (str(rule["person"]), str(rule["role"]))
    rows = items_of(latest.in_force, str(rule["field"]))
    return latest.number, tuple(Member(*(text_in(row, name) for name in names)) for row in rows)


def _latest(facts: Facts, project: str, type_id: str) -> Fact | None:
    """The document of a type that was published last, of those in force."""
    found = [fact for fact in facts.of(project=project, type_id=type_id) if in_force(fact)]
    return max(found, key=_published_at, default=None)


def _published_at(fact: Fact) -> int:
    assert fact.state is not None
    assert fact.state.release is not None, "asked for documents in force only"
    return fact.state.release.sequence


def show_project(session: Session, project: str) -> ProjectShown:
    """One project. Raises PrsError P106 when there is none."""
    with open_work(session) as work:
        record = find_record(work, project)
        return _show(work, record, read_facts(work))


def _show(work: Work, record: Document, facts: Facts) -> ProjectShown:
    policy, value = work.policy, record.value
    lifecycle = build_lifecycle(policy.project)
    known = find_project(work.ledger.head.projects, value("id"))
    own = [fact for fact in facts if fact.project == known.id or project_of(fact.path) == known.id]
    situation = situation_of(work, facts, known, record)
    state = known.state(lifecycle)
    decided = outcome_of(lifecycle, known)
    deadline, deadline_in = _deadline(policy, facts, known.id)
    team_in, team = team_of(policy, facts, known.id)
    return ProjectShown(
        id=known.id,
        name=value("name"),
        customer=value("customer"),
        state=state,
        active=state not in lifecycle.states or lifecycle.states[state].active,
        manager=value("manager"),
        priority=priority_of(policy, facts, record),
        path=record.path,
        opened_on=value("opened_on"),
        outcome=decided[0] if decided else "",
        outcome_on=iso_time(decided[1].time, decided[1].offset)[:10] if decided else "",
        outcome_reason=value("outcome_reason"),
        deadline=deadline,
        deadline_in=deadline_in,
        team_in=team_in,
        team=team,
        history=tuple(map(_move, known.moves)),
        ways=tuple(_way(work, lifecycle, known, to, item, situation, facts) for to, item in targets(lifecycle, known)),
        waiting=tuple(waiting for fact in own if (waiting := waiting_of(policy, fact)) is not None),
        documents=tuple(map(_document, own)),
        titles=_titles(policy, lifecycle, own),
        names={person.id: person.name for person in policy.people.values()},
    )


def _deadline(policy: Policy, facts: Facts, project: str) -> tuple[str, str]:
    rule = policy.project.get("deadline") or {}
    latest = _latest(facts, project, str(rule.get("type", "")))
    return (text_in(latest.in_force, str(rule["field"])), latest.number) if latest else ("", "")


def _move(move: Move) -> MoveShown:
    return MoveShown(
        move.origin, move.to, iso_time(move.time, move.offset), move.person, move.gates, move.waived, move.evidence,
        move.comment, move.commit, move.void,
    )  # fmt: skip


def _document(fact: Fact) -> DocumentShown:
    return DocumentShown(fact.number, fact.title, fact.type, fact.status, fact.version, fact.author, fact.published_at)


def _way(
    work: Work, lifecycle: Lifecycle, project: ProjectState, to: str, transition: Transition, situation: Situation,
    facts: Facts,
) -> WayShown:  # fmt: skip
    own = facts.of(project=project.id)
    shown = []
    for name in gates_of(lifecycle, project, transition):
        check = check_gate(lifecycle.gates[name], situation)
        lines = tuple(_line(work.policy, project.id, check, line, own, situation) for line in check.lines)
        broken = tuple(broken_rules(work, facts, project.id, name))
        shown.append(
            GateShown(name, check.gate.any_of, not (check.missing or broken), lines, broken, check.gate.reason)
        )
    return WayShown(to, tuple(shown))


def _line(
    policy: Policy, project: str, check: GateCheck, line: Checked, own: list[Fact], situation: Situation
) -> LineShown:  # fmt: skip
    need, met, about = line.need, line.met, ""
    if not met and need.same is not None:
        coming = _in_review(own, need.same.type)
        others = [item for item in situation.documents if item.type != need.same.type]
        about = ", ".join(item.name for item in coming)
        line = check_need(need, replace(situation, documents=[*others, *coming])) if coming else line
    in_work = [waiting_of(policy, fact) for fact in own if fact.type == need.type]
    authors = {fact.number: fact.author for fact in own}
    judged = {item.number for item in line.excluded if item.why not in (OTHER_VERSION, OTHER_VALUE)}
    there = {text for fact in own if fact.number in judged for text in texts_in(fact.in_force, need.distinct)}
    there |= {text for item in line.found for text in texts_in(item.fields, need.distinct)}
    return LineShown(
        gate=check.gate.id,
        type=need.type,
        needed=need.least,
        have=len(line.found),
        met=met,
        numbers=tuple(item.name for item in line.found),
        lacking=tuple(value for value in need.where.get(need.distinct, ()) if value not in there),
        excluded=tuple(ExcludedShown(*item, authors.get(item.number, "")) for item in line.excluded),
        in_work=tuple(item for item in in_work if item is not None),
        command=f"prs new {need.type} -p {project} -t TITLE",
        about=about,
    )


def _in_review(own: list[Fact], type_id: str) -> list[Evidence]:
    """The versions in review of a type, as if they were in force."""
    rounds = [(fact.number, fact.state.round) for fact in own if fact.type == type_id and fact.state]
    return [Evidence(number, opened.version, type_id, 0, {}) for number, opened in rounds if opened]


def waiting_of(policy: Policy, fact: Fact) -> Waiting | None:
    """What a document waits for; None when it is in force and nothing is open."""
    opened = fact.state.round if fact.state else None
    if opened is None:
        if in_force(fact) or fact.status in ("obsolete", "disposed", "archived"):
            return None
        return Waiting(fact.number, fact.title, fact.type, fact.status, "", "", (fact.author,))
    departments = tuple((name, people) for _, name, people in missing_countersigns(policy, opened))
    people = tuple(deciders(policy, opened))
    step, titles = opened.step.id, Titles(opened.step.title_zh, opened.step.title_en)
    return Waiting(fact.number, fact.title, fact.type, "in-review", opened.version, step, people, departments, titles)


def _titles(policy: Policy, lifecycle: Lifecycle, own: list[Fact]) -> dict[str, Titles]:
    """Titles of what the view names, by kind and id."""
    named = {fact.type for fact in own} | {need.type for gate in lifecycle.gates.values() for need in gate.needs}
    types = {id_: policy.types[id_] for id_ in sorted(named) if id_ in policy.types}
    found = {f"state {id_}": Titles(item.title_zh, item.title_en) for id_, item in lifecycle.states.items()}
    found |= {f"gate {id_}": Titles(item.title_zh, item.title_en) for id_, item in lifecycle.gates.items()}
    found |= {f"type {id_}": Titles(item.title_zh, item.title_en) for id_, item in types.items()}
    for kind, table in (("role", policy.roles), ("department", policy.departments)):
        found |= {f"{kind} {id_}": Titles(item.title_zh, item.title_en) for id_, item in table.items()}
    for type_id, doctype in types.items():
        for name, item in doctype.fields.items():
            found[f"field {type_id}.{name}"] = Titles(item.title_zh, item.title_en)
            labels = {f"value {type_id}.{name}.{key}": Titles(label, key) for key, label in item.values.items()}
            found |= labels
    priorities = policy.project.get("fields", {}).get("priority", {}).get("values", {})
    return found | {f"priority {key}": Titles(label, key) for key, label in priorities.items()}
