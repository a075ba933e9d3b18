"""A strict subset of YAML 1.1, read from libyaml's events into nodes that know their place.

No anchors, aliases, tags, merge keys, complex keys or several documents; duplicate keys are refused; every
plain scalar stays text, its meaning is given by the schema (so `no`, `0123`, `12:30` mean what was typed).
PyYAML's loaders are not used: they accept duplicate keys, and alias or nesting bombs stop them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from presales_repo.errors import PrsError
from presales_repo.model.text import position

MAX_DEPTH = 20
MAX_NODES = 50_000

# What YAML 1.1 does not count as text (5.1), and the byte order mark.
_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_INT = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"-?(0|[1-9][0-9]{0,15})\.[0-9]{1,15}")
_FRAME = frozenset(("StreamStartEvent", "DocumentStartEvent", "DocumentEndEvent", "StreamEndEvent"))


@dataclass(frozen=True, slots=True)
class Scalar:
    """Text as typed. `plain`: written without quotes. `start`, `end`: character offsets of the value."""

    text: str
    plain: bool
    line: int
    column: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping; `keys` holds each key's own node."""

    values: dict[str, Node]
    keys: dict[str, Scalar]
    line: int
    column: int
    start: int
    end: int


Node = Scalar | Items | Table


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where the YAML text stands in its file."""

    path: str
    line: int
    offset: int


def parse_yaml(text: str, path: str = "", *, first_line: int = 1, offset: int = 0) -> Table:
    """The mapping that `text` is. Lines count from `first_line`, offsets from `offset`.

    Raises PrsError F102 when it is not a mapping, and what parse_node raises.
    """
    root = parse_node(text, path, first_line=first_line, offset=offset)
    if root is None:
        return Table({}, {}, first_line, 1, offset, offset)
    if not isinstance(root, Table):
        raise PrsError("F102", path=path, line=first_line)
    return root


def parse_node(text: str, path: str = "", *, first_line: int = 1, offset: int = 0) -> Node | None:
    """Whatever `text` holds: a mapping, a list, a scalar, or None for nothing.

    Raises PrsError: F101 not YAML, F103 duplicate key, F104 construct outside the subset, S105 nested too deep or
    too many values.
    """
    origin = _Origin(path, first_line, offset)
    return _build(_events(text, origin), origin)


def _events(text: str, origin: _Origin) -> Iterator[Any]:
    from presales_repo.model.libyaml import CParser, YAMLError

    unreadable = _UNREADABLE.search(text)
    if unreadable:  # libyaml would skip a byte order mark uncounted and name no place for the others
        line, column = position(text, unreadable.start())
        problem = f"character U+{ord(unreadable[0]):04X}"
        raise PrsError("F101", path=origin.path, line=line + origin.line - 1, column=column, problem=problem)
    parser = CParser(text)
    try:
        while parser.check_event():
            yield parser.get_event()
    except YAMLError as error:
        mark = error.problem_mark
        place = {"line": mark.line + origin.line, "column": mark.column + 1}
        raise PrsError("F101", path=origin.path, **place, problem=error.problem) from None
    finally:
        parser.dispose()


@dataclass(slots=True)
class _Open:
    """A collection whose end has not been read."""

    start: Any
    table: bool
    values: dict[str, Node]
    keys: dict[str, Scalar]
    items: list[Node]
    key: Scalar | None = None


def _build(events: Iterator[Any], origin: _Origin) -> Node | None:
    stack: list[_Open] = []
    root: Node | None = None
    count = 0
    for event in events:
        kind = type(event).__name__
        if kind in _FRAME:
            _check_frame(event, kind, origin, begun=count > 0)
            continue
        count += 1
        if count > MAX_NODES or len(stack) > MAX_DEPTH:
            raise PrsError("S105", path=origin.path, line=_line(event, origin), depth=MAX_DEPTH, count=MAX_NODES)
        node = _node(event, kind, stack, origin)
        if node is not None:
            if stack:
                _attach(stack[-1], node, origin)
            else:
                root = node
    return root


def _check_frame(event: Any, kind: str, origin: _Origin, *, begun: bool) -> None:
    """One document only, and no end mark: what is appended to the text later must still belong to it."""
    if kind == "DocumentStartEvent" and begun:
        raise _refuse(event, origin, "a second YAML document")
    if kind == "DocumentEndEvent" and event.explicit:
        raise _refuse(event, origin, "an end mark (...)")


def _node(event: Any, kind: str, stack: list[_Open], origin: _Origin) -> Node | None:
    """A finished node, or None when a collection was opened."""
    if kind == "AliasEvent" or getattr(event, "anchor", None):
        raise _refuse(event, origin, "an anchor or alias (& or *)")
    if getattr(event, "tag", None):
        raise _refuse(event, origin, "a tag (!)")
    if kind == "ScalarEvent":
        return _scalar(event, origin)
    if kind in ("MappingStartEvent", "SequenceStartEvent"):
        if stack and stack[-1].table and stack[-1].key is None:
            raise _refuse(event, origin, "a key that is not plain text")
        stack.append(_Open(event, kind == "MappingStartEvent", {}, {}, []))
        return None
    opened = stack.pop()
    mark = opened.start.start_mark
    place = (mark.line + origin.line, mark.column + 1, mark.index + origin.offset, event.end_mark.index + origin.offset)
    return Table(opened.values, opened.keys, *place) if opened.table else Items(tuple(opened.items), *place)


def _scalar(event: Any, origin: _Origin) -> Scalar:
    mark = event.start_mark
    return Scalar(
        event.value,
        event.style is None or event.style == "",
        mark.line + origin.line,
        mark.column + 1,
        mark.index + origin.offset,
        event.end_mark.index + origin.offset,
    )


def _attach(parent: _Open, node: Node, origin: _Origin) -> None:
    if not parent.table:
        parent.items.append(node)
    elif parent.key is None:
        if not isinstance(node, Scalar) or not node.text or node.text == "<<":
            place = {"line": node.line, "column": node.column}
            raise PrsError("F104", path=origin.path, **place, construct="a merge or empty key")
        if node.text in parent.keys:
            first = parent.keys[node.text].line
            raise PrsError("F103", path=origin.path, line=node.line, column=node.column, key=node.text, first=first)
        parent.key = parent.keys[node.text] = node
    else:
        parent.values[parent.key.text] = node
        parent.key = None


def _line(event: Any, origin: _Origin) -> int:
    return int(event.start_mark.line) + origin.line


def _refuse(event: Any, origin: _Origin, construct: str) -> PrsError:
    column = event.start_mark.column + 1
    return PrsError("F104", path=origin.path, line=_line(event, origin), column=column, construct=construct)


def to_data(node: Node) -> Any:
    """Plain data for files of our own schema (policy): true, false, null and plain decimal numbers are typed."""
    if isinstance(node, Table):
        return {key: to_data(value) for key, value in node.values.items()}
    if isinstance(node, Items):
        return [to_data(item) for item in node.items]
    return _plain_value(node)


def _plain_value(node: Scalar) -> Any:
    if not node.plain:
        return node.text
    constants = {"": None, "null": None, "true": True, "false": False}
    if node.text in constants:
        return constants[node.text]
    if _INT.fullmatch(node.text):
        return int(node.text)
    return float(node.text) if _FLOAT.fullmatch(node.text) else node.text
