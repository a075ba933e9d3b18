"""The indicators of 六(一): success rate (K1), satisfaction (K2), quality of solutions (K3).

Scores go from 0 to 100 and are exact; without data an indicator has no value, which never counts as 0.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from presales_repo.model.assessment import Assessment, QualityRules, SatisfactionRules, SuccessRules
from presales_repo.model.facts import Fact, Facts, text_in
from presales_repo.model.number import split_reference
from presales_repo.model.periods import Period, read_moment
from presales_repo.model.policy import Policy
from presales_repo.model.trace import holds

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
_HUNDRED = Fraction(100)


@dataclass(frozen=True, slots=True)
class Item:
    """What an indicator counts: a project's outcome, an answer, a solution. `number`: the document, with its version
    for a solution; `on`: the day, ISO 8601; `label`: the outcome, or who answered; `rounds`, `departments`: of the
    reviews of a solution; `score`: None where it has none."""

    number: str
    project: str
    on: str
    label: str = ""
    rounds: int = 0
    departments: int = 0
    score: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator in a period. `value`: None without data; `figures`: what it was reckoned from."""

    id: str
    value: Fraction | None
    figures: Mapping[str, Fraction | None]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """What indicators look at: documents, policy, the period (None: all time) in the company's zone."""

    facts: Facts
    policy: Policy
    period: Period | None
    zone: datetime.tzinfo

    def day(self, text: str) -> datetime.date | None:
        """The day of a date or time in the company's zone; None for neither."""
        moment = read_moment(text, self.zone)
        return moment.date() if isinstance(moment, datetime.datetime) else moment

    def of_project(self, project: str) -> Scene:
        """The same with the documents of one project."""
        facts = Facts({fact.number: fact for fact in self.facts.of(project=project)})
        return replace(self, facts=facts)

    def has(self, day: datetime.date | None) -> bool:
        """Whether a day lies in the period."""
        return day is not None and (self.period is None or self.period.first <= day <= self.period.last)


def indicators(scene: Scene, rules: Assessment) -> list[Indicator]:
    """K1, K2 and K3."""
    return [
        success_rate(scene, rules.success),
        satisfaction(scene, rules.satisfaction),
        solution_quality(scene, rules.quality),
    ]


def number_of(text: str) -> Fraction | None:
    """The number that a field holds, exactly; None for none."""
    return Fraction(text) if _NUMBER.fullmatch(text) else None


def mean(values: list[Fraction]) -> Fraction | None:
    """None of nothing."""
    return sum(values, Fraction(0)) / len(values) if values else None


def success_rate(scene: Scene, rules: SuccessRules) -> Indicator:
    """K1 项目成功率: won / (won + lost) by the day of the outcome, 100 points at the target (A-32, A-33)."""
    items = [item for item in _outcomes(scene, rules) if scene.has(scene.day(item.on))]
    count = {name: sum(item.label == name for item in items) for name in ("won", "lost", "dropped")}
    decided = sum(count[name] for name in rules.counted)
    rate = Fraction(count["won"], decided) if decided else None
    value = None if rate is None else min(_HUNDRED, _HUNDRED * rate / rules.target)
    percent = None if rate is None else _HUNDRED * rate
    figures = {**{name: Fraction(number) for name, number in count.items()}, "rate": percent}
    return Indicator("K1", value, figures, tuple(items))


def _outcomes(scene: Scene, rules: SuccessRules) -> list[Item]:
    """How each project ended: what the latest document says; by project."""
    found: dict[str, tuple[datetime.date, str, Item]] = {}
    for rule in rules.outcomes:
        for fact in scene.facts.effective(type_id=rule.type):
            doctype = scene.policy.types.get(fact.type)
            day = scene.day(text_in(fact.in_force, rule.day) if rule.day else fact.published_at)
            if not fact.project or doctype is None or day is None or not holds(doctype, fact.in_force, rule.where):
                continue
            item = Item(fact.number, fact.project, day.isoformat(), rule.outcome)
            found[fact.project] = max(
                found.get(fact.project, (day, "", item)), (day, fact.number, item), key=_first_two
            )
    return [found[project][2] for project in sorted(found)]


def _first_two(entry: tuple[datetime.date, str, Item]) -> tuple[datetime.date, str]:
    return entry[0], entry[1]


def satisfaction(scene: Scene, rules: SatisfactionRules) -> Indicator:
    """K2 客户满意度: the mean of the answers, each the mean of its items on a scale of 100."""
    items = []
    for fact in scene.facts.effective(type_id=rules.type):
        day = scene.day(text_in(fact.in_force, rules.day))
        given = [number_of(text_in(fact.in_force, name)) for name in rules.items]
        if day is not None and scene.has(day):
            score = mean([_HUNDRED / rules.scale * value for value in given if value is not None])
            items.append(Item(fact.number, fact.project, day.isoformat(), score=score if None not in given else None))
    scores = [item.score for item in items if item.score is not None]
    value = mean(scores) if len(scores) >= rules.least else None
    return Indicator("K2", value, {"answers": Fraction(len(scores))}, tuple(items))


def solution_quality(scene: Scene, rules: QualityRules) -> Indicator:
    """K3 解决方案质量: the mean over the solutions published in the period; of several versions of one the last
    reviewed."""
    items = []
    for fact in scene.facts.of(type_id=rules.solution):
        rated = [item for item in _rated_versions(scene, rules, fact) if scene.has(scene.day(item.on))]
        items += rated[-1:]
    scores = [item.score for item in items if item.score is not None]
    return Indicator("K3", mean(scores), {"solutions": Fraction(len(scores))}, tuple(items))


def _rated_versions(scene: Scene, rules: QualityRules, solution: Fact) -> Iterator[Item]:
    """The published versions of a solution that have reviews, oldest first."""
    for release in solution.state.releases if solution.state else ():
        reviews = list(_reviews(scene, rules, solution.number, release.version))
        if reviews:
            day = datetime.datetime.fromtimestamp(release.time, scene.zone).date()
            rounds = max(turn for _, turn, _ in reviews)
            latest = {department: (turn, score) for department, turn, score in sorted(reviews)}
            found = mean([score for _, score in latest.values()])
            score = None if found is None else max(Fraction(0), found - rules.penalty * (rounds - 1))
            at = f"{solution.number}@{release.version}"
            yield Item(at, solution.project, day.isoformat(), "", rounds, len(latest), score)


def _reviews(scene: Scene, rules: QualityRules, number: str, version: str) -> Iterator[tuple[str, int, Fraction]]:
    """Department, round and score of each published review of a version; one without all its scores says nothing."""
    for review in scene.facts.effective(type_id=rules.review):
        fields = review.in_force
        if split_reference(text_in(fields, rules.of)) == (number, version):
            score = weighted(fields, rules.weights)
            turn = number_of(text_in(fields, rules.round))
            if score is not None and turn is not None:
                yield text_in(fields, rules.department), int(turn), score


def weighted(fields: Mapping[str, Any], weights: Mapping[str, Fraction]) -> Fraction | None:
    """The weighted mean of the fields; None when one of them holds no number."""
    given = {name: number_of(text_in(fields, name)) for name in weights}
    values = {name: value for name, value in given.items() if value is not None}
    if len(values) < len(weights):
        return None
    return sum((weights[name] * value for name, value in values.items()), Fraction(0)) / sum(weights.values())
