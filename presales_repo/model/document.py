"""A document: the bytes of one Markdown file with front matter, read once into values."""

from __future__ import annotations

from typing import Any, NamedTuple

from presales_repo.model.frontmatter import FrontMatter, read_front_matter
from presales_repo.model.text import decode_text
from presales_repo.model.yamlsubset import Items, Node, Scalar, Table


class Attachment(NamedTuple):
    """A file that belongs to a document; `sha256` in hex, as written in its front matter."""

    path: str
    sha256: str
    line: int


class Document(NamedTuple):
    """`path` is relative to the repository, `data` the file's bytes, `text` the same as text."""

    path: str
    data: bytes
    text: str
    head: FrontMatter

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the file's bytes."""
        import hashlib  # loads OpenSSL, which git's hooks do without

        return hashlib.sha256(self.data).hexdigest()

    @property
    def body(self) -> str:
        """The Markdown after the front matter."""
        return self.text[self.head.body_start :]

    def node(self, field: str) -> Node | None:
        """The node of a front matter field, None when absent."""
        return self.head.fields.values.get(field)

    def value(self, field: str) -> str:
        """The text of a scalar field; "" when absent or not a scalar."""
        node = self.node(field)
        return node.text if isinstance(node, Scalar) else ""

    def values(self, field: str) -> tuple[str, ...]:
        """The texts of a list of scalars; a single scalar counts as a list of one."""
        return tuple(scalar.text for scalar in scalars(self.node(field)))

    def plain_fields(self) -> dict[str, Any]:
        """The front matter as nested texts, lists and mappings."""
        return {key: _plain(node) for key, node in self.head.fields.values.items()}

    def line(self, field: str) -> int:
        """The line of a field's key, 1 when absent."""
        key = self.head.fields.keys.get(field)
        return key.line if key else 1

    @property
    def number(self) -> str:
        return self.value("number")

    @property
    def title(self) -> str:
        return self.value("title")

    @property
    def type_id(self) -> str:
        return self.value("type")

    @property
    def authors(self) -> tuple[str, ...]:
        """The author, then the contributors, each once."""
        return tuple(dict.fromkeys(name for name in (self.value("author"), *self.values("contributors")) if name))

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """What `attachments:` lists; entries that are not mappings are left to the field check."""
        node = self.node("attachments")
        items = node.items if isinstance(node, Items) else ()
        tables = (item for item in items if isinstance(item, Table))
        return tuple(Attachment(_text(item, "path"), _text(item, "sha256"), item.line) for item in tables)


def _plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return [_plain(item) for item in node.items]
    return {key: _plain(value) for key, value in node.values.items()}


def _text(table: Table, key: str) -> str:
    node = table.values.get(key)
    return node.text if isinstance(node, Scalar) else ""


def scalars(node: Node | None) -> tuple[Scalar, ...]:
    """The scalars of a list, or the one scalar that is not empty."""
    if isinstance(node, Items):
        return tuple(item for item in node.items if isinstance(item, Scalar))
    return (node,) if isinstance(node, Scalar) and node.text else ()


def read_document(data: bytes, path: str) -> Document:
    """The document in `data`. Raises PrsError with the place of what cannot be read (text, front matter)."""
    text = decode_text(data, path)
    return Document(path, data, text, read_front_matter(text, path))
