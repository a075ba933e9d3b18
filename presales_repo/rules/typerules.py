"""Whether the rules that a policy gives its types make sense: asked when it is proposed, and by `prs check`.

Not asked of a ledger's earlier policies: what was once installed stays readable, whatever the engine.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from presales_repo.model.doctype import DocType, Field
from presales_repo.model.expression import BUILT_IN, ExpressionError, Names, check_expression
from presales_repo.model.policy import Policy
from presales_repo.model.typerule import CHECK, ERROR, EXPORT, GATE, MOMENTS, WARNING, TypeRule
from presales_repo.rules.lookups import FUNCTIONS, LOOKUPS
from presales_repo.rules.words import nearest

_ID = re.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*")
_LONGEST_ID = 40
_TYPE_NAMED = re.compile(r"""\bdocuments\(\s*["']([^"']*)["']""")
_VARIABLES = frozenset(("doc", "previous", "note"))
_DECIDING = frozenset(("previous", "note"))  # known when somebody submits, not when a text is checked
_CALLS = BUILT_IN | frozenset(FUNCTIONS) | LOOKUPS
# What a looked-up document or person has beside the fields of its type.
_LOOKED = frozenset("authors version published published_on customer_facing id name department roles active".split())


class Wrong(NamedTuple):
    """What is wrong with a rule. `code`: A407 its form, A408 its expression."""

    code: str
    type: str
    rule: str
    problem: str


def wrong_rules(policy: Policy) -> Iterator[Wrong]:
    """Everything that is wrong with the rules of a policy's types."""
    anywhere = _LOOKED | set(policy.common_fields)
    for doctype in policy.types.values():
        anywhere |= set(_names(doctype.fields))
    for doctype in policy.types.values():
        seen: set[str] = set()
        for rule in doctype.rules:
            for problem in _form(rule, doctype, policy, seen):
                yield Wrong("A407", doctype.id, rule.id, problem)
            for text in filter(None, (rule.expression, rule.show)):
                for problem in _expression(text, rule, doctype, policy, anywhere):
                    yield Wrong("A408", doctype.id, rule.id, problem)
            seen.add(rule.id)


def _names(fields: Collection[str] | dict[str, Field]) -> Iterator[str]:
    """The names of fields, with those inside lists of mappings."""
    for name in fields:
        yield name
        if isinstance(fields, dict):
            yield from _names(dict(fields[name].item))


def _form(rule: TypeRule, doctype: DocType, policy: Policy, seen: Collection[str]) -> Iterator[str]:
    if not _ID.fullmatch(rule.id) or len(rule.id) > _LONGEST_ID:
        yield "an id has lower-case letters and digits, words joined by hyphens"
    if rule.id in seen:
        yield "defined twice"
    if rule.when not in MOMENTS:
        yield f"when {rule.when}"
    if (rule.when == GATE) != bool(rule.gate) or (rule.gate and rule.gate not in policy.project.get("gates", {})):
        yield f"gate {rule.gate or '-'}"
    if rule.severity not in (ERROR, WARNING):
        yield f"severity {rule.severity}"
    yield from _place(rule, doctype, policy)
    yield from _texts(rule)


def _place(rule: TypeRule, doctype: DocType, policy: Policy) -> Iterator[str]:
    if bool(rule.field) == bool(rule.heading):
        yield "one of field and heading says where a finding points to"
    if rule.field and rule.field not in {**policy.common_fields, **doctype.fields}:
        yield f"field {rule.field}"
    if rule.heading and rule.heading not in {heading.title for heading in doctype.headings}:
        yield f"heading {rule.heading}"


def _texts(rule: TypeRule) -> Iterator[str]:
    for language in ("en", "zh"):
        if not rule.message.get(language, "").strip():
            yield f"message {language}"
        if rule.hint and not rule.hint.get(language, "").strip():
            yield f"hint {language}"
    if any("{found}" in text for text in (*rule.message.values(), *rule.hint.values())) != bool(rule.show):
        yield "{found} in the message and `show` go together"


def _expression(
    text: str, rule: TypeRule, doctype: DocType, policy: Policy, anywhere: Collection[str]
) -> Iterator[str]:
    try:
        names = check_expression(text)
    except ExpressionError as error:
        yield str(error)
        return
    known = _VARIABLES - (_DECIDING if rule.when in (CHECK, GATE, EXPORT) else frozenset())
    yield from (_unknown(name, known) for name in sorted(names.variables - known))
    yield from (_unknown(name, _CALLS) for name in sorted(names.functions - _CALLS))
    yield from _members(names, {*policy.common_fields, *doctype.fields, "authors"}, anywhere)
    yield from (_unknown(name, policy.types) for name in _TYPE_NAMED.findall(text) if name not in policy.types)


def _members(names: Names, own: Collection[str], anywhere: Collection[str]) -> Iterator[str]:
    for owner, name in names.members:
        known = own if owner in ("doc", "previous") else anywhere
        if name not in known:
            yield _unknown(name, known)


def _unknown(name: str, known: Collection[str]) -> str:
    near = nearest(name, sorted(known))
    return f"{name}? {near}" if near else name
