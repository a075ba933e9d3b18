"""How a recorded decision is shown."""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.naming import department, people, signed_by
from presales_repo.cli.output import joined, labelled, show_json
from presales_repo.i18n import gettext as _
from presales_repo.ops.decide import Decision


def show_decision(decision: Decision, as_json: bool) -> None:
    """What was recorded, and who comes next."""
    if as_json:
        show_json(asdict(decision))
        return
    click.echo(
        _("{action} {number} v{version} by {person}: {status}").format(
            action=_(decision.action),
            number=decision.number,
            version=decision.version,
            person=signed_by(decision.person, decision.on_behalf_of),
            status=_(decision.status),
        )
    )
    if decision.minutes:
        click.echo(labelled(_("minutes"), decision.minutes))
    if decision.department:
        click.echo(labelled(department(decision.department), _(decision.opinion)))
    if decision.missing:
        click.echo(labelled(_("not countersigned yet"), joined(map(department, decision.missing))))
    if decision.waiting:
        text = _("Next step {step} waits for: {people}")
        click.echo(text.format(step=_(decision.next_step), people=people(decision.waiting)))
    elif decision.status == "published":
        click.echo(_("Next: prs export {number}").format(number=decision.number))
