"""What is measured, each figure against its target (bench/__init__.py; P9 in bench/shared.py)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from bench.measure import Command, Cost, measure
from bench.repository import Fixture, prs_command
from presales_repo.model.workflow import chain_of, holders

_FLAT = 1.3
_COLD = ("index.sqlite", "index.sqlite-wal", "index.sqlite-shm")
_VERIFIED_BY_GIT = 20  # entries given to `git verify-commit`, which takes them one after another
_PYTHON = Command([sys.executable, "-c", "pass"])
_START = Command([*prs_command(), "--version"])  # what every command of prs costs before it does anything


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `ratio`: of what was measured to what it is compared with; it holds up to `limit`."""

    id: str
    work: str
    docs: int
    figure: str
    target: str
    ratio: float
    limit: float

    @property
    def holds(self) -> bool:
        return self.ratio <= self.limit


@dataclass(frozen=True, slots=True)
class Measured:
    """The rows of one size, and the costs that are compared between sizes: multiples of what a command without work
    cost at the same time, since the machine may have more to do at one time than at another."""

    docs: int
    rows: tuple[Row, ...]
    costs: dict[str, float]


Figure = Callable[[Fixture, int, dict[str, float]], Iterator[Row]]


def measure_size(fixture: Fixture, runs: int, wanted: Callable[[str], bool]) -> Measured:
    """All wanted figures of one repository."""
    costs: dict[str, float] = {}
    rows = [row for id_, figure in _FIGURES.items() if wanted(id_) for row in figure(fixture, runs, costs)]
    return Measured(fixture.corpus.count, tuple(rows), costs)


def growth(first: Measured, last: Measured) -> Iterator[Row]:
    """What may hardly grow with the repository, from one size to another."""
    for name in first.costs.keys() & last.costs.keys():
        id_, _, work = name.partition(" ")
        ratio = last.costs[name] / first.costs[name]
        target = f"≤ {_FLAT} × at {first.docs:,} documents"
        yield Row(id_, f"{work}, growth", last.docs, f"× {ratio:.2f}", target, ratio, _FLAT)


