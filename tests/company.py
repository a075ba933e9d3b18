"""A small company for tests: people with keys, their repository, and the real command run as one of them.

Commands run in a subprocess with an environment of their own, so nothing of the machine's Git settings, home or
agent gets in, and nothing of the tests gets out.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PRS = (sys.executable, "-P", "-m", "presales_repo")
NOW = "2023-05-18T09:30:00+08:00"
ORGANISATION = "启衡数智科技有限公司"
PROJECT = "XM2023001"
_KEPT = ("PATH", "TMPDIR", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an SSH key. `key`: the private key's file."""

    id: str
    name: str
    department: str
    roles: tuple[str, ...]
    key: Path

    @property
    def email(self) -> str:
        return f"{self.id}@qiheng.example"

    @property
    def public(self) -> str:
        """The public key in one line, without its comment."""
        return " ".join(Path(f"{self.key}.pub").read_text().split()[:2])


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended."""

    code: int
    raw: bytes
    err: str

    @property
    def out(self) -> str:
        return self.raw.decode()

    @property
    def json(self) -> Any:
        """Standard output, which is one JSON document."""
        return json.loads(self.raw)

    @property
    def codes(self) -> list[str]:
        """The codes of the errors and warnings on stderr, in their order."""
        return re.findall(r"^(?:.*: )?(?:error|warning)\[([A-Z][0-9]{3})\]", self.err, re.MULTILINE)


_PEOPLE = (
    # id, name, department, roles
    ("cheng", "程伯远", "management", ("company-leader", "meeting-chair", "repo-admin")),
    ("gao", "高敬之", "presales", ("dept-head",)),
    ("shen", "沈砚舟", "presales", ("presales-manager",)),
    ("lin", "林越", "presales", ("solution-architect",)),
    ("han", "韩策", "technology", ("dept-head", "technical-expert")),
    ("xu", "许知行", "technology", ("technical-expert",)),
    ("song", "宋佳宁", "business", ("business-specialist",)),
    ("ye", "叶青", "quality", ("doc-controller",)),
)


@dataclass(frozen=True, slots=True)
class Company:
    """Everybody by id, and `stranger`, whose key is in no policy."""

    folder: Path
    people: Mapping[str, Person]

    @classmethod
    def make(cls, folder: Path) -> Company:
        """Make everybody's keys in `folder`."""
        people = [Person(id, name, dept, roles, folder / id) for id, name, dept, roles in _PEOPLE]
        people.append(Person("stranger", "路人", "", (), folder / "stranger"))
        for person in people:
            make_key(person.key)
        company = cls(folder, {person.id: person for person in people})
        company.people_file.write_text(company.listed(person.id for person in people[:-1]), encoding="utf-8")
        return company

    @property
    def people_file(self) -> Path:
        """The file for `prs init --people`."""
        return self.folder / "people.yaml"

    def listed(self, ids: Any) -> str:
        """People as a list for `--people`."""
        rows = (self.people[id] for id in ids)
        return "".join(
            f"- {{id: {p.id}, name: {p.name}, department: {p.department}, roles: [{', '.join(p.roles)}], "
            f'email: {p.email}, keys: ["{p.public}"]}}\n'
            for p in rows
        )


def make_key(path: Path) -> Path:
    """A throw-away key without a passphrase."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", path.name, "-f", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


@dataclass(slots=True)
class Desk:
    """A folder, mostly a clone, with a home of its own, where people of the company run commands."""

    company: Company
    root: Path
    home: Path
    env: dict[str, str] = field(default_factory=dict)

    def environment(self, now: str = NOW, **extra: str | None) -> dict[str, str]:
        """The whole environment of a command. `extra`: variables to set, or with None to leave out."""
        base = {key: os.environ[key] for key in _KEPT if key in os.environ}
        base |= {
            "HOME": str(self.home),
            "XDG_STATE_HOME": str(self.home / "state"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "PRS_NOW": now,
        }
        return {key: value for key, value in {**base, **self.env, **extra}.items() if value is not None}

    def prs(
        self,
        person: str,
        *args: str | Path,
        now: str = NOW,
        cwd: Path | None = None,
        env: Mapping[str, str | None] | None = None,
    ) -> Result:
        """Run `prs` with a person's key ("" for none). No command may ever show a traceback."""
        key = ("--key", self.company.people[person].key) if person else ()
        done = run([*PRS, *key, *args], cwd or self.root, self.environment(now, **(env or {})))
        assert "Traceback" not in done.err, done.err
        assert "E199" not in done.err, done.err
        return done

    def ok(self, person: str, *args: str | Path, now: str = NOW, cwd: Path | None = None) -> Result:
        """Run `prs` and expect it to do what it was asked."""
        done = self.prs(person, *args, now=now, cwd=cwd)
        assert done.code == 0, f"prs {args}: exit {done.code}\n{done.out}\n{done.err}"
        return done

    def refuse(self, code: str, person: str, *args: str | Path, now: str = NOW, cwd: Path | None = None) -> Result:
        """Run `prs` and expect a refusal with this code that changes nothing."""
        before = self.fingerprint()
        done = self.prs(person, *args, now=now, cwd=cwd)
        assert_refused(done, code)
        assert self.fingerprint() == before, f"prs {args} was refused, yet something changed"
        return done

    def git(self, *args: str | Path, cwd: Path | None = None, **env: str | None) -> Result:
        """Run plain `git`."""
        return run(["git", *args], cwd or self.root, self.environment(**env))

    def git_ok(self, *args: str | Path, cwd: Path | None = None, **env: str | None) -> str:
        """Run plain `git`, expect it to succeed, and return its output without the last line end."""
        done = self.git(*args, cwd=cwd, **env)
        assert done.code == 0, f"git {args}: exit {done.code}\n{done.out}\n{done.err}"
        return done.out.rstrip("\n")

    def commit(self, person: str, message: str, *args: str | Path, cwd: Path | None = None) -> Result:
        """A plain, signed `git commit` of a person who does not use `prs`."""
        who = self.company.people[person]
        identity = ("-c", f"user.name={who.name}", "-c", f"user.email={who.email}", "-c", f"user.signingkey={who.key}")
        return self.git(*identity, "commit", "-m", message, *args, cwd=cwd)

    def fingerprint(self) -> str:
        """A digest of all that people can lose: refs, HEAD, what is staged, and every file of the working tree."""
        hasher = hashlib.sha256()
        for question in (("for-each-ref",), ("symbolic-ref", "-q", "HEAD"), ("ls-files", "-s", "-z")):
            hasher.update(self.git(*question).raw)
        for path in sorted(files_below(self.root)):
            hasher.update(f"{path.relative_to(self.root)}\0{path.lstat().st_mode}\0".encode("utf-8", "surrogateescape"))
            hasher.update(os.fsencode(os.readlink(path)) if path.is_symlink() else path.read_bytes())
        return hasher.hexdigest()

    def path_of(self, number: str) -> Path:
        """The working file of a number."""
        return next(path for path in self.root.rglob(f"{number}-*.md"))

    def edit(self, number: str, text: str = "补充一段文字。") -> Path:
        """Add a paragraph to a document, as an editor would."""
        path = self.path_of(number)
        path.write_bytes(path.read_bytes() + f"\n{text}\n".encode())
        return path

    def new(self, person: str, type_id: str, title: str, *args: str) -> str:
        """A new document's number."""
        return str(self.ok(person, "new", type_id, "-t", title, *args, "--json").json["number"])

    def entries(self) -> list[str]:
        """Subjects of the ledger's entries, newest first."""
        return self.git_ok("log", "--first-parent", "--format=%s", "approved").split("\n")

    def copy(self, folder: Path) -> Desk:
        """The same repository at another place, with a home that knows nothing yet."""
        other = Desk(self.company, folder / "repo", folder / "home", dict(self.env))
        shutil.copytree(self.root, other.root, symlinks=True)
        other.home.mkdir()
        signers = other.root / ".git" / "prs" / "allowed_signers"
        other.git_ok("config", "gpg.ssh.allowedSignersFile", signers)
        other.git_ok("update-index", "-q", "--refresh")
        return other


