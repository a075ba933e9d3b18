"""Each PDF in a forked child with limits: a document that takes everything fails alone, with its own error.

The parent loads the engine once and forks for each document, which halves the time of a new interpreter each.
"""

from __future__ import annotations

import gc
import json
import os
import selectors
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from presales_repo.errors import PrsError
from presales_repo.model.limits import over_limits
from presales_repo.render.html import render_html
from presales_repo.render.metadata import Attached, metadata_of
from presales_repo.render.pdf import Pdf, load_engine, render_pdf
from presales_repo.render.sheet import Sheet

_CHUNK = 1 << 20
_TICK = 0.5  # seconds between looks at the clock


@dataclass(frozen=True, slots=True)
class Job:
    """One PDF to make. `key` is the caller's own; `assets` are images by the names the Markdown gives them."""

    key: str
    sheet: Sheet
    assets: Mapping[str, bytes] = field(default_factory=dict)
    attachments: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a job: a PDF, or the reason why there is none."""

    key: str
    pdf: Pdf | None
    error: PrsError | None


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may take: seconds, bytes of address space, bytes of PDF."""

    cpu_seconds: int = 120
    wall_seconds: float = 300
    memory_bytes: int = 2 << 30
    output_bytes: int = 256 << 20


@dataclass(slots=True)
class _Child:
    """A running worker: its place among the jobs, its process id, the pipe to it and what came through."""

    index: int
    pid: int
    pipe: int
    deadline: float
    output: bytearray = field(default_factory=bytearray)
    fault: PrsError | None = None


def render_job(job: Job) -> Pdf:
    """Make one PDF in this process. Raises PrsError S121 to S123 for a body that may not be laid out, and all that
    `render_pdf` raises."""
    for finding in over_limits(job.sheet.body):
        raise PrsError(finding.code, **dict[str, Any](finding.args))
    return render_pdf(render_html(job.sheet), job.assets, metadata_of(job.sheet, job.attachments))


def render_many(
    jobs: Sequence[Job],
    workers: int,
    on_done: Callable[[Result], None] = lambda result: None,
    limits: Limits = Limits(),
) -> list[Result]:
    """Make PDFs in up to `workers` children at once; results in the order of the jobs, `on_done` as each ends.

    Raises PrsError E070 (no engine) and E081 (no fork on this system) before anything is made. A job's own failure
    is its result's error: what `render_job` raises, E077 (time), E078 (memory), E079 (crash), E080 (size).
    """
    if not hasattr(os, "fork"):
        raise PrsError("E081")
    load_engine()
    gc.collect()
    gc.freeze()  # children share these pages and never write to them
    try:
        return _run(jobs, max(1, workers), on_done, limits)
    finally:
        gc.unfreeze()


def _run(jobs: Sequence[Job], workers: int, on_done: Callable[[Result], None], limits: Limits) -> list[Result]:
    results: dict[int, Result] = {}
    waiting = iter(enumerate(jobs))
    with _children() as (selector, running):
        while len(results) < len(jobs):
            while len(running) < workers and (following := next(waiting, None)):
                child = _start(*following, limits)
                running[child.pipe] = child
                selector.register(child.pipe, selectors.EVENT_READ)
            ready = {key.fd for key, _ in selector.select(_TICK)}
            for child in list(running.values()):
                if child.pipe in ready and not _receive(child, limits):
                    selector.unregister(child.pipe)
                    del running[child.pipe]
                    results[child.index] = _finish(child, jobs[child.index].key, limits)
                    on_done(results[child.index])
                elif time.monotonic() > child.deadline:
                    _stop(child, PrsError("E077", seconds=limits.wall_seconds))
    return [results[index] for index in range(len(jobs))]


@contextmanager
def _children() -> Iterator[tuple[selectors.BaseSelector, dict[int, _Child]]]:
    """A selector and the running children by pipe; whoever still runs at the end is killed, by its id."""
    running: dict[int, _Child] = {}
    with selectors.DefaultSelector() as selector:
        try:
            yield selector, running
        finally:
            for child in running.values():
                os.kill(child.pid, signal.SIGKILL)
                os.waitpid(child.pid, 0)
                os.close(child.pipe)


def _start(index: int, job: Job, limits: Limits) -> _Child:
    ours, theirs = os.pipe()
    pid = os.fork()
    if pid == 0:
        _work(job, theirs, limits)
    os.close(theirs)
    return _Child(index, pid, ours, time.monotonic() + limits.wall_seconds)


def _receive(child: _Child, limits: Limits) -> bool:
    """Take what the child wrote; false when it closed its end."""
    chunk = os.read(child.pipe, _CHUNK)
    child.output += chunk
    if len(child.output) > limits.output_bytes:
        child.output.clear()
        _stop(child, PrsError("E080", limit=limits.output_bytes))
    return bool(chunk)


def _stop(child: _Child, fault: PrsError) -> None:
    """Kill a child; its pipe then closes, which ends it as any other."""
    child.fault = child.fault or fault
    os.kill(child.pid, signal.SIGKILL)


def _finish(child: _Child, key: str, limits: Limits) -> Result:
    os.close(child.pipe)
    _, status = os.waitpid(child.pid, 0)
    fault = child.fault or _death(status, limits)
    if fault:
        return Result(key, None, fault)
    head, _, data = bytes(child.output).partition(b"\n")
    told = json.loads(head)
    if "code" in told:
        return Result(key, None, PrsError(told["code"], **told["args"]))
    return Result(key, Pdf(data, told["pages"], told["sha256"]), None)


def _death(status: int, limits: Limits) -> PrsError | None:
    """Why a child ended without a word, None when it did not."""
    code = os.waitstatus_to_exitcode(status)
    if code == -signal.SIGXCPU:
        return PrsError("E077", seconds=limits.cpu_seconds)
    return PrsError("E079", reason=f"signal {-code}" if code < 0 else f"exit {code}") if code else None


def _work(job: Job, pipe: int, limits: Limits) -> None:
    """The child's whole life: never returns, and runs nothing of the parent's on its way out."""
    try:
        gc.disable()  # one document's garbage goes with the process
        _be_quiet()
        _confine(limits)
        head, data = _attempt(job)
        with open(pipe, "wb") as stream:
            stream.write(json.dumps(head).encode() + b"\n" + data)
        os._exit(0)
    finally:
        os._exit(1)


def _attempt(job: Job) -> tuple[dict[str, object], bytes]:
    """The result in words and bytes that pass a pipe."""
    try:
        pdf = render_job(job)
    except PrsError as error:
        return {"code": error.code, "args": error.args_}, b""
    except MemoryError:
        return {"code": "E078", "args": {}}, b""
    except Exception as error:  # WeasyPrint's own faults: this document's failure, not the export's
        return {"code": "E079", "args": {"reason": f"{type(error).__name__}: {error}"}}, b""
    return {"pages": pdf.pages, "sha256": pdf.sha256}, pdf.data


def _be_quiet() -> None:
    """Libraries in C write on the terminal; an interrupt ends the child without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    null = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(null, standard)


def _confine(limits: Limits) -> None:
    """Bound CPU and memory, forbid writing files. Processes are not bounded: Pango looks up fonts in threads."""
    import resource  # not on every system that can import this module

    wanted = {
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in wanted.items():
        _, hard = resource.getrlimit(kind)
        # The hard limit of CPU stays: at the soft one the child dies of SIGXCPU, which tells it from a crash.
        with suppress(ValueError, OSError):  # macOS does not bound address space
            resource.setrlimit(kind, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
