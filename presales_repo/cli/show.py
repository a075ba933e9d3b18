"""prs show"""

from __future__ import annotations

import sys
from dataclasses import asdict

import click

from presales_repo.cli.complete import complete_number
from presales_repo.cli.main import make_session
from presales_repo.cli.naming import people, person, signed_by, type_title
from presales_repo.cli.output import in_language, joined, labelled, show_json, show_table
from presales_repo.cli.urgency import status_words, warn_if_overdue
from presales_repo.i18n import gettext as _
from presales_repo.ops.register import Shown, StepShown

_HEAD = {"author": person, "type": type_title}


def show_countersigns(shown: Shown) -> None:
    """The opinions of departments, and the minutes that a signature rests on."""
    if shown.countersigns:
        rows = [
            (c.title, _(c.state), person(c.by) or people(c.holders), c.time, c.commit[:10], c.comment)
            for c in shown.countersigns
        ]
        show_table((_("department"), _("opinion"), _("by"), _("time"), _("entry"), _("comment")), rows)
    minutes = [step.minutes for step in shown.steps if step.minutes]
    if minutes:
        click.echo(labelled(_("minutes"), joined(minutes)))


@click.command("show")
@click.argument("number", metavar="NUMBER[@VERSION]", shell_complete=complete_number)
@click.option("--as-published", is_flag=True, help="NUMBER@VERSION without what prs track changed since.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, number: str, as_published: bool, as_json: bool) -> None:
    """One document: front matter, status, steps, links. NUMBER@VERSION prints that version byte for byte."""
    from presales_repo.model.paths import is_project_id
    from presales_repo.ops.register import show_document, version_bytes

    if is_project_id(number):
        from presales_repo.cli.project import show

        ctx.invoke(show, project=number, as_json=as_json)
        return
    session = make_session(ctx)
    if "@" in number:
        sys.stdout.buffer.write(version_bytes(session, number, as_published=as_published))
        return
    shown = show_document(session, number)
    warn_if_overdue(shown.listed.number, shown.listed.emergency)
    if as_json:
        listed = asdict(shown.listed)
        steps = [asdict(step) for step in shown.steps]
        heard = [asdict(item) for item in shown.countersigns]
        links = {"to": list(shown.links), "from": list(shown.linked_from)}
        extra = {"front_matter": shown.front_matter, "steps": steps, "countersigns": heard, "links": links}
        waiting = {"waiting_for": shown.holders, "deputies": [{"person": p, "for": q} for p, q in shown.deputies]}
        show_json({**listed, **extra, **waiting, "versions": shown.versions})
        return
    _print(shown)


def _print(shown: Shown) -> None:
    click.echo(f"{shown.listed.number}  {shown.listed.title}")
    for name in ("type", "project", "status", "version", "author", "updated", "path"):
        value = getattr(shown.listed, name)
        if value:
            said = status_words(shown.listed) if name == "status" else _HEAD.get(name, str)(value)
            click.echo(labelled(_(name), said))
    if shown.listed.emergency:
        text = _("{request}, version {version}, approval to be made up by {make_up_by}")
        click.echo(labelled(_("emergency release"), text.format(**asdict(shown.listed.emergency))))
    if shown.versions:
        click.echo(labelled(_("versions"), joined(shown.versions)))
    if shown.steps:
        rows = [
            (*_step_words(step), signed_by(step.by, step.on_behalf_of), step.time, step.commit[:10], step.comment)
            for step in shown.steps
        ]
        show_table((_("step"), _("state"), _("by"), _("time"), _("entry"), _("comment")), rows)
    show_countersigns(shown)
    if shown.holders:
        waiting = [person(holder) for holder in shown.holders]
        waiting += [signed_by(*pair) for pair in shown.deputies]
        click.echo(labelled(_("waits for"), joined(waiting)))
    for label, numbers in ((_("refers to"), shown.links), (_("referred to by"), shown.linked_from)):
        if numbers:
            click.echo(labelled(label, joined(numbers)))


def _step_words(step: StepShown) -> tuple[str, str]:
    """Title and state of a step in the reader's language; one of an older policy has no title any more."""
    return in_language(step.title, step.title_en) or _(step.step), _(step.state)
