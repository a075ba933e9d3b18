"""P9: numbers over ssh, from several clones at once, against plain pushes over the same daemon."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.figures import Row
from tests.company import Company, Desk, found_repository, new_note
from tests.server.office import Office, running_sshd

_CLONES = 8
_EACH = 10


def numbers_over_ssh() -> Row:
    """Eight clones that each take ten numbers; the same clones that each push ten commits to a ref of their own, in a
    repository without hooks."""
    with tempfile.TemporaryDirectory(prefix="prs-bench-") as top:
        folder = Path(top)
        for name in ("keys", "sshd", "office"):
            (folder / name).mkdir()
        company = Company.make(folder / "keys")
        with running_sshd(company, folder / "sshd") as sshd:
            office = Office(company, sshd, folder / "office")
            _serve(office, folder / "founder")
            desks = [office.clone("song", f"song{count}") for count in range(_CLONES)]
            made, seconds = _at_once(desks, lambda desk, count: new_note(desk, f"记录{count}"))
            _, plain = _at_once(desks, lambda desk, count: _push_plain(office, desk, count))
    _require_consecutive(made)
    rate, bare = len(made) / seconds, len(made) / plain
    figure = f"{rate:.1f} numbers/s, {bare:.1f} pushes/s"
    return Row("P9", f"prs new, {_CLONES} clones at once over ssh", 0, figure, "≥ 0.5 × git push", 0.5 * bare / rate, 1)


def _serve(office: Office, folder: Path) -> None:
    founder = found_repository(office.company, folder)
    founder.env["GIT_SSH_COMMAND"] = office.sshd.command(office.company.people["cheng"].key)
    founder.ok("", "server", "init", office.server)
    subprocess.run(["git", "init", "-q", "--bare", office.folder / "plain.git"], check=True)
    founder.git_ok("remote", "add", "origin", office.sshd.address(office.server))
    founder.ok("cheng", "sync")


def _at_once(desks: list[Desk], work: Callable[[Desk, int], str]) -> tuple[list[str], float]:
    start = time.monotonic()
    with ThreadPoolExecutor(len(desks)) as pool:
        done = pool.map(lambda desk: [work(desk, count) for count in range(_EACH)], desks)
        results = [item for each in done for item in each]
    return results, time.monotonic() - start


def _push_plain(office: Office, desk: Desk, count: int) -> str:
    name = desk.root.parent.name
    oid = desk.git_ok("commit-tree", "-m", f"{name} {count}", "main^{tree}")
    desk.git_ok(
        "push", "-q", "--no-verify", office.sshd.address(office.folder / "plain.git"), f"{oid}:refs/heads/{name}", "-f"
    )
    return oid


def _require_consecutive(numbers: list[str]) -> None:
    found = sorted(int(number[-3:]) for number in numbers)
    if found != list(range(1, _CLONES * _EACH + 1)):
        raise RuntimeError(f"duplicates or gaps: {found}")
