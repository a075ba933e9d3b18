"""The functions that expressions may call: what they look up, and what they reckon. docs/types.md lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from presales_repo.model.document import Document
from presales_repo.model.expression import missing
from presales_repo.model.fold import fold, fold_heading
from presales_repo.model.looked import Looked
from presales_repo.model.number import split_reference
from presales_repo.model.outline import Outline
from presales_repo.model.policy import Policy
from presales_repo.rules.register import Shelf
from presales_repo.rules.typed import typed_fields
from presales_repo.rules.values import MAX_ITEMS, is_date

_FURTHEST = 3660  # days of which working ones are counted


class Lookups:
    """What stands elsewhere, as one document sees it: its own sections, other documents, people."""

    def __init__(self, document: Document, structure: Outline | None, policy: Policy, shelf: Shelf) -> None:
        self._document = document
        self._structure = structure
        self._policy = policy
        self._shelf = shelf
        self._seen: dict[str, dict[str, Any]] = {}

    def functions(self) -> dict[str, Callable[..., Any]]:
        """The functions by the names that expressions use."""
        return {
            "section": self.section,
            "has_heading": self.has_heading,
            "ref": self.ref,
            "documents": self.documents,
            "person": self.person,
            "project_state": self.project_state,
            "workdays_between": self.workdays_between,
        }

    def section(self, title: str) -> str:
        """The text below a heading, with that below the headings inside it; "" when there is none."""
        sections = self._structure.sections if self._structure else ()
        wanted = fold_heading(title)
        for at, found in enumerate(sections):
            if fold_heading(found.title) == wanted:
                rest = sections[at + 1 :]
                end = next((n for n, later in enumerate(rest) if later.level <= found.level), len(rest))
                return "\n".join([found.text, *(f"{inner.title}\n{inner.text}" for inner in rest[:end])])
        return ""

    def has_heading(self, title: str) -> bool:
        """Whether the document has a heading."""
        sections = self._structure.sections if self._structure else ()
        wanted = fold_heading(title)
        return any(fold_heading(found.title) == wanted for found in sections)

    def ref(self, text: str) -> dict[str, Any]:
        """The document with a number, as it stands on main; of `number@version` that version. What does not exist
        is reported by L103 and L104: here it leaves the rule without an answer."""
        split = split_reference(text)
        if split is None:
            raise missing()
        if text not in self._seen:
            found = self._shelf.look(*split)
            if found is None:
                raise missing()
            self._seen[text] = self._shown(found)
        return self._seen[text]

    def documents(self, type_id: str) -> list[dict[str, Any]]:
        """The documents of a type in the document's own project; those of no project when it has none."""
        if type_id not in self._policy.types:
            raise ValueError(f"type {type_id}")
        found = self._shelf.documents(self._document.value("project"), type_id)
        return [self._shown(item) for item in found[:MAX_ITEMS]]

    def person(self, id_: str) -> dict[str, Any]:
        """A person of the policy."""
        person = self._policy.people.get(id_)
        if person is None:
            raise missing()
        return {
            "id": person.id,
            "name": person.name,
            "department": person.department,
            "roles": list(person.roles),
            "active": person.active,
        }

    def project_state(self) -> str:
        """The state that the document's project is in."""
        state = self._shelf.project_state(self._document.value("project"))
        if state is None:
            raise missing()
        return state

    def workdays_between(self, first: str, last: str) -> int:
        """How many working days of the policy's calendar come after one date, up to another; none when that is
        earlier. From a policy without a calendar: Monday to Friday. Counted for
        ten years at most."""
        import datetime

        from presales_repo.model.calendar import WorkCalendar, build_calendar, working_days_between

        raw = self._policy.calendar
        calendar = build_calendar(raw) if raw else WorkCalendar(frozenset(range(1, 6)), frozenset(), frozenset())
        start, end = (datetime.date.fromisoformat(day(text)) for text in (first, last))
        if (end - start).days > _FURTHEST:
            end = start + datetime.timedelta(days=_FURTHEST)
        return working_days_between(calendar, start, end)

    def _shown(self, found: Looked) -> dict[str, Any]:
        doctype = self._policy.types.get(found.type)
        typed = typed_fields(found.fields, doctype, self._policy)
        authors = dict.fromkeys([found.author, *typed.get("contributors", ())])
        shown = {**typed, "authors": [name for name in authors if name]}
        if doctype:
            shown = {"sensitivity": doctype.sensitivity, **shown, "customer_facing": doctype.customer_facing}
        if found.version is not None:
            shown |= {"version": found.version, "published": found.version != ""}
        return {**shown, "published_on": found.published_on} if found.published_on else shown


def sum_(values: list[Any]) -> Any:
    """The sum of a list of whole numbers or doubles; 0 of an empty one."""
    return sum(values)


def length(value: str | list[Any]) -> int:
    """How many characters a text has, or entries a list."""
    return len(value)


def unique(values: list[Any]) -> bool:
    """Whether no value of a list stands in it twice."""
    return not repeated(values)


def repeated(values: list[Any]) -> list[Any]:
    """The values that stand in a list more than once, each once."""
    counts: dict[Any, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return [value for value, count in counts.items() if count > 1]


def product(quantity: float, price: int) -> int:
    """Quantity times unit price in fen, exact in decimals, rounded half up to a fen."""
    from decimal import ROUND_HALF_UP, Decimal

    return int((Decimal(repr(quantity)) * price).quantize(Decimal(1), ROUND_HALF_UP))


def yuan(amount: int) -> str:
    """An amount in fen as people read it: 1,234.50."""
    return f"{amount // 100:,}.{amount % 100:02d}"


def day(time: str) -> str:
    """The day of a time or a date."""
    if not is_date(time[:10]):
        raise ValueError(f"{time} is no date")
    return time[:10]


def days_between(first: str, last: str) -> int:
    """How many days lie between two dates or times; negative when `last` is earlier."""
    import datetime

    start, end = (datetime.date.fromisoformat(day(text)) for text in (first, last))
    return (end - start).days


def last_day(period: str) -> str:
    """The last day of a period: 2023, 2023Q2, 2023-05."""
    import calendar

    year, quarter, month = int(period[:4]), period[5:6] if "Q" in period else "", period[5:7]
    last = int(quarter) * 3 if quarter else int(month) if month else 12
    return f"{year:04d}-{last:02d}-{calendar.monthrange(year, last)[1]:02d}"


def mentions(text: str, term: str) -> bool:
    """Whether a text holds a term; scripts and widths do not matter."""
    return fold(term) in fold(text)


def number(reference: str) -> str:
    """The document number of `number` or `number@version`."""
    return reference.partition("@")[0]


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "length": length,
    "sum": sum_,
    "unique": unique,
    "repeated": repeated,
    "product": product,
    "yuan": yuan,
    "day": day,
    "days_between": days_between,
    "last_day": last_day,
    "mentions": mentions,
    "number": number,
}
LOOKUPS = frozenset("section has_heading ref documents person project_state workdays_between".split())
