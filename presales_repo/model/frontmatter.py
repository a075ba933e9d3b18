"""A document's front matter: found, read with places, and edited one field at a time.

Editing replaces the characters of one value and nothing else: comments, quoting, order and line ends of
everything around it stay byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.text import line_end, position
from presales_repo.model.yamlsubset import Items, Node, Scalar, Table, parse_yaml

MAX_FRONT_MATTER = 64 * 1024

_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)
_CONFLICT = re.compile(r"^(<{7} |={7}\r?$|>{7} )", re.MULTILINE)
# Characters that YAML, or an editor, does not take for text of one line.
_ODD = r"\x00-\x1f\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff"
_ESCAPED = re.compile(rf'["\\{_ODD}]')
# Plain scalars that need no quotes under YAML 1.1 rules, kept narrow on purpose.
_PLAIN = re.compile(
    rf"[^\s!&*?|>@`\"'%#{{}}\[\],:{_ODD}-][^#{{}}\[\],:{_ODD}]*(?<!\s)"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.+Z-]+)?"
)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The parsed head of a document. `start`, `end`: character offsets of the YAML between the fences;
    `body_start`, `body_line`: where the Markdown begins."""

    fields: Table
    start: int
    end: int
    body_start: int
    body_line: int


def read_front_matter(text: str, path: str = "") -> FrontMatter:
    """Find and parse the front matter of a document's text.

    Raises PrsError: F105 none, F106 no closing fence, S106 larger than 64 KB, and what parse_yaml raises.
    """
    opening = _FENCE.match(text)
    if opening is None:
        raise PrsError("F105", path=path, line=1)
    start = opening.end() + 1
    closing = _FENCE.search(text, start)
    if closing is None:
        raise PrsError("F106", path=path, line=1)
    if closing.start() - start > MAX_FRONT_MATTER:
        raise PrsError("S106", path=path, line=1, limit=MAX_FRONT_MATTER)
    conflict = _CONFLICT.search(text, start, closing.start())
    if conflict:
        raise PrsError("H107", path=path, line=position(text, conflict.start())[0])
    fields = parse_yaml(text[start : closing.start()], path, first_line=2, offset=start)
    body_start = min(closing.end() + 1, len(text))
    return FrontMatter(fields, start, closing.start(), body_start, text.count("\n", 0, body_start) + 1)


def conflict_lines(text: str, start: int = 0) -> list[int]:
    """Lines (from 1) that hold git's merge conflict marks. A setext underline of seven `=` alone is none."""
    lines = []
    line, counted = 1, 0
    for match in _CONFLICT.finditer(text, start):
        line += text.count("\n", counted, match.start())
        counted = match.start()
        lines.append((line, match[0][0]))
    kinds = {kind for _, kind in lines}
    return [line for line, kind in lines if kind != "=" or kinds >= {"<", ">"}]


def quote(value: str) -> str:
    """A YAML scalar for `value` on one line: plain where that is safe, else double-quoted."""
    if _PLAIN.fullmatch(value) and value.lower() not in ("true", "false", "null", "yes", "no", "on", "off", "~"):
        return value
    return f'"{_ESCAPED.sub(_escape, value)}"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    return f"\\{character}" if character in '"\\' else f"\\u{ord(character):04x}"


def set_value(text: str, table: Table, key: str, yaml_value: str) -> str:
    """`text` with the value of `key` in `table` replaced by `yaml_value`, every other character kept.

    `yaml_value` is one line, as quote() makes it. Raises PrsError F107 when the key is absent or its value is neither
    a scalar nor a list or mapping in brackets on one line.
    """
    node = table.values.get(key)
    if node is None or not _is_replaceable(text, node):
        raise PrsError("F107", key=key, line=table.line)
    # A block scalar (`|`) ends after its last line end, which stays.
    end = node.start + len(text[node.start : node.end].rstrip())
    space = " " if text[node.start - 1] == ":" else ""
    return text[: node.start] + space + yaml_value + text[end:]


def _is_replaceable(text: str, node: Node) -> bool:
    written = text[node.start : node.end]
    if not isinstance(node, Scalar):
        return written[:1] in ("[", "{") and "\n" not in written
    if written[:1] in ("|", ">"):
        return "#" not in written.partition("\n")[0]  # the comment would go with the value
    return bool(written) or text[node.start - 1] == ":"


def set_field(text: str, key: str, yaml_value: str) -> str:
    """A document's text with one field of its front matter set; a new field goes to the end of the block.

    Raises PrsError F107 where set_value does, or when the front matter as a whole stands in braces.
    """
    head = read_front_matter(text)
    fields = head.fields
    if key in fields.values:
        return set_value(text, fields, key, yaml_value)
    if text[fields.start] == "{":
        raise PrsError("F107", key=key, line=fields.line)
    indent = " " * (fields.column - 1)
    return f"{text[: head.end]}{indent}{key}: {yaml_value}{line_end(text)}{text[head.end :]}"


def append_item(text: str, key: str, block: str) -> str:
    """YAML text of a file whose last top-level key `key` is a list, with one more item; nothing else changes.

    `block` is the item in block style (`- id: x` and indented lines, LF). An empty `key: []` becomes a block
    list. Raises PrsError F107 when `key` is absent, not a list, a filled list in brackets, or not the last key.
    """
    table = parse_yaml(text)
    node = table.values.get(key)
    last = max(table.keys.values(), key=lambda scalar: scalar.start, default=None)
    if node is None or last is None or last.text != key or text[table.start] == "{":
        raise PrsError("F107", key=key, line=table.line)
    written = text[node.start : node.end]
    indent = table.column + 1
    if isinstance(node, Items) and written.startswith("-"):
        indent = node.column - 1
    elif isinstance(node, Items) and not written.strip("[] \t"):
        text = text[: node.start].rstrip(" ") + text[node.end :]
    elif not isinstance(node, Scalar) or written:
        raise PrsError("F107", key=key, line=node.line)
    end = line_end(text)
    lines = "".join(f"{' ' * indent}{line}{end}" for line in block.rstrip("\n").split("\n"))
    return text + ("" if text.endswith("\n") else end) + lines
