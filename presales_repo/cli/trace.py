"""prs trace"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.main import make_session
from presales_repo.cli.messages import finding_args, words
from presales_repo.cli.output import harmless, joined, labelled, show_json, show_table
from presales_repo.i18n import gettext as _
from presales_repo.i18n import language
from presales_repo.model.matrix import Matrix, Row
from presales_repo.model.paths import is_project_id
from presales_repo.model.trace import Reason
from presales_repo.ops.trace import DocumentTrace, Edge, ProjectTrace


@click.command("trace")
@click.argument("target", metavar="NUMBER|PROJECT", shell_complete=complete_number)
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, target: str, as_json: bool) -> int:
    """What rests on what. For a document: what it rests on and what rests on it, with versions. For a project: its
    requirements and what covers them; exit 1 when one of high priority is not covered, or a document is behind."""
    from presales_repo.ops.trace import trace_document, trace_project

    session = make_session(ctx)
    if is_project_id(target):
        project = trace_project(session, target)
        show_json(_project_json(project)) if as_json else _print_project(project)
        return 1 if project.missing or project.stale else 0
    document = trace_document(session, target)
    show_json(_document_json(document)) if as_json else _print_document(document)
    return 1 if document.reasons else 0


def reason_words(number: str, reason: Reason) -> tuple[str, str]:
    """Code and message of a reason."""
    from presales_repo.rules.stale import stale_finding

    finding = stale_finding(number, reason)
    return finding.code, words(finding.code, finding_args(finding))[0]


def _reason_json(number: str, reason: Reason) -> dict[str, Any]:
    code, message = reason_words(number, reason)
    return {"code": code, "soft": reason.is_soft, "message": message, **asdict(reason)}


def _document_json(found: DocumentTrace) -> dict[str, Any]:
    plain = {name: value for name, value in asdict(found).items() if name != "reasons"}
    reasons = [_reason_json(found.number, reason) for reason in found.reasons]
    return {**plain, "stale": reasons}


def _print_document(found: DocumentTrace) -> None:
    click.echo(f"{found.number}  {harmless(found.title)}")
    click.echo(labelled(_("status"), f"{_(found.status)} {found.version}".strip()))
    _print_reasons([(found.number, found.reasons)])
    for title, edges in ((_("It rests on:"), found.rests_on), (_("It is named by:"), found.named_by)):
        if edges:
            click.echo("")
            click.echo(title)
            heads = (_("number"), _("field"), _("names"), _("in force"), _("status"), "", _("title"))
            show_table(heads, list(dict.fromkeys(map(_edge_cells, edges))))
    if not found.rests_on and not found.named_by:
        click.echo(_("It names no document, and none names it."), err=True)


def _edge_cells(edge: Edge) -> tuple[str, ...]:
    marks = [_("outdated")] * edge.is_outdated + [_("to be revised")] * edge.is_stale
    status = _(edge.status) if edge.status else _("not there")
    field = edge.field_zh if language() == "zh" else edge.field
    return edge.number, field, edge.named or "-", edge.current or "-", status, joined(marks), edge.title


def _print_reasons(found: Iterable[tuple[str, Iterable[Reason]]]) -> None:
    for number, reasons in found:
        for reason in reasons:
            code, message = reason_words(number, reason)
            click.echo(f"{code}  {message}")


def _project_json(found: ProjectTrace) -> dict[str, Any]:
    matrices = [
        {**asdict(matrix), "rows": [{**asdict(row), "missing": row.is_missing} for row in matrix.rows]}
        for matrix in found.matrices
    ]
    behind = [
        {"number": number, "title": found.titles[number], "reasons": [_reason_json(number, item) for item in reasons]}
        for number, reasons in found.stale.items()
    ]
    return {"id": found.id, "name": found.name, "missing": found.missing, "requirements": matrices, "stale": behind}


def _print_project(found: ProjectTrace) -> None:
    click.echo(f"{found.id}  {harmless(found.name)}")
    for matrix in found.matrices:
        _print_matrix(matrix)
    if not found.matrices:
        click.echo(_("No published document of this project says what the customer needs."), err=True)
    if found.missing:
        click.echo(_("{count} requirements have to be covered and are not.").format(count=found.missing))
    if found.stale:
        click.echo("")
        click.echo(_("To be revised:"))
        for number, reasons in found.stale.items():
            click.echo(f"{number}  {harmless(found.titles[number])}")
            for reason in reasons:
                code, message = reason_words(number, reason)
                click.echo(f"  {code}  {message}")


def _print_matrix(matrix: Matrix) -> None:
    click.echo("")
    click.echo(f"{matrix.number}@{matrix.version}  {harmless(matrix.title)}")
    if matrix.confirmed:
        text = _("The customer confirmed version {version} ({number}).")
        click.echo(text.format(version=matrix.confirmed, number=matrix.confirmed_by))
        if matrix.confirmed != matrix.version:
            click.echo(_("Version {version} is not confirmed yet.").format(version=matrix.version))
    else:
        click.echo(_("The customer has not confirmed it."))
    heads = (_("requirement"), _("its priority"), _("covered by"), _("in the bid"), _("text"))
    show_table(heads, [_row_cells(row) for row in matrix.rows])


def _row_cells(row: Row) -> tuple[str, ...]:
    covered = joined([*row.covered, *(_("{number} (draft)").format(number=number) for number in row.planned)])
    if row.is_missing:
        covered = f"{_('NOT COVERED')} {covered}".rstrip()
    return row.id, _(row.priority), covered or "-", joined(row.carried) or "-", row.text
