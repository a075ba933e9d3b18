"""Attacks on what git shows of a repository: refs, grafts, caches, filters, programs and settings that lie.

Some leave a ledger that must be refused, others one that must be read as if nothing had happened. Each is shown to
work on a verifier that lacks the defence.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from presales_repo.errors import PrsError
from tests.attacks.forge import APPROVED, MAIN, Forger, signed
from tests.attacks.ledger.attack import ACCEPTED, apply, elsewhere, prs, refusal, shown, verdict
from tests.attacks.ledger.conftest import Begin
from tests.attacks.mutate import Edit, Swap
from tests.company import ROOT
from tests.unit.store.library import NUMBER, PATH, document

TEXT = document()
MEMORY = Edit("store.ledger:_check_memory", "seen and seen[1] not in oids", "False")
PINNED = Edit("store.ledger:_check_memory", "cache.remembered_ledger not in (None, ledger)", "False")
REHASH = Edit("store.verifier:ObjectReader.read", "object_id(kind, found.data) != oid", "False")
REHASH_ENTRY = Edit("store.attest:attest", 'object_id("commit", raw) != oid', "False")
REPLACING = Swap("store.git:_FIXED", None, "GIT_NO_REPLACE_OBJECTS")
PARENTS = Edit("store.verifier:verify_entry", "commit.parents[0] != head.tip", "False")
SEQUENCE = Edit("model.replay:check_position", "entry.sequence != head.sequence + 1", "False")

# What a verifier would do that asks git, in the folder where prs works.
ASKING_GIT = """    import subprocess
    return subprocess.run(["git", "-C", FOLDER, "verify-commit", "approved"], stdin=subprocess.DEVNULL, check=True)
    if False:"""


def refused(evil: Forger, code: str) -> None:
    """Verification and the next ordinary command say so."""
    assert verdict(evil.library) == code
    assert verdict(evil.library, "--full") == code
    listed = prs(evil.folder, evil.library.environment, "list")
    assert (listed.code, listed.out, refusal(listed)) == (2, b"", code)


def unmoved(evil: Forger, environment: dict[str, str] | None = None) -> None:
    """The ledger verifies, and the text is the one that was approved."""
    for options in ((), ("--full",)):
        assert verdict(evil.library, *options, environment=environment) == ACCEPTED
    assert shown(evil, environment) == TEXT


# -- the ledger rewound, forked, exchanged, deleted


def rewound(evil: Forger) -> None:
    evil.point(APPROVED, evil.entries()[-2])


def forked(evil: Forger) -> None:
    """Another honest decision in the place of the one that was seen."""
    rewound(evil)
    evil.publish(evil.approval("lin", step="", final=False).claim(Action="withdraw", Step=""))


def deleted_after_the_server_was_rewound(evil: Forger) -> None:
    """A clone without `approved` takes that of origin."""
    evil.point("refs/remotes/origin/approved", evil.entries()[-2])
    evil.git("update-ref", "-d", APPROVED)


@pytest.mark.parametrize("attack", [rewound, forked, deleted_after_the_server_was_rewound])
def test_a_ledger_that_lost_entries(
    attack: Callable[[Forger], None], begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Noticed by who saw them; who meets it for the first time has no way to know."""
    evil = begin.at("published")
    attack(evil)
    refused(evil, "A230")
    assert verdict(evil.library, environment=elsewhere(evil.library, tmp_path / "stranger")) == ACCEPTED
    apply(monkeypatch, MEMORY)
    assert verdict(evil.library, "--full") == ACCEPTED


def test_a_ledger_that_was_deleted(begin: Begin) -> None:
    evil = begin.at("published")
    evil.git("update-ref", "-d", APPROVED)
    refused(evil, "E113")


