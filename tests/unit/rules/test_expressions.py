"""Rules of a type as data: what an expression sees, what is reported, what makes a rule unusable."""

from __future__ import annotations

from typing import Any

import pytest

from presales_repo.findings import Finding
from presales_repo.model.doctype import DocTypes
from presales_repo.model.document import read_document
from presales_repo.model.expression import evaluate
from presales_repo.model.looked import Looked
from presales_repo.model.outline import outline
from presales_repo.model.typerule import build_rule
from presales_repo.rules.expressions import Decided, check_rules
from presales_repo.rules.lookups import FUNCTIONS
from presales_repo.rules.typed import typed_fields
from presales_repo.rules.typerules import wrong_rules
from tests.unit.rules.samples import EMPTY, POLICY, POST, Shelf, post

WORDS = {"en": "wrong", "zh": "错误"}
POSTS = POLICY.types["team-post"]
QUOTATION = Looked(
    "TB202304001", "quotation-plan", "song", "1.0", {"total": "100.10", "floor": "99.9", "contributors": ["lin"]}
)


def rule(text: str, **more: Any) -> dict[str, Any]:
    return {"id": "a-rule", "field": "kind", "assert": text, "message": WORDS, **more}


def judge(text: str, document: str = post(), shelf: Shelf = EMPTY, moment: str = "check", **more: Any) -> list[Finding]:
    doctype = POSTS._replace(rules=(build_rule(rule(text, **more)),))
    read = read_document(document.encode(), POST)
    structure = outline(read.body, read.head.body_line)
    decided = Decided("补充附件", {"kind": "issue"})
    return list(check_rules(read, doctype, structure, POLICY, shelf, (moment,), decided))


def holds(text: str, **more: Any) -> bool:
    found = judge(text, **more)
    assert [finding for finding in found if finding.code == "F132"] == []
    return not found


def test_a_rule_that_holds_says_nothing_and_one_that_does_not_points_to_its_field() -> None:
    assert judge('doc.kind == "progress"') == []
    (found,) = judge('doc.kind == "issue"', hint={"en": "mend", "zh": "改"})
    assert (found.code, found.path, found.line) == ("F130", POST, 7)
    assert found.args == {"rule": "a-rule", "message": WORDS, "hint": {"en": "mend", "zh": "改"}}


def test_a_warning_and_a_heading_and_what_is_shown() -> None:
    (found,) = judge(
        "false", severity="warning", field="", heading="內容", show="[doc.kind, doc.author]",
        message={"en": "see {found}", "zh": "见 {found}"},
    )  # fmt: skip
    assert (found.code, found.line) == ("F131", 10)
    assert found.args["message"] == {"en": "see progress, lin", "zh": "见 工作进展、lin"}


@pytest.mark.parametrize(
    ("word", "label"),
    {
        "progress": "工作进展", "industry-expert": "行业专家", "technology": "技术部门", "survey-plan": "需求调研计划",
        "won": "成交", "end-user": "最终用户", "nonsense": "nonsense", "QD202304001": "QD202304001",
    }.items(),
)  # fmt: skip
def test_words_of_the_catalogue_are_shown_by_their_titles(word: str, label: str) -> None:
    (found,) = judge("false", show=f'"{word}"', message={"en": "{found}", "zh": "{found}"})
    assert found.args["message"] == {"en": word, "zh": label}


def test_rules_are_asked_at_their_moment() -> None:
    assert judge("false", when="submit") == []
    assert len(judge("false", when="submit", moment="submit")) == 1
    assert judge('note == "补充附件" && previous.kind == "issue"', when="submit", moment="submit") == []


@pytest.mark.parametrize(
    "text", ["doc.kind", "doc.kind < 1", 'documents("no-such-type") == []', 'days_between("x", "y") == 1', "doc.kind +"]
)
def test_a_rule_that_cannot_be_asked_is_a_finding(text: str) -> None:
    (found,) = judge(text)
    assert (found.code, found.args["rule"], found.args["type"]) == ("F132", "a-rule", "team-post")
    assert found.args["problem"]


def test_what_is_not_there_is_not_judged() -> None:
    assert holds('ref("XS202304009").total == 1')
    assert holds('person("nobody").department == "presales"')
    assert holds("doc.project == 'XM'")
    assert holds('ref("nonsense").total == 1')


def test_lookups() -> None:
    shelf = Shelf(others=(QUOTATION,))
    for text in (
        'ref("TB202304001").total == 10010',
        'ref("TB202304001@1.0").floor == 9990',
        'ref("TB202304001").published && ref("TB202304001").version == "1.0"',
        '"lin" in ref("TB202304001").authors && "song" in ref("TB202304001").authors',
        'length(documents("quotation-plan")) == 1',
        'documents("team-post") == []',
        '"solution-architect" in person(doc.author).roles && person(doc.author).department == "presales"',
        'section("内容") == "文字。" && section("別的") == "" && has_heading("一、內容") && !has_heading("x")',
        'mentions(section("內容"), "文字") && !mentions(section("内容"), "没有")',
        'workdays_between("2023-05-19", "2023-05-22") == 1 && workdays_between("2023-04-28", "2023-05-04") == 1',
        'workdays_between("2023-05-19", "9999-12-31") > 2000 && workdays_between("2023-05-19", "2023-05-18") == 0',
        "doc.mentions == [] && length(doc.authors) == 1",
    ):
        assert holds(text, shelf=shelf), text


