"""Reports over all documents: answers to customers, communication, milestones, projects. Pure; the clock is given."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from presales_repo.model.assessment import Assessment, CostRule, CountRule, MilestoneRule
from presales_repo.model.facts import Fact, items_of, text_in
from presales_repo.model.indicators import Scene, number_of, solution_quality
from presales_repo.model.periods import read_moment
from presales_repo.model.policy import Policy
from presales_repo.model.projects import Move
from presales_repo.model.query import field_at, key_of, values_at

IN_TIME, LATE, WAITING = "in time", "LATE", "waiting"
DONE, OPEN = "done", "open"
COST_OVER = "COST-OVER"


@dataclass(frozen=True, slots=True)
class Answer:
    """A question of a customer. `hours`: until the answer, or until now while there is none; `state`: in time, LATE
    (answered too late, or not yet and the time is over), waiting."""

    number: str
    project: str
    title: str
    author: str
    asked: str
    answered: str
    hours: Fraction
    state: str


@dataclass(frozen=True, slots=True)
class Answers:
    """All questions, and how many percent of those decided were answered in time; None when there are none."""

    items: tuple[Answer, ...]
    in_time: int
    late: int
    rate: Fraction | None


def answers(scene: Scene, rules: Assessment, now: datetime.datetime, project: str = "") -> Answers:
    """R004 及时响应: the questions asked in the period."""
    items = sorted(_answers(scene, rules, now, project), key=lambda item: (item.asked, item.number))
    count = Counter(item.state for item in items)
    decided = count[IN_TIME] + count[LATE]
    rate = Fraction(100 * count[IN_TIME], decided) if decided else None
    return Answers(tuple(items), count[IN_TIME], count[LATE], rate)


def _answers(scene: Scene, rules: Assessment, now: datetime.datetime, project: str) -> Iterator[Answer]:
    for rule in rules.answers:
        for fact in scene.facts.effective(type_id=rule.type, project=project or None):
            asked = read_moment(text_in(fact.in_force, rule.asked), scene.zone)
            answered = read_moment(text_in(fact.in_force, rule.answered), scene.zone)
            if isinstance(asked, datetime.datetime) and scene.has(asked.date()):
                done = answered if isinstance(answered, datetime.datetime) else None
                yield _answer(fact, asked, done, now, rules.sla_hours)


def _answer(
    fact: Fact, asked: datetime.datetime, done: datetime.datetime | None, now: datetime.datetime, limit: Fraction
) -> Answer:
    took = (done or now) - asked
    hours = Fraction(int(took.total_seconds()), 3600)
    state = LATE if hours > limit else IN_TIME if done else WAITING
    shown = done.isoformat() if done else ""
    return Answer(fact.number, fact.project, fact.title, fact.author, asked.isoformat(), shown, hours, state)


@dataclass(frozen=True, slots=True)
class Count:
    """How often: documents of `type` in `project` whose `field` has `value` ("" and "" for all of the type); the
    titles of all three in Chinese."""

    project: str
    type: str
    field: str
    value: str
    count: int
    type_zh: str
    field_zh: str
    value_zh: str


def communication(scene: Scene, rules: Iterable[CountRule], project: str = "") -> list[Count]:
    """R012, R141: published records of the period, by project, type and the values of some fields."""
    found: Counter[tuple[str, str, str, str]] = Counter()
    for rule in rules:
        doctype = scene.policy.types.get(rule.type)
        for fact in scene.facts.effective(type_id=rule.type, project=project or None) if doctype else ():
            if not scene.has(scene.day(text_in(fact.in_force, rule.at))):
                continue
            found[fact.project, fact.type, "", ""] += 1
            for name in rule.by:
                field = field_at(doctype.fields, name) if doctype else None
                values = {key_of(field, text) for text in values_at(fact.in_force, name)}
                found.update((fact.project, fact.type, name, value) for value in values)
    return [Count(*key, number, *_titles(scene.policy, *key[1:])) for key, number in sorted(found.items())]


def _titles(policy: Policy, type_id: str, name: str, value: str) -> tuple[str, str, str]:
    """Type, field and value in Chinese."""
    doctype = policy.types[type_id]
    field = field_at(doctype.fields, name)
    return (
        (doctype.title_zh, field.title_zh, field.values.get(value, value)) if field else (doctype.title_zh, name, value)
    )


@dataclass(frozen=True, slots=True)
class Milestone:
    """A milestone of a plan. `state`: done, open, LATE (not done and due, or done after the day)."""

    project: str
    plan: str
    name: str
    due: str
    done: str
    state: str
    days_late: int


def progress(scene: Scene, rule: MilestoneRule, today: datetime.date, project: str = "") -> list[Milestone]:
    """R011: the milestones of the plans in force that are due in the period; by project and day."""
    found = []
    for fact in scene.facts.effective(type_id=rule.type, project=project or None):
        for item in items_of(fact.in_force, rule.items):
            due = scene.day(text_in(item, rule.due))
            if due is not None and scene.has(due):
                done = scene.day(text_in(item, rule.done))
                late = max(0, ((done or today) - due).days)
                state = LATE if late else DONE if done else OPEN
                shown = done.isoformat() if done else ""
                name = text_in(item, rule.name)
                found.append(Milestone(fact.project, fact.number, name, due.isoformat(), shown, state, late))
    return sorted(found, key=lambda item: (item.project, item.due, item.plan, item.name))


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project's figures. `stands`: the state it is in, with its titles. Amounts in CNY, None when nothing says them;
    `as_of`: the day of `cost`; `state`: COST-OVER when more was spent than planned; `quality`: of its solutions;
    `waived`: the gates that it passed by a waiver."""

    project: str
    name: str
    stands: str
    title_zh: str
    title_en: str
    budget: Fraction | None
    cost: Fraction | None
    as_of: str
    state: str
    quality: Fraction | None
    moves: int
    waived: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ProjectSeen:
    """What the ledger says of a project: its name, the state it is in with its titles, and its moves that hold."""

    name: str
    stands: str
    title_zh: str
    title_en: str
    moves: tuple[Move, ...]


