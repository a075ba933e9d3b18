"""prs person"""

from __future__ import annotations

from dataclasses import asdict

import click

from presales_repo.cli.main import key_words, make_session
from presales_repo.cli.output import joined, labelled, show_json, show_table
from presales_repo.i18n import gettext as _
from presales_repo.ops.people import PersonRow


@click.group("person")
def command() -> None:
    """People and keys; changes take effect by prs policy propose and endorse."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """Everybody, and whether the policy in force knows them so."""
    from presales_repo.ops.people import list_people

    found = list_people(make_session(ctx))
    if as_json:
        show_json([asdict(item) for item in found])
        return
    show_table((_("id"), _("name"), _("department"), _("roles"), "", _("keys")), [_row(person) for person in found])


def _row(person: PersonRow) -> tuple[str, ...]:
    note = "" if person.in_force else _("not in force yet")
    roles = joined(person.roles)
    return (person.id, person.name, person.department, roles, note, " ".join(person.fingerprints))


@command.command("show")
@click.argument("person_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def show(ctx: click.Context, person_id: str, as_json: bool) -> None:
    """A person with their roles, keys and the trainings on record."""
    from presales_repo.ops.qualifications import show_person

    shown = show_person(make_session(ctx), person_id)
    if as_json:
        show_json({**asdict(shown.row), "trainings": [asdict(item) for item in shown.trainings]})
        return
    click.echo(f"{shown.row.id}  {shown.row.name}")
    click.echo(labelled(_("department"), shown.row.department))
    click.echo(labelled(_("roles"), joined(shown.row.roles)))
    click.echo(labelled(_("keys"), joined(shown.row.fingerprints)))
    rows = [
        (item.number, item.held, _("passed") if item.passed else _("not passed"), item.project, item.title)
        for item in shown.trainings
    ]
    if rows:
        show_table((_("training"), _("time"), _("result"), _("project"), _("title")), rows)


@command.command("add")
@click.argument("person_id", metavar="ID")
@click.option("--name", required=True, help="Name.")
@click.option("--department", required=True, help="Department's id.")
@click.option("--role", "roles", multiple=True, help="Role; may be given several times.")
@click.option("--email", required=True, help="E-mail address.")
@click.option("--key", "key", required=True, help="Public key: a file, or key::ssh-ed25519 AAAA...")
@click.pass_context
def add(
    ctx: click.Context, person_id: str, name: str, department: str, roles: tuple[str, ...], email: str, key: str
) -> None:
    """Add a person to policy/people.yaml."""
    from presales_repo.ops.people import add_person

    _edited(add_person(make_session(ctx), person_id, name, department, roles, email, key_words(ctx, key)))


@command.command("rotate-key")
@click.argument("person_id", metavar="ID")
@click.option("--key", "key", required=True, help="The new public key.")
@click.pass_context
def rotate(ctx: click.Context, person_id: str, key: str) -> None:
    """Give a person a new key; the old one stays good for what it signed."""
    from presales_repo.ops.people import rotate_key

    _edited(rotate_key(make_session(ctx), person_id, key_words(ctx, key)))


@command.command("revoke-key")
@click.argument("person_id", metavar="ID")
@click.option(
    "--from",
    "sequence",
    required=True,
    type=int,
    help="First entry that may be the thief's.",
)
@click.pass_context
def revoke(ctx: click.Context, person_id: str, sequence: int) -> None:
    """Void a person's keys (lost or stolen), and all that they signed from an entry on."""
    from presales_repo.ops.people import revoke_key

    _edited(revoke_key(make_session(ctx), person_id, sequence))


def _edited(path: str) -> None:
    click.echo(_("Changed {path}.").format(path=path))
    click.echo(_("It takes effect by: prs policy propose -m TEXT"))
