"""People, departments and types as a Chinese reader calls them; English and JSON keep the ids."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from presales_repo.cli.main import make_session
from presales_repo.cli.output import joined, signer
from presales_repo.errors import PrsError
from presales_repo.i18n import language

if TYPE_CHECKING:
    from presales_repo.ops.names import Names


def person(id_: str) -> str:
    """A person's name; the id of somebody unknown, or who shares the name with another."""
    return _names().people.get(id_, id_)


def people(ids: Iterable[str]) -> str:
    """Several people."""
    return joined(map(person, ids))


def signed_by(id_: str, principal: str) -> str:
    """Who signed, and for whom."""
    return signer(person(id_), person(principal))


def department(id_: str) -> str:
    """A department's title."""
    found = _names().departments.get(id_)
    return found.title_zh if found else id_


def type_title(id_: str) -> str:
    """A type's title and id."""
    found = _names().types.get(id_)
    return f"{found.title_zh} ({id_})" if found else id_


def field_title(type_id: str, name: str) -> str:
    """A field's name and title."""
    found = _names().types.get(type_id)
    return f"{name} ({found.fields[name].title_zh})" if found and name in found.fields else name


def _names() -> Names:
    """The names, read once a command. A ledger that cannot be read is the command's to report: then there are none."""
    from presales_repo.ops.names import Names, read_names

    ctx = click.get_current_context()
    kept: dict[str, Names] = ctx.meta
    if "names" not in kept:
        try:
            kept["names"] = read_names(make_session(ctx)) if language() == "zh" else Names()
        except PrsError:
            kept["names"] = Names()
    return kept["names"]
