"""A company with one server: a private sshd on loopback, a key per person, clones made by plain git."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tests.company import Company, Desk, Result, assert_refused, make_key

SSHD = "/usr/sbin/sshd"


@dataclass(frozen=True, slots=True)
class Sshd:
    """A running daemon. Everybody of the company may push, through git-shell and nothing else."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def command(self, key: Path) -> str:
        """What GIT_SSH_COMMAND is for somebody."""
        return (
            f"ssh -F none -i {key} -p {self.port} -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes"
            f" -o SendEnv='GIT_* PRS_* PYTHON* XDG_*' -o UserKnownHostsFile={self.folder}/known_hosts"
        )

    def address(self, repository: Path) -> str:
        """A repository's URL."""
        return f"ssh://127.0.0.1:{self.port}{repository}"

    def children(self) -> list[int]:
        """Processes of the connections that are open now: sshd's own, git-shell's, receive-pack's and its hook's."""
        found, parents = [], [self.process.pid]
        table = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
        while parents:
            parent = parents.pop()
            below = [pid for pid, ppid in pairs if ppid == parent]
            found += below
            parents += below
        return found


@contextlib.contextmanager
def running_sshd(company: Company, folder: Path) -> Iterator[Sshd]:
    """Start a daemon with a host key, a port and a configuration of its own; stop it and what it started."""
    make_key(folder / "host")
    (folder / "authorized_keys").write_text(
        "".join(
            f'restrict,command="git-shell -c \\"$SSH_ORIGINAL_COMMAND\\"" {person.public}\n'
            for person in company.people.values()
        )
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    (folder / "home").mkdir()
    settings = {
        "ListenAddress": f"127.0.0.1:{port}", "HostKey": folder / "host", "PidFile": "none", "UsePAM": "no",
        "AuthorizedKeysFile": folder / "authorized_keys", "StrictModes": "no", "PasswordAuthentication": "no",
        "PermitRootLogin": "yes", "MaxStartups": "100", "PermitUserEnvironment": "no", "LogLevel": "ERROR",
        # Bash run by sshd reads ~/.bashrc: what stands in this machine's could wait for a lock that a killed one left.
        "SetEnv": f"HOME={folder / 'home'}",
        # More than anybody should accept: what a careless administrator's server lets in.
        "AcceptEnv": "PRS_* PYTHON* XDG_* GIT_NO_REPLACE_OBJECTS GIT_INDEX_FILE GIT_GRAFT_FILE GIT_NAMESPACE",
    }  # fmt: skip
    (folder / "sshd_config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    host = " ".join((folder / "host.pub").read_text().split()[:2])
    (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {host}\n")
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # compiled in; only root's daemon wants it
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([SSHD, "-D", "-e", "-f", folder / "sshd_config"], stderr=log, start_new_session=True)
    try:
        _wait_for(port, process, folder / "log")
        yield Sshd(folder, port, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=10)


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(200):
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.02)
    raise AssertionError("sshd does not answer")


@dataclass(slots=True)
class Office:
    """A server's repository and the clones of it, one person each."""

    company: Company
    sshd: Sshd
    folder: Path

    @property
    def server(self) -> Path:
        """The shared repository's folder."""
        return self.folder / "shared.git"

    @property
    def away(self) -> Path:
        """Where it is while it cannot be reached."""
        return self.folder / "shared.git.away"

    def desk(self, person: str, name: str = "") -> Desk:
        """An empty place to work at, which knows how to reach the server."""
        place = self.folder / (name or person)
        (place / "home").mkdir(parents=True)
        env = {"GIT_SSH_COMMAND": self.sshd.command(self.company.people[person].key)}
        return Desk(self.company, place, place / "home", env)

    def clone(self, person: str, name: str = "", *, met: bool = True) -> Desk:
        """A plain `git clone` over ssh, set up as docs/server.md says. `met`: the ledger is pinned."""
        desk = self.desk(person, name)
        desk.git_ok("clone", "-q", self.sshd.address(self.server), "repo")
        desk.root = desk.root / "repo"
        who = self.company.people[person]
        for key, value in (
            ("user.name", who.name), ("user.email", who.email), ("user.signingkey", str(who.key)),
            ("gpg.format", "ssh"), ("commit.gpgsign", "true"),
        ):  # fmt: skip
            desk.git_ok("config", key, value)
        if met:
            desk.ok("", "list")
        return desk

    @contextlib.contextmanager
    def unreachable(self) -> Iterator[None]:
        """The server is away for a while."""
        self.server.rename(self.away)
        try:
            yield
        finally:
            self.away.rename(self.server)

    def refs(self) -> dict[str, str]:
        """The server's refs."""
        listed = subprocess.run(
            ["git", "-C", self.server, "for-each-ref", "--format=%(refname) %(objectname)"],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        return dict(line.split(" ") for line in listed.splitlines())

    def copy(self, folder: Path) -> Office:
        """The server as it is, at another place, without its clones."""
        other = Office(self.company, self.sshd, folder)
        shutil.copytree(self.server, other.server, symlinks=True)
        return other

    def refuse_push(self, code: str, desk: Desk, *specs: str, options: tuple[str, ...] = ()) -> Result:
        """Push past every client hook; the server refuses with this code, and no ref of it moves."""
        before = self.refs()
        done = desk.git("-c", "core.hooksPath=/nonexistent", "push", *options, "origin", *specs)
        assert done.code != 0, f"pushed: {done.err}"
        assert f"[{code}]" in done.err, done.err
        assert "hint: " in done.err, done.err
        assert self.refs() == before
        return done

    def refuse(self, code: str, desk: Desk, person: str, *args: str) -> Result:
        """`prs` refuses with this code; nothing of the person's own work changes (what was fetched may)."""
        before = _own(desk)
        done = desk.prs(person, *args)
        assert "error[" in done.err, f"exit {done.code}\n{done.out}{done.err}"
        assert_refused(replace(done, err=done.err[done.err.index("error[") :]), code)  # after notices
        assert _own(desk) == before
        return done


def _own(desk: Desk) -> tuple[str, ...]:
    questions = (("rev-parse", "main"), ("status", "--porcelain"), ("diff", "HEAD"))
    return tuple(desk.git_ok(*question) for question in questions)


def numbers_of(desk: Desk) -> list[str]:
    """The numbers of all documents on main here."""
    names = desk.git_ok("ls-tree", "-r", "--name-only", "-z", "HEAD", "projects", "common").split("\0")
    files = [name.rsplit("/", 1)[-1] for name in names]
    return sorted(name.split("-")[0] for name in files if re.match(r"[A-Z]{2}[0-9]{9}-", name))


def assert_all_equal(office: Office, desks: list[Desk]) -> None:
    """After everybody's sync every clone has the server's main and approved, and verifies from genesis."""
    for desk in [*desks, *desks]:
        known = desk.git_ok("rev-parse", "main", "approved").split()
        if known != [office.refs()[f"refs/heads/{name}"] for name in ("main", "approved")]:
            desk.ok(desk.root.parent.name, "sync")
    server = office.refs()
    tips = set()
    for desk in desks:
        assert desk.git_ok("rev-parse", "main") == server["refs/heads/main"]
        checked = desk.ok("", "verify", "--full", "--json").json
        assert checked["ok"], checked
        tips.add((checked["tip"], checked["entries"], checked["genesis"]))
    assert {tip for tip, _, _ in tips} == {server["refs/heads/approved"]}
    assert len(tips) == 1
    numbers = numbers_of(desks[0])
    assert len(numbers) == len(set(numbers))
