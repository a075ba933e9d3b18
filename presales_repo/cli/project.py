"""prs project"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from presales_repo.cli.main import make_session
from presales_repo.cli.naming import person
from presales_repo.cli.output import joined, show_json, show_table
from presales_repo.i18n import gettext as _

if TYPE_CHECKING:
    from presales_repo.ops.projectview import LineShown, ProjectShown


@click.group("project")
def command() -> None:
    """Projects: new, list, show, advance."""


@command.command("new")
@click.argument("project", metavar="ID")
@click.option("-t", "--title", required=True, help="Name of the project.")
@click.option("--customer", required=True, help="Name of the customer.")
@click.option("--manager", default="", help="Id of the presales manager; else you.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def new(ctx: click.Context, project: str, title: str, customer: str, manager: str, as_json: bool) -> None:
    """Make a project's folder and record. ID: XM, year, three digits."""
    from presales_repo.ops.projects import new_project

    made = new_project(make_session(ctx), project, title, customer, manager)
    if as_json:
        show_json({**asdict(made), "gate": {"id": "", "missing": []}})
    else:
        click.echo(made.path)
        click.echo(_("Next: prs new opportunity-registration -p {id} -t TITLE").format(id=made.id))


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """All projects: state, manager, customer, last change."""
    from presales_repo.ops.projectview import list_projects

    found = list_projects(make_session(ctx))
    if as_json:
        show_json([asdict(item) for item in found])
    else:
        heads = (_("project"), _("state"), _("manager"), _("last change"), _("customer"), _("name"))
        rows = [(p.id, _title(p.state_title), person(p.manager), p.changed[:10], p.customer, p.name) for p in found]
        show_table(heads, rows)


def _title(titles: Any) -> str:
    from presales_repo.i18n import language

    return str(titles.zh if language() == "zh" else titles.en)


@command.command("show")
@click.argument("project", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def show(ctx: click.Context, project: str, as_json: bool) -> None:
    """One project: where it stands, what was done, what the next gate lacks, who has to do what."""
    from presales_repo.cli.projecttext import print_project
    from presales_repo.ops.projectview import show_project

    shown = show_project(make_session(ctx), project)
    if as_json:
        show_json(_as_json(shown))
    else:
        print_project(shown)


def _as_json(shown: ProjectShown) -> dict[str, Any]:
    gate, missing = shown.gate
    raw = {name: value for name, value in asdict(shown).items() if name not in ("titles", "names")}
    waivers = [
        {"gate": gate_id, "reason": move.reason, "by": move.person, "at": move.time}
        for move in shown.history
        for gate_id in move.waived
    ]
    return {**raw, "gate": {"id": gate, "missing": [_line(shown, item) for item in missing]}, "waivers": waivers}


def _line(shown: ProjectShown, line: LineShown) -> dict[str, Any]:
    titles = shown.titles[f"type {line.type}"]
    return {**asdict(line), "title_zh": titles.zh, "title_en": titles.en}


@command.command("advance")
@click.argument("project", metavar="ID")
@click.option("--to", "to", required=True, metavar="STATE", help="Where to; previous: back from a suspension.")
@click.option("--waive", multiple=True, metavar="GATE", help="Do not ask this gate, or this line of it (GATE/TYPE).")
@click.option("--reason", default="", help="Why: of a waiver, a suspension, giving up.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def advance(
    ctx: click.Context, project: str, to: str, waive: tuple[str, ...], reason: str, as_json: bool
) -> None:  # fmt: skip
    """Move a project to another state, through the gates on the way."""
    from presales_repo.ops.advance import GateClosed
    from presales_repo.ops.advance import advance as move

    session = make_session(ctx)
    try:
        done = move(session, project, to, waive, reason)
    except GateClosed as closed:
        raise _explained(ctx, closed) from None
    if as_json:
        show_json(asdict(done))
        return
    from presales_repo.cli.projecttext import Words
    from presales_repo.ops.projectview import show_project

    shown = show_project(session, project)
    words = Words(shown)
    text = _("{project}: {origin} → {to}, by {person}")
    click.echo(
        text.format(
            project=project,
            origin=words.title("state", done.origin),
            to=words.title("state", done.state),
            person=words.person(done.person),
        )
    )
    if done.waived:
        click.echo(_("Waived: {gates}").format(gates=joined(map(words.gate, done.waived))))
    click.echo(_("Next: prs project show {project}").format(project=project))


def _explained(ctx: click.Context, closed: Any) -> Any:
    """The refusal, with every missing document by its title and how to begin it."""
    from presales_repo.cli.projecttext import Words, rule_lines
    from presales_repo.errors import PrsError
    from presales_repo.ops.projectview import show_project

    project, target = str(closed.args_["project"]), str(closed.args_["target"])
    shown = show_project(make_session(ctx), project)
    words = Words(shown)
    way = next(way for way in shown.ways if way.to == target)
    lines = [text for check in closed.checks for text in _gate(way, check, words)]
    lines += rule_lines(closed.broken)
    args = {
        **closed.args_,
        "current": words.title("state", shown.state),
        "to": words.title("state", target),
        "missing": "".join(f"\n  {line}" for line in lines),
    }
    return PrsError(closed.code, **args)


def _gate(way: Any, check: Any, words: Any) -> list[str]:
    """What one gate lacks; lines that are waived aside."""
    from presales_repo.cli.projecttext import need_lines

    gate = next(gate for gate in way.gates if gate.id == check.gate.id)
    asked = {line.need.type for line in check.missing}
    missing = [line for line in gate.missing if line.type in asked]
    choice = f" ({_('one of these')})" if gate.any_of else ""
    lines = [f"  {text}" for line in missing for text in need_lines(line, words)]
    return [f"{words.gate(gate.id)}{choice}", *lines] if lines else []
