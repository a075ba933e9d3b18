"""A project in words: for somebody who knows nothing of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from presales_repo.cli.messages import finding_args
from presales_repo.cli.messages import words as code_words
from presales_repo.cli.output import joined, labelled, show_line, show_table
from presales_repo.codes.rule import N_
from presales_repo.findings import Finding
from presales_repo.i18n import gettext as _
from presales_repo.i18n import language
from presales_repo.ops.projectview import ExcludedShown, GateShown, LineShown, MoveShown, ProjectShown, Titles, Waiting

_WHY = {
    "value": N_("{name} is {found}, not {wanted}"),
    "version": N_("it is about {found}; in force is {wanted}"),
    "open": N_("still open: {found}"),
    "not-covered": N_("not there, or not passed: {found}"),
    "too-early": N_("from before the last change of state"),
    "stale": N_("has to be revised first, because of {found}"),
    "record": N_("project.md lacks {name}"),
}
_OUTCOMES = {"success": N_("success"), "failure": N_("failure"), "none": N_("dropped, cancelled")}


class Words:
    """Titles and names in the reader's language. `titles`: by kind and id."""

    def __init__(self, shown: ProjectShown) -> None:
        self._titles = shown.titles
        self._names = shown.names

    def title(self, kind: str, id_: str) -> str:
        """The title of a state, gate, type, role, department, field or value."""
        found: Titles | None = self._titles.get(f"{kind} {id_}")
        if found is None:
            return id_.rsplit(".", 1)[-1]
        return in_language(found)

    def gate(self, id_: str) -> str:
        """A gate's id and title; a line of one (GATE/TYPE) too."""
        gate, _slash, type_id = id_.partition("/")
        words = f"{gate} {self.title('gate', gate)}"
        return f"{words} / {self.title('type', type_id)}" if type_id else words

    def person(self, id_: str) -> str:
        """A person's name and id."""
        return f"{self._names[id_]} ({id_})" if id_ in self._names else id_ or "?"

    def people(self, ids: Iterable[str]) -> str:
        """Several people."""
        return joined(map(self.person, ids))


def in_language(titles: Titles) -> str:
    """A title in the reader's language."""
    return titles.zh if language() == "zh" else titles.en


def print_project(shown: ProjectShown) -> None:
    """Where a project stands, what was done, what is missing and who has to do what."""
    words = Words(shown)
    _print_head(shown, words)
    _section(_("So far"), _history(shown, words))
    _section(_("Team"), _team(shown, words))
    _section(_("Next"), _next(shown, words))
    _section(_("Who has to do what now"), _tasks(shown, words))
    if shown.documents:
        click.echo(f"\n{_('Documents')}")
        rows = [
            (d.number, words.title("type", d.type), _(d.status), d.version or "-", words.person(d.author), d.title)
            for d in shown.documents
        ]
        show_table((_("number"), _("type"), _("status"), _("version"), _("author"), _("title")), rows)


def _print_head(shown: ProjectShown, words: Words) -> None:
    click.echo(f"{shown.id}  {shown.name}")
    click.echo(labelled(_("customer"), shown.customer))
    click.echo(labelled(_("manager"), words.person(shown.manager)))
    since = shown.history[-1].time[:10] if shown.history else shown.opened_on
    text = _("{state}, since {day}").format(state=words.title("state", shown.state), day=since)
    click.echo(labelled(_("state"), text))
    if shown.priority:
        click.echo(labelled(_("priority"), words.title("priority", shown.priority)))
    if shown.outcome:
        outcome = _("{outcome}, {day}").format(outcome=_(_OUTCOMES[shown.outcome]), day=shown.outcome_on)
        click.echo(labelled(_("outcome"), joined(filter(None, (outcome, shown.outcome_reason)))))
    if shown.deadline:
        due = _("{time} (after {number})").format(time=shown.deadline.replace("T", " "), number=shown.deadline_in)
        click.echo(labelled(_("deadline of the bid"), due))


def _section(title: str, lines: Iterable[str]) -> None:
    found = list(lines)
    if found:
        click.echo(f"\n{title}")
        for line in found:
            show_line(f"  {line}")


def _history(shown: ProjectShown, words: Words) -> Iterator[str]:
    yield _("{day}  opened").format(day=shown.opened_on)
    for move in shown.history:
        yield from _move(move, words)


def _move(move: MoveShown, words: Words) -> Iterator[str]:
    origin, to = words.title("state", move.origin), words.title("state", move.to)
    passed = [gate for gate in move.gates if gate not in move.waived]
    line = f"{move.time[:10]}  {origin} → {to}  {words.person(move.person)}"
    if move.void:
        line += "  " + _("void: signed with a stolen key, or after such a move")
    yield line
    if passed:
        yield "    " + labelled(_("gates passed"), joined(map(words.gate, passed)))
    if move.waived:
        yield "    " + labelled(_("gates waived"), joined(map(words.gate, move.waived)))
    if move.reason:
        yield "    " + labelled(_("reason"), move.reason)


def _team(shown: ProjectShown, words: Words) -> Iterator[str]:
    if not shown.team:
        yield _("None is appointed yet: every colleague may edit.")
    for member in shown.team:
        yield f"{words.person(member.person)}  {words.title('role', member.role)}"


