"""The text of a new document: front matter with each field explained, then the headings of its type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from presales_repo.errors import PrsError
from presales_repo.model.doctype import DocType, Field, RequiredHeading
from presales_repo.model.fold import fold_heading
from presales_repo.model.frontmatter import quote
from presales_repo.model.number import Number
from presales_repo.model.policy import Policy
from presales_repo.model.yamlsubset import Items, Node, Scalar, Table, parse_node
from presales_repo.rules.content import PLACEHOLDER

NOTHING = "无。"  # what stands below a heading of a record that is published in one go and says nothing of it


def render_template(
    policy: Policy, doctype: DocType, number: Number, head: Mapping[str, str], fields: Mapping[str, str], body: str
) -> str:
    """A new document's text. `head`: title, project (or ""), author, created; `fields`: YAML text of fields that have
    a value already; `body`: Markdown below the title."""
    lines = ["---", f"number: {number}", f"title: {quote(head['title'])}", f"type: {doctype.id}"]
    lines += [f"{name}: {quote(head[name])}" for name in ("project", "author", "created") if head[name]]
    common = policy.common_fields.keys() - doctype.fields.keys()
    lines += [f"{name}: {value}" for name, value in fields.items() if name in common]
    for name, field in doctype.fields.items():
        lines.append(f"{name}: {fields.get(name, '')}".rstrip() + _explain(field))
    title = [] if body.startswith("# ") else [f"# {head['title']}", ""]
    return "\n".join([*lines, "---", "", *title, body.rstrip("\n"), ""])


_FORMS = {
    "date": "YYYY-MM-DD",
    "datetime": "YYYY-MM-DDTHH:MM",
    "period": "YYYY-MM, YYYYQn, YYYY",
    "money": "0.00",
    "bool": "true, false",
    "doc-ref": "QD202305001",
    "doc-refs": "[QD202305001]",
    "doc-ref-version": "QD202305001@1.0",
    "persons": "[id, id]",
    "strings": "[…, …]",
}


def _explain(field: Field) -> str:
    """The comment beside a field: what it means, what may stand there."""
    choices = ", ".join(f"{key}={label}" for key, label in field.values.items())
    keys = ", ".join(field.item) if field.item else ", ".join(field.keys)
    form = choices or (f"- {{{keys}}}" if field.item else keys) or _FORMS.get(field.kind, "")
    mark = "必填" if field.required else "选填"
    return f"  # {field.title_zh}({mark})" + (f": {form}" if form else "")


def render_body(
    policy: Policy,
    doctype: DocType,
    fields: Mapping[str, str],
    sections: Iterable[tuple[str, str]],
    quoted: Mapping[str, str],
    *,
    complete: bool,
) -> str:
    """The headings of a type. `sections`: (heading, text) as typed; `quoted`: Markdown by heading that stands above
    its hint; `complete`: no hints, as the document is published as it stands: what fields say is repeated.

    Raises PrsError W342 when the type has no such heading.
    """
    wanted = {fold_heading(heading.title): heading.title for heading in doctype.headings}
    written: dict[str, str] = {}
    for title, text in sections:
        known = wanted.get(fold_heading(title))
        if known is None:
            raise PrsError("W342", heading=title, type=doctype.id, known=", ".join(wanted.values()))
        written[known] = "\n\n".join(part for part in (written.get(known), text) if part)
    lines = []
    for heading in doctype.headings:
        text = written.get(heading.title) or _unwritten(policy, doctype, heading, fields, quoted, complete)
        lines += [f"## {heading.title}", "", text, ""]
    return "\n".join(lines)


def _unwritten(
    policy: Policy,
    doctype: DocType,
    heading: RequiredHeading,
    fields: Mapping[str, str],
    quoted: Mapping[str, str],
    complete: bool,
) -> str:
    above = quoted.get(heading.title, "")
    if complete:
        said = "\n".join(_said(policy, doctype, heading, fields))
        return "\n\n".join(part for part in (above, said) if part) or NOTHING
    return "\n\n".join(part for part in (above, PLACEHOLDER.format(hint=heading.hint or heading.title)) if part)


def _said(policy: Policy, doctype: DocType, heading: RequiredHeading, fields: Mapping[str, str]) -> Iterator[str]:
    """What the fields that belong below a heading say, a line each."""
    for name in heading.fill:
        field, node = doctype.fields.get(name), parse_node(fields.get(name, ""))
        if field is None or node is None:
            continue
        if field.item and isinstance(node, Items):
            for number, item in enumerate(node.items, 1):
                yield f"{number}. {_words(policy, field, item)}"
        else:
            yield f"- {field.title_zh}：{_words(policy, field, node)}"


def _words(policy: Policy, field: Field, node: Node) -> str:
    """A value as people read it: labels of choices, names of people."""
    if isinstance(node, Items):
        return "、".join(_words(policy, field, item) for item in node.items)
    if isinstance(node, Table):
        parts = ((field.item.get(key), value) for key, value in node.values.items())
        return "；".join(f"{inner.title_zh}：{_words(policy, inner, value)}" for inner, value in parts if inner)
    return _word(policy, field, node)


def _word(policy: Policy, field: Field, node: Scalar) -> str:
    person = policy.people.get(node.text) if field.kind in ("person", "persons") else None
    return person.name if person else field.values.get(node.text, node.text)
