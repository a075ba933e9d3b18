"""prs report"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

import click

from presales_repo.cli.complete import complete_project
from presales_repo.cli.main import make_session
from presales_repo.cli.output import joined, labelled, show_json, show_table
from presales_repo.codes.rule import N_
from presales_repo.i18n import gettext as _
from presales_repo.i18n import language

_KINDS = ("response", "communication", "progress", "project", "kpi")
_HEADS = {
    "response": (N_("number"), N_("project"), N_("asked"), N_("answered"), N_("hours"), N_("state"), N_("title")),
    "communication": (N_("project"), N_("type"), N_("field"), N_("value"), N_("count")),
    "progress": (N_("project"), N_("plan"), N_("due"), N_("done"), N_("state"), N_("days late"), N_("milestone")),
    "project": (
        N_("project"), N_("state"), N_("budget"), N_("cost"), N_("as of"), N_("over"), N_("solution quality"),
        N_("waived gates"), N_("name"),
    ),
    "kpi": (N_("indicator"), N_("score"), N_("weight"), N_("title"), N_("figures")),
}  # fmt: skip
# What the reports say by value, beside the words of vocabulary.py.
WORDS = (
    N_("in time"), N_("LATE"), N_("waiting"), N_("done"), N_("open"), N_("COST-OVER"), N_("won"), N_("lost"),
    N_("dropped"), N_("rate"), N_("answers"), N_("solutions"),
)  # fmt: skip


@click.command("report")
@click.argument("kind", type=click.Choice(_KINDS))
@click.option("-p", "--project", default="", shell_complete=complete_project, help="Only this project.")
@click.option("--period", default="", metavar="P", help="Year, quarter, month or day: 2023, 2023Q2, 2023-05.")
@click.option("--json", "as_json", is_flag=True, help="JSON.")
@click.option("--csv", "csv_file", default="", metavar="FILE", help="As CSV for Excel; - for stdout.")
@click.pass_context
def command(ctx: click.Context, kind: str, project: str, period: str, as_json: bool, csv_file: str) -> None:
    """Figures from published documents: response (answers in time), communication (how often), progress (milestones),
    project (cost, quality, waivers), kpi (success rate, satisfaction, quality of solutions)."""
    from presales_repo.cli.csvfile import write_csv
    from presales_repo.ops.report import Asked, report

    found = report(make_session(ctx), kind, Asked(project, period))
    heads = [_(head) for head in _HEADS[kind]]
    rows = [_ROWS[kind](item, found.rules) for item in _items(found.result)]
    if as_json:
        days = {"period": found.period, "first": found.first, "last": found.last}
        show_json({"kind": kind, **days, **_json(found)})
    elif csv_file:
        write_csv(csv_file, heads, rows)
    elif rows:
        show_table(heads, rows)
        _print_sum(kind, found.result)
    else:
        click.echo(_("There is nothing to report."), err=True)


def _items(result: Any) -> Sequence[Any]:
    return result if isinstance(result, list) else result.items


def rounded(value: Fraction | None, digits: int = 1) -> str:
    """A number for people, half rounded up; n/a for none."""
    if value is None:
        return _("n/a")
    scale = 10**digits
    whole = math.floor(value * scale + Fraction(1, 2))
    sign, whole = ("-", -whole) if whole < 0 else ("", whole)
    return f"{sign}{whole // scale}.{whole % scale:0{digits}d}"


def _money(value: Fraction | None) -> str:
    return "-" if value is None else rounded(value, 2)


def _minutes(time: str) -> str:
    return time[:16].replace("T", " ") or "-"


def _answer_cells(item: Any, _rules: Any) -> tuple[str, ...]:
    return (
        item.number, item.project, _minutes(item.asked), _minutes(item.answered), rounded(item.hours), _(item.state),
        item.title,
    )  # fmt: skip


def _count_cells(item: Any, _rules: Any) -> tuple[str, ...]:
    shown = (item.type, item.field, item.value)
    if language() == "zh":
        shown = (item.type_zh, item.field_zh, item.value_zh)
    return item.project or "-", shown[0], shown[1] or "-", shown[2] or "-", str(item.count)


def _milestone_cells(item: Any, _rules: Any) -> tuple[str, ...]:
    late = str(item.days_late) if item.days_late else "-"
    return item.project or "-", item.plan, item.due, item.done or "-", _(item.state), late, item.name


def _project_cells(item: Any, _rules: Any) -> tuple[str, ...]:
    stands = item.title_zh if language() == "zh" else item.title_en
    amounts = (_money(item.budget), _money(item.cost), item.as_of or "-", _(item.state) or "-")
    return (item.project, stands, *amounts, rounded(item.quality), joined(item.waived) or "-", item.name)


def _indicator_cells(item: Any, rules: Any) -> tuple[str, ...]:
    zh, en = rules.titles.get(item.id, (item.id, item.id))
    figures = joined(labelled(_(name), _figure(name, value)) for name, value in item.figures.items())
    weight = rules.weights.get(item.id)
    return (
        item.id, rounded(item.value), "-" if weight is None else f"{float(weight):g} %",
        zh if language() == "zh" else en, figures,
    )  # fmt: skip


def _figure(name: str, value: Fraction | None) -> str:
    if name == "rate":
        return _("n/a") if value is None else f"{rounded(value)} %"
    return str(value)


_ROWS: dict[str, Callable[[Any, Any], tuple[str, ...]]] = {
    "response": _answer_cells,
    "communication": _count_cells,
    "progress": _milestone_cells,
    "project": _project_cells,
    "kpi": _indicator_cells,
}


def _print_sum(kind: str, result: Any) -> None:
    if kind == "response":
        text = _("Answered in time: {rate} % ({count} of {total})")
        total = result.in_time + result.late
        click.echo(text.format(rate=rounded(result.rate), count=result.in_time, total=total))


def _json(found: Any) -> dict[str, Any]:
    plain = [_plain(asdict(item)) for item in _items(found.result)]
    if found.kind == "response":
        result = found.result
        return {"rate": _number(result.rate), "in_time": result.in_time, "late": result.late, "items": plain}
    if found.kind == "kpi":
        weights = {id_: _number(weight) for id_, weight in found.rules.weights.items()}
        return {"indicators": [{**item, "weight": weights.get(item["id"])} for item in plain]}
    return {"items": plain}


def _plain(value: Any) -> Any:
    """Values for JSON: numbers rounded as people see them, None for n/a."""
    if isinstance(value, Fraction):
        return _number(value)
    if isinstance(value, dict):
        return {key: _amount(inner) if key in ("budget", "cost") else _plain(inner) for key, inner in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(rounded(value))


def _amount(value: Fraction | None) -> str | None:
    return None if value is None else rounded(value, 2)
