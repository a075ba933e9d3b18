"""Runs the commands that a page of the documentation shows, and compares or refreshes the output it shows.

A walk is the part of a page between `<!-- walk -->` and `<!-- /walk -->`. Its ```sh blocks are run one after another
in one shell, in an empty home folder; a ```text block right below one is the output of that block.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHOWN_HOME = "/home/you"
"""What stands in a page for the home folder of the run."""

_WALK = re.compile(r"<!-- walk -->\n(.*?)<!-- /walk -->", re.DOTALL)
_BLOCK = re.compile(r"^```sh\n(?P<commands>.*?)^```\n(?:\n```text\n(?P<shown>.*?)^```\n)?", re.DOTALL | re.MULTILINE)
_END_OF_STEP = "--8<-- end of step --8<--"
# Ids, digests and fingerprints: other keys, hence other values, at every run.
_PASSING = re.compile(
    r"SHA256:[A-Za-z0-9+/]{43}|ssh-ed25519 [A-Za-z0-9+/=]{68}|\b[0-9a-f]{7,64}\b"
    r"|\b(?:[a-z]{5} ){7}[a-z]{5}\b|\b(?:[0-9]{5} ){7}[0-9]{5}\b"  # a genesis in words, in digits
)


@dataclass(frozen=True, slots=True)
class Step:
    """One block of commands. `shown`: the output that the page prints, None when it prints none; `start` and `end`
    of that output in the page."""

    commands: str
    shown: str | None
    start: int
    end: int


def read_steps(page: str) -> list[Step]:
    """The steps of all walks of a page, in order."""
    return [
        Step(block["commands"], block["shown"], block.start("shown"), block.end("shown"))
        for walk in _WALK.finditer(page)
        for block in _BLOCK.finditer(page, walk.start(1), walk.end(1))
    ]


def run_steps(steps: Sequence[Step], language: str) -> list[str]:
    """The output of each step, stdout and stderr together as on a terminal; messages of prs in `language`."""
    with tempfile.TemporaryDirectory(prefix="prs-walk-") as folder:
        home = Path(folder, "home")
        home.mkdir()
        (home / "docs").symlink_to(ROOT / "docs")
        script = "".join(f"{step.commands}printf '%s\\n' {shlex.quote(_END_OF_STEP)}\n" for step in steps)
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-c", f"exec 2>&1\n{script}"],
            cwd=home,
            env=_environment(Path(folder), home, language),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=600,
            check=False,
        )
        output = done.stdout.decode("utf-8", "replace").replace(str(home), SHOWN_HOME)
    return output.split(f"{_END_OF_STEP}\n")[: len(steps)]


def _environment(folder: Path, home: Path, language: str) -> dict[str, str]:
    """Nothing of the caller's but where programs are; `prs` is this checkout's."""
    shim = folder / "bin" / "prs"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m presales_repo "$@"\n', encoding="utf-8")
    shim.chmod(0o755)
    return {
        "PATH": f"{shim.parent}:{os.environ['PATH']}",
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PRS_LANG": language,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",  # stdout and stderr in the order in which they were written
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_PAGER": "cat",
    }


def steady(text: str) -> str:
    """A text with everything that differs from run to run as `…`."""
    return _PASSING.sub("…", text)


def exact(text: str) -> str:
    """A text as it is: for pages whose commands give the same ids every time."""
    return text


def refreshed(page: str, steps: Sequence[Step], outputs: Sequence[str], form: Callable[[str], str]) -> str:
    """The page with the outputs that it shows brought up to date; those of the same `form` stay as they are."""
    for step, output in reversed(list(zip(steps, outputs, strict=True))):
        if step.shown is not None and form(step.shown) != form(output):
            page = page[: step.start] + output + page[step.end :]
    return page
