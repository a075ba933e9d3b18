"""A new document: number reserved, template filled, file written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.doctype import DocType, Field, enum_key
from presales_repo.model.document import read_document
from presales_repo.model.frontmatter import quote
from presales_repo.model.number import Number
from presales_repo.model.paths import document_path
from presales_repo.model.policy import Policy
from presales_repo.model.workflow import may_author
from presales_repo.ops.projects import find_project
from presales_repo.ops.session import (
    Actor,
    Session,
    Work,
    committed_snapshot,
    find_actor,
    ident,
    open_work,
    stamp,
    today,
)
from presales_repo.ops.shared import claimer
from presales_repo.ops.titles import check_title
from presales_repo.ops.types import pick_type
from presales_repo.rules.content import PLACEHOLDER
from presales_repo.rules.fields import DERIVED
from presales_repo.rules.values import LIST_KINDS
from presales_repo.store.files import write_file
from presales_repo.store.remote import has_remote
from presales_repo.store.reserve import reserve_number

_SET_BY_US = ("number", "title", "type", "project", "author", "created")


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What was made. `path` is relative to the repository; `empty`: required fields still to be filled."""

    number: str
    path: str
    type: str
    title: str
    empty: tuple[str, ...]


def new(session: Session, type_id: str, title: str, project: str, values: Mapping[str, str]) -> NewDocument:
    """Allocate the next number of the type's stage and month and write the document from its template.

    Raises PrsError: F122 no such type, F116 or F117 project missing or out of place, P106 no such project, P107 the
    title, F119 the author's role, F108 or F120 a field, F112 a choice, N105 the month is full.
    """
    with open_work(session, exclusive=True) as work:
        actor = find_actor(work)
        doctype = pick_type(work.policy.types.values(), type_id)
        _check_author(doctype, actor, work.policy)
        title = check_title(title)
        fields = _values(doctype, work.policy, values)
        folder = _folder(work, doctype, project)
        return _write(work, actor, doctype, title, project, folder, fields)


def _write(
    work: Work,
    actor: Actor,
    doctype: DocType,
    title: str,
    project: str,
    folder: str,
    fields: Mapping[str, str],
) -> NewDocument:
    """Reserve, then write: a crash between the two leaves a gap in the numbers, never a number twice."""
    created = today(work.session, work.policy)
    period = f"{created.year:04d}{created.month:02d}"
    who = ident(actor.person, stamp(work.session, work.policy))
    share = claimer(work.repository, doctype.stage, period)
    if share is None and has_remote(work.repository.git):
        work.session.notify("E154", {})
    number = reserve_number(
        work.repository.git, doctype.stage, created.year, created.month, who,
        lambda: highest_known(work, doctype.stage, period), share,
    )  # fmt: skip
    path = document_path(work.policy, doctype, str(number), title, folder)
    head = {"title": title, "project": project, "author": actor.person.id, "created": created.isoformat()}
    text = render_template(work.policy, doctype, number, head, fields)
    read_document(text.encode(), path)  # what we write, we can read
    write_file(work.repository.root, path, text.encode(), replace=False)
    empty = tuple(name for name, field in doctype.fields.items() if field.required and name not in fields)
    return NewDocument(str(number), path, doctype.id, title, empty)


def highest_known(work: Work, stage: str, period: str) -> int:
    """The highest sequence of a month that a committed document or the ledger has: a clone may have received
    documents without their reservations."""
    return max(committed_snapshot(work).highest(stage, period), work.ledger.highest(stage, period))


def _check_author(doctype: DocType, actor: Actor, policy: Policy) -> None:
    if not may_author(doctype, actor.person):
        roles = ", ".join(f"{role} ({policy.roles[role].title_zh})" for role in doctype.authors)
        raise PrsError("F119", person=actor.person.id, type=doctype.id, roles=roles)


def _folder(work: Work, doctype: DocType, project: str) -> str:
    if doctype.scope == "project" and not project:
        raise PrsError("F116", type=doctype.id)
    if doctype.scope == "none" and project:
        raise PrsError("F117", type=doctype.id, project=project)
    if not project:
        return ""
    folder = find_project(work, project)
    if folder is None:
        raise PrsError("P106", project=project)
    return folder


def _values(doctype: DocType, policy: Policy, values: Mapping[str, str]) -> dict[str, str]:
    """Fields given on the command line as YAML text; lists are separated by commas."""
    known = {**policy.common_fields, **doctype.fields}
    fields = {}
    for name, text in values.items():
        if name in _SET_BY_US or name in DERIVED:
            raise PrsError("F120", field=name)
        field = known.get(name)
        if field is None:
            raise PrsError("F108", field=name, type=doctype.id, known=", ".join(doctype.fields))
        fields[name] = yaml_value(field, text)
    return fields


def yaml_value(field: Field, text: str) -> str:
    """A value typed by a person as YAML: a list for a field that holds one, quoted where it must be."""
    if field.kind in LIST_KINDS and not text.startswith("["):
        items = [item.strip() for item in text.replace("，", ",").split(",") if item.strip()]
        return "[" + ", ".join(_choice(field, item) for item in items) + "]"
    if field.kind in ("list<object>", "map") or text.startswith("["):
        return text
    return _choice(field, text)


def _choice(field: Field, text: str) -> str:
    if field.kind in ("enum", "enums"):
        key = enum_key(field, text)
        if key is None:
            choices = ", ".join(f"{key} ({label})" for key, label in field.values.items())
            raise PrsError("F112", field=field.name, title=field.title_zh, found=text, choices=choices)
        return key
    return quote(text)


def render_template(
    policy: Policy, doctype: DocType, number: Number, head: Mapping[str, str], fields: Mapping[str, str]
) -> str:
    """A new document's text: front matter with each of the type's fields explained, then its headings.

    `head`: title, project (or ""), author, created; `fields`: YAML text of fields that have a value already.
    """
    lines = ["---", f"number: {number}", f"title: {quote(head['title'])}", f"type: {doctype.id}"]
    lines += [f"{name}: {quote(head[name])}" for name in ("project", "author", "created") if head[name]]
    lines += [f"{name}: {value}" for name, value in fields.items() if name in policy.common_fields]
    for name, field in doctype.fields.items():
        lines.append(f"{name}: {fields.get(name, '')}".rstrip() + _explain(field))
    lines += ["---", "", f"# {head['title']}", ""]
    for heading in doctype.headings:
        lines += [f"## {heading.title}", "", PLACEHOLDER.format(hint=heading.hint or heading.title), ""]
    return "\n".join(lines)


_FORMS = {
    "date": "YYYY-MM-DD",
    "datetime": "YYYY-MM-DDTHH:MM",
    "period": "YYYY-MM, YYYYQn, YYYY",
    "money": "0.00",
    "bool": "true, false",
    "doc-ref": "QD202305001",
    "doc-refs": "[QD202305001]",
    "doc-ref-version": "QD202305001@1.0",
    "persons": "[id, id]",
    "strings": "[…, …]",
}


def _explain(field: Field) -> str:
    """The comment beside a field: what it means, what may stand there."""
    choices = ", ".join(f"{key}={label}" for key, label in field.values.items())
    keys = ", ".join(field.item) if field.item else ", ".join(field.keys)
    form = choices or (f"- {{{keys}}}" if field.item else keys) or _FORMS.get(field.kind, "")
    mark = "必填" if field.required else "选填"
    return f"  # {field.title_zh}({mark})" + (f": {form}" if form else "")
