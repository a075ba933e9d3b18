"""What prs accepts, git and ssh-keygen accept, and what prs refuses they refuse: two readers of SSHSIG that were
written by others judge every honest entry and every tampered signature."""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from presales_repo.errors import PrsError
from presales_repo.model.commit import parse_commit
from presales_repo.model.sshsig import parse_signature
from presales_repo.model.sshverify import verify
from scripts.make_example_ledger import EXAMPLE
from tests.attacks.forge import Forger, signed
from tests.attacks.ledger.attack import ACCEPTED, prs, verdict
from tests.attacks.ledger.conftest import Begin, staff
from tests.unit.model.test_sshsig import KINDS, SK_ECDSA, SK_ED25519, security_key_text
from tests.unit.model.test_sshsig import MESSAGE as SK_MESSAGE
from tests.unit.store.library import PATH, STAFF, document, make_keys, new_library

WHO = "shen@q.example"
PAYLOAD = (
    b"tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\nauthor S <shen@q.example> 1690000000 +0800\n"
    b"committer S <shen@q.example> 1690000000 +0800\n\nprs: approve\n"
)


class Judges:
    """prs, ssh-keygen and git, with one file of allowed signers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.allowed = folder / "allowed"
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"
        }  # fmt: skip
        self._git("init", "-q", "--template=")

    def _git(self, *words: str, stdin: bytes = b"", check: bool = True) -> subprocess.CompletedProcess[bytes]:
        command = ["git", "-C", self.folder, "-c", f"gpg.ssh.allowedSignersFile={self.allowed}", *words]
        return subprocess.run(command, input=stdin, capture_output=True, env=self.environment, check=check)

    def by_prs(self, payload: bytes, armour: str) -> bool:
        try:
            key = verify(parse_signature(armour), payload)
        except PrsError:
            return False
        return " ".join(key.line().split(" ")[:2]) in self.allowed.read_text()

    def by_ssh_keygen(self, payload: bytes, armour: str) -> bool:
        (self.folder / "sig").write_text(armour)
        command = ["ssh-keygen", "-Y", "verify", "-n", "git", "-I", WHO, "-f", self.allowed, "-s", self.folder / "sig"]
        return subprocess.run(command, input=payload, capture_output=True, check=False).returncode == 0

    def by_git(self, payload: bytes, armour: str) -> bool:
        raw = signed(payload, armour)
        oid = self._git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=raw).stdout.decode()
        return self._git("verify-commit", oid.strip(), check=False).returncode == 0

    def all(self, payload: bytes, armour: str) -> set[bool]:
        """What the three say."""
        return {judge(payload, armour) for judge in (self.by_prs, self.by_ssh_keygen, self.by_git)}


@pytest.fixture(scope="module")
def judges(tmp_path_factory: pytest.TempPathFactory) -> Judges:
    return Judges(tmp_path_factory.mktemp("judges"))


@pytest.fixture(scope="module")
def signatures(judges: Judges, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A signature of each kind of key over the same commit; all keys are shen's."""
    folder, found, lines = tmp_path_factory.mktemp("kinds"), {}, []
    for kind, options in KINDS.items():
        key = folder / kind
        subprocess.run(["ssh-keygen", "-q", *options, "-N", "", "-f", key], check=True)
        lines.append(" ".join((folder / f"{kind}.pub").read_text().split()[:2]))
        command = ["ssh-keygen", "-q", "-Y", "sign", "-n", "git", "-f", key]
        found[kind] = subprocess.run(command, input=PAYLOAD, capture_output=True, check=True).stdout.decode()
    judges.allowed.write_text("".join(f'{WHO} namespaces="git" {line}\n' for line in lines))
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_all_accept_an_honest_signature(kind: str, judges: Judges, signatures: dict[str, str]) -> None:
    assert judges.all(PAYLOAD, signatures[kind]) == {True}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"approve", b"approv3"),
        lambda text: text.replace(b"1690000000", b"1690000001", 1),
        lambda text: text + b"\n",
        lambda text: text.replace(b"4b825dc6", b"4b825dc7"),
    ],
    ids=["word", "date", "line end", "tree"],
)
def test_none_accepts_another_payload(
    kind: str, change: Callable[[bytes], bytes], judges: Judges, signatures: dict[str, str]
) -> None:
    assert judges.all(change(PAYLOAD), signatures[kind]) == {False}


def parts(blob: bytes) -> dict[str, range]:
    """Where the fields of a signature lie (PROTOCOL.sshsig), their lengths included."""
    found, at = {"magic": range(6), "version": range(6, 10)}, 10
    for name in ("key", "namespace", "reserved", "hash", "signature"):
        end = at + 4 + int.from_bytes(blob[at : at + 4], "big")
        found[name] = range(at, end)
        at = end
    assert at == len(blob)
    return found


