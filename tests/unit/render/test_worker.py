"""Renders in children: in order, side by side, and each document alone with its failure."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.limits import MAX_COLUMNS, MAX_LINKS
from presales_repo.render.html import render_html
from presales_repo.render.metadata import metadata_of
from presales_repo.render.pdf import render_pdf
from presales_repo.render.worker import Job, Limits, Result, render_job, render_many
from tests.unit.render.samples import sheet

ROOT = Path(__file__).parents[3]
USUAL = Limits()
SLOW = "|" + "列|" * 40 + "\n|" + "-|" * 40 + "\n" + ("|" + "中文|" * 40 + "\n") * 400  # 20 s of layout, 500 MB


def outcome(body: str, limits: Limits = USUAL) -> PrsError | None:
    (result,) = render_many([Job("a", sheet(body=body))], 1, limits=limits)
    assert (result.pdf is None) == (result.error is not None)
    return result.error


def test_results_come_in_order_and_as_from_one_process() -> None:
    jobs = [Job(str(index), sheet(number=f"QD20230500{index}", body="短文")) for index in range(1, 6)]
    done: list[Result] = []
    results = render_many(jobs, 2, done.append)
    assert [result.key for result in results] == ["1", "2", "3", "4", "5"]
    assert sorted(result.key for result in done) == ["1", "2", "3", "4", "5"]
    alone = render_pdf(render_html(jobs[2].sheet), {}, metadata_of(jobs[2].sheet))
    assert results[2].pdf == alone
    assert len({result.pdf.sha256 for result in results if result.pdf}) == 5


def test_nothing_to_do() -> None:
    assert render_many([], 2) == []


def test_one_failure_leaves_the_others_alone() -> None:
    jobs = [
        Job("good", sheet(body="短文")),
        Job("glyph", sheet(body="\U0010fffd")),
        Job("image", sheet(body="![图](../../../../etc/passwd)")),
        Job("good too", sheet(body="短文")),
    ]
    errors = {result.key: result.error and result.error.code for result in render_many(jobs, 2)}
    assert errors == {"good": None, "glyph": "E071", "image": "E074", "good too": None}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("|" + "a|" * 2000 + "\n|" + "-|" * 2000 + "\n", "S121"),
        ("a|\n:-\n" + "x\n" * 30_000, "S122"),
        ("[a](b)" * 30_000, "S123"),
    ],
)
def test_bodies_over_the_limits_are_not_laid_out(body: str, code: str) -> None:
    error = outcome(body, Limits(cpu_seconds=1))
    assert error is not None
    assert error.code == code


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1)) [y](file:///etc/passwd)",
        ">" * 10_000 + "a",
        "- " * 5_000 + "a",
        "*a **b " * 2_000,
        "`" * 19_000 + "\n" + " ".join("`" * length for length in range(1, 150)),
    ],
)
def test_hostile_markdown_is_harmless_text(body: str) -> None:
    assert outcome(body) is None


def test_time_on_the_processor_is_bounded() -> None:
    error = outcome(SLOW, Limits(cpu_seconds=1))
    assert error is not None
    assert (error.code, error.args_) == ("E077", {"seconds": 1})


def test_time_on_the_wall_is_bounded() -> None:
    error = outcome(SLOW, Limits(wall_seconds=1))
    assert error is not None
    assert (error.code, error.args_) == ("E077", {"seconds": 1})


def test_memory_is_bounded() -> None:
    error = outcome(SLOW, Limits(memory_bytes=450 << 20))
    assert error is not None
    assert error.code in {"E078", "E079"}  # Python says so; a C library that gets no memory aborts


def test_output_is_bounded() -> None:
    error = outcome("短文", Limits(output_bytes=1000))
    assert error is not None
    assert (error.code, error.args_) == ("E080", {"limit": 1000})


def test_job_alone_raises() -> None:
    with pytest.raises(PrsError) as caught:
        render_job(Job("a", sheet(body="[" * (MAX_LINKS + 1))))
    assert caught.value.code == "S123"
    wide = "|" + "a|" * (MAX_COLUMNS + 1) + "\n|" + "-|" * (MAX_COLUMNS + 1)
    with pytest.raises(PrsError) as caught:
        render_job(Job("a", sheet(body=wide)))
    assert caught.value.code == "S121"


def test_interruption_leaves_no_child() -> None:
    def interrupt(result: Result) -> None:
        raise KeyboardInterrupt

    before = children()
    jobs = [Job("short", sheet(body="短文")), Job("long", sheet(body=SLOW))]
    with pytest.raises(KeyboardInterrupt):
        render_many(jobs, 2, interrupt)
    assert children() <= before


def children() -> set[str]:
    """Ids of the processes that this one has started and not waited for (proc(5))."""
    return {id_ for task in Path("/proc/self/task").iterdir() for id_ in (task / "children").read_text().split()}


def test_killed_child_is_an_error_of_its_document() -> None:
    program = (
        "import os, signal, sys\n"
        "from presales_repo.render import worker\n"
        "from tests.unit.render.samples import sheet\n"
        "worker.render_job = lambda job: os.kill(os.getpid(), signal.SIGSEGV)\n"
        "(result,) = worker.render_many([worker.Job('a', sheet())], 1)\n"
        "print(result.error)\n"
    )
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env=env)
    assert done.stdout == f"E079 reason='signal {signal.SIGSEGV.value}'\n"
