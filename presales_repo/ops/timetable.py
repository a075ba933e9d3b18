"""The timetable of a policy: its own policy/calendar.yaml, or the one that prs comes with."""

from __future__ import annotations

import os

from presales_repo.model.deadlinerules import Timetable, build_timetable
from presales_repo.model.plaindata import mapping_of
from presales_repo.model.policy import CALENDAR, Policy
from presales_repo.model.text import decode_text
from presales_repo.model.yamlsubset import parse_yaml, to_data
from presales_repo.resources import data_dir


def read_timetable(policy: Policy) -> Timetable:
    """Working days and deadlines. Raises PrsError A402 when the policy's calendar cannot be used."""
    if policy.calendar:
        return build_timetable(policy.calendar, policy)
    with open(os.path.join(data_dir("schemas"), CALENDAR), "rb") as file:
        text = decode_text(file.read(), CALENDAR)
    return build_timetable(mapping_of(to_data(parse_yaml(text, CALENDAR))), policy)
