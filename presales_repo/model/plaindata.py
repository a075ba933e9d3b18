"""Typed values out of plain data (parsed YAML), for files that people write: a wrong type is named, never guessed.

`no`, `007` and `yes` stay text in our YAML, so that `active: no` must not count as true.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from presales_repo.errors import PrsError


@contextmanager
def located(where: str) -> Iterator[None]:
    """Turn what malformed data makes these functions, or Python, raise into PrsError A402 at `where`."""
    try:
        yield
    except KeyError as error:
        raise PrsError("A402", where=where, problem=f"`{error.args[0]}` is missing") from None
    except (TypeError, AttributeError, ValueError) as error:
        raise PrsError("A402", where=where, problem=str(error)) from None


def mapping_of(value: Any) -> Mapping[str, Any]:
    """A mapping; nothing counts as an empty one. Raises TypeError."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError(f"keys and values expected, found {value!r}")
    return value


def list_of(value: Any) -> list[Any]:
    """A list; nothing counts as an empty one. Raises TypeError."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise TypeError(f"a list expected, found {value!r}")
    return value


def text_of(value: Any) -> str:
    """Text; a whole number is text too (a person may be called 007, a company 360). Raises TypeError."""
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise TypeError(f"text expected, found {value!r}")


def texts_of(value: Any) -> tuple[str, ...]:
    """A list of texts. Raises TypeError."""
    return tuple(text_of(item) for item in list_of(value))


def whole_of(value: Any) -> int:
    """A whole number. Raises TypeError."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TypeError(f"a whole number expected, found {value!r}")


def flag_of(value: Any) -> bool:
    """`true` or `false`. Raises TypeError."""
    if isinstance(value, bool):
        return value
    raise TypeError(f"true or false expected, found {value!r}")
