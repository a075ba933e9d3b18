"""Front matter as values that expressions can compare and add up.

int and bool as they are; number as a double; money as whole fen (分), so that sums are exact; date as
`YYYY-MM-DD` and datetime as `YYYY-MM-DDTHH:MM:SS` in the company's time zone: both compare as texts. Enums are their
keys. A list is there, empty, when nothing is written; anything else that is absent, empty or malformed is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from presales_repo.model.doctype import DocType, Field, enum_key
from presales_repo.model.policy import Policy
from presales_repo.rules.values import DECIMAL, INT, LIST_KINDS, MONEY, is_date, is_datetime

_LISTS = frozenset((*LIST_KINDS, "list<object>"))


def typed_fields(raw: Mapping[str, Any], doctype: DocType | None, policy: Policy) -> dict[str, Any]:
    """The typed values of front matter given as nested texts. `doctype` None: only the common fields are known."""
    known = {**policy.common_fields, **(doctype.fields if doctype else {})}
    return _mapping(raw, known, policy)


def _mapping(raw: Mapping[str, Any], known: Mapping[str, Field], policy: Policy) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for name, field in known.items():
        value = _value(field, raw.get(name), policy)
        if value is not None:
            typed[name] = value
    return typed


def _value(field: Field, raw: Any, policy: Policy) -> Any:
    if field.kind == "list<object>":
        items = raw if isinstance(raw, list) else []
        return [_mapping(item, field.item, policy) for item in items if isinstance(item, Mapping)]
    if field.kind in LIST_KINDS:
        items = raw if isinstance(raw, list) else [raw]
        values = (_scalar(field, LIST_KINDS[field.kind], item, policy) for item in items)
        return [value for value in values if value is not None]
    if field.kind == "map":
        table = raw if isinstance(raw, Mapping) else {}
        return {key: float(text) for key, text in table.items() if isinstance(text, str) and DECIMAL.fullmatch(text)}
    return _scalar(field, field.kind, raw, policy)


def _scalar(field: Field, kind: str, raw: Any, policy: Policy) -> Any:
    if not isinstance(raw, str) or not raw.strip():
        return None
    if kind == "int":
        return int(raw) if INT.fullmatch(raw) else None
    if kind == "number":
        return float(raw) if DECIMAL.fullmatch(raw) else None
    if kind == "money":
        return fen(raw) if MONEY.fullmatch(raw) else None
    if kind == "bool":
        return {"true": True, "false": False}.get(raw)
    if kind == "enum":
        return enum_key(field, raw)
    if kind == "date":
        return raw if is_date(raw) else None
    return _company_time(raw, policy) if kind == "datetime" else raw


def fen(text: str) -> int:
    """An amount of money, `12.5`, in fen: 1250."""
    yuan, _, rest = text.partition(".")
    return int(yuan) * 100 + int(rest.ljust(2, "0") or 0)


def _company_time(text: str, policy: Policy) -> str | None:
    """A time with seconds and without offset. Most are written so; only for the others a calendar is loaded."""
    if not is_datetime(text):
        return None
    if len(text) in (16, 19):
        return text if len(text) == 19 else f"{text}:00"
    import datetime
    from zoneinfo import ZoneInfo

    try:
        local = datetime.datetime.fromisoformat(text).astimezone(ZoneInfo(policy.timezone))
    except (ValueError, OverflowError):  # an offset of more than a day, an end of the calendar
        return None
    return local.replace(tzinfo=None).isoformat(timespec="seconds")
