"""Makes a document repository of any size: founded by `prs init`, filled by fast-import and native signing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO

from bench.corpus import Corpus, Made
from bench.ledger import LedgerWriter, make_key, private_file, public_line
from presales_repo.store.ledger import open_ledger
from presales_repo.store.repository import APPROVED, MAIN, open_repository

NOW = "2024-01-15T09:00:00+08:00"  # after the last month of the corpus
_START = 1_451_606_400  # 2016-01-01T00:00:00Z in seconds since 1970
_PEOPLE = (
    ("cheng", "程伯远", "management", "company-leader, repo-admin"),
    ("gao", "高敬之", "presales", "dept-head"),
    ("shen", "沈砚舟", "presales", "presales-manager"),
    ("lin", "林越", "presales", "solution-architect"),
    ("xu", "许知行", "presales", "technical-expert"),
    ("song", "宋佳宁", "business", "business-specialist"),
    ("han", "韩策", "business", "dept-head"),
)


@dataclass(frozen=True, slots=True)
class Fixture:
    """A generated repository. `root`: its working tree; `place`: the folder that holds it, keys and home;
    `published`: how many documents, from the first one on, the ledger published; `entries`: in the ledger."""

    place: str
    root: str
    environment: Mapping[str, str]
    corpus: Corpus
    published: int
    entries: int

    def key(self, person: str) -> str:
        """A person's private key file."""
        return os.path.join(self.place, person)

    def drafts(self, count: int) -> Iterator[int]:
        """Places of `count` documents that the ledger does not know and that have to be approved."""
        unknown = range(self.published, self.corpus.count)
        waiting = (index for index in unknown if self.corpus.document(index).doctype.chain == "light")
        return islice(waiting, count)

    def git(self, *words: str) -> str:
        """The output of a git command in the working tree."""
        done = subprocess.run(["git", *words], cwd=self.root, env=self.environment, check=True, capture_output=True)
        return done.stdout.decode().rstrip("\n")


def make_repository(place: str, docs: int, entries: int, seed: int, *, repack: bool) -> Fixture:
    """A repository of `docs` documents, each with a commit of its own on main, and about `entries` ledger entries.

    `repack`: rewrite the packs, as time and `git gc` do. What fast-import leaves is eight times slower to read.
    """
    environment = _environment(place)
    root = os.path.join(place, "repository")
    _write_keys(place, seed)
    _prs(place, environment, "init", root, "--org", "启衡", "--name", "程伯远", "--email", "cheng@q.example",
         "--key", os.path.join(place, "cheng"), "--people", os.path.join(place, "people.yaml"))  # fmt: skip
    repository = open_repository(root, environment)
    ledger = open_ledger(repository)
    corpus = Corpus(ledger.policy, docs, seed)
    fixture = Fixture(place, root, environment, corpus, 0, 0)
    commits = _import_documents(fixture)
    fixture.git("reset", "-q", "--hard")
    writer = LedgerWriter(repository.git, ledger.head, seed, _START + 60 * docs)
    published = 0
    while writer.head.sequence < entries and published < docs:
        writer.publish(corpus.document(published), commits[published])
        published += 1
    writer.flush()
    fixture.git("update-ref", APPROVED, writer.head.tip, ledger.head.tip)
    ledger.close()
    repository.git.close()
    if repack:
        fixture.git("repack", "-adfq")
    return Fixture(place, root, environment, corpus, published, writer.head.sequence)


def _environment(place: str) -> dict[str, str]:
    """Nothing of the caller's settings but where programs and Python's modules are."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    home = os.path.join(place, "home")
    os.makedirs(home, exist_ok=True)
    return {**kept, "HOME": home, "LC_ALL": "C.UTF-8", "PRS_NOW": NOW}


def _prs(place: str, environment: Mapping[str, str], *words: str) -> None:
    subprocess.run([*prs_command(), *words], cwd=place, env=environment, check=True, stdout=subprocess.DEVNULL)


def prs_command() -> Sequence[str]:
    """The installed `prs` of this interpreter; without one, the package as Python finds it."""
    script = os.path.join(os.path.dirname(sys.executable), "prs")
    return [script] if os.path.exists(script) else [sys.executable, "-m", "presales_repo"]


def _write_keys(place: str, seed: int) -> None:
    lines = []
    for id_, name, department, roles in _PEOPLE:
        key = make_key(id_, seed)
        with open(os.open(os.path.join(place, id_), os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
            file.write(private_file(key))
        lines.append(
            f"- {{id: {id_}, name: {name}, department: {department}, roles: [{roles}], "
            f'email: {id_}@q.example, keys: ["{public_line(key)}"]}}\n'
        )
    with open(os.path.join(place, "people.yaml"), "w", encoding="utf-8") as file:
        file.writelines(lines)


def _import_documents(fixture: Fixture) -> list[str]:
    """One commit on main for each document, the first one with the projects' records too; the commits' ids."""
    marks = os.path.join(fixture.place, "marks")
    importer = subprocess.Popen(
        ["git", "fast-import", "--quiet", f"--export-marks={marks}"],
        cwd=fixture.root,
        env=fixture.environment,
        stdin=subprocess.PIPE,
    )
    assert importer.stdin is not None
    for index in range(fixture.corpus.count):
        files = fixture.corpus.records() if index == 0 else []
        _write_commit(importer.stdin, fixture.corpus.document(index), files)
    importer.stdin.close()
    if importer.wait():
        raise RuntimeError("git fast-import failed")
    with open(marks, encoding="ascii") as file:
        found = dict(line.split() for line in file)
    return [found[f":{index + 1}"] for index in range(fixture.corpus.count)]


def _write_commit(stream: IO[bytes], made: Made, files: Sequence[tuple[str, bytes]]) -> None:
    who = f"{made.person.name} <{made.person.email}> {_START + 60 * made.index} +0800"
    parent = f"from refs/heads/{MAIN}^0\n" if made.index == 0 else ""
    message = f"{made.number}\n".encode()
    stream.write(f"commit refs/heads/{MAIN}\nmark :{made.index + 1}\nauthor {who}\ncommitter {who}\n".encode())
    stream.write(b"data %d\n%s%s" % (len(message), message, parent.encode()))
    for path, data in (*files, (made.path, made.data)):
        stream.write(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
