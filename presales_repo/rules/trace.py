"""What a document rests on, covers and shares, as the `trace` of its type asks for it.

Where no ledger is at hand (git's hooks, the server) nothing is said about versions: `prs check` and `prs submit` do.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from presales_repo.findings import Finding
from presales_repo.model.doctype import DocType
from presales_repo.model.document import Document, scalars
from presales_repo.model.looked import Looked
from presales_repo.model.number import order_of, split_reference
from presales_repo.model.policy import Policy
from presales_repo.model.requirements import Need, needs_of
from presales_repo.model.tracerules import Shares
from presales_repo.model.yamlsubset import Node, Scalar
from presales_repo.rules.register import Register
from presales_repo.rules.values import references
from presales_repo.rules.words import FEW, shown

# What a text may lack while it is being written: it stops a submission, not a save.
UNFINISHED = frozenset(("L120", "L121"))
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}20[0-9]{2}(?:0[1-9]|1[0-2])[0-9]{3}(?![0-9A-Za-z])")


def check_trace(document: Document, doctype: DocType, policy: Policy, register: Register) -> Iterator[Finding]:
    """L120 another version than the one in force, L121 a requirement left out, L122 one that nobody stated, L123 what
    must not be shared, L124 a requirement defined twice."""
    yield from _check_current(document, doctype, register)
    yield from _check_covers(document, doctype, policy, register)
    yield from _check_shares(document, doctype, policy, register)
    yield from _check_ids(document, doctype)


def _finding(code: str, document: Document, field: str, node: Node | None, **args: object) -> Finding:
    line, column = (node.line, node.column) if node is not None else (document.line(field), 0)
    return Finding(code, document.path, line, column, {"field": field, **args})


def _check_current(document: Document, doctype: DocType, register: Register) -> Iterator[Finding]:
    for name in doctype.trace.current:
        node = document.node(name)
        for named in references(doctype.fields[name], node) if node is not None else ():
            target = register.look(named.number)
            current = target.version if target and named.version else None
            if current and order_of(current) > order_of(named.version):
                args = {"field": name, "number": named.number, "version": named.version, "current": current}
                yield Finding("L120", document.path, named.line, named.column, args)


def _check_covers(document: Document, doctype: DocType, policy: Policy, register: Register) -> Iterator[Finding]:
    """An empty list is not judged: F110 says that it has to be filled in."""
    rule = doctype.trace.covers
    node = document.node(rule.field) if rule else None
    report = _report(document, rule.of, register) if rule else None
    covered = list(scalars(node)) if node is not None else []
    if rule is None or report is None or not any(item.text for item in covered):
        return
    source = policy.types.get(report.type)
    needs = needs_of(source, report.fields) if source else []
    ids = {item.text for item in covered}
    for need in needs:
        if need.must and need.id not in ids:
            args = {"id": shown(need.id), "text": shown(need.text), "priority": _priority(source, need)}
            yield _finding("L121", document, rule.field, None, number=report.number, **args)
    known = {need.id for need in needs}
    for item in covered:
        if item.text not in known:
            listed = shown(", ".join([need.id for need in needs][:FEW])) or "-"
            yield _finding("L122", document, rule.field, item, id=shown(item.text), number=report.number, known=listed)


def _report(document: Document, field: str, register: Register) -> Looked | None:
    """The version of the report that a field names, while it is not published the file; None without a ledger."""
    split = split_reference(document.value(field))
    on_main = register.look(split[0]) if split else None
    if split is None or on_main is None or on_main.version is None:
        return None
    return register.look(*split) or on_main


def _priority(doctype: DocType | None, need: Need) -> object:
    """A priority in both languages."""
    rule = doctype.trace.requirements if doctype else None
    field = doctype.fields[rule.field].item.get("priority") if doctype and rule else None
    return {"zh": field.values.get(need.priority, need.priority) if field else need.priority, "en": need.priority}


def _check_shares(document: Document, doctype: DocType, policy: Policy, register: Register) -> Iterator[Finding]:
    rule = doctype.trace.shares
    node = document.node(rule.field) if rule else None
    for item in scalars(node) if rule and node is not None else ():
        for number in dict.fromkeys(_NUMBER.findall(item.text)):
            target = register.look(number)
            if rule and target and not _may_be_shared(rule, target, policy):
                yield _shared(rule, document, item, target, policy)


def _may_be_shared(rule: Shares, target: Looked, policy: Policy) -> bool:
    level = _sensitivity(target, policy)
    doctype = policy.types.get(target.type)
    for_customers = doctype is not None and doctype.customer_facing
    return level in rule.open or (for_customers and level in rule.customer_facing)


def _sensitivity(target: Looked, policy: Policy) -> str:
    """What the document says, else its type."""
    own = target.fields.get("sensitivity")
    doctype = policy.types.get(target.type)
    return own if isinstance(own, str) and own else doctype.sensitivity if doctype else ""


def _shared(rule: Shares, document: Document, item: Scalar, target: Looked, policy: Policy) -> Finding:
    level, allowed = _titles((_sensitivity(target, policy),), policy), _titles(rule.customer_facing, policy)
    args = {"number": target.number, "sensitivity": level, "allowed": allowed}
    return _finding("L123", document, rule.field, item, **args)


def _titles(levels: tuple[str, ...], policy: Policy) -> dict[str, str]:
    """Sensitivities in both languages."""
    known = [policy.sensitivities[level] for level in levels if level in policy.sensitivities]
    zh, en = "、".join(item.title_zh for item in known), ", ".join(item.title_en for item in known)
    return {"zh": zh or "-", "en": en or "-"}


def _check_ids(document: Document, doctype: DocType) -> Iterator[Finding]:
    rule = doctype.trace.requirements
    if rule is None:
        return
    count = Counter(need.id for need in needs_of(doctype, document.plain_fields()) if need.id)
    for id_, often in count.items():
        if often > 1:
            yield _finding("L124", document, rule.field, None, id=shown(id_))