def _hook(fixture: Fixture, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    changed = fixture.corpus.document(fixture.corpus.count // 2)
    with open(os.path.join(fixture.root, changed.path), "a", encoding="utf-8") as file:
        file.write("\n补充一句说明。\n")
    fixture.git("add", changed.path)
    environment = {**fixture.environment, "GIT_INDEX_FILE": ".git/index"}  # as git sets it for its hooks
    commands = (Command(["sh", ".git/hooks/pre-commit"]), _PYTHON, Command(["git", "diff", "--cached"]))
    hook, python, diff = measure(commands, fixture.root, environment, runs)
    fixture.git("reset", "-q", "--hard")
    costs["P1 hook beyond git diff --cached"] = (hook.cpu - diff.cpu) / python.cpu
    yield _row("P1", "pre-commit hook, one changed document", fixture, hook, "5 × python -c pass", python.cpu, 5)


def _version(fixture: Fixture, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    start, python = measure((_START, _PYTHON), fixture.root, fixture.environment, runs)
    yield _row("P2", "prs --version", fixture, start, "5 × python -c pass", python.cpu, 5)


def _check_cold(fixture: Fixture, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    def forget() -> None:
        for name in _COLD:
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(fixture.root, ".git", "prs", name))

    check = Command([*prs_command(), "check"], before=forget)
    (cost,) = measure((check,), fixture.root, fixture.environment, 1)
    rate = fixture.corpus.count / cost.wall
    figure = f"{rate:,.0f} documents/s, {cost.peak / 2**20:.0f} MB"
    yield Row("P3", "prs check, cold", fixture.corpus.count, figure, "≥ 5,000 documents/s", 5000 / rate, 1)


def _warm(fixture: Fixture, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    number = fixture.corpus.document(0).number
    for words in (["check"], ["list"], ["show", number]):
        commands = (Command([*prs_command(), *words]), _START, Command(["git", "ls-files", "-s"]))
        cost, start, listing = measure(commands, fixture.root, fixture.environment, runs)
        budget = start.cpu + 3 * listing.cpu
        target = "start-up + 3 × git ls-files -s"
        yield _row("P4", f"prs {words[0]}, nothing changed", fixture, cost, target, budget, 1)


def _new(fixture: Fixture, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    project = fixture.corpus.projects[0][0]
    words = ["--key", fixture.key("lin"), "new", "survey-plan", "-t", "滨江园区调研计划", "-p", project]
    new, start = measure((Command([*prs_command(), *words]), _START), fixture.root, fixture.environment, runs)
    fixture.git("clean", "-fdq")
    costs["P5 prs new"] = new.cpu / start.cpu
    yield _row("P5", "prs new (only its growth has a target)", fixture, new, "start-up", start.cpu, float("inf"))


def _decide(fixture: Fixture, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    drafts = fixture.drafts(runs + 1)
    policy = fixture.corpus.policy
    chains = [chain_of(policy, made.doctype, important=False, scope="") for made in drafts]
    signers = [
        holders(policy, chain.steps[0], made.person.department, (made.person.id,))[0]
        for chain, made in zip(chains, drafts, strict=True)
    ]

    def submit(run: int) -> list[str]:
        made = drafts[run]
        return [*prs_command(), "--key", fixture.key(made.person.id), "submit", made.number, "-m", "首次送审"]

    def approve(run: int) -> list[str]:
        return [*prs_command(), "--key", fixture.key(signers[run]), "approve", drafts[run].number, "-m", "同意"]

    for name, words in (("submit", submit), ("approve", approve)):
        commands = (Command(words), _START, _signature(fixture))
        cost, start, signature = measure(commands, fixture.root, fixture.environment, runs)
        costs[f"P6 prs {name}"] = cost.cpu / start.cpu
        budget = start.cpu + 6 * signature.cpu
        yield _row("P6", f"prs {name}", fixture, cost, "start-up + 6 signatures", budget, 1)


def _signature(fixture: Fixture) -> Command:
    """One signature by ssh-keygen, as prs makes them."""
    message = os.path.join(fixture.place, "message")
    with open(message, "wb") as file:
        file.write(b"tree\n" * 100)

    def forget() -> None:
        with suppress(FileNotFoundError):
            os.unlink(f"{message}.sig")

    return Command(["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", fixture.key("lin"), message], before=forget)


def _verify(fixture: Fixture, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    tips = fixture.git("rev-list", "--first-parent", f"-{_VERIFIED_BY_GIT}", "approved").split()
    commands = (Command([*prs_command(), "verify", "--full"]), _START, Command(["git", "verify-commit", *tips]))
    full, start, git = measure(commands, fixture.root, fixture.environment, 1)
    entries = int(fixture.git("rev-list", "--first-parent", "--count", "approved"))
    rate = entries / (full.cpu - start.cpu)
    figure = f"{rate:,.0f} entries/s"
    yield Row("P7", "prs verify --full", fixture.corpus.count, figure, "≥ 2,000 entries/s", 2000 / rate, 1)
    ratio = 30 * len(tips) / git.cpu / rate
    yield Row("P7", "prs verify --full", fixture.corpus.count, figure, "≥ 30 × git verify-commit", ratio, 1)


def _row(id_: str, work: str, fixture: Fixture, cost: Cost, target: str, budget: float, limit: float) -> Row:
    figure = f"{cost.cpu * 1000:.0f} ms CPU, {cost.wall * 1000:.0f} ms"
    return Row(id_, work, fixture.corpus.count, figure, f"≤ {target}", cost.cpu / budget, limit)


_FIGURES: dict[str, Figure] = {
    "P1": _hook,
    "P2": _version,
    "P3": _check_cold,
    "P4": _warm,
    "P5": _new,
    "P6": _decide,
    "P7": _verify,
}
