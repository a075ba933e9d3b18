"""What indicators and reports count, and with which weights: policy/assessment.yaml as values (六 考核与激励).

All numbers are exact fractions: 0.40 means two fifths.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from presales_repo.model.plaindata import list_of, located, mapping_of, text_of, texts_of, whole_of

OUTCOMES = ("won", "lost", "dropped")
DENOMINATORS = {"decided": ("won", "lost"), "decided-plus-dropped": OUTCOMES}


class OutcomeRule(NamedTuple):
    """A published document of `type` that meets `where` ends its project with `outcome`, on the day in field `day`."""

    outcome: str
    type: str
    day: str
    where: Mapping[str, tuple[str, ...]]


class SuccessRules(NamedTuple):
    """K1. `target`: the rate that is worth 100 points; `counted`: the outcomes that divide it."""

    target: Fraction
    counted: tuple[str, ...]
    outcomes: tuple[OutcomeRule, ...]


class SatisfactionRules(NamedTuple):
    """K2. `items`: fields with an answer from 1 to `scale`; `least`: how many responses say something."""

    type: str
    day: str
    items: tuple[str, ...]
    scale: int
    least: int


class QualityRules(NamedTuple):
    """K3. `weights`: of the fields of a review; `penalty`: points that each round after the first costs."""

    solution: str
    review: str
    of: str
    department: str
    round: str
    weights: Mapping[str, Fraction]
    penalty: Fraction


class AnswerRule(NamedTuple):
    """A document that says when a customer asked and when the answer was given."""

    type: str
    asked: str
    answered: str


class CountRule(NamedTuple):
    """Documents counted by the values of their fields `by`, on the day in field `at`."""

    type: str
    at: str
    by: tuple[str, ...]


class MilestoneRule(NamedTuple):
    """The list of a plan whose entries have a name, a day when due and a day when done."""

    type: str
    items: str
    name: str
    due: str
    done: str


class CostRule(NamedTuple):
    """The plan with the budget, and the reports with what was spent as of a day."""

    plan: str
    budget: str
    report: str
    actual: str
    as_of: str


class Assessment(NamedTuple):
    """All of it. `titles`: Chinese and English of an indicator; `weights`: in percent; `sla_hours`: the time for an
    answer."""

    titles: Mapping[str, tuple[str, str]]
    weights: Mapping[str, Fraction]
    success: SuccessRules
    satisfaction: SatisfactionRules
    quality: QualityRules
    sla_hours: Fraction
    answers: tuple[AnswerRule, ...]
    communication: tuple[CountRule, ...]
    progress: MilestoneRule
    cost: CostRule


def build_assessment(own: Mapping[str, Any], built_in: Mapping[str, Any]) -> Assessment:
    """From the policy's own file, with what it does not say from the built-in one. Raises PrsError A402."""
    with located("policy/assessment.yaml"):
        raw = {key: _merged(own.get(key), built_in[key]) for key in built_in}
        indicators = {id_: mapping_of(item) for id_, item in raw["indicators"].items()}
        communication, reports = raw["communication"], raw["reports"]
        return Assessment(
            titles={id_: _titles(item) for id_, item in indicators.items()},
            weights={id_: fraction_of(item["weight"]) for id_, item in indicators.items()},
            success=_success(raw["success_rate"]),
            satisfaction=_satisfaction(raw["satisfaction"]),
            quality=_quality(raw["solution_quality"]),
            sla_hours=_positive(fraction_of(communication["response_sla_hours"]), "response_sla_hours"),
            answers=tuple(AnswerRule(**_texts(item)) for item in list_of(communication["answers"])),
            communication=tuple(_count(mapping_of(item)) for item in list_of(reports["communication"])),
            progress=MilestoneRule(**_texts(reports["progress"])),
            cost=CostRule(**_texts(reports["cost"])),
        )


def _merged(own: Any, built_in: Any) -> Any:
    """A section of one's own over the built-in one, key by key."""
    if own is None or not isinstance(built_in, Mapping):
        return built_in if own is None else own
    return {**built_in, **mapping_of(own)}


def _texts(raw: Any) -> dict[str, str]:
    return {key: text_of(value) for key, value in mapping_of(raw).items()}


def _titles(raw: Mapping[str, Any]) -> tuple[str, str]:
    title = text_of(raw["title_zh"])
    return title, text_of(raw.get("title_en", title))


def fraction_of(value: Any) -> Fraction:
    """A number of the policy as it is written: 0.40 is two fifths, not the nearest binary number. Raises TypeError."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"a number expected, found {value!r}")
    return Fraction(str(value))


def _positive(value: Fraction, name: str) -> Fraction:
    if value <= 0:
        raise ValueError(f"{name} {value}")
    return value


def _success(raw: Mapping[str, Any]) -> SuccessRules:
    outcomes = tuple(_outcome(mapping_of(item)) for item in list_of(raw["outcomes"]))
    counted = DENOMINATORS.get(text_of(raw["denominator"]))
    if counted is None:
        raise ValueError(f"denominator {raw['denominator']}")
    return SuccessRules(_positive(fraction_of(raw["target"]), "target"), counted, outcomes)


def _outcome(raw: Mapping[str, Any]) -> OutcomeRule:
    outcome = text_of(raw["outcome"])
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome {outcome}")
    where = {name: texts_of(values) for name, values in mapping_of(raw.get("where")).items()}
    return OutcomeRule(outcome, text_of(raw["type"]), text_of(raw.get("day", "")), where)


def _satisfaction(raw: Mapping[str, Any]) -> SatisfactionRules:
    scale = whole_of(raw["scale"])
    items = texts_of(raw["items"])
    if scale < 1 or not items:
        raise ValueError(f"scale {scale}, items {', '.join(items)}")
    return SatisfactionRules(text_of(raw["type"]), text_of(raw["day"]), items, scale, whole_of(raw["min_responses"]))


def _quality(raw: Mapping[str, Any]) -> QualityRules:
    weights = {name: fraction_of(weight) for name, weight in mapping_of(raw["weights"]).items()}
    _positive(sum(weights.values(), Fraction(0)), "weights")
    return QualityRules(
        solution=text_of(raw["solution"]),
        review=text_of(raw["review"]),
        of=text_of(raw["of"]),
        department=text_of(raw["department"]),
        round=text_of(raw["round"]),
        weights=weights,
        penalty=fraction_of(raw["extra_round_penalty"]),
    )


def _count(raw: Mapping[str, Any]) -> CountRule:
    return CountRule(text_of(raw["type"]), text_of(raw["at"]), texts_of(raw.get("by")))
