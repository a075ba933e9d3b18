"""docs/types.md, followed to the letter; its tables name every function and every rule that there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from presales_repo.model.expression import BUILT_IN
from presales_repo.model.policy import PEOPLE, build_policy, policy_data
from presales_repo.model.typerule import MOMENTS
from presales_repo.ops.init import built_in_policy
from presales_repo.rules.lookups import FUNCTIONS, LOOKUPS
from tests.company import ROOT, Desk

PAGE = (ROOT / "docs" / "types.md").read_text(encoding="utf-8")
TABLE = PAGE.partition("## Where each rule of the types lives")[2]
POLICY = build_policy(policy_data({**built_in_policy(), PEOPLE: b"people: []\n"}))


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.+?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_a_company_adds_a_type_with_a_rule(founded: Desk) -> None:
    types = Path(founded.root, "policy/types/GT.yaml")
    types.write_text(types.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + block("yaml"), encoding="utf-8")
    for step in block("console").split("$ prs ")[1:]:
        words, _, expected = step.partition("\n")
        done = founded.prs("cheng", *shlex.split(words))
        assert all(line in done.out for line in expected.splitlines()), done.out + done.err
        assert done.code == (1 if expected else 0), done.err


def test_the_rule_is_said_in_the_readers_language(founded: Desk) -> None:
    test_a_company_adds_a_type_with_a_rule(founded)
    done = founded.prs("", "--lang", "zh", "check")
    assert "展厅只有 40 个座位。" in done.out


def test_every_function_and_moment_is_on_the_page() -> None:
    named = set(re.findall(r"`(\w+)(?:\(|`)", PAGE))
    assert set(FUNCTIONS) | LOOKUPS | BUILT_IN | set(MOMENTS) <= named


def test_every_rule_is_in_the_table_and_every_rule_of_the_table_is_there() -> None:
    named: set[tuple[str, str]] = set()
    for type_id, where in re.findall(r"^\| ([a-z-]+) \| .+ \| (.+) \|$", TABLE, re.MULTILINE):
        for words in re.findall(r"rules? ([a-z0-9-]+(?:, [a-z0-9-]+)*)", where):
            named |= {(type_id, rule) for rule in words.split(", ")}
    there = {(doctype.id, rule.id) for doctype in POLICY.types.values() for rule in doctype.rules}
    assert named <= there
    assert there - named <= OF_OUR_OWN


# Rules that no sentence of the regulation asks for: dates in order, and a date that lies before another.
OF_OUR_OWN = {
    ("presales-work-plan", "period-in-order"),
    ("survey-data-register", "return-after-receipt"),
    ("demo-feedback-record", "held-as-planned"),
    ("tender-document-register", "opening-after-deadline"),
    ("bid-terms-response", "no-negative-on-starred"),
    ("bid-submission-record", "received-after-submission"),
}
