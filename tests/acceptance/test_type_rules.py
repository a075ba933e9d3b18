"""Rules of a type at each of their moments, through the commands that ask them."""

from __future__ import annotations

from pathlib import Path

import pytest

from presales_repo.ops.facts import read_facts
from presales_repo.ops.session import open_work
from presales_repo.ops.typerules import gate_findings
from tests.cases.library import session_at
from tests.company import PROJECT, Desk

RULE = "      - {{id: {id}, when: {when}, field: guests, assert: {text}, message: {{en: No {id}., zh: 不合{id}。}}}}\n"
TYPE = """
  - id: {id}
    title_zh: {title}
    category: other
    stage: GT
    chain: {chain}
    authors: [team-member]
    sensitivity: public
    retention: working
    customer_facing: true
    fields: {{guests: {{type: int, required: true, title_zh: 人数}}}}
    headings: [情况]
    rules:
"""


def add_types(desk: Desk, *texts: str) -> None:
    """More types at the end of policy/types/GT.yaml."""
    path = Path(desk.root, "policy/types/GT.yaml")
    path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n" + "".join(texts), encoding="utf-8")


def visit(chain: str, *rules: tuple[str, str, str], id: str = "visit", title: str = "参观记录") -> str:
    lines = (RULE.format(id=name, when=when, text=text) for name, when, text in rules)
    return TYPE.format(id=id, title=title, chain=chain) + "".join(lines)


@pytest.mark.parametrize(
    ("rule", "code"),
    {
        ("few", "check", "doc.guest <= 40"): "A408",
        ("few", "check", "sum(doc.guests"): "A408",
        ("few", "sometimes", "doc.guests <= 40"): "A407",
        ("few", "check", "note != ''"): "A408",
    }.items(),
)
def test_a_rule_that_cannot_be_asked_is_refused_and_named(founded: Desk, rule: tuple[str, str, str], code: str) -> None:
    add_types(founded, visit("none", rule))
    founded.refuse(code, "cheng", "policy", "propose", "-m", "参观记录")
    (found,) = founded.prs("", "check", "policy/types/GT.yaml", "--json").json
    text = Path(founded.root, "policy/types/GT.yaml").read_text(encoding="utf-8").split("\n")
    assert (found["code"], found["path"]) == (code, "policy/types/GT.yaml")
    assert "id: few" in text[found["line"] - 1]


def test_rules_at_each_moment(founded: Desk) -> None:
    add_types(
        founded,
        visit(
            "none",
            ("note", "submit", """'note != ""'"""),
            ("more", "gate, gate: G1", "doc.guests > 9"),
            ("fame", "export", "doc.guests > 99"),
        ),
        visit("light", ("plan", "publish", "doc.guests > 9"), id="visit-plan", title="参观计划"),
    )
    founded.ok("cheng", "policy", "propose", "-m", "参观记录")
    number = founded.new("lin", "visit", "春季参观", "-p", PROJECT, "--set", "guests=5")
    plan = founded.new("lin", "visit-plan", "春季计划", "-p", PROJECT, "--set", "guests=5")
    founded.ok("lin", "save", "-m", "参观")

    refused = founded.prs("lin", "register", number)
    assert (refused.code, refused.codes) == (2, ["W109", "F130"])
    founded.ok("lin", "register", number, "-m", "首次登记")

    with open_work(session_at(founded)) as work:
        facts = read_facts(work)
        found = gate_findings(work, facts, PROJECT, "G1")
        assert [(item.code, item.args["rule"], item.line) for item in found] == [("F130", "more", 8)]
        assert gate_findings(work, facts, PROJECT, "G2") == []

    founded.refuse("F130", "lin", "export", number, "--profile", "external")

    founded.ok("lin", "submit", plan, "-m", "首次")
    refused = founded.prs("shen", "approve", plan)
    assert (refused.code, refused.codes) == (2, ["W109", "F130"])
    assert founded.ok("", "show", plan, "--json").json["status"] == "in-review"
