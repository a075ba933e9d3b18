"""The filters of `prs list`, which other commands take as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from presales_repo.cli.complete import complete_project, complete_type
from presales_repo.cli.new import parse_all
from presales_repo.cli.output import joined
from presales_repo.errors import PrsError
from presales_repo.i18n import gettext as _
from presales_repo.rules.values import is_date

if TYPE_CHECKING:
    from presales_repo.ops.register import Filter

STATUSES = (
    "draft",
    "in-review",
    "changes-requested",
    "published",
    "revising",
    "void",
    "obsolete",
    "archived",
    "disposed",
    "superseded",
)


class StatusChoice(click.Choice[str]):
    """A status by its id, or by the word that tables show for it."""

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        shown = {_(status): status for status in STATUSES}
        value = shown.get(value, value)
        if value not in STATUSES:
            choices = joined(dict.fromkeys(part for pair in shown.items() for part in pair))
            self.fail(_("Choose one of: {choices}").format(choices=choices), param, ctx)
        return super().convert(value, param, ctx)


def parse_day(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    """A day as YYYY-MM-DD."""
    if value and not is_date(value):
        raise PrsError("W116", found=value)
    return value


_OPTIONS = (
    click.option("-p", "--project", default="", shell_complete=complete_project, help="Only this project."),
    click.option("--type", "type_id", default="", shell_complete=complete_type, help="Only this type."),
    click.option("--category", default="", help="Only this category."),
    click.option("--stage", default="", help="Only this stage."),
    click.option("--status", type=StatusChoice(STATUSES), default=None, help="Only this status."),
    click.option("--author", default="", help="Only this author."),
    click.option("--since", default="", callback=parse_day, help="Made on this day or later."),
    click.option("--until", default="", callback=parse_day, help="Made on this day or earlier."),
    click.option(
        "--where",
        multiple=True,
        metavar="FIELD=VALUE",
        callback=parse_all,
        help="Field has this value, actions.owner=lin too; also !=, <=, >=.",
    ),
    click.option("--effective", is_flag=True, help="Only documents in force."),
    click.option("--retention-over", is_flag=True, help="Only archived documents that need not be kept any longer."),
)


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that make a Filter."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def make_filter(given: dict[str, Any]) -> Filter:
    """A Filter of what those options gave."""
    from presales_repo.ops.register import Filter

    return Filter(
        project=given["project"],
        type=given["type_id"],
        category=given["category"],
        stage=given["stage"],
        status=given["status"] or "",
        author=given["author"],
        since=given["since"],
        until=given["until"],
        where=given["where"],
        effective=given["effective"],
        retention_over=given["retention_over"],
    )
