"""prs types"""

from __future__ import annotations

from typing import Any

import click

from presales_repo.cli.main import make_session
from presales_repo.cli.output import joined, labelled, show_json, show_table
from presales_repo.cli.vocabulary import KINDS
from presales_repo.i18n import gettext as _
from presales_repo.i18n import language
from presales_repo.model.doctype import DocType, Field
from presales_repo.model.typerule import TypeRule


@click.command("types")
@click.argument("type_id", required=False, metavar="[TYPE]")
@click.option("--category", default="", help="Only types of this category.")
@click.option("--stage", default="", help="Only types of this stage (XS, QD, FJ, ...).")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.pass_context
def command(ctx: click.Context, type_id: str | None, category: str, stage: str, as_json: bool) -> None:
    """List the document types; with TYPE, its fields and headings."""
    from presales_repo.ops.types import list_types

    found = list_types(make_session(ctx), category=category, stage=stage)
    if type_id:
        from presales_repo.ops.types import pick_type

        _show_one(pick_type(found, type_id), as_json)
    elif as_json:
        show_json([_row(item) for item in found])
    else:
        heads = (_("type"), _("title"), _("stage"), _("category"), _("chain"), _("important"))
        rows = [(t.id, _title(t), t.stage, t.category, _(t.chain), "*" if t.important else "") for t in found]
        show_table(heads, rows)


def _title(item: DocType) -> str:
    return item.title_zh if language() == "zh" else f"{item.title_zh} {item.title_en}"


def _row(item: DocType) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title_zh,
        "title_en": item.title_en,
        "category": item.category,
        "stage": item.stage,
        "scope": item.scope,
        "chain": item.chain,
        "authors": list(item.authors),
        "important": item.important,
        "sensitivity": item.sensitivity,
        "retention": item.retention,
    }


def _rule_row(rule: TypeRule) -> dict[str, str]:
    return {"id": rule.id, "when": rule.when, "severity": rule.severity, "message": _told(rule)}


def _told(rule: TypeRule) -> str:
    """What a rule says when it is broken, in the language in use; … for what it would show."""
    return rule.message.get(language(), "").replace("{found}", "…")


def _field_row(field: Field) -> tuple[str, ...]:
    choices = joined(f"{key}={label}" for key, label in field.values.items())
    parts = joined(f"{part.name}={part.title_zh}" for part in field.item.values())
    return (
        field.name,
        _(KINDS.get(field.kind, field.kind)),
        _("required") if field.required else "",
        field.title_zh,
        choices or parts,
    )


def _show_one(item: DocType, as_json: bool) -> None:
    if as_json:
        fields = {
            name: {"type": f.kind, "required": f.required, "title": f.title_zh, "values": dict(f.values)}
            for name, f in item.fields.items()
        }
        titles = [heading.title for heading in item.headings]
        rules = [_rule_row(rule) for rule in item.rules]
        show_json({**_row(item), "fields": fields, "headings": titles, "rules": rules})
        return
    click.echo(f"{item.id}  {_title(item)}  ({item.source})")
    click.echo(f"{labelled(_('authors'), joined(map(_, item.authors)))}    {labelled(_('chain'), _(item.chain))}")
    if item.fields:
        rows = [_field_row(field) for field in item.fields.values()]
        show_table((_("field"), _("kind"), "", _("title"), _("choices")), rows)
    click.echo(labelled(_("headings"), joined(heading.title for heading in item.headings)))
    if item.rules:
        told = [(rule.id, rule.when, _(rule.severity), _told(rule)) for rule in item.rules]
        show_table((_("rule"), _("asked at"), "", _("said when it is broken")), told)