def test_a_ledger_that_was_exchanged(begin: Begin, keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same people and texts, from another genesis on; rewinding the number of entries is not needed."""
    evil, other = begin.at("submitted"), begin.at("founded", "other")
    later = other.raw(APPROVED).split(b"\ngpgsig ")[0] + b"\n\n" + other.raw(APPROVED).partition(b"\n\n")[2]
    later = later.replace(b"1690000000", b"1690000001")
    other.publish(signed(later, other.sign(later, "cheng")))
    other.publish(other.submission())
    other.publish(other.approval())
    evil.git("fetch", "-q", str(other.folder), f"+{APPROVED}:{APPROVED}")
    refused(evil, "A231")
    apply(monkeypatch, PINNED)
    assert verdict(evil.library, "--full") == "A230"
    apply(monkeypatch, MEMORY)
    assert verdict(evil.library, "--full") == ACCEPTED


# -- what git shows otherwise


def _withdrawal_instead(evil: Forger) -> None:
    """refs/replace shows lin's withdrawal, honestly signed, wherever the approval is asked for."""
    tip = evil.entries()[-1]
    evil.point(APPROVED, evil.entries()[-2])
    other = evil.write(evil.approval("lin", step="", final=False).claim(Action="withdraw", Step=""))
    evil.point(APPROVED, tip)
    evil.git("replace", tip, other)
    assert b"withdraw" in evil.git("log", "-1", "--format=%s", APPROVED)


def test_a_replaced_entry(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = begin.at("published")
    _withdrawal_instead(evil)
    unmoved(evil)
    apply(monkeypatch, REPLACING)
    assert verdict(evil.library, "--full") == "A221"
    apply(monkeypatch, REHASH)
    apply(monkeypatch, REHASH_ENTRY)
    assert verdict(evil.library, "--full") == ACCEPTED
    assert prs(evil.folder, evil.library.environment, "show", f"{NUMBER}@1.0").code == 2, "the approval is not seen"


def test_a_replaced_text(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = begin.at("published")
    evil.git("replace", evil.oid(f"{APPROVED}:{PATH}"), evil.store("blob", document(summary="evil")))
    assert b"evil" in evil.git("show", f"{APPROVED}:{PATH}")
    unmoved(evil)
    apply(monkeypatch, REPLACING)
    assert verdict(evil.library, "--full") == "A221"
    apply(monkeypatch, REHASH)
    assert verdict(evil.library, "--full") == "A216"


def test_a_graft(begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """.git/info/grafts: git believes that the approval follows genesis, and shows no submission."""
    evil = begin.at("published")
    genesis, _, tip = evil.entries()
    grafts = evil.folder / ".git" / "info" / "grafts"
    grafts.parent.mkdir(exist_ok=True)
    grafts.write_text(f"{tip} {genesis} {evil.oid(MAIN)}\n")
    assert evil.entries() == [genesis, tip]
    stranger = elsewhere(evil.library, tmp_path)
    assert verdict(evil.library, "--full") == verdict(evil.library, environment=stranger) == "A223"
    apply(monkeypatch, PARENTS)
    assert verdict(evil.library, "--full") == "A202"
    apply(monkeypatch, SEQUENCE)
    assert verdict(evil.library, "--full") == "A308"


def _forge_commit_graph(evil: Forger, commit: str, parent: str) -> None:
    """Another first parent for a commit in .git/objects/info/commit-graph (gitformat-commit-graph(5))."""
    evil.git("commit-graph", "write", "--reachable")
    path = evil.folder / ".git" / "objects" / "info" / "commit-graph"
    data = bytearray(path.read_bytes())
    chunks = {}
    for at in range(8, 8 + 12 * data[6], 12):
        chunks[bytes(data[at : at + 4])] = int.from_bytes(data[at + 4 : at + 12], "big")
    count = int.from_bytes(data[chunks[b"OIDL"] - 4 : chunks[b"OIDL"]], "big")
    names = [data[chunks[b"OIDL"] + 20 * n : chunks[b"OIDL"] + 20 * (n + 1)].hex() for n in range(count)]
    at = chunks[b"CDAT"] + 36 * names.index(commit) + 20
    data[at : at + 4] = names.index(parent).to_bytes(4, "big")
    data[-20:] = hashlib.sha1(data[:-20]).digest()
    path.chmod(0o644)
    path.write_bytes(data)


def test_a_forged_commit_graph(begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache of the history that git asks first says that there was no submission."""
    evil = begin.at("published")
    genesis, _, tip = evil.entries()
    _forge_commit_graph(evil, tip, genesis)
    assert evil.entries() == [genesis, tip]
    stranger = elsewhere(evil.library, tmp_path)
    assert verdict(evil.library, "--full") == verdict(evil.library, environment=stranger) == "A223"
    apply(monkeypatch, PARENTS)
    assert verdict(evil.library, "--full") == "A202"


def test_a_shallow_boundary(begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The history ends where the attacker likes; without the file that says so, objects are missing."""
    evil = begin.at("published")
    clone = tmp_path / "shallow"
    url = f"file://{evil.folder}"
    evil.git("clone", "-q", "--depth", "1", "--no-checkout", "--branch", "approved", url, str(clone))
    environment = evil.library.environment
    for words in (("verify", "--json"), ("verify", "--full", "--json"), ("list",)):
        assert refusal(prs(clone, environment, *words)) == "E114"
    apply(monkeypatch, Edit("store.repository:require_ledger", "repository.shallow", "False"))
    answer = prs(clone, environment, "verify", "--json")
    assert answer.json["problems"][0]["code"] == "A222", "the entry at the boundary is no genesis"
    (clone / ".git" / "shallow").unlink()
    answer = prs(clone, environment, "verify", "--full", "--json")
    assert answer.json["problems"][0]["code"] == "A221"


# -- filters and programs


def test_a_filter_that_changes_what_is_read(begin: Begin, monkeypatch: pytest.MonkeyPatch) -> None:
    """The text that is signed is the blob; what a filter makes of it on somebody's disk is not it."""
    evil = begin.at("submitted")
    content = evil.library.commit({".gitattributes": b"*.md filter=evil diff=evil\n"})
    for name, program in (("smudge", "sed s/正文/甲/"), ("clean", "sed s/甲/正文/")):
        evil.git("config", f"filter.evil.{name}", program)
    evil.git("config", "diff.evil.textconv", "sed s/正文/甲/")
    evil.git("reset", "-q", "--hard", content)
    assert "甲".encode() in (evil.folder / PATH).read_bytes()
    assert evil.git("status", "--porcelain") == b"", "git sees no difference"
    approve = ("--key", str(evil.library.keys / "shen"), "approve", NUMBER)
    environment = {**evil.library.environment, "PRS_NOW": "2023-07-23T10:00:00+08:00"}
    answer = prs(evil.folder, environment, *approve)
    assert (answer.code, refusal(answer)) == (2, "A307")
    assert verdict(evil.library) == ACCEPTED
    with monkeypatch.context() as patch:
        apply(patch, Edit("ops.decide:require_same_text", " or data != submitted.data", ""))
        assert prs(evil.folder, environment, *approve).code == 0, "signed unread"
    unmoved(evil)


def _program(path: Path, text: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_lying_signature_program(begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """git verify-commit believes whatever program the settings name."""
    evil = begin.at("submitted")
    reading = 'case "$*" in *verify*) cat >/dev/null;; esac; '
    liar = _program(
        tmp_path / "liar", reading + 'echo "Good \\"git\\" signature for shen@q.example with ED25519 key SHA256:x"'
    )
    for name in ("gpg.ssh.program", "gpg.program", "gpg.openpgp.program"):
        evil.git("config", name, str(liar))
    entry = evil.approval(key="stranger")
    tip = evil.publish(entry)
    evil.git("config", "gpg.ssh.allowedSignersFile", "/dev/null")
    evil.git("verify-commit", tip)
    refused(evil, "A301")

    apply(
        monkeypatch,
        Edit(
            "store.verifier:_check_signer",
            "    if person is None:",
            ASKING_GIT.replace("FOLDER", repr(str(evil.folder))),
        ),
    )
    assert verdict(evil.library, "--full") == ACCEPTED


def test_a_lying_git(begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """First in PATH, it shows other objects than those that were asked for."""
    evil = begin.at("published")
    _withdrawal_instead(evil)
    git = shutil.which("git")
    _program(tmp_path / "bin" / "git", f'unset GIT_NO_REPLACE_OBJECTS\nexec {git} "$@"')
    lied_to = {**evil.library.environment, "PATH": f"{tmp_path / 'bin'}:{evil.library.environment['PATH']}"}
    assert verdict(evil.library, "--full", environment=lied_to) == "A221"
    stranger = {**lied_to, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path / "state")}
    assert verdict(evil.library, environment=stranger) == "A221"
    apply(monkeypatch, REHASH)
    apply(monkeypatch, REHASH_ENTRY)
    assert verdict(evil.library, "--full", environment=lied_to) == ACCEPTED


def test_a_git_that_hides_the_last_entry(begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    evil = begin.at("published")
    old, new = evil.entries()[-2:]
    script = f'case "$*" in cat-file*) exec sed -u s,refs/heads/approved,{old}, | {shutil.which("git")} "$@";; esac\n'
    _program(tmp_path / "bin" / "git", f'{script}exec {shutil.which("git")} "$@"')
    lied_to = {**evil.library.environment, "PATH": f"{tmp_path / 'bin'}:{evil.library.environment['PATH']}"}
    for options in ((), ("--full",)):
        assert prs(evil.folder, lied_to, "verify", "--json", *options).json["problems"][0]["code"] == "A230"
    apply(monkeypatch, MEMORY)
    assert prs(evil.folder, lied_to, "verify", "--full", "--json").json["tip"] == old != new


# -- the environment


@pytest.fixture
def other(begin: Begin) -> Forger:
    """Another repository, where the plan is published with another text."""
    evil = begin.at("founded", "other")
    evil.library.commit({PATH: document(summary="evil")})
    evil.publish(evil.submission())
    evil.publish(evil.approval())
    return evil


INJECTED = {
    "GIT_DIR": "{other}/.git",
    "GIT_COMMON_DIR": "{other}/.git",
    "GIT_OBJECT_DIRECTORY": "{other}/.git/objects",
    "GIT_GRAFT_FILE": "{other}/grafts",
    "GIT_SHALLOW_FILE": "{other}/shallow",
    "GIT_REPLACE_REF_BASE": "refs/evil",
}
HARMLESS = {
    "GIT_WORK_TREE": "{other}",
    "GIT_NAMESPACE": "evil",
    "GIT_INDEX_FILE": "{other}/.git/index",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES": "{other}/.git/objects",
    "GIT_PREFIX": "../",
    "GIT_NO_REPLACE_OBJECTS": "0",
    "GIT_QUARANTINE_PATH": "{other}/.git",
    "GIT_CONFIG_GLOBAL": "{other}/config",
    "GIT_EXTERNAL_DIFF": "/bin/false",
    "GIT_SSH_COMMAND": "/bin/false",
    "LANGUAGE": "zh_CN",
}


def _inject(evil: Forger, other: Forger, name: str) -> dict[str, str]:
    genesis, _, tip = evil.entries()
    (other.folder / "grafts").write_text(f"{tip} {genesis} {evil.oid(MAIN)}\n")
    (other.folder / "shallow").write_text(f"{tip}\n")
    (other.folder / "config").write_text("[core]\n\tuseReplaceRefs = true\n[alias]\n\tcat-file = !false\n")
    value = {**INJECTED, **HARMLESS}[name].format(other=other.folder)
    return {**evil.library.environment, name: value}


@pytest.mark.parametrize("name", [*INJECTED, *HARMLESS])
def test_a_variable_that_points_git_elsewhere(begin: Begin, other: Forger, name: str) -> None:
    evil = begin.at("published")
    unmoved(evil, _inject(evil, other, name))


@pytest.mark.parametrize("name", [name for name in INJECTED if name != "GIT_REPLACE_REF_BASE"])
def test_a_variable_that_is_not_taken_away(
    begin: Begin, other: Forger, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of those above does reach git when nobody takes it away."""
    evil = begin.at("published")
    environment = _inject(evil, other, name)
    apply(monkeypatch, Edit("store.git:git_environment", "if key not in dropped", "if True or dropped"))
    with pytest.raises((AssertionError, PrsError)):
        unmoved(evil, environment)


def test_variables_with_the_real_command(begin: Begin, other: Forger) -> None:
    """All of them at once, in a process of its own."""
    evil = begin.at("published")
    environment = {"PYTHONPATH": str(ROOT)}
    for name in INJECTED:
        environment |= _inject(evil, other, name)
    command = [sys.executable, "-P", "-m", "presales_repo", "-C", evil.folder, "show", f"{NUMBER}@1.0"]
    assert subprocess.run(command, env=environment, capture_output=True, check=True).stdout == TEXT
