"""Git's tree objects: the bytes that list a folder's names, modes and ids."""

from __future__ import annotations

import re

from presales_repo.errors import PrsError

TREE_MODE = "40000"
_TREE_ENTRY = re.compile(rb"(100644|100755|120000|40000|160000) ([^/\0]+)\0(.{20})", re.DOTALL)
_NO_NAMES = frozenset((".", "..", ".git"))

TreeEntries = dict[str, tuple[str, str]]


def parse_tree(data: bytes) -> TreeEntries:
    """Name → (mode, id) of a tree object.

    Raises PrsError A220 for a tree that git would not write (another order, a name twice, empty or with a slash,
    `..`, an unknown mode), which git and we might read differently, and for names that are not UTF-8.
    """
    entries: TreeEntries = {}
    position = 0
    while position < len(data):
        match = _TREE_ENTRY.match(data, position)
        if match is None:
            raise PrsError("A220")
        try:
            name = match[2].decode("utf-8")
        except UnicodeDecodeError:
            raise PrsError("A220") from None
        entries[name] = (match[1].decode("ascii"), match[3].hex())
        position = match.end()
    if format_tree(entries) != data or not _NO_NAMES.isdisjoint(entries):
        raise PrsError("A220")
    return entries


def list_tree(data: bytes) -> list[tuple[str, str]]:
    """Mode and name of each entry, for looking into trees that nobody has verified: whatever the names are, with
    bytes that are not UTF-8 as Python shows them (PEP 383)."""
    found = _TREE_ENTRY.findall(data)
    return [(mode.decode("ascii"), name.decode("utf-8", "surrogateescape")) for mode, name, _ in found]


def format_tree(entries: TreeEntries) -> bytes:
    """The bytes of a tree object, in git's order (folders sort as if they ended in a slash)."""
    ordered = sorted(entries.items(), key=lambda item: item[0].encode() + (b"/" if item[1][0] == TREE_MODE else b""))
    return b"".join(f"{mode} {name}\0".encode() + bytes.fromhex(oid) for name, (mode, oid) in ordered)
