"""A new document: number reserved, template filled, file written."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace

from presales_repo.errors import PrsError
from presales_repo.model.doctype import DocType
from presales_repo.model.document import read_document
from presales_repo.model.number import Number
from presales_repo.model.paths import document_path
from presales_repo.model.policy import Policy
from presales_repo.model.workflow import chain_of, is_important, may_author
from presales_repo.ops.editing import require_member
from presales_repo.ops.entry import field_values
from presales_repo.ops.projects import find_project
from presales_repo.ops.quotes import quoted_sections
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
from presales_repo.ops.template import render_body, render_template
from presales_repo.ops.titles import check_title
from presales_repo.ops.types import pick_type
from presales_repo.store.files import write_file
from presales_repo.store.remote import has_remote
from presales_repo.store.repository import APPROVED
from presales_repo.store.reserve import reserve_number


@dataclass(frozen=True, slots=True)
class Request:
    """What a new document is to be. `values`: (field, text) as typed; `sections`: (heading, text); `body`: all of the
    Markdown instead, None for the type's headings; `complete`: it is published as it stands, so that no hints are left
    and the type may need no approval."""

    type: str
    title: str
    project: str = ""
    values: tuple[tuple[str, str], ...] = ()
    sections: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    complete: bool = False


@dataclass(frozen=True, slots=True)
class NewDocument:
    """What was made. `path` is relative to the repository; `empty`: required fields still to be filled."""

    number: str
    path: str
    type: str
    title: str
    empty: tuple[str, ...]


def new(session: Session, type_id: str, title: str, project: str, values: Mapping[str, str]) -> NewDocument:
    """A new document from its template, as new_document."""
    return new_document(session, Request(type_id, title, project, tuple(values.items())))


def new_document(session: Session, asked: Request) -> NewDocument:
    """Allocate the next number of the type's stage and month and write the document from its template.

    Raises PrsError: F122 no such type, F116 or F117 project missing or out of place, P106 no such project, P107 the
    title, F119 the author's role, W210 not on the project's team, W343 it needs an approval, W342 a heading, N105 the
    month is full, and what field_values and read_document raise.
    """
    with open_work(session, exclusive=True) as work:
        actor = find_actor(work)
        doctype = pick_type(work.policy.types.values(), asked.type)
        _check_author(doctype, actor, work.policy)
        asked = replace(asked, title=check_title(asked.title))
        fields = field_values(doctype, work.policy, asked.values)
        if asked.complete:
            _check_chain(doctype, work.policy, fields)
        folder = _folder(work, doctype, asked.project)
        place = f"{folder}/{doctype.category}/{doctype.id}"
        require_member(work.repository.git, APPROVED, work.policy, actor.person, place, doctype.id)
        body = asked.body
        if body is None:
            quoted = quoted_sections(work, doctype, asked.project)
            body = render_body(work.policy, doctype, fields, asked.sections, quoted, complete=asked.complete)
        return _write(work, actor, doctype, asked, folder, fields, body)


def _check_chain(doctype: DocType, policy: Policy, fields: Mapping[str, str]) -> None:
    important = is_important(doctype, fields.get("important", ""))
    if chain_of(policy, doctype, important=important, scope=fields.get("scope", "")).steps:
        raise PrsError("W343", type=doctype.id, title=doctype.title_zh)


def _write(
    work: Work, actor: Actor, doctype: DocType, asked: Request, folder: str, fields: Mapping[str, str], body: str
) -> NewDocument:
    """Reserve, then write: a crash between the two leaves a gap in the numbers, never a number twice."""
    created = today(work.session, work.policy)
    head = {
        "title": asked.title, "project": asked.project, "author": actor.person.id, "created": created.isoformat(),
    }  # fmt: skip

    def text_of(number: Number) -> bytes:
        return render_template(work.policy, doctype, number, head, fields, body).encode()

    first = Number(doctype.stage, created.year, created.month, 1)
    path = document_path(work.policy, doctype, str(first), asked.title, folder)
    read_document(text_of(first), path)  # what we write, we can read
    number = _reserve(work, actor, doctype, created)
    path = document_path(work.policy, doctype, str(number), asked.title, folder)
    write_file(work.repository.root, path, text_of(number), replace=False)
    empty = tuple(name for name, field in doctype.fields.items() if field.required and name not in fields)
    return NewDocument(str(number), path, doctype.id, asked.title, empty)


def _reserve(work: Work, actor: Actor, doctype: DocType, created: datetime.date) -> Number:
    """The next number of the type's stage and the day's month."""
    period = f"{created.year:04d}{created.month:02d}"
    who = ident(actor.person, stamp(work.session, work.policy))
    share = claimer(work.repository, doctype.stage, period)
    if share is None and has_remote(work.repository.git):
        work.session.notify("E154", {})
    return reserve_number(
        work.repository.git, doctype.stage, created.year, created.month, who,
        lambda: highest_known(work, doctype.stage, period), share,
    )  # fmt: skip


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
