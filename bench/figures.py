"""What is measured, each figure against its target (the P numbers of docs/performance.md)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from bench.measure import Cost, measure
from bench.repository import Fixture, prs_command
from presales_repo.model.workflow import chain_of, holders

_COLD = ("index.sqlite", "index.sqlite-wal", "index.sqlite-shm")
_VERIFIED_BY_GIT = 20  # entries given to `git verify-commit`, which takes them one after another


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
class Baseline:
    """What targets are multiples of: `python -c pass`, `prs --version` (start-up), one `ssh-keygen -Y sign`."""

    python: Cost
    start: Cost
    signature: Cost


@dataclass(frozen=True, slots=True)
class Measured:
    """The rows of one size, and the costs that are compared between sizes, in CPU seconds."""

    docs: int
    rows: tuple[Row, ...]
    costs: dict[str, float]


def measure_baseline(fixture: Fixture, runs: int) -> Baseline:
    """Costs that do not depend on the repository."""
    message = os.path.join(fixture.place, "message")
    with open(message, "wb") as file:
        file.write(b"tree\n" * 100)

    def unsign() -> None:
        with suppress(FileNotFoundError):
            os.unlink(f"{message}.sig")

    sign = ["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", fixture.key("lin"), message]
    environment = fixture.environment
    return Baseline(
        measure([sys.executable, "-c", "pass"], fixture.place, environment, runs * 3),
        measure([*prs_command(), "--version"], fixture.place, environment, runs),
        measure(sign, fixture.place, environment, runs, before=unsign),
    )


def measure_size(fixture: Fixture, base: Baseline, runs: int, wanted: Callable[[str], bool]) -> Measured:
    """All wanted figures of one repository."""
    costs: dict[str, float] = {}
    rows = [row for id_, figure in _FIGURES.items() if wanted(id_) for row in figure(fixture, base, runs, costs)]
    return Measured(fixture.corpus.count, tuple(rows), costs)


def growth(sizes: list[Measured]) -> Iterator[Row]:
    """What grows with the repository, from the smallest to the largest size."""
    first, last = sizes[0], sizes[-1]
    for name in first.costs.keys() & last.costs.keys():
        id_, _, work = name.partition(" ")
        ratio = last.costs[name] / first.costs[name]
        target = f"≤ {_FLAT} × at {first.docs:,} documents"
        yield Row(id_, f"{work}, growth", last.docs, f"× {ratio:.2f}", target, ratio, _FLAT)


_FLAT = 1.3


def _hook(fixture: Fixture, base: Baseline, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    changed = fixture.corpus.document(fixture.corpus.count // 2)
    with open(os.path.join(fixture.root, changed.path), "a", encoding="utf-8") as file:
        file.write("\n补充一句说明。\n")
    fixture.git("add", changed.path)
    environment = {**fixture.environment, "GIT_INDEX_FILE": ".git/index"}  # as git sets it for hooks
    cost = measure(["sh", ".git/hooks/pre-commit"], fixture.root, environment, runs)
    diff = measure(["git", "diff", "--cached", "--quiet", "HEAD~1"], fixture.root, environment, runs, ok=(0, 1))
    fixture.git("reset", "-q", "--hard")
    costs["P1 hook beyond `git diff --cached`"] = cost.cpu - diff.cpu
    yield _row("P1", "pre-commit hook, one changed document", fixture, cost, "5 × python -c pass", base.python.cpu, 5)


def _version(fixture: Fixture, base: Baseline, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    yield _row("P2", "prs --version", fixture, base.start, "5 × python -c pass", base.python.cpu, 5)


def _check_cold(fixture: Fixture, base: Baseline, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    def forget() -> None:
        for name in _COLD:
            with suppress(FileNotFoundError):
                os.unlink(os.path.join(fixture.root, ".git", "prs", name))

    cost = measure([*prs_command(), "check"], fixture.root, fixture.environment, 1, before=forget)
    rate = fixture.corpus.count / cost.wall
    figure = f"{rate:,.0f} documents/s, {cost.peak / 2**20:.0f} MB"
    yield Row("P3", "prs check, cold", fixture.corpus.count, figure, "≥ 5,000 documents/s", 5000 / rate, 1)


def _warm(fixture: Fixture, base: Baseline, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    listing = measure(["git", "ls-files", "-s"], fixture.root, fixture.environment, runs)
    budget = base.start.cpu + 3 * listing.cpu
    number = fixture.corpus.document(0).number
    for words in (["check"], ["list"], ["show", number]):
        cost = measure([*prs_command(), *words], fixture.root, fixture.environment, runs)
        yield _row("P4", f"prs {words[0]}, nothing changed", fixture, cost, "start-up + 3 × git ls-files -s", budget, 1)


def _new(fixture: Fixture, base: Baseline, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    project = fixture.corpus.projects[0][0]
    words = ["--key", fixture.key("lin"), "new", "survey-plan", "-t", "滨江园区调研计划", "-p", project]
    cost = measure([*prs_command(), *words], fixture.root, fixture.environment, runs)
    fixture.git("clean", "-fdq")
    costs["P5 prs new"] = cost.cpu
    yield _row("P5", "prs new", fixture, cost, "for information: start-up", base.start.cpu, float("inf"))


def _decide(fixture: Fixture, base: Baseline, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    budget = base.start.cpu + 6 * base.signature.cpu
    target = "start-up + 6 signatures"
    drafts = [fixture.corpus.document(index) for index in fixture.drafts(runs + 1)]
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

    for name, command in (("submit", submit), ("approve", approve)):
        cost = measure(command, fixture.root, fixture.environment, runs)
        costs[f"P6 prs {name}"] = cost.cpu
        yield _row("P6", f"prs {name}", fixture, cost, target, budget, 1)


def _verify(fixture: Fixture, base: Baseline, runs: int, costs: dict[str, float]) -> Iterator[Row]:
    cost = measure([*prs_command(), "verify", "--full"], fixture.root, fixture.environment, 1)
    rate = fixture.entries / (cost.cpu - base.start.cpu)
    figure = f"{rate:,.0f} entries/s"
    yield Row("P7", "prs verify --full", fixture.corpus.count, figure, "≥ 2,000 entries/s", 2000 / rate, 1)
    tips = fixture.git("rev-list", "--first-parent", f"-{_VERIFIED_BY_GIT}", "approved").split()
    git = measure(["git", "verify-commit", *tips], fixture.root, fixture.environment, 1)
    ratio = 30 * len(tips) / git.cpu / rate
    yield Row("P7", "prs verify --full", fixture.corpus.count, figure, "≥ 30 × git verify-commit", ratio, 1)


def _row(id_: str, work: str, fixture: Fixture, cost: Cost, target: str, budget: float, limit: float) -> Row:
    figure = f"{cost.cpu * 1000:.0f} ms CPU, {cost.wall * 1000:.0f} ms"
    return Row(id_, work, fixture.corpus.count, figure, f"≤ {target}", cost.cpu / budget, limit)


_FIGURES: dict[str, Callable[[Fixture, Baseline, int, dict[str, float]], Iterator[Row]]] = {
    "P1": _hook,
    "P2": _version,
    "P3": _check_cold,
    "P4": _warm,
    "P5": _new,
    "P6": _decide,
    "P7": _verify,
}