def armoured(blob: bytes) -> str:
    encoded = base64.b64encode(blob).decode()
    lines = [encoded[at : at + 70] for at in range(0, len(encoded), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


def blob_of(armour: str) -> bytes:
    return base64.b64decode("".join(armour.splitlines()[1:-1]))


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa256", "rsa2048"])
@pytest.mark.parametrize("part", ["magic", "version", "key", "namespace", "reserved", "hash", "signature"])
def test_none_accepts_a_flipped_bit(kind: str, part: str, judges: Judges, signatures: dict[str, str]) -> None:
    """In the length of each part, in its middle and at its end."""
    blob = blob_of(signatures[kind])
    where = parts(blob)[part]
    for at in sorted({where[3], where[len(where) // 2], where[-1]}):
        changed = bytearray(blob)
        changed[at] ^= 1 << at % 8
        assert judges.all(PAYLOAD, armoured(bytes(changed))) == {False}, at


@pytest.mark.parametrize("kind", ["ed25519", "rsa2048"])
def test_none_accepts_another_namespace_or_key(kind: str, judges: Judges, signatures: dict[str, str]) -> None:
    others = {"namespace": b"fil", "hash": b"sha256"}
    for part, value in others.items():
        blob = blob_of(signatures[kind])
        where = parts(blob)[part]
        changed = blob[: where[0]] + len(value).to_bytes(4, "big") + value + blob[where[-1] + 1 :]
        assert judges.all(PAYLOAD, armoured(changed)) == {False}
    one, two = blob_of(signatures["ed25519"]), blob_of(signatures["ecdsa256"])
    moved = one[: parts(one)["key"][0]] + two[parts(two)["key"][0] : parts(two)["key"][-1] + 1]
    assert judges.all(PAYLOAD, armoured(moved + one[parts(one)["key"][-1] + 1 :])) == {False}


@pytest.mark.parametrize("algorithm", [SK_ED25519, SK_ECDSA])
def test_security_keys(algorithm: str, judges: Judges, tmp_path: Path) -> None:
    """Made in software: what hardware would sign, and then each byte of flags and counter changed."""
    armour = security_key_text(algorithm)
    own = Judges(tmp_path)
    line = parse_signature(armour).key.line()
    own.allowed.write_text(f'{WHO} namespaces="git" {line}\n')
    assert own.by_prs(SK_MESSAGE, armour)
    assert own.by_ssh_keygen(SK_MESSAGE, armour)
    blob = blob_of(armour)
    for at in (len(blob) - 5, len(blob) - 1, len(blob) - 20, parts(blob)["key"][-1]):
        changed = bytearray(blob)
        changed[at] ^= 1
        text = armoured(bytes(changed))
        assert {own.by_prs(SK_MESSAGE, text), own.by_ssh_keygen(SK_MESSAGE, text)} == {False}


# -- whole ledgers


def test_every_entry_of_the_example(judges: Judges, tmp_path: Path) -> None:
    own = Judges(tmp_path)
    people = yaml.safe_load((EXAMPLE / "files" / "policy" / "people.yaml").read_text(encoding="utf-8"))["people"]
    keys = [key for person in people for key in person["keys"]]
    own.allowed.write_text("".join(f'{WHO} namespaces="git" {" ".join(key.split()[:2])}\n' for key in keys))
    entries = sorted((EXAMPLE / "commits").glob("approved-*"))
    assert len(entries) == 3
    for file in entries:
        commit = parse_commit(file.read_bytes())
        assert commit.signature is not None
        assert own.all(commit.payload, commit.signature) == {True}
        assert own.all(commit.payload.replace(b"Prs-Sequence: ", b"Prs-Sequence: 1"), commit.signature) == {False}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys of all kinds in one company: cheng RSA, ye ECDSA 384, shen ECDSA 256, the others Ed25519."""
    folder = make_keys(tmp_path_factory.mktemp("mixed"))
    for name, kind in {"cheng": "rsa2048", "ye": "ecdsa384", "shen": "ecdsa256", "shen-2": "ecdsa521"}.items():
        for old in (folder / name, folder / f"{name}.pub"):
            old.unlink(missing_ok=True)
        subprocess.run(["ssh-keygen", "-q", *KINDS[kind], "-N", "", "-f", folder / name], check=True)
    subprocess.run(["ssh-keygen", "-q", *KINDS["rsa3072"], "-N", "", "-f", folder / "cheng-2"], check=True)
    return folder


def test_every_entry_of_a_company_with_keys_of_all_kinds(mixed: Path, tmp_path: Path) -> None:
    """Entries of prs and entries made by hand after the page on the format, side by side."""
    library = new_library(tmp_path / "company", mixed, staff(mixed))
    evil = Forger(library)
    library.commit({PATH: document(kind="technical-white-paper")})
    library.append("submit", "lin")
    evil.publish(evil.approval("gao", step="first", final=False))
    evil.publish(evil.approval("shen", key="shen-2", step="second", final=False))
    library.append("approve", "cheng")
    files = staff(mixed, version=2)
    evil.publish(evil.proposal(files))
    evil.publish(evil.endorsement())
    library.commit({PATH: document(kind="technical-white-paper", summary="new")})
    library.append("submit", "lin", version="1.1")
    library.append("reject", "gao")
    assert verdict(library) == verdict(library, "--full") == ACCEPTED
    assert library.accepted() == 9, "git verify-commit accepts them all"
    own = Judges(tmp_path)
    lines = [" ".join((mixed / f"{name}.pub").read_text().split()[:2]) for name in (*STAFF, "shen-2", "cheng-2")]
    own.allowed.write_text("".join(f'{WHO} namespaces="git" {line}\n' for line in lines))
    for oid in evil.entries():
        commit = parse_commit(evil.raw(oid))
        assert commit.signature is not None
        assert own.all(commit.payload, commit.signature) == {True}


def test_entries_made_by_hand_are_believed(begin: Begin) -> None:
    """So the refusals of the catalogue are for what was bent, not for how an entry was made."""
    for state, make in (
        ("founded", lambda evil: evil.submission()),
        ("submitted", lambda evil: evil.approval()),
        ("reviewing", lambda evil: evil.approval("gao", step="first", final=False)),
        ("reviewed", lambda evil: evil.submission("lin").claim(Action="withdraw", Authors="")),
    ):
        evil = begin.at(state, state)
        tip = evil.publish(make(evil))
        assert (verdict(evil.library), verdict(evil.library, "--full")) == (ACCEPTED, ACCEPTED)
        assert prs(evil.folder, evil.library.environment, "verify", "--json").json["tip"] == tip
