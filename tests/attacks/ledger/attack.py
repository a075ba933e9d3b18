"""What an attack on the ledger is, and how prs judges what it left behind."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from presales_repo import i18n
from presales_repo.cli.main import _run
from tests.attacks.forge import Forger
from tests.attacks.mutate import Mutant
from tests.unit.store.library import NUMBER, Library

ACCEPTED = ""


@dataclass(frozen=True)
class Without:
    """A verifier that lacks one defence. `then`: what it says to the attack: "" (it believes it), or the code of
    another defence that stands behind the first."""

    mutants: tuple[Mutant, ...]
    then: str = ACCEPTED


@dataclass(frozen=True)
class Attack:
    """`state`: the ledger it begins with; `code`: why it is refused; `fresh`: the same for somebody who meets this
    ledger for the first time, where that differs; `make`: does it."""

    name: str
    state: str
    code: str
    make: Callable[[Forger], object]
    without: tuple[Without, ...]
    fresh: str = ""


@dataclass
class Catalogue:
    """The attacks of one module, filled by its decorator."""

    state: str
    attacks: list[Attack] = field(default_factory=list)

    def attack(
        self, code: str, *without: Without | Mutant, state: str = "", fresh: str = "", name: str = ""
    ) -> Callable[[Callable[[Forger], object]], Callable[[Forger], object]]:
        """Register an attack. A mutant alone means: without it the attack is believed."""
        rows = tuple(Without((row,)) if not isinstance(row, Without) else row for row in without)

        def register(make: Callable[[Forger], object]) -> Callable[[Forger], object]:
            title = name or make.__name__.replace("_", " ")
            self.attacks.append(Attack(title, state or self.state, code, make, rows, fresh or code))
            return make

        return register


def without(*mutants: Mutant, then: str = ACCEPTED) -> Without:
    """A verifier without these defences; `then`: the code of the next one, if there is one."""
    return Without(mutants, then)


@dataclass(frozen=True)
class Answer:
    """How a command ended."""

    code: int
    out: bytes
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def prs(folder: Path, environment: dict[str, str], *words: str) -> Answer:
    """The real command line, within this process, so that a mutant is what runs."""
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    language = dict(i18n._state)
    with (
        mock.patch.dict(os.environ, {**environment, "LANG": "C.UTF-8", "PRS_DEBUG": "1"}, clear=True),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = _run(["-C", str(folder), *words])
    i18n._state.update(language)
    out.flush()
    return Answer(code, out.buffer.getvalue(), err.getvalue())  # type: ignore[attr-defined]


def verdict(library: Library, *options: str, environment: dict[str, str] | None = None) -> str:
    """What `prs verify --json` says: "" when it accepts the ledger, else the code."""
    answer = prs(library.folder, environment or library.environment, "verify", "--json", *options)
    if answer.code == 2:  # could not be judged at all
        return refusal(answer)
    result = answer.json
    assert result["ok"] == (answer.code == 0) == (not result["problems"])
    if result["ok"]:
        assert result["tip"] == library.tip
    return result["problems"][0]["code"] if result["problems"] else ACCEPTED


def refusal(answer: Answer) -> str:
    """The code with which a command was refused."""
    assert answer.err.startswith("error["), answer.err
    return answer.err[len("error[") :].split("]")[0]


def elsewhere(library: Library, folder: Path) -> dict[str, str]:
    """The environment of somebody on another machine, who has seen nothing of this ledger."""
    return {**library.environment, "HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")}


def apply(monkeypatch: pytest.MonkeyPatch, *mutants: Mutant) -> None:
    for mutant in mutants:
        mutant.apply(monkeypatch)


def shown(evil: Forger, environment: dict[str, str] | None = None) -> bytes:
    """The published text as `prs show` prints it."""
    answer = prs(evil.folder, environment or evil.library.environment, "show", f"{NUMBER}@1.0")
    assert answer.code == 0, answer.err
    return answer.out
