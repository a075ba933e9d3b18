"""Reports and indicators over the documents of a repository."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.assessment import Assessment, build_assessment
from presales_repo.model.indicators import Indicator, Scene, indicators
from presales_repo.model.lifecycle import build_lifecycle
from presales_repo.model.periods import read_period
from presales_repo.model.plaindata import mapping_of
from presales_repo.model.policy import ASSESSMENT, Policy
from presales_repo.model.projects import find_project
from presales_repo.model.reports import (
    Answers,
    Count,
    Milestone,
    ProjectRow,
    ProjectSeen,
    answers,
    communication,
    progress,
    projects,
)
from presales_repo.model.text import decode_text
from presales_repo.model.yamlsubset import parse_yaml, to_data
from presales_repo.ops.facts import read_facts
from presales_repo.ops.projects import read_projects
from presales_repo.ops.session import Session, Work, company_time, company_zone, open_work
from presales_repo.resources import data_dir

Result = Answers | list[Count] | list[Milestone] | list[ProjectRow] | list[Indicator]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is about: a project ("" for all), a period as it is written ("" for all time)."""

    project: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report. `first`, `last`: the days of the period, "" for all time; `rules`: what it was made by."""

    kind: str
    period: str
    first: str
    last: str
    rules: Assessment
    result: Result


def report(session: Session, kind: str, asked: Asked) -> Report:
    """Make a report of a kind of KINDS.

    Raises PrsError W362 no such period, P106 no such project, A402 policy/assessment.yaml cannot be used.
    """
    with open_work(session) as work:
        if asked.project and asked.project not in {item.id for item in read_projects(work)}:
            raise PrsError("P106", project=asked.project)
        rules = read_assessment(work.policy)
        scene = _scene(work, asked)
        result = KINDS[kind](work, scene, rules, asked.project)
    period = scene.period
    days = (period.first.isoformat(), period.last.isoformat()) if period else ("", "")
    return Report(kind, asked.period, *days, rules, result)


def _scene(work: Work, asked: Asked) -> Scene:
    zone = company_zone(work.policy)
    period = read_period(asked.period, zone) if asked.period else None
    if asked.period and period is None:
        raise PrsError("W362", found=asked.period)
    return Scene(read_facts(work), work.policy, period, zone)


def read_assessment(policy: Policy) -> Assessment:
    """What indicators and reports count: the policy's own file, with the built-in one for what it does not say.

    Raises PrsError A402 when it cannot be used.
    """
    with open(os.path.join(data_dir("schemas"), ASSESSMENT), "rb") as file:
        text = decode_text(file.read(), ASSESSMENT)
    return build_assessment(policy.assessment, mapping_of(to_data(parse_yaml(text, ASSESSMENT))))


def _response(work: Work, scene: Scene, rules: Assessment, project: str) -> Result:
    return answers(scene, rules, _now(work), project)


def _communication(_work: Work, scene: Scene, rules: Assessment, project: str) -> Result:
    return communication(scene, rules.communication, project)


def _progress(work: Work, scene: Scene, rules: Assessment, project: str) -> Result:
    return progress(scene, rules.progress, _now(work).date(), project)


def _projects(work: Work, scene: Scene, rules: Assessment, project: str) -> Result:
    lifecycle, known = build_lifecycle(work.policy.project), work.ledger.head.projects
    seen = {}
    for record in read_projects(work):
        if project in ("", record.id):
            state = find_project(known, record.id)
            id_ = state.state(lifecycle)
            stands = lifecycle.states.get(id_)
            titles = (stands.title_zh, stands.title_en) if stands else (id_, id_)
            seen[record.id] = ProjectSeen(record.name, id_, *titles, state.valid)
    return projects(scene, rules, seen)


def _kpi(_work: Work, scene: Scene, rules: Assessment, project: str) -> Result:
    return indicators(scene.of_project(project) if project else scene, rules)


def _now(work: Work) -> datetime.datetime:
    return company_time(work.session, work.policy)


KINDS: dict[str, Callable[[Work, Scene, Assessment, str], Result]] = {
    "response": _response,
    "communication": _communication,
    "progress": _progress,
    "project": _projects,
    "kpi": _kpi,
}
