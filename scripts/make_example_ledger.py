"""Write docs/example-ledger/commits and the keys in its policy: a small complete ledger, always the same bytes.

From the top of the checkout: `python -m scripts.make_example_ledger`. The entries are made by the operations that
`prs submit` and `prs approve` run, with a fixed clock and keys that anybody can make again: they protect nothing.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from presales_repo.model.entry import GENESIS, NO_LEDGER, Entry
from presales_repo.model.policy import Person, build_policy, policy_data
from presales_repo.ops.decide import approve, submit
from presales_repo.ops.session import Session
from presales_repo.store.ledger import found_ledger
from presales_repo.store.repository import open_repository
from presales_repo.store.sign import load_signing_key

EXAMPLE = Path(__file__).resolve().parent.parent / "docs" / "example-ledger"
NUMBER = "FJ202305001"
# Who, with which role: the manager also founds the ledger.
PEOPLE = {
    "shen.yanzhou": ("沈砚舟", "[presales-manager, repo-admin]"),
    "xu.zhixing": ("许知行", "[technical-expert]"),
}
MANAGER, AUTHOR = PEOPLE
START = datetime.datetime(2023, 5, 8, 9, 0, tzinfo=datetime.timezone(datetime.timedelta(hours=8)))


def private_key(person: str) -> Ed25519PrivateKey:
    """The throw-away key of a person, made of the name alone."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"prs example: {person}".encode()).digest())


def people_yaml() -> str:
    """policy/people.yaml with the public keys."""
    blocks = ["# The keys are made from the names (scripts/make_example_ledger.py): they protect nothing.\npeople:\n"]
    for person, (name, roles) in PEOPLE.items():
        key = private_key(person).public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
        blocks.append(
            f"  - id: {person}\n    name: {name}\n    department: presales\n    roles: {roles}\n"
            f"    email: {person}@example.com\n    keys:\n      - {key}\n"
        )
    return "".join(blocks)


class _Studio:
    """A temporary repository in which the example is acted out."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "repository"
        self.keys = folder / "keys"
        self.keys.mkdir()
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "XDG_STATE_HOME": str(folder / "state"),
        }
        for person in PEOPLE:
            pem = private_key(person).private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
            descriptor = os.open(self.keys / person, os.O_WRONLY | os.O_CREAT, 0o600)
            with open(descriptor, "wb") as file:
                file.write(pem)

    def git(self, *words: str, env: dict[str, str] | None = None) -> bytes:
        """The output of a git command in the repository."""
        command = ["git", "-C", str(self.root), *words]
        return subprocess.run(command, check=True, capture_output=True, env={**self.environment, **(env or {})}).stdout

    def session(self, person: str, minutes: int) -> Session:
        """What `prs` run by this person, so long after the start, begins with."""
        moment = START + datetime.timedelta(minutes=minutes)
        return Session(str(self.root), self.environment, moment, str(self.keys / person))

    def commit(self, person: str, minutes: int, path: str, message: str) -> None:
        """An ordinary signed commit on main that adds `path`."""
        when = f"{int((START + datetime.timedelta(minutes=minutes)).timestamp())} +0800"
        key = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={self.keys / person}")
        who = ("-c", f"user.name={PEOPLE[person][0]}", "-c", f"user.email={person}@example.com")
        self.git("add", path)
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        self.git(*key, *who, "commit", "-q", "-S", "-m", message, env=dates)


def make(files: Path) -> dict[str, bytes]:
    """The example's commits, raw, by the name of their file. `files`: the working tree to begin with."""
    with tempfile.TemporaryDirectory(prefix="prs-example-") as folder:
        studio = _Studio(Path(folder))
        shutil.copytree(files, studio.root)
        subprocess.run(["git", "init", "-q", "-b", "main", studio.root], check=True, env=studio.environment)
        studio.commit(MANAGER, 0, "policy", "policy of the example")
        _found(studio)
        studio.commit(AUTHOR, 10, "common", "案例说明初稿")
        submit(studio.session(AUTHOR, 20), NUMBER, "首次发布")
        approve(studio.session(MANAGER, 30), NUMBER, "同意")
        names = {
            "main-1-policy": "main~1",
            "main-2-document": "main",
            "approved-0-genesis": "approved~2",
            "approved-1-submit": "approved~1",
            "approved-2-approve": "approved",
        }
        return {f"{name}.commit": studio.git("cat-file", "commit", rev) for name, rev in names.items()}


def _found(studio: _Studio) -> None:
    """The genesis entry, over the tree of main's first commit: it holds nothing but the policy."""
    repository = open_repository(str(studio.root), studio.environment)
    names = studio.git("ls-files", "policy").decode().split()
    policy = build_policy(policy_data({name: (studio.root / name).read_bytes() for name in names}))
    founder: Person = policy.people[MANAGER]
    entry = Entry(GENESIS, NO_LEDGER, 0, founder.id, policy.digest, comment="Ledger of the example")
    key = load_signing_key(str(studio.keys / MANAGER), studio.environment["HOME"])
    tree = studio.git("rev-parse", "main^{tree}").decode().strip()
    found_ledger(repository, tree, entry, founder, key, (int(START.timestamp()), "+0800"))
    repository.git.close()


def main() -> None:
    """Write the keys into the policy, then the commits."""
    (EXAMPLE / "files" / "policy" / "people.yaml").write_text(people_yaml(), encoding="utf-8")
    for name, raw in make(EXAMPLE / "files").items():
        (EXAMPLE / "commits" / name).write_bytes(raw)
        print(name)


if __name__ == "__main__":
    main()
