"""Status changes after release (`prs track`, R168): fields that a type lists in `mutable_after_release` change without
a new approval, and nothing else does.

The text after a change is, byte for byte, the text before it with these values set; so the verifier makes it again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from presales_repo.errors import PrsError
from presales_repo.model.doctype import DocType, Field, enum_key
from presales_repo.model.document import Document, read_document
from presales_repo.model.frontmatter import quote, set_field, set_value
from presales_repo.model.ledger import DocumentState, Event, Release, Tracked
from presales_repo.model.policy import Policy
from presales_repo.model.text import line_end
from presales_repo.model.upkeep import require_alive
from presales_repo.model.yamlsubset import Items, Node, Scalar, Table

if TYPE_CHECKING:
    from presales_repo.model.entry import Entry

TRACK = "track"
REVIEWER = "reviewer"  # `set_by` of a field that the document's authors may not judge themselves


class Place(NamedTuple):
    """A field of front matter; of an entry in a list `entry` (from 0) and `key`, else -1 and ""."""

    field: str
    entry: int = -1
    key: str = ""

    @property
    def name(self) -> str:
        """The field as a type lists it: `comments.status`."""
        return f"{self.field}.{self.key}" if self.key else self.field


def parse_place(document: Document, doctype: DocType, words: str) -> Place:
    """What `done_on`, `comments.C1.status` or `milestones.2.done` means: an entry is named by its first field (as the
    type orders them) or by its position from 1.

    Raises PrsError W300 the field may not change after release, W302 no such entry, W303 several.
    """
    field, _, rest = words.partition(".")
    selector, _, key = rest.rpartition(".")
    place = Place(field, -1 if not key else 0, key)
    if place.name not in doctype.mutable or bool(key) != bool(selector):
        allowed = ", ".join(name.replace(".", ".<entry>.") for name in doctype.mutable) or "-"
        raise PrsError("W300", number=document.number, field=words, allowed=allowed)
    return place if not key else place._replace(entry=_find_entry(document, doctype, field, selector))


def _find_entry(document: Document, doctype: DocType, field: str, selector: str) -> int:
    tables = _tables(document, field)
    first = _naming_field(doctype, field)
    named = [index for index, table in tables if _text(table.values.get(first)) == selector]
    if len(named) > 1:
        raise PrsError("W303", number=document.number, field=field, entry=selector)
    if named:
        return named[0]
    position = int(selector) - 1 if selector.isascii() and selector.isdigit() else -1
    if position not in [index for index, _ in tables]:
        known = ", ".join(_text(table.values.get(first)) or str(index + 1) for index, table in tables) or "-"
        raise PrsError("W302", number=document.number, field=field, entry=selector, known=known)
    return position


def _naming_field(doctype: DocType, field: str) -> str:
    return next(iter(doctype.fields[field].item), "") if field in doctype.fields else ""


def _tables(document: Document, field: str) -> list[tuple[int, Table]]:
    node = document.node(field)
    items = node.items if isinstance(node, Items) else ()
    return [(index, item) for index, item in enumerate(items) if isinstance(item, Table)]


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, Scalar) else ""


def set_place(document: Document, place: Place, yaml_value: str) -> Document:
    """The document with one value set, every other byte kept. Raises PrsError F107 where set_value does, and when the
    entry is not there."""
    if not place.key:
        text = set_field(document.text, place.field, yaml_value)
    else:
        table = dict(_tables(document, place.field)).get(place.entry)
        if table is None:
            raise PrsError("F107", key=place.field, line=document.line(place.field))
        text = _set_in_entry(document.text, table, place.key, yaml_value)
    return read_document(text.encode(), document.path)


def _set_in_entry(text: str, table: Table, key: str, yaml_value: str) -> str:
    if key in table.values:
        return set_value(text, table, key, yaml_value)
    if text[table.start] == "{":
        close = table.end - 1
        comma = ", " if table.values else ""
        return text[:close].rstrip() + f"{comma}{key}: {yaml_value}".rstrip() + text[close:]
    last = max((node.end for node in (*table.keys.values(), *table.values.values())), default=table.start)
    last = len(text[:last].rstrip())
    end = text.index("\n", last)
    end -= text[end - 1] == "\r"
    indent = " " * (next(iter(table.keys.values())).column - 1)
    return text[:end] + line_end(text) + f"{indent}{key}: {yaml_value}".rstrip() + text[end:]


def with_values(document: Document, doctype: DocType, pairs: Sequence[tuple[str, str]]) -> Document:
    """The document with values set, in this order. Raises PrsError as parse_place and set_place do."""
    for words, value in pairs:
        place = parse_place(document, doctype, words)
        spec = _spec(doctype, place)
        value = (enum_key(spec, value) or value) if spec is not None else value
        document = set_place(document, place, quote(value) if value else "")
    return document


def _spec(doctype: DocType, place: Place) -> Field | None:
    spec = doctype.fields.get(place.field)
    return spec.item.get(place.key) if spec and place.key else spec


def changed_places(before: Document, after: Document, doctype: DocType) -> tuple[Place, ...]:
    """The places in which `after` differs; they are all of those that may change.

    Raises PrsError A432 when it differs in anything else, were it a blank.
    """
    changed = [place for place, node in _values(after, doctype) if _differs(before, place, node)]
    try:
        made = before
        for place in changed:
            node = _node(after, place)
            assert node is not None, "the place was found there"
            made = set_place(made, place, after.text[node.start : node.end])
    except PrsError:
        made = before
    if made.data != after.data:
        others = ", ".join(_other_fields(before, after, doctype)) or "-"
        raise PrsError("A432", number=before.number, fields=others)
    return tuple(changed)


def _values(document: Document, doctype: DocType) -> Iterator[tuple[Place, Scalar]]:
    """The values that may change, in the order of the text."""
    found = []
    for name in doctype.mutable:
        field, _, key = name.partition(".")
        places = [Place(field, index, key) for index, _ in _tables(document, field)] if key else [Place(field)]
        found += [(place, node) for place in places if (node := _node(document, place)) is not None]
    yield from sorted(found, key=lambda item: item[1].start)


def _node(document: Document, place: Place) -> Scalar | None:
    table = dict(_tables(document, place.field)).get(place.entry) if place.key else document.head.fields
    node = table.values.get(place.key or place.field) if table else None
    return node if isinstance(node, Scalar) else None


def _differs(before: Document, place: Place, node: Scalar) -> bool:
    known = _node(before, place)
    return known is None or known.text != node.text


def _other_fields(before: Document, after: Document, doctype: DocType) -> Iterator[str]:
    """Names of what else differs, for people."""
    names = dict.fromkeys((*before.head.fields.values, *after.head.fields.values))
    for name in names:
        if name not in doctype.mutable and _plain(before.node(name)) != _plain(after.node(name)):
            yield name
    if before.body != after.body:
        yield "(text)"


def _plain(node: Node | None) -> object:
    if isinstance(node, Table):
        return {key: _plain(value) for key, value in node.values.items()}
    if isinstance(node, Items):
        return [_plain(item) for item in node.items]
    return node.text if node else None


def described(document: Document, doctype: DocType, places: Sequence[Place]) -> tuple[str, ...]:
    """Changes as `comments.C1.status=adopted`, with the values of `document`."""
    return tuple(f"{_address(document, doctype, place)}={_text(_node(document, place))}" for place in places)


def _address(document: Document, doctype: DocType, place: Place) -> str:
    if not place.key:
        return place.field
    tables = _tables(document, place.field)
    first = _naming_field(doctype, place.field)
    names = [_text(table.values.get(first)) for _, table in tables]
    name = _text(dict(tables)[place.entry].values.get(first))
    return f"{place.field}.{name if names.count(name) == 1 and name else place.entry + 1}.{place.key}"


def check_tracker(policy: Policy, doctype: DocType, release: Release, places: Sequence[Place], person: str) -> None:
    """Whether a person may make these changes: an author of the version, or who holds a role of the policy's `trackers`
    or the type's.

    Raises PrsError A434 none of these, A435 an author and the field is for others to judge (`set_by: reviewer`).
    """
    roles = (*policy.trackers, *doctype.trackers)
    is_author = person in release.authors
    if not is_author and not set(roles) & set(policy.people[person].roles):
        wanted = ", ".join(dict.fromkeys((*release.authors, *roles)))
        raise PrsError("A434", number=release.path.rsplit("/", 1)[-1].split("-")[0], person=person, allowed=wanted)
    for place in places:
        spec = _spec(doctype, place)
        if is_author and spec is not None and spec.set_by == REVIEWER:
            raise PrsError("A435", field=place.name, person=person)


def check_track(
    policy: Policy, entry: Entry, state: DocumentState | None, after: Document, before: Document | None
) -> tuple[str, ...]:
    """The changes that a track entry makes. `before`: the text in force; `after`: the one that the entry brings.

    Raises PrsError: A430 no version in force, A309 a version in review, A431 another version or path, A436 made for
    another text than the one in force, A433 nothing changed, and as changed_places and check_tracker do.
    """
    release = state.release if state else None
    if state is None or release is None or before is None:
        raise PrsError("A430", number=entry.document)
    require_alive(state)
    if state.round is not None:
        raise PrsError("A309", number=entry.document, step=state.round.step.id, version=state.round.version)
    if (entry.version, entry.path) != (release.version, release.path):
        raise PrsError("A431", number=entry.document, found=entry.version, version=release.version, path=release.path)
    if entry.replaces != release.digest:
        raise PrsError("A436", number=entry.document)
    doctype = policy.types.get(state.type_id)
    if doctype is None:
        raise PrsError("A213", number=entry.document, type=state.type_id, author=after.value("author"))
    places = changed_places(before, after, doctype)
    if not places:
        raise PrsError("A433", number=entry.document)
    check_tracker(policy, doctype, release, places, entry.signer)
    return described(after, doctype, places)


def with_tracked(
    state: DocumentState, event: Event, content: str, blob: str, digest: str, changes: tuple[str, ...]
) -> DocumentState:
    """The document with other bytes as the text of its version in force."""
    release = state.release
    assert release is not None, "check_track refuses a document without"
    mark = Tracked(event.sequence, changes, release.content, release.blob, release.digest)
    new = replace(release, content=content, blob=blob, digest=digest, tracked=(*release.tracked, mark))
    return replace(state.with_event(event), releases=(*state.releases[:-1], new))
