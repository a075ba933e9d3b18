"""Git objects written natively: trees built by us, everything handed to git in one pack."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from presales_repo.model.commit import object_id
from presales_repo.model.ledger import TreeChange
from presales_repo.model.tree import TREE_MODE, TreeEntries, format_tree
from presales_repo.store.git import EMPTY_TREE, Git

_KINDS = {"commit": 1, "tree": 2, "blob": 3}


@dataclass(frozen=True, slots=True)
class NewObject:
    """An object to write: kind, bytes and id; of a tree its entries too."""

    kind: str
    data: bytes
    oid: str
    entries: TreeEntries | None = None


def new_object(kind: str, data: bytes) -> NewObject:
    """An object with its id."""
    return NewObject(kind, data, object_id(kind, data))


def write_objects(git: Git, objects: Sequence[NewObject]) -> None:
    """Write all objects with one git process; git checks each of them."""
    if objects:
        git.run("unpack-objects", "-q", "--strict", stdin=build_pack(objects), durable=True)


def build_pack(objects: Sequence[NewObject]) -> bytes:
    """A pack (gitformat-pack, version 2) of undeltified objects."""
    unique = list({item.oid: item for item in objects}.values())
    parts = [b"PACK", (2).to_bytes(4, "big"), len(unique).to_bytes(4, "big")]
    for item in unique:
        parts += [_pack_header(_KINDS[item.kind], len(item.data)), zlib.compress(item.data, 1)]
    body = b"".join(parts)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def _pack_header(kind: int, size: int) -> bytes:
    first, size = (kind << 4) | (size & 15), size >> 4
    out = bytearray()
    while size:
        out.append(first | 0x80)
        first, size = size & 0x7F, size >> 7
    out.append(first)
    return bytes(out)


def change_tree(
    read_tree: Callable[[str], TreeEntries], root: str, changes: Iterable[TreeChange]
) -> tuple[str, list[NewObject]]:
    """The id of `root` with some paths changed, and the tree objects that this needs. Folders left empty vanish."""
    grouped: dict[str, list[TreeChange]] = {}
    entries = dict(read_tree(root)) if root != EMPTY_TREE else {}
    for change in changes:
        name, slash, rest = change.path.partition("/")
        if slash:
            grouped.setdefault(name, []).append(TreeChange(rest, change.oid, change.mode))
        elif change.oid is None:
            entries.pop(name, None)
        else:
            entries[name] = (change.mode, change.oid)
    new: list[NewObject] = []
    for name, inner in grouped.items():
        mode, oid = entries.get(name, (TREE_MODE, EMPTY_TREE))
        if mode != TREE_MODE and all(change.oid is None for change in inner):
            continue  # a file has taken the folder's name: nothing is left to remove below it
        sub, made = change_tree(read_tree, oid if mode == TREE_MODE else EMPTY_TREE, inner)
        new += made
        if sub == EMPTY_TREE:
            entries.pop(name, None)
        else:
            entries[name] = (TREE_MODE, sub)
    data = format_tree(entries)
    oid = object_id("tree", data)
    return oid, [*new, NewObject("tree", data, oid, entries)]
