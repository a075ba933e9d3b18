"""The paper register of a repository, and its part of what is due."""

from __future__ import annotations

import datetime

from presales_repo.model.calendar import WorkCalendar
from presales_repo.model.deadlines import OVERDUE, TODAY, UPCOMING, Due, Surroundings
from presales_repo.model.facts import Facts
from presales_repo.model.paper import (
    PAPER_MISSING,
    RECALL,
    Filed,
    Missing,
    PaperRules,
    Recall,
    copies_of,
    filed,
    keepers,
    missing,
    recalls,
)
from presales_repo.ops.facts import read_facts
from presales_repo.ops.lookup import require_number
from presales_repo.ops.session import Session, Work, open_work, today
from presales_repo.ops.timetable import read_timetable


def list_paper(session: Session, number: str = "") -> list[Filed]:
    """All paper, or that of one document. Raises PrsError N102."""
    with open_work(session) as work:
        rules, facts = _rules(work), read_facts(work)
        found = filed(rules, facts) if rules else []
        return [item for item in found if number in ("", item.number)] if not number or require_number(number) else []


def missing_paper(session: Session) -> list[Missing]:
    """Important documents whose version in force has no paper."""
    with open_work(session) as work:
        timetable = read_timetable(work.policy)
        if timetable.paper is None:
            return []
        return missing(timetable.paper, timetable.calendar, read_facts(work), today(session, work.policy))


def open_recalls(session: Session) -> list[Recall]:
    """Copies that have to come back."""
    with open_work(session) as work:
        rules = _rules(work)
        return recalls(rules, read_facts(work)) if rules else []


def issued_copies(work: Work, facts: Facts, number: str, version: str) -> list[str]:
    """The numbers of the copies of a version that are out."""
    return copies(work, facts, number, version, out=True)


def copies(work: Work, facts: Facts, number: str, version: str, *, out: bool = False) -> list[str]:
    """The numbers of the copies of a version that were ever given out; `out`: only of those that are not back."""
    rules = _rules(work)
    return list(copies_of(rules, facts, number, version, out=out)) if rules else []


def _rules(work: Work) -> PaperRules | None:
    return read_timetable(work.policy).paper


def paper_items(rules: PaperRules | None, calendar: WorkCalendar, seen: Surroundings) -> list[Due]:
    """Missing paper and open recalls as items of `prs due`."""
    if rules is None:
        return []
    day = seen.now.date()
    who = keepers(seen.policy, rules.roles)
    found = [_missing(item, day, who) for item in missing(rules, calendar, seen.facts, day)]
    return found + [_recall(item, day, who) for item in recalls(rules, seen.facts)]


def _missing(item: Missing, day: datetime.date, who: tuple[str, ...]) -> Due:
    words = (item.number, item.project, item.title, item.version)
    return _item("paper", PAPER_MISSING, words, item.due, day, who, f"paper:{item.number}:{item.version}")


def _recall(item: Recall, day: datetime.date, who: tuple[str, ...]) -> Due:
    subject = f"{item.number}@{item.version} {item.copy_no} ({item.holder})"
    words = (item.record, "", item.title, subject)
    people = tuple(dict.fromkeys((item.holder, *who)))
    return _item("recall", RECALL, words, item.since, day, people, f"recall:{item.record}:{item.copy_no}")


def _item(
    rule: str, code: str, words: tuple[str, str, str, str], due: str, day: datetime.date, who: tuple[str, ...], key: str
) -> Due:
    days = (datetime.date.fromisoformat(due) - day).days
    state = OVERDUE if days < 0 else TODAY if days == 0 else UPCOMING
    return Due(rule, code, *words, due, days, state, None, (), who, key)
