"""Each type of the built-in policy, from its data alone: a new document with its marked places filled breaks no rule;
each heading, each required field and each rule, broken alone, is reported with its name and its line.

A new type is covered without a test of its own; a new rule needs an example in rules.yaml.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from presales_repo.codes import severity_of
from presales_repo.findings import Finding
from presales_repo.model.doctype import DocType
from presales_repo.model.document import read_document
from presales_repo.model.looked import Looked
from presales_repo.model.outline import outline
from presales_repo.model.policy import PEOPLE, Policy, build_policy, policy_data
from presales_repo.model.typerule import ERROR, MOMENTS
from presales_repo.ops.init import built_in_policy
from presales_repo.rules.checks import check_file
from presales_repo.rules.expressions import Decided, check_rules
from tests.types.making import OTHER, compose, value
from tests.unit.rules.samples import Shelf

EXAMPLES: dict[str, dict[str, dict[str, Any]]] = yaml.load(
    (Path(__file__).parent / "rules.yaml").read_text(encoding="utf-8"), yaml.BaseLoader
)
FOLDER = "projects/XM2023001-滨江"
NUMBERS = f"{OTHER} " + " ".join(re.findall(r"\b[A-Z]{2}2023040[1-9]\d\b", json.dumps(EXAMPLES)))


def people(policy: Policy) -> str:
    """One person a role, called like it, and one of another department."""
    lines = [
        f"  - {{id: {role}, name: {role}, department: presales, roles: [{role}], email: {role}@q.example, keys: []}}"
        for role in policy.roles
    ]
    more = "  - {id: other, name: 他, department: technology, roles: [reviewer], email: o@q.example, keys: []}"
    ye = "  - {id: ye, name: 叶, department: quality, roles: [], email: y@q.example, keys: []}"
    lin = "  - {id: lin, name: 林, department: presales, roles: [], email: l@q.example, keys: []}"
    return "\n".join(["people:", *lines, more, ye, lin, ""])


@cache
def policy() -> Policy:
    files = built_in_policy()
    roles = build_policy(policy_data({**files, PEOPLE: b"people: []\n"}))
    return build_policy(policy_data({**files, PEOPLE: people(roles).encode()}))


TYPES = list(policy().types)


def fitting(doctype: DocType) -> dict[str, Any]:
    """Values for the required fields; of those with rules, from the examples that keep to them."""
    author = author_of(doctype)
    fields = {name: value(field, author) for name, field in doctype.fields.items() if field.required}
    for rule in doctype.rules:
        example = EXAMPLES.get(doctype.id, {}).get(rule.id, {})
        if example.get("fills", rule.when == "check" and "others" not in json.dumps(list(example))):
            fields |= {**example.get("fields", {}), **example.get("keeps", {})}
    return fields


def author_of(doctype: DocType) -> str:
    role = doctype.authors[0]
    return {"team-member": "marketing-specialist", "reviewer": "other"}.get(role, role)


class Made:
    """A document of a type with some fields, and the rest of its repository."""

    def __init__(
        self,
        doctype: DocType,
        fields: Mapping[str, Any],
        others: Iterator[Looked] | tuple[Looked, ...] = (),
        body: Mapping[str, str] | None = None,
        state: str | None = None,
    ) -> None:
        self.doctype = doctype
        author = author_of(doctype)
        self.path, self.text = compose(
            policy(), doctype, f"{doctype.stage}202304001", author, fields, body or {}, FOLDER
        )
        project = "XM2023001" if doctype.scope == "project" else ""
        found = tuple(others)
        record = {f"{FOLDER}/project.md": b""} if project else {}
        self.shelf = Shelf(
            files=record,
            numbers={name: (f"{name}.md",) for name in (*NUMBERS.split(), *(item.number for item in found))},
            known=frozenset({f"{doctype.stage}202304001"}),
            released=None,
            others=found,
            state=state,
        )

    def findings(self, text: str = "") -> list[Finding]:
        """What the check says."""
        data = (text or self.text).encode()
        return check_file(self.path, data, "100644", policy(), self.shelf)

    def judged(self, previous: Mapping[str, Any]) -> list[Finding]:
        """What the rules say at every moment."""
        document = read_document(self.text.encode(), self.path)
        structure = outline(document.body, document.head.body_line)
        decided = Decided("", previous)
        return list(check_rules(document, self.doctype, structure, policy(), self.shelf, MOMENTS, decided))

    def line_of(self, pattern: str) -> int:
        """The first line that a pattern matches, from 1."""
        return next(at for at, line in enumerate(self.text.split("\n"), 1) if re.match(pattern, line))


@pytest.mark.parametrize("type_id", TYPES)
def test_a_new_document_with_its_places_filled_breaks_no_rule(type_id: str) -> None:
    doctype = policy().types[type_id]
    made = Made(doctype, fitting(doctype))
    assert made.findings() == [], made.text


@pytest.mark.parametrize("type_id", TYPES)
def test_each_heading_that_is_missing_is_named(type_id: str) -> None:
    doctype = policy().types[type_id]
    made = Made(doctype, fitting(doctype))
    for heading in doctype.headings:
        text = made.text.replace(f"## {heading.title}\n", "正文\n")
        assert [(item.code, item.args["heading"]) for item in made.findings(text) if item.code == "H101"] == [
            ("H101", heading.title)
        ]


@pytest.mark.parametrize("type_id", TYPES)
def test_each_required_field_that_is_missing_is_named(type_id: str) -> None:
    doctype = policy().types[type_id]
    made = Made(doctype, fitting(doctype))
    for name in (name for name, field in doctype.fields.items() if field.required):
        line = made.line_of(rf"{name}:")
        text = "\n".join([part for at, part in enumerate(made.text.split("\n"), 1) if at != line])
        found = [item for item in made.findings(text) if item.code == "F109"]
        assert [(item.args["field"], item.line) for item in found] == [(name, text.split("\n").index("---", 1) + 1)]


RULES = [(type_id, rule.id) for type_id in TYPES for rule in policy().types[type_id].rules]


@pytest.mark.parametrize(("type_id", "rule_id"), RULES, ids=["-".join(pair) for pair in RULES])
def test_each_rule_is_reported_when_it_is_broken_and_only_then(type_id: str, rule_id: str) -> None:
    doctype = policy().types[type_id]
    rule = next(rule for rule in doctype.rules if rule.id == rule_id)
    example = EXAMPLES[type_id][rule_id]
    for outcome in ("keeps", "breaks"):
        others = [*example.get("others", ()), *example.get(f"{outcome}_others", ())]
        fields = {**fitting(doctype), **example.get("fields", {}), **example.get(outcome, {})}
        if outcome == "breaks":
            fields = {name: item for name, item in fields.items() if name not in only_kept(example)}
        made = Made(doctype, fields, map(looked, others), example.get("body"), example.get("state"))
        found = [item for item in made.judged(example.get(f"{outcome}_previous", {})) if item.args["rule"] == rule_id]
        assert [item.code for item in found if item.code == "F132"] == []
        if outcome == "keeps":
            assert found == []
            continue
        (finding,) = found
        assert finding.code == ("F130" if rule.severity == ERROR else "F131")
        assert severity_of(finding.code) == rule.severity
        at = rf"{rule.field}:" if rule.field else rf"## {rule.heading}"
        closing = made.text.split("\n").index("---", 1) + 1
        written = not rule.field or re.search(rf"^{at}", made.text, re.MULTILINE)
        assert finding.line == (made.line_of(at) if written else closing)
        for language in ("en", "zh"):
            assert finding.args["message"][language]  # type: ignore[index]
            assert "{" not in finding.args["message"][language]  # type: ignore[index]


def only_kept(example: Mapping[str, Any]) -> set[str]:
    """Fields that only the example that keeps to the rule has."""
    return set(example.get("keeps", {})) - set(example.get("breaks", {})) - set(example.get("fields", {}))


def looked(item: list[Any]) -> Looked:
    number, type_id, fields, author, version, day = [*item, *["ye", "1.0", "2023-04-18"][len(item) - 3 :]]
    return Looked(number, type_id, author, version, fields, day)


def test_every_rule_has_an_example_and_every_example_a_rule() -> None:
    assert {(type_id, rule_id) for type_id, rules in EXAMPLES.items() for rule_id in rules} == set(RULES)
