"""Switching off one defence of the running program, to see that an attack needs exactly it.

The functions themselves are exchanged, not the names that other modules have imported; pytest's monkeypatch puts them
back. Text that is no longer in the program makes the test fail, so that a mutant never tests nothing.
"""

from __future__ import annotations
import __future__ as future

import inspect
import linecache
import textwrap
from dataclasses import dataclass
from importlib import import_module
from types import FunctionType
from typing import Any

import pytest


@dataclass(frozen=True)
class Edit:
    """A function of the program (`model.commit:parse_commit`) with a piece of its text exchanged."""

    target: str
    old: str
    new: str

    def apply(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Switch the defence off until the test ends."""
        function = find(self.target)
        source = textwrap.dedent(inspect.getsource(function))
        assert source.count(self.old) == 1, f"{self.target} has {source.count(self.old)} times {self.old!r}"
        made: dict[str, Any] = {}
        text, name = source.replace(self.old, self.new), f"<{self.old!r} as {self.new!r}>"
        exec(compile(text, name, "exec", future.annotations.compiler_flag), dict(function.__globals__), made)
        linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)  # for a second edit
        monkeypatch.setattr(function, "__code__", made[function.__name__].__code__)


@dataclass(frozen=True)
class Swap:
    """A name in a module, or a key of a mapping there, that means something else, or with None is gone."""

    target: str
    value: Any
    key: str = ""

    def apply(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Exchange it until the test ends."""
        module_name, name = self.target.split(":")
        module = import_module(f"presales_repo.{module_name}")
        if self.key and self.value is None:
            monkeypatch.delitem(getattr(module, name), self.key)
        elif self.key:
            monkeypatch.setitem(getattr(module, name), self.key, self.value)
        else:
            monkeypatch.setattr(module, name, self.value)


Mutant = Edit | Swap


def find(target: str) -> FunctionType:
    """The function that `module:name` or `module:Class.name` means."""
    module_name, name = target.split(":")
    found: Any = import_module(f"presales_repo.{module_name}")
    for part in name.split("."):
        found = getattr(found, part)
    assert isinstance(found, FunctionType)
    return found


def accept(*_args: Any, **_words: Any) -> None:
    """A check that never refuses."""