def _next(shown: ProjectShown, words: Words) -> Iterator[str]:
    for number, way in enumerate(shown.ways):
        to, ready = words.title("state", way.to), all(gate.open for gate in way.gates)
        reason = any(gate.reason for gate in way.gates)
        mark = _("not yet") if not ready else _("with a reason") if reason else _("ready")
        command = f"prs project advance {shown.id} --to {way.to}"
        if number and not _is_main(way.gates, shown):
            yield labelled(f"{_('or')} → {to} ({mark})", joined(words.gate(gate.id) for gate in way.gates))
            continue
        yield f"→ {to} ({mark})  {command}"
        for gate in way.gates:
            yield from ("  " + line for line in gate_lines(gate, words))


def _is_main(gates: Iterable[GateShown], shown: ProjectShown) -> bool:
    """Whether a further way is worth its details: gates that the main way has not, with something there."""
    known = {gate.id for gate in shown.ways[0].gates}
    return any(gate.id not in known and gate.lines and any(line.have for line in gate.lines) for gate in gates)


def gate_lines(gate: GateShown, words: Words) -> Iterator[str]:
    """What a gate asks for, line by line."""
    choice = f" ({_('one of these')})" if gate.any_of else ""
    yield f"{words.gate(gate.id)}{choice}"
    for line in gate.lines:
        yield from ("  " + text for text in need_lines(line, words))
    yield from ("  " + text for text in rule_lines(gate.broken))


def rule_lines(broken: Iterable[Finding]) -> Iterator[str]:
    """Rules of types that keep a gate closed."""
    for finding in broken:
        message, hint = code_words(finding.code, finding_args(finding))
        yield f"[ ] {finding.path.rsplit('/', 1)[-1]}: {message}"
        if hint:
            yield f"    {hint}"


def need_lines(line: LineShown, words: Words) -> Iterator[str]:
    """One document type that a gate asks for: what there is, what does not count and why, how to begin."""
    count = f"  {line.have}/{line.needed}" if line.needed > 1 else ""
    numbers = f"  {joined(line.numbers)}" if line.numbers else ""
    yield f"[{'x' if line.met else ' '}] {words.title('type', line.type)}{count}{numbers}"
    if not line.met:
        yield from ("    " + text for text in _open_lines(line, words))


def _open_lines(line: LineShown, words: Words) -> Iterator[str]:
    """Why a line is not met."""
    if line.about:
        yield _("about {about}, which is in review: they count once it is published").format(about=line.about)
    if line.lacking and line.have:
        yield labelled(_("lacking"), joined(words.title("department", item) for item in line.lacking))
    for excluded in line.excluded:
        yield _excluded(line.type, excluded, words)
    for item in line.in_work:
        yield from waiting_lines(item, words)
    if not line.in_work:
        yield line.command


def _excluded(type_id: str, item: ExcludedShown, words: Words) -> str:
    """A published document that does not count, and why."""
    text = _("{number}@{version} by {person} does not count: {reason}")
    reason = _reason(type_id, item, words)
    return text.format(number=item.number, version=item.version, person=words.person(item.author), reason=reason)


def _task(type_id: str, item: ExcludedShown, words: Words) -> str:
    """The same as something that its author has to see to."""
    return labelled(words.person(item.author), f"{item.number}@{item.version}  {_reason(type_id, item, words)}")


def _reason(type_id: str, item: ExcludedShown, words: Words) -> str:
    field = f"{type_id}.{item.field}"
    found, wanted = item.found, item.wanted
    if item.why == "value":
        found = words.title("value", f"{field}.{found}")
        wanted = joined(words.title("value", f"{field}.{value}") for value in wanted.split(", "))
    return _(_WHY[item.why]).format(name=words.title("field", field), found=found, wanted=wanted or _("nothing"))


def waiting_lines(item: Waiting, words: Words) -> Iterator[str]:
    """A document that is not in force yet, and who has to act."""
    name = f"{item.number} {item.title}"
    if item.status != "in-review":
        text = _("{people}: finish and submit {name} ({status})")
        yield text.format(people=words.people(item.people), name=name, status=_(item.status))
        return
    text = _("{people}: decide the step {step} of {name}, version {version}, in review")
    yield text.format(
        people=words.people(item.people), step=in_language(item.step_title), name=name, version=item.version
    )
    for department, people in item.departments:
        text = _("{people}: give the opinion of {department} on {number}")
        title = words.title("department", department)
        yield text.format(people=words.people(people), department=title, number=item.number)


def _tasks(shown: ProjectShown, words: Words) -> Iterator[str]:
    """What is open, whatever gate it is for."""
    for item in shown.waiting:
        yield from waiting_lines(item, words)
    for gate in shown.ways[0].gates if shown.ways else ():
        for line in gate.missing:
            yield from (_task(line.type, excluded, words) for excluded in line.excluded)
            for value in line.lacking if line.have else ():
                text = _("{department}: write a document of the type {type}")
                title = words.title("department", value)
                yield text.format(department=title, type=words.title("type", line.type))