def test_a_section_has_the_sections_inside_it() -> None:
    document = post("\n## 内容\n\n文字。\n\n### 细节\n\n更多。\n\n## 别的\n\n不算。\n")
    assert holds('mentions(section("内容"), "更多") && !mentions(section("内容"), "不算")', document=document)


def test_without_a_ledger_nothing_is_known_of_publication() -> None:
    shelf = Shelf(others=(QUOTATION._replace(version=None),))
    assert holds('ref("TB202304001").published == false', shelf=shelf)


@pytest.mark.parametrize(
    "text",
    [
        "sum([1, 2, 3]) == 6 && sum([]) == 0",
        "unique([1, 2]) && !unique(['a', 'a']) && repeated(['a', 'b', 'a']) == ['a']",
        "product(1.5, 333) == 500",
        "product(3, 333) == 999",
        "product(0.1, 5) == 1",
        'yuan(123456789) == "1,234,567.89"',
        'day("2023-05-18T14:30:00") == "2023-05-18"',
        'days_between("2023-05-18", "2023-05-20T01:00:00") == 2',
        'last_day("2023") == "2023-12-31" && last_day("2023Q2") == "2023-06-30" && last_day("2024-02") == "2024-02-29"',
        'number("QD202305001@1.0") == "QD202305001"',
        'length("中文") == 2 && length([1]) == 1',
    ],
)
def test_functions(text: str) -> None:
    assert evaluate(text, {}, FUNCTIONS) == (True, "")


def test_typed_values() -> None:
    raw = {
        "total": "860000.5", "floor": "x", "margin_pct": "12.5", "created": "2023-02-30", "important": "true",
        "distribution": "presales", "secrecy_until": "", "unknown": "1",
    }  # fmt: skip
    typed = typed_fields(raw, POLICY.types["quotation-plan"], POLICY)
    assert {name: typed[name] for name in ("total", "margin_pct", "important", "distribution")} == {
        "total": 86000050, "margin_pct": 12.5, "important": True, "distribution": ["presales"],
    }  # fmt: skip
    assert not {"floor", "created", "secrecy_until", "unknown"} & set(typed)


@pytest.mark.parametrize(
    ("written", "seen"),
    {
        "2023-06-01T09:30": "2023-06-01T09:30:00",
        "2023-06-01T09:30:15": "2023-06-01T09:30:15",
        "2023-06-01T01:30Z": "2023-06-01T09:30:00",
        "2023-06-01T10:30+09:00": "2023-06-01T09:30:00",
        "2023-06-01T10:30+99:00": None,
        "9999-12-31T23:30-12:00": None,
    }.items(),
)
def test_times_are_those_of_the_company(written: str, seen: str | None) -> None:
    typed = typed_fields({"bid_deadline": written}, POLICY.types["tender-document-register"], POLICY)
    assert typed.get("bid_deadline") == seen


# ------------------------------------------------------------------------------------- is a rule fit to be asked


def problems(**raw: Any) -> list[tuple[str, str]]:
    built = tuple(build_rule(item) for item in ([raw] if "id" in raw else raw["rules"]))
    types = {
        "team-post": POSTS._replace(rules=built),
        "quotation-plan": POLICY.types["quotation-plan"]._replace(rules=()),
    }
    return [(wrong.code, wrong.problem) for wrong in wrong_rules(POLICY._replace(types=types))]


def test_the_built_in_rules_are_fit() -> None:
    assert isinstance(POLICY.types, DocTypes)
    assert list(wrong_rules(POLICY)) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"id": "A_Rule"}, "an id has"),
        ({"when": "never"}, "when never"),
        ({"when": "gate"}, "gate -"),
        ({"when": "gate", "gate": "G99"}, "gate G99"),
        ({"gate": "G1"}, "gate G1"),
        ({"severity": "fatal"}, "severity fatal"),
        ({"field": ""}, "one of field and heading"),
        ({"field": "kinds"}, "field kinds"),
        ({"field": "", "heading": "别的"}, "heading 别的"),
        ({"message": {"en": "wrong"}}, "message zh"),
        ({"hint": {"zh": "改"}}, "hint en"),
        ({"show": "doc.kind"}, "{found}"),
        ({"message": {"en": "{found}", "zh": "错"}}, "{found}"),
    ],
)
def test_a_rule_of_the_wrong_form(change: dict[str, Any], problem: str) -> None:
    (found,) = problems(**{**rule("true"), **change})
    assert found[0] == "A407"
    assert problem in found[1]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("doc.kinds == 'x'", "kinds? kind"),
        ("docs.kind == 'x'", "docs? doc"),
        ("has(doc.kinds)", "kinds"),
        ("lenght(doc.kind) == 1", "lenght? length"),
        ("size(doc.kind) == 1", "size"),
        ("ref(doc.number).totals == 1", "totals? total"),
        ('documents("quotation-plans") == []', "quotation-plans? quotation-plan"),
        ("note == 'x'", "note"),
        ("doc.kind ==", "mismatched"),
        ("doc.kind.matches('a')", "matches"),
    ],
)
def test_an_expression_that_cannot_be_used(text: str, problem: str) -> None:
    (found,) = problems(**rule(text))
    assert found[0] == "A408"
    assert problem in found[1]


def test_two_rules_of_one_name() -> None:
    assert problems(rules=[rule("true"), rule("true")]) == [("A407", "defined twice")]
