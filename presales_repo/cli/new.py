"""prs new"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click

from presales_repo.cli.complete import complete_project, complete_type
from presales_repo.cli.decision import show_decision
from presales_repo.cli.main import input_path, make_session
from presales_repo.cli.messages import print_findings
from presales_repo.cli.naming import field_title
from presales_repo.cli.output import joined, show_json
from presales_repo.errors import PrsError
from presales_repo.i18n import gettext as _
from presales_repo.model.text import MAX_BYTES, decode_text
from presales_repo.ops.new import NewDocument, Request
from presales_repo.ops.record import Recorded


def parse_pairs(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    """FIELD=VALUE words as a mapping."""
    return dict(parse_all(_ctx, _param, values))


def parse_all(_ctx: click.Context, _param: click.Parameter, values: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """FIELD=VALUE words, in their order."""
    pairs = []
    for value in values:
        name, equals, text = value.partition("=")
        if not equals or not name:
            raise click.BadParameter(_("write FIELD=VALUE"))
        pairs.append((name.strip(), text.strip()))
    return tuple(pairs)


@click.command("new")
@click.argument("type_id", metavar="TYPE", shell_complete=complete_type)
@click.option("-p", "--project", default="", shell_complete=complete_project, help="The project's id.")
@click.option("-t", "--title", required=True, help="Title.")
@click.option("--set", "values", multiple=True, metavar="FIELD=VALUE", callback=parse_all, help="Fill a field.")
@click.option(
    "--section", "sections", multiple=True, metavar="HEADING=TEXT", callback=parse_all, help="Write below a heading."
)
@click.option("--body", metavar="FILE", default="", help="Take all the text from a file; - reads standard input.")
@click.option("--save", is_flag=True, help="Save it as well.")
@click.option("--register", is_flag=True, help="Save it and publish it: only where no approval is needed.")
@click.option("-m", "--message", default="", help="With --save or --register: what it is; else the title.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(
    ctx: click.Context,
    type_id: str,
    project: str,
    title: str,
    values: tuple[tuple[str, str], ...],
    sections: tuple[tuple[str, str], ...],
    body: str,
    save: bool,
    register: bool,
    message: str,
    as_json: bool,
) -> int:
    """Allocate a number and write a new document of TYPE from its template."""
    from presales_repo.ops.new import new_document
    from presales_repo.ops.record import record

    if body and sections:
        raise click.UsageError(_("--body holds all the text: leave out --section"))
    text = _read_body(ctx, body) if body else None
    asked = Request(type_id, title, project, values, sections, text, complete=register)
    session = make_session(ctx)
    if save or register:
        return _show_recorded(record(session, asked, message or title, publish=register), as_json)
    made = new_document(session, asked)
    if as_json:
        show_json(_keys(made))
    else:
        _show_made(made)
        click.echo(_("Next: edit the file, then: prs save {number} -m TEXT").format(number=made.number), err=True)
    return 0


def _read_body(ctx: click.Context, name: str) -> str:
    """The text of a file, or of standard input."""
    if name == "-":
        data = sys.stdin.buffer.read(MAX_BYTES + 1)
    else:
        path = Path(input_path(ctx, name))
        if not path.is_file():
            raise PrsError("E122", path=name)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    return decode_text(data, name).replace("\r\n", "\n")


def _keys(made: NewDocument) -> dict[str, str]:
    return {"number": made.number, "path": made.path, "type": made.type, "title": made.title}


def _show_made(made: NewDocument) -> None:
    click.echo(f"{made.number}  {made.path}")
    if made.empty:
        click.echo(
            _("Still to be filled in: {fields}").format(
                fields=joined(field_title(made.type, name) for name in made.empty)
            ),
            err=True,
        )


def _show_recorded(done: Recorded, as_json: bool) -> int:
    """What was made, and how far it came; 1 when a rule stopped it."""
    if as_json:
        decision = asdict(done.decision) if done.decision else {}
        show_json({**decision, **_keys(done.made), "saved": done.commit})
    else:
        _show_made(done.made)
        if done.commit:
            click.echo(_("Saved as {commit}.").format(commit=done.commit[:10]))
        if done.decision:
            show_decision(done.decision, False)
    print_findings(done.findings, sys.stderr)
    if done.findings:
        number = done.made.number
        click.echo(_("Edit the file, then: prs save {number} -m TEXT").format(number=number), err=True)
    return int(bool(done.findings))
