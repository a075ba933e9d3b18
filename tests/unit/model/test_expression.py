"""Expressions: three values, limits, and nothing that a rule says may bring a check down."""

from __future__ import annotations

import pytest

from presales_repo.model.expression import (
    DEEPEST,
    LONGEST,
    MOST_CALLS,
    MOST_MACROS,
    ExpressionError,
    check_expression,
    evaluate,
    missing,
)

DOC = {"a": 1, "b": 2, "names": ["x", "y"], "items": [{"n": 1}, {}]}


def absent() -> None:
    raise missing()


def broken() -> None:
    raise ValueError("no such thing")


FUNCTIONS = {"absent": absent, "broken": broken, "double_": lambda value: value * 2}


@pytest.mark.parametrize(
    ("text", "value"),
    {
        "doc.a < doc.b": True,
        "doc.a > doc.b": False,
        "has(doc.c)": False,
        "doc.c == 1": None,
        "doc.c == 1 || doc.a == 1": True,
        "doc.c == 1 && doc.a == 2": False,
        "doc.items.all(item, item.n == 2)": False,
        "doc.items.all(item, item.n == 1)": None,
        "absent() == 1": None,
        "absent() == 1 || doc.a == 1": True,
        "double_(doc.a) == 2": True,
        "'中' in ['中文']": False,
    }.items(),
)
def test_what_is_not_there_decides_nothing_unless_the_rest_does(text: str, value: bool | None) -> None:
    assert evaluate(text, {"doc": DOC}, FUNCTIONS) == (value, "")


@pytest.mark.parametrize(
    ("text", "said"),
    {
        "broken() == 1": "no such thing",
        "doc.a < 'x'": "No such overload",
        "1 / 0 == 1": "division by zero",
        "9223372036854775807 + doc.a == 1": "overflow",
        "nothing == 1": "Undefined",
        "doc.a +": "mismatched input",
    }.items(),
)
def test_a_rule_that_fails_says_why(text: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    outcome = evaluate(text, {"doc": DOC}, FUNCTIONS)
    assert outcome.value is None
    assert said in outcome.problem
    assert "\n" not in outcome.problem
    assert capfd.readouterr() == ("", "")


def test_calls_are_counted() -> None:
    many = {"xs": list(range(1000))}
    outcome = evaluate("xs.all(x, xs.all(y, double_(x) >= 0))", many, FUNCTIONS)
    assert str(MOST_CALLS) in outcome.problem


@pytest.mark.parametrize(
    "text",
    [
        "doc.a +",
        "",
        "1" + " " * LONGEST,
        "doc.a.all(x, doc.a.all(y, doc.a.all(z, true)))",
        " && ".join(["xs.all(x, true)"] * (MOST_MACROS + 1)),
        "(" * 300 + "1" + ")" * 300,
    ],
)
def test_what_is_no_expression_or_costs_too_much_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        check_expression(text)


def test_the_names_of_an_expression() -> None:
    names = check_expression(
        'doc.items.all(i, i.n == size(ref(doc.b).names)) && section("doc.zz") != "" || has(doc.q.r)'
    )
    assert names.variables == {"doc"}
    assert names.functions == {"ref", "section", "size"}
    own = [member.name for member in names.members if member.owner == "doc"]
    assert own == ["items", "b", "q"]
    assert [member.name for member in names.members if member.owner != "doc"] == ["n", "names", "r"]


def test_comprehensions_next_to_one_another_are_not_deep() -> None:
    assert DEEPEST == 2
    check_expression("xs.all(x, ys.exists(y, y == x)) && ys.all(y, xs.exists(x, x == y))")


@pytest.mark.parametrize(
    "text",
    [
        'r"\\" == "a" || [1].all(x, [1].all(y, [1].all(z, true)))',
        '"""" """ == "a" || true',
        'true // " \n && [1].all(x, true)',
        "[1].existsOne(x, [1].existsOne(y, [1].existsOne(z, true)))",
    ],
)
def test_nothing_hides_from_the_limits(text: str) -> None:
    with pytest.raises(ExpressionError):
        check_expression(text)


def test_in_before_a_text_is_no_raw_text() -> None:
    assert check_expression("'a' in 'abc' || doc.x / 2 == 1").variables == {"doc"}
