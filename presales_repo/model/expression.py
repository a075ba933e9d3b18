"""Expressions of the policy's rules, in CEL (cel.dev): compiled, limited in cost, evaluated to yes, no or neither.

This is the one module that knows the library. Its package imports a command line of its own, which costs ten times
what the compiled engine does; so the engine is loaded alone, and only when a document has a rule to be asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.machinery import PathFinder
from itertools import pairwise
from typing import Any, NamedTuple

LONGEST = 1_000  # characters of one expression
DEEPEST = 2  # comprehensions inside one another, of at most 1,000 entries each
MOST_MACROS = 8
MOST_CALLS = 20_000  # of our functions, in one evaluation

_MACROS = frozenset("all exists exists_one existsOne map filter".split())
_OPERATORS = frozenset(
    "!_ -_ @in @not_strictly_false _!=_ _%_ _&&_ _*_ _+_ _-_ _/_ _<=_ _<_ _==_ _>=_ _>_ _?_:_ _[_] _||_".split()
)
# Not `size`: of a text the engine counts bytes, where CEL counts characters.
BUILT_IN = frozenset("contains startsWith endsWith has int double string".split())
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<name>[A-Za-z_]\w*)|(?P<number>[0-9][\w.]*)|(?P<sign>\S)"""
)


class Member(NamedTuple):
    """A name after a dot: `owner` is the name before the dot, "" for anything else that has a value."""

    owner: str
    name: str


class Names(NamedTuple):
    """What an expression speaks of. `variables`: without those that a comprehension binds."""

    variables: frozenset[str]
    functions: frozenset[str]
    members: tuple[Member, ...]


class ExpressionError(ValueError):
    """Why a text is no expression that may be evaluated."""


class Outcome(NamedTuple):
    """What an evaluation gave. `value` None: nothing, since something it reads is not there (`problem` "") or since
    it failed (`problem`: why)."""

    value: Any
    problem: str = ""


class _Missing(Exception):
    """Something that is looked up is not there."""


def missing() -> _Missing:
    """To be raised by a function of Context when what it looks up does not exist."""
    return _Missing()


def check_expression(text: str) -> Names:
    """What an expression speaks of. Raises ExpressionError: not CEL, too long, too many or too deep comprehensions."""
    if len(text) > LONGEST:
        raise ExpressionError(f"longer than {LONGEST} characters")
    tokens = list(_tokens(text))
    if _hides(tokens):
        raise ExpressionError("comments, raw and triple-quoted texts are not allowed")
    deepest, macros = _comprehensions(tokens)
    if deepest > DEEPEST or macros > MOST_MACROS:
        raise ExpressionError(f"more than {DEEPEST} comprehensions inside one another, or {MOST_MACROS} in all")
    try:
        program = compile_expression(text)
        functions = frozenset(program.functions()) - _OPERATORS
        variables = frozenset(program.variables())
    except ValueError as error:
        raise ExpressionError(_first_line(error)) from None
    return Names(variables - _bound(tokens), functions, tuple(_members(tokens)))


def evaluate(text: str, variables: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]) -> Outcome:
    """The value of an expression. A key that a mapping lacks, or a function that raises missing(), leaves it without
    one unless the rest decides alone, as CEL has it: `false && x` is false whatever x is."""
    guard = _Guard()
    try:
        context = _engine().Context(dict(variables), {name: guard.wrap(call) for name, call in functions.items()})
        value = compile_expression(text).execute(context)
    except KeyError:
        return Outcome(None, guard.problem)
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:  # the engine panics (a BaseException of its own) instead of raising, in places
        return Outcome(None, guard.problem or ("" if guard.missing else _first_line(error)))
    if guard.problem or (guard.missing and value is not True):
        return Outcome(None, guard.problem)
    return Outcome(value)


class _Guard:
    """Keeps what functions raise from the engine, which would print it, and counts their calls."""

    def __init__(self) -> None:
        self.missing = False
        self.problem = ""
        self._calls = 0

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, giving nothing where it raises."""

        def guarded(*args: Any) -> Any:
            self._calls += 1
            if self._calls > MOST_CALLS:
                self.problem = f"more than {MOST_CALLS} calls of functions"
                return None
            try:
                return function(*args)
            except _Missing:
                self.missing = True
            except (TypeError, ValueError, AttributeError, ArithmeticError, KeyError) as error:
                self.problem = self.problem or f"{function.__name__.strip('_')}: {_first_line(error)}"
            return None

        return guarded


@cache
def compile_expression(text: str) -> Any:
    """The program of an expression; there are as many as the policy has rules. Raises ValueError."""
    return _engine().compile(text)


@cache
def _engine() -> Any:
    """The compiled module `cel.cel`, without its package."""
    package = PathFinder.find_spec("cel")
    folders = package.submodule_search_locations if package else None
    spec = PathFinder.find_spec("cel.cel", folders)
    if spec is None or spec.loader is None:
        raise ImportError("cel.cel")
    module = spec.loader.create_module(spec)
    assert module is not None, "a compiled module is made by its loader"
    spec.loader.exec_module(module)
    return module


def _first_line(error: BaseException) -> str:
    """An error of the engine in one line, without its source listing."""
    text = str(error).strip() or type(error).__name__
    said = re.search(r"ERROR: <input>:\d+:\d+: (.+)", text)
    return (said[1] if said else text.split("\n")[0]).split(" CEL does not")[0][:200]


def _tokens(text: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(text):
        yield str(match.lastgroup), match[0]


def _hides(tokens: list[tuple[str, str]]) -> bool:
    """Whether there are texts or comments that end elsewhere for CEL than they do here."""
    return any(
        (second[0] == "text" and first[0] in ("name", "text") and first[1] != "in") or first[1] == second[1] == "/"
        for first, second in pairwise(tokens)
    )


def _comprehensions(tokens: list[tuple[str, str]]) -> tuple[int, int]:
    """How deep comprehensions stand inside one another, and how many there are."""
    open_: list[bool] = []
    deepest = count = 0
    for index, (_, word) in enumerate(tokens):
        if word == "(":
            macro = index >= 2 and tokens[index - 2][1] == "." and tokens[index - 1][1] in _MACROS
            open_.append(macro)
            count += macro
            deepest = max(deepest, sum(open_))
        elif word == ")" and open_:
            open_.pop()
    return deepest, count


def _bound(tokens: list[tuple[str, str]]) -> set[str]:
    """The variables that comprehensions bind: the first word after `all(` and its like."""
    triples = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return {third[1] for first, second, third in triples if first[1] in _MACROS and second[1] == "("}


def _members(tokens: list[tuple[str, str]]) -> Iterator[Member]:
    """Every `.name` that is no call."""
    for index, (kind, word) in enumerate(tokens[2:], 2):
        called = index + 1 < len(tokens) and tokens[index + 1][1] == "("
        if kind == "name" and tokens[index - 1][1] == "." and not called:
            owner_kind, owner = tokens[index - 2]
            alone = index < 3 or tokens[index - 3][1] != "."
            yield Member(owner if owner_kind == "name" and alone else "", word)
