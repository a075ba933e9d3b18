"""A company in which anything may happen: three clones, a server behind sshd, the network gone, processes killed at any
write. Hypothesis plays it as a state machine; what a command reported as shared is never lost, no number is given twice,
every clone verifies at every moment. PRS_WORLD=50: so many companies.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.company import PLAN_FIELDS, PROJECT, PRS, ROOT, Desk, Result
from tests.faults.processes import KILLING, wait_for_group
from tests.server.office import Office, assert_all_equal

WORLDS = int(os.environ.get("PRS_WORLD", "3"))
STEPS = 30 if "PRS_WORLD" in os.environ else 12
AUTHORS = ("lin", "lin-at-home")
APPROVER = "shen"
# What a person may be told while others are at work, the network is gone, or after a crash.
_SAID = {
    "A230", "A307", "A308", "A309", "A313", "A316", "E150", "E151", "W101", "W103", "W106", "W113", "W120", "W121", "W126",
}  # fmt: skip
_KILLED = -9

kills = st.one_of(st.none(), st.none(), st.integers(1, 150))


class World(RuleBasedStateMachine):
    """The company. Each author edits only the documents that were made at that desk."""

    def __init__(self, prepared: Office, desks: dict[str, Desk], folder: Path) -> None:
        super().__init__()
        self.office = prepared.copy(folder)
        self.desks = {name: self._moved(name, desk) for name, desk in desks.items()}
        self.made: dict[str, list[str]] = {name: [] for name in AUTHORS}
        self.offline: set[str] = set()
        self.shared: list[tuple[str, str, str]] = []
        self.claimed: list[str] = []

    def _moved(self, name: str, desk: Desk) -> Desk:
        """A prepared clone, as the clone of this office."""
        place = self.office.folder / name
        shutil.copytree(desk.root.parent, place, symlinks=True)
        moved = Desk(desk.company, place / "repo", place / "home", dict(desk.env))
        moved.git_ok("remote", "set-url", "origin", self._address)
        moved.git_ok("update-index", "-q", "--refresh")
        return moved

    @property
    def _address(self) -> str:
        return self.office.sshd.address(self.office.server)

    # -- what people do

    @rule(name=st.sampled_from(AUTHORS), kill=kills)
    def new(self, name: str, kill: int | None) -> None:
        title = f"计划{sum(map(len, self.made.values())) + 1}"
        done = self._prs(name, "new", "survey-plan", "-t", title, "-p", PROJECT, *PLAN_FIELDS, "--json", kill=kill)
        if done.code == 0:
            number = str(done.json["number"])
            self.made[name].append(number)
            if "[E154]" not in done.err:
                self.claimed.append(number)

    @rule(name=st.sampled_from(AUTHORS), kill=kills)
    def save(self, name: str, kill: int | None) -> None:
        for path in self.desks[name].root.glob("projects/*/*/QD*.md"):
            if any(number in path.name for number in self.made[name]):
                path.write_text(f"{path.read_text(encoding='utf-8')}\n补充。\n", encoding="utf-8")
        self._prs(name, "save", "-m", "补充", kill=kill)

    @precondition(lambda self: any(self.made.values()))
    @rule(data=st.data(), kill=kills)
    def submit(self, data: st.DataObject, kill: int | None) -> None:
        name, number = data.draw(st.sampled_from([(name, n) for name in AUTHORS for n in self.made[name]]))
        self._decide(name, "submit", number, kill)

    @precondition(lambda self: any(action == "submit" for action, _, _ in self.shared))
    @rule(data=st.data(), action=st.sampled_from(["approve", "approve", "reject"]), kill=kills)
    def decide(self, data: st.DataObject, action: str, kill: int | None) -> None:
        number = data.draw(st.sampled_from([number for done, number, _ in self.shared if done == "submit"]))
        self._prs(APPROVER, "sync")
        self._decide(APPROVER, action, number, kill)

    @rule(name=st.sampled_from((*AUTHORS, APPROVER)), kill=kills)
    def sync(self, name: str, kill: int | None) -> None:
        self._prs(name, "sync", kill=kill)

    @rule(name=st.sampled_from(AUTHORS))
    def network_goes_or_comes(self, name: str) -> None:
        self.offline ^= {name}
        gone = f"{self._address}-gone" if name in self.offline else self._address
        self.desks[name].git_ok("remote", "set-url", "origin", gone)

    # -- how it is done, and what must hold

    def _decide(self, name: str, action: str, number: str, kill: int | None) -> None:
        option = "--reason" if action == "reject" else "-m"
        done = self._prs(name, action, number, option, "意见", "--json", kill=kill)
        if done.code == 0 and done.json["shared"]:
            self.shared.append((action, number, str(done.json["version"])))

    def _prs(self, name: str, *words: str, kill: int | None = None) -> Result:
        """A command; killed at its `kill`th write, if it has so many. The clone verifies whatever happened."""
        desk = self.desks[name]
        extra = (
            {"PYTHONPATH": f"{KILLING}:{ROOT}", "PRS_TEST_KILL_AT": str(kill), "PRS_TEST_KILL_LOG": ""} if kill else {}
        )
        key = desk.company.people[name.split("-", maxsplit=1)[0]].key
        process = subprocess.Popen(
            [*PRS, "--key", key, *words], cwd=desk.root, env=desk.environment(**extra), start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        out, err = process.communicate(timeout=300)
        wait_for_group(process.pid)
        done = Result(process.returncode, out, err.decode("utf-8", "replace"))
        assert done.code in (0, 1, 2, _KILLED), done.err
        assert set(re.findall(r"error\[([A-Z][0-9]{3})\]", done.err)) <= _SAID, (
            f"{name}: prs {' '.join(words)}\n{done.err}"
        )
        assert json.loads(desk.ok("", "verify", "--json").out)["ok"]
        return done

    def teardown(self) -> None:
        """In the end everybody is on the network again, and everybody has the same."""
        for name in sorted(self.offline):
            self.network_goes_or_comes(name)
        for _ in range(2):
            for name in self.desks:
                self._settle(name)
        assert_all_equal(self.office, [self.desks[name] for name in self.desks])
        assert len(self.claimed) == len(set(self.claimed)), "a number was given twice"
        subjects = self.desks[APPROVER].entries()
        for action, number, version in self.shared:
            assert any(line.startswith(f"prs: {action} {number} v{version}") for line in subjects), (action, number)

    def _settle(self, name: str) -> None:
        if self.desks[name].git_ok("status", "--porcelain"):
            self._prs(name, "save", "-m", "留下的")
        done = self._prs(name, "sync")
        assert done.code in (0, 1), done.err


def test_whatever_happens(served_once: Office, tmp_path_factory: pytest.TempPathFactory) -> None:
    prepared = served_once.copy(tmp_path_factory.mktemp("prepared"))
    desks = {name: prepared.clone(name.split("-")[0], name) for name in (*AUTHORS, APPROVER)}
    run_state_machine_as_test(
        lambda: World(prepared, desks, tmp_path_factory.mktemp("world")),
        settings=settings(
            max_examples=WORLDS, stateful_step_count=STEPS, deadline=None, derandomize="PRS_WORLD" not in os.environ,
            suppress_health_check=list(HealthCheck), database=None, print_blob=True,
            phases=(Phase.generate,),  # a company is too slow to look for the smallest one that fails
        ),
    )  # fmt: skip