def files_below(folder: Path) -> list[Path]:
    """Every file outside .git; litter of an interrupted write aside."""
    found = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        found += [Path(parent, name) for name in names if not name.endswith(".prs-tmp")]
    return found


def run(command: list[str | Path] | list[Any], cwd: Path, env: Mapping[str, str], stdin: bytes = b"") -> Result:
    """Run a command to its end."""
    done = subprocess.run(command, cwd=cwd, env=dict(env), input=stdin, capture_output=True, timeout=300, check=False)
    return Result(done.returncode, done.stdout, done.stderr.decode("utf-8", "replace"))


def assert_refused(done: Result, code: str) -> None:
    """A refusal in the contract's form: exit 2, the code, a hint, and nothing on stdout."""
    shown = f"exit {done.code}\n{done.raw.decode('utf-8', 'replace')}\n{done.err}"
    assert done.code == 2, shown
    assert done.err.startswith(f"error[{code}]: "), shown
    assert "\nhint: " in done.err, shown
    assert "{" not in done.err.split("\nhint: ")[0], f"a placeholder was not filled: {shown}"
    assert done.raw == b"", shown


def found_repository(company: Company, folder: Path) -> Desk:
    """A new document repository with everybody in its policy and one project, saved."""
    folder.mkdir(parents=True, exist_ok=True)
    desk = Desk(company, folder, folder / "home")
    desk.home.mkdir()
    founder = company.people["cheng"]
    desk.ok(
        "cheng", "init", "repo", "--org", ORGANISATION, "--name", founder.name, "--email", founder.email,
        "--people", company.people_file,
    )  # fmt: skip
    desk.root = folder / "repo"
    desk.git_ok("config", "--unset", "user.signingkey")  # who acts is said with every command
    desk.ok("shen", "project", "new", PROJECT, "-t", "滨江智慧园区", "--customer", "滨江建投")
    desk.ok("shen", "save", "-m", "登记项目")
    return desk


PLAN_FIELDS = (
    "--set", "survey_from=2023-05-19", "--set", "survey_to=2023-05-26", "--set", "methods=interview,questionnaire",
    "--set", "participants=lin,shen", "--set", "planned_levels=executive,technical",
)  # fmt: skip
PAPER_FIELDS = ("--set", "product=数据中台", "--set", "product_version=V3.2")
NOTE_FIELDS = ("--set", "channel=seminar", "--set", "event_date=2023-05-17", "--set", "captured_date=2023-05-18")


def new_plan(desk: Desk, title: str = "需求调研计划") -> str:
    """A survey plan of the project by lin: one step, shen."""
    return desk.new("lin", "survey-plan", title, "-p", PROJECT, *PLAN_FIELDS)


def new_paper(desk: Desk, title: str = "数据中台技术白皮书", author: str = "xu") -> str:
    """A white paper of no project: important, three steps: han (head of technology), shen, cheng."""
    return desk.new(author, "technical-white-paper", title, *PAPER_FIELDS)


def new_note(desk: Desk, title: str = "研讨会信息") -> str:
    """A note by song, which needs no approval."""
    return desk.new("song", "market-info-note", title, *NOTE_FIELDS)


def is_writable(path: Path) -> bool:
    """Whether anybody may write a file."""
    return bool(path.stat().st_mode & stat.S_IWUSR)