def projects(scene: Scene, rules: Assessment, seen: Mapping[str, ProjectSeen]) -> list[ProjectRow]:
    """R014, R081: cost against budget, quality of solutions, gates waived; by project."""
    return [_project(scene, rules, project, seen[project]) for project in sorted(seen)]


def _project(scene: Scene, rules: Assessment, project: str, seen: ProjectSeen) -> ProjectRow:
    mine = scene.of_project(project)
    budget, cost, as_of = _cost(mine, rules.cost)
    over = budget is not None and cost is not None and cost > budget
    waived = tuple(gate for move in seen.moves for gate in move.waived)
    quality = solution_quality(mine, rules.quality).value
    state = COST_OVER if over else ""
    head = (project, seen.name, seen.stands, seen.title_zh, seen.title_en)
    return ProjectRow(*head, budget, cost, as_of, state, quality, len(seen.moves), waived)


def _cost(scene: Scene, rule: CostRule) -> tuple[Fraction | None, Fraction | None, str]:
    """The budgets of the plans in force together, and what the latest report in the period says was spent."""
    budgets = [number_of(text_in(fact.in_force, rule.budget)) for fact in scene.facts.effective(type_id=rule.plan)]
    known = [budget for budget in budgets if budget is not None]
    spent = []
    for fact in scene.facts.effective(type_id=rule.report):
        day, cost = scene.day(text_in(fact.in_force, rule.as_of)), number_of(text_in(fact.in_force, rule.actual))
        if day is not None and scene.has(day) and cost is not None:
            spent.append((day.isoformat(), fact.number, cost))
    as_of, _, cost = max(spent, default=("", "", None))
    return (sum(known, Fraction(0)) if known else None), cost, as_of
