"""The deadlines of policy/calendar.yaml as values: what is watched, how it is measured, whom it concerns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from presales_repo.codes import rule_of
from presales_repo.errors import PrsError
from presales_repo.model.calendar import WorkCalendar, build_calendar
from presales_repo.model.paper import PaperRules, build_paper
from presales_repo.model.plaindata import flag_of, list_of, located, mapping_of, text_of, texts_of, whole_of
from presales_repo.model.policy import Policy
from presales_repo.model.query import field_at

DATE, PERIOD, INTERVAL = "date", "period", "interval"
STEP, MAKE_UP, DELEGATION = "step", "make-up", "delegation"
MEASURES = (DATE, PERIOD, INTERVAL, STEP, MAKE_UP, DELEGATION)
EVERY = ("week", "month", "quarter", "year")
PUBLISHED = "@published"
COMPANY, PROJECT = "company", "project"
MOST_DAYS = 3660  # ten years: more is a slip of the pen
_KEYS = frozenset(
    "code measure types evidence where each due months day_count days working_days done settled_by subject who roles"
    " warn lapse covers per states every applies_with published".split()
)


@dataclass(frozen=True, slots=True)
class Settlement:
    """A published document of `type` in the same project settles it, of a later day at `field` than the watched one
    has at `after`, where these are not "". `late`: code that says that it came after the deadline, "" for none."""

    type: str
    field: str
    after: str
    late: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """One thing that is watched; what each field means says schemas/policy/calendar.yaml. `evidence`: date field by
    type; `warn`: days, the most first; `lapse`: None for ever."""

    id: str
    code: str
    measure: str
    types: tuple[str, ...]
    evidence: Mapping[str, str]
    where: Mapping[str, tuple[str, ...]]
    each: str
    due: str
    months: str
    day_count: str
    days: int
    working_days: int
    done: tuple[str, ...]
    settled_by: Settlement | None
    subject: str
    who: tuple[str, ...]
    roles: tuple[str, ...]
    warn: tuple[int, ...]
    lapse: int | None
    covers: str
    per: str
    states: tuple[str, ...]
    every: str
    applies_with: tuple[str, ...]
    published: bool


@dataclass(frozen=True, slots=True)
class Timetable:
    """policy/calendar.yaml as a whole. `paper`: None where the policy does not ask for paper."""

    calendar: WorkCalendar
    deadlines: tuple[Deadline, ...]
    paper: PaperRules | None = None


def build_timetable(raw: Mapping[str, Any], policy: Policy) -> Timetable:
    """The timetable of a policy. Raises PrsError A402 at the place of what is missing, wrong or unknown to it."""
    with located("calendar"):
        calendar = build_calendar(raw)
        rules = mapping_of(raw.get("deadlines"))
        paper = build_paper(raw.get("paper"))
    deadlines = tuple(_deadline(id_, rules[id_]) for id_ in rules)
    for rule in deadlines:
        for problem in _contradictions(rule, policy, set(rules)):
            raise PrsError("A402", where=f"deadline {rule.id}", problem=problem)
    return Timetable(calendar, deadlines, paper)


def _deadline(id_: str, value: Any) -> Deadline:
    with located(f"deadline {id_}"):
        raw = mapping_of(value)
        unknown = sorted(set(raw) - _KEYS)
        if unknown:
            raise ValueError(f"{unknown[0]}: no such key")
        where = {name: texts_of(values) for name, values in mapping_of(raw.get("where")).items()}
        return Deadline(
            id=id_,
            code=text_of(raw["code"]),
            measure=_one_of(text_of(raw["measure"]), MEASURES),
            types=texts_of(raw.get("types")),
            evidence={name: text_of(field) for name, field in mapping_of(raw.get("evidence")).items()},
            where=where,
            each=text_of(raw.get("each", "")),
            due=text_of(raw.get("due", "")),
            months=text_of(raw.get("months", "")),
            day_count=text_of(raw.get("day_count", "")),
            days=_count(raw.get("days", 0)),
            working_days=_count(raw.get("working_days", 0)),
            done=texts_of(raw.get("done")),
            settled_by=_settlement(raw["settled_by"]) if "settled_by" in raw else None,
            subject=text_of(raw.get("subject", "")),
            who=texts_of(raw.get("who")),
            roles=texts_of(raw.get("roles")),
            warn=tuple(sorted((_count(day) for day in list_of(raw["warn"])), reverse=True)),
            lapse=_count(raw["lapse"]) if "lapse" in raw else None,
            covers=text_of(raw.get("covers", "")),
            per=_one_of(text_of(raw.get("per", COMPANY)), (COMPANY, PROJECT)),
            states=texts_of(raw.get("states")),
            every=text_of(raw.get("every", "")),
            applies_with=texts_of(raw.get("applies_with")),
            published=flag_of(raw.get("published", False)),
        )


def _settlement(value: Any) -> Settlement:
    raw = mapping_of(value)
    field, after, late = (text_of(raw.get(key, "")) for key in ("field", "after", "late"))
    if bool(after or late) > bool(field):
        raise ValueError("settled_by: field is missing")
    return Settlement(text_of(raw["type"]), field, after, late)


def _count(value: Any) -> int:
    count = whole_of(value)
    if not 0 <= count <= MOST_DAYS:
        raise ValueError(f"{count} days")
    return count


def _one_of(word: str, known: tuple[str, ...]) -> str:
    if word not in known:
        raise ValueError(f"{word}: one of {', '.join(known)}")
    return word


def _contradictions(rule: Deadline, policy: Policy, ids: set[str]) -> Iterator[str]:
    """What the rule names and the policy, or this program, does not know."""
    settled = rule.settled_by
    codes = [rule.code, *([settled.late] if settled and settled.late else [])]
    yield from (f"code {code}" for code in codes if not code.startswith("D") or rule_of(code) is None)
    types = [*rule.types, *rule.evidence, *rule.applies_with, *([settled.type] if settled else [])]
    yield from (f"type {name}" for name in types if name not in policy.types)
    yield from (f"role {name}" for name in rule.roles if name not in policy.roles)
    states = policy.project.get("states") or {}
    yield from (f"state {name}" for name in rule.states if name not in states)
    if rule.covers and rule.covers not in ids:
        yield f"deadline {rule.covers}"
    yield from _missing_parts(rule)
    yield from _unknown_fields(rule, policy)


def _missing_parts(rule: Deadline) -> Iterator[str]:
    """What its measure cannot do without."""
    if rule.measure == DATE and not rule.due:
        yield "`due` is missing"
    if rule.measure in (PERIOD, INTERVAL) and not rule.evidence:
        yield "`evidence` is missing"
    if rule.measure == PERIOD and rule.every not in EVERY:
        yield f"every {rule.every or '-'}: one of {', '.join(EVERY)}"
    if rule.measure == INTERVAL and not rule.days:
        yield "`days` is missing"


def _unknown_fields(rule: Deadline, policy: Policy) -> Iterator[str]:
    """Names of fields that a type does not have: a slip of the pen would make the deadline never come."""
    watched = [*rule.types] if rule.measure == DATE else []
    names = [
        name
        for name in (rule.due, rule.months, rule.day_count, rule.subject, *rule.done, *rule.who, *rule.where)
        if name
    ]
    for type_id in watched:
        known = {**policy.common_fields, **policy.types[type_id].fields}
        inner = known[rule.each].item if rule.each in known else {}
        yield from (f"field {name}" for name in names if name != PUBLISHED and not field_at({**known, **inner}, name))
    for type_id, field in rule.evidence.items():
        known = {**policy.common_fields, **policy.types[type_id].fields}
        yield from (f"field {name}" for name in (field, *rule.where) if field_at(known, name) is None)
