"""A document's front matter: found, read with places, and edited one field at a time.

Editing replaces the characters of one value and nothing else: comments, quoting, order and line ends of
everything around it stay byte for byte.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.text import line_end, position
from presales_repo.model.yamlsubset import Items, Scalar, Table, parse_yaml

MAX_FRONT_MATTER = 64 * 1024

_FENCE = re.compile(r"^---[ \t]*\r?$", re.MULTILINE)
_CONFLICT = re.compile(r"^(<{7} |={7}\r?$|>{7} )", re.MULTILINE)
# Plain scalars that need no quotes under YAML 1.1 rules, kept narrow on purpose.
_PLAIN = re.compile(r"[^\s!&*?|>@`\"'%#{}\[\],:-][^\n#{}\[\],:]*(?<!\s)|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:.+Z-]+)?")


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The parsed head of a document. `start`, `end`: character offsets of the YAML between the fences;
    `body_start`, `body_line`: where the Markdown begins."""

    fields: Table
    start: int
    end: int
    body_start: int
    body_line: int


def has_front_matter(text: str) -> bool:
    """Whether the text opens with a `---` fence."""
    return text.startswith("---") and _FENCE.match(text) is not None


def read_front_matter(text: str, path: str = "") -> FrontMatter:
    """Find and parse the front matter of a document's text.

    Raises PrsError: F105 none, F106 no closing fence, S106 larger than 64 KB, and what parse_yaml raises.
    """
    opening = _FENCE.match(text)
    if opening is None:
        raise PrsError("F105", path=path, line=1)
    start = opening.end() + 1
    closing = _FENCE.search(text, start, start + MAX_FRONT_MATTER + 8)
    if closing is None:
        if len(text) - start > MAX_FRONT_MATTER:
            raise PrsError("S106", path=path, line=1, limit=MAX_FRONT_MATTER)
        raise PrsError("F106", path=path, line=1)
    conflict = _CONFLICT.search(text, start, closing.start())
    if conflict:
        raise PrsError("H107", path=path, line=position(text, conflict.start())[0])
    fields = parse_yaml(text[start : closing.start()], path, first_line=2, offset=start)
    body_start = min(closing.end() + 1, len(text))
    return FrontMatter(fields, start, closing.start(), body_start, text.count("\n", 0, body_start) + 1)


def conflict_lines(text: str, start: int = 0) -> list[int]:
    """Lines (from 1) that hold git's merge conflict marks. A setext underline of seven `=` alone is none."""
    lines = [(position(text, match.start())[0], match[0][0]) for match in _CONFLICT.finditer(text, start)]
    kinds = {kind for _, kind in lines}
    return [line for line, kind in lines if kind != "=" or kinds >= {"<", ">"}]


def quote(value: str) -> str:
    """A YAML scalar for `value` on one line: plain where that is safe, else double-quoted."""
    if _PLAIN.fullmatch(value) and value.lower() not in ("true", "false", "null", "yes", "no", "on", "off", "~"):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def set_value(text: str, table: Table, key: str, yaml_value: str) -> str:
    """`text` with the value of `key` in `table` replaced by `yaml_value`, every other character kept.

    Raises PrsError F107 when the key is absent or its value is not a single scalar or one-line collection.
    """
    node = table.values.get(key)
    if node is None or (not isinstance(node, Scalar) and "\n" in text[node.start : node.end]):
        raise PrsError("F107", key=key, line=table.line)
    start, end = node.start, node.end
    if isinstance(node, Scalar) and "\n" in text[start:end]:
        end = start + len(text[start:end].rstrip())
    space = " " if start > 0 and text[start - 1] == ":" else ""
    return text[:start] + space + yaml_value + text[end:]


def set_field(text: str, key: str, yaml_value: str) -> str:
    """A document's text with one field of its front matter set; a new field goes to the end of the block."""
    head = read_front_matter(text)
    if key in head.fields.values:
        return set_value(text, head.fields, key, yaml_value)
    return f"{text[: head.end]}{key}: {yaml_value}{line_end(text)}{text[head.end :]}"


def append_item(text: str, key: str, block: str) -> str:
    """YAML text of a file whose last top-level key `key` is a list, with one more item.

    `block` is the item in block style (`- id: x` and indented lines, LF). An empty `key: []` becomes a block
    list. Raises PrsError F107 when `key` is absent, not a list or not the last key.
    """
    table = parse_yaml(text)
    node = table.values.get(key)
    last = max(table.keys.values(), key=lambda scalar: scalar.start, default=None)
    if node is None or last is None or last.text != key or not (isinstance(node, Items) or not node.text):
        raise PrsError("F107", key=key, line=table.line)
    end = line_end(text)
    indented = "".join(f"  {line}{end}" for line in block.rstrip("\n").split("\n"))
    if isinstance(node, Items) and node.items and text[node.start] == "[":
        raise PrsError("F107", key=key, line=node.line)
    if not isinstance(node, Items) or not node.items:
        newline = text.find("\n", node.end)
        rest = text[newline + 1 :] if newline >= 0 else ""
        return text[: node.start].rstrip() + end + indented + rest
    column = node.items[0].column - 3  # of the dash: block items start two after it
    indented = "".join(f"{' ' * max(column, 0)}{line}{end}" for line in block.rstrip("\n").split("\n"))
    tail = text[node.items[-1].end :]
    keep = text[: node.items[-1].end].rstrip("\n\r ")
    return keep + end + indented + tail.lstrip("\r\n")
