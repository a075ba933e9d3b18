"""Everybody at once, and processes that die meanwhile. PRS_SERVER_FULL=1: eight clones for a minute each."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.company import PRS, Desk, new_plan
from tests.server.office import Office, numbers_of

FULL = bool(os.environ.get("PRS_SERVER_FULL"))
CLONES = 8 if FULL else 4
SECONDS = 60.0 if FULL else 8.0
_AGAIN = ("E150", "E151", "W120", "W121", "W126", "A316", "N111", "E117", "W101", "W106", "W130")


class Colleague:
    """Somebody who makes, saves, submits and approves until time is up; what the command said was done is noted."""

    def __init__(self, desk: Desk, until: float) -> None:
        self.desk = desk
        self.until = until
        self.submitted: list[str] = []
        self.approved: list[str] = []
        self.said: Counter[str] = Counter()

    def work(self) -> None:
        """One document after the other. At least one, however slow the machine is."""
        count = 0
        while time.monotonic() < self.until or count == 0:
            count += 1
            made = self.desk.prs("lin", *plan_arguments(f"计划{count}"))
            if made.code:
                self._note(made.err)
                continue
            number = str(made.json["number"])
            self._try("lin", "save", "-m", "初稿")
            if self._patiently("lin", "submit", number, "-m", "送审"):
                self.submitted.append(number)
                if self._patiently("shen", "approve", number, "-m", "同意"):
                    self.approved.append(number)

    def _patiently(self, person: str, *args: str) -> bool:
        """What a person does who is told that something moved: sync, then the same again."""
        for _ in range(8):
            if self._try(person, *args):
                return True
            self._try(person, "sync")
        return False

    def _try(self, person: str, *args: str) -> bool:
        done = self.desk.prs(person, *args)
        if done.code:
            self._note(done.err)
        return done.code == 0

    def _note(self, err: str) -> None:
        self.said.update(word[1:5] for word in err.split("error")[1:] if word.startswith("["))


def plan_arguments(title: str) -> list[str]:
    """`prs new` for a survey plan, as tests.company.new_plan gives it."""
    from tests.company import PLAN_FIELDS, PROJECT

    return ["new", "survey-plan", "-t", title, "-p", PROJECT, *PLAN_FIELDS, "--json"]


def settle(office: Office, desks: list[Desk]) -> tuple[str, int]:
    """Everybody's last sync; tip and length of the ledger that every clone then verifies from genesis.

    The first one may have to say (exit 1) what was made without the server and lost its number."""
    for desk in desks:
        first = desk.prs("lin", "sync")
        assert first.code in (0, 1), (desk.root, first.err)
    for desk in desks:
        desk.ok("lin", "sync")
    checked = [desk.ok("", "verify", "--full", "--json").json for desk in desks]
    assert all(item["ok"] for item in checked), checked
    assert len({(item["tip"], item["entries"]) for item in checked}) == 1
    assert checked[0]["tip"] == office.refs()["refs/heads/approved"]
    assert len({desk.git_ok("rev-parse", "main") for desk in desks}) == 1
    numbers = numbers_of(desks[0])
    assert len(numbers) == len(set(numbers)), "a number twice"
    return str(checked[0]["tip"]), int(checked[0]["entries"])


def test_all_at_once(office: Office) -> None:
    desks = [office.clone("lin", f"lin{count}") for count in range(CLONES)]
    colleagues = [Colleague(desk, time.monotonic() + SECONDS) for desk in desks]
    with ThreadPoolExecutor(CLONES) as pool:
        for done in [pool.submit(colleague.work) for colleague in colleagues]:
            done.result()
    _, entries = settle(office, desks)
    submitted = [number for colleague in colleagues for number in colleague.submitted]
    approved = [number for colleague in colleagues for number in colleague.approved]
    assert len(submitted) == len(set(submitted))
    assert len(approved) >= CLONES // 2
    assert entries == 1 + len(submitted) + len(approved), "an entry was lost"
    unknown = {code for colleague in colleagues for code in colleague.said} - set(_AGAIN)
    assert not unknown, unknown
    for number in approved:
        assert desks[0].ok("", "show", number, "--json").json["status"] == "published"


class Killer(threading.Thread):
    """kill -9 of what works for a connection on the server, and of clients, again and again."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self.office = office
        self.clients: list[subprocess.Popen[bytes]] = []
        self.killed: Counter[str] = Counter()
        self.over = threading.Event()
        self.chance = random.Random(20230518)

    def run(self) -> None:
        while not self.over.wait(self.chance.uniform(0.1, 0.6)):
            servers = [("server", pid) for pid in self.office.sshd.children()]
            clients = [("client", process.pid) for process in self.clients if process.poll() is None]
            targets = self.chance.choice([servers, clients])
            if targets:
                kind, pid = self.chance.choice(targets)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    self.killed[kind] += 1


def test_killed_in_the_middle(office: Office) -> None:
    """Nothing that a command reported as shared is lost; afterwards everybody can go on."""
    desks = [office.clone("lin", f"lin{count}") for count in range(3)]
    killer = Killer(office)
    shared: list[str] = []
    until = time.monotonic() + SECONDS

    def run(desk: Desk, person: str, *args: str) -> bytes | None:
        key = desk.company.people[person].key
        process = subprocess.Popen(
            [*PRS, "--key", key, *args], cwd=desk.root, env=desk.environment(), stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        killer.clients.append(process)
        out = process.communicate(timeout=120)[0]
        return out if process.returncode == 0 else None

    def work(desk: Desk) -> None:
        count = 0
        while time.monotonic() < until or count == 0:
            count += 1
            run(desk, "lin", *plan_arguments(f"计划{count}"))
            run(desk, "lin", "save", "-m", "初稿")
            run(desk, "lin", "sync")
            for number in numbers_of(desk)[-2:]:
                out = run(desk, "lin", "submit", number, "-m", "送审", "--json")
                if out and json.loads(out)["shared"]:
                    shared.append(number)

    killer.start()
    try:
        with ThreadPoolExecutor(len(desks)) as pool:
            for done in [pool.submit(work, desk) for desk in desks]:
                done.result()
    finally:
        killer.over.set()
        killer.join()
    assert sum(killer.killed.values()) > 0
    remove_locks(office, desks)
    settle(office, desks)
    for number in shared:
        assert desks[0].ok("", "show", number, "--json").json["status"] == "in-review"
    number = new_plan(desks[0], "之后")
    desks[0].ok("lin", "save", "-m", "之后")
    desks[0].ok("lin", "submit", number, "-m", "送审")


def remove_locks(office: Office, desks: list[Desk]) -> None:
    """What git leaves when it is killed while it holds a lock, and asks people to remove (docs/server.md)."""
    time.sleep(1)
    for folder in (office.server, *(desk.root / ".git" for desk in desks)):
        for lock in folder.rglob("*.lock"):
            lock.unlink()
    for desk in desks:
        if (desk.root / ".git" / "MERGE_HEAD").exists():
            desk.git_ok("merge", "--abort")
        desk.git_ok("add", "--all")
        if desk.git("diff", "--cached", "--quiet").code:
            desk.prs("lin", "save", "-m", "留下的")
