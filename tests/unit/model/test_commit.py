"""Commit objects: those of Git are read and verified, ours are accepted by Git, hostile ones have no second meaning."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.errors import PrsError
from presales_repo.model.commit import (
    Commit,
    Ident,
    attach_signature,
    build_commit,
    clean_ident,
    object_id,
    parse_commit,
    parse_commit_loose,
)
from presales_repo.model.sshkey import PublicKey, parse_public_key
from presales_repo.model.sshsig import parse_signature
from presales_repo.model.sshverify import verify

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
PARENTS = ("a" * 40, "b" * 40)
ZHANG = Ident("张三", "zhang@example.com", 1_690_000_000, "+0800")
MESSAGE = "Approve QD202305001\n\nPrs-Format: 1\n"


@dataclass(frozen=True)
class Repository:
    """A real repository whose commits are signed with a real key."""

    folder: Path
    key: Path

    def git(self, *arguments: str, data: bytes = b"", **environment: str) -> bytes:
        settings = {
            "gpg.format": "ssh",
            "user.signingkey": str(self.key),
            "gpg.ssh.allowedSignersFile": str(self.folder / "allowed"),
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        person = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in _IDENTITY.items()}
        isolated = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "HOME": str(self.folder)}
        done = subprocess.run(
            ["git", *options, *arguments],
            cwd=self.folder,
            input=data,
            env={"PATH": os.environ["PATH"], **isolated, **person, **environment},
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.removesuffix(b"\n") if arguments[0] != "cat-file" else done.stdout

    @property
    def public_key(self) -> PublicKey:
        return parse_public_key(Path(f"{self.key}.pub").read_text().strip())

    def raw(self, name: str) -> bytes:
        return self.git("cat-file", "commit", name)

    def sign(self, payload: bytes) -> str:
        command = ["ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(self.key)]
        return subprocess.run(command, input=payload, capture_output=True, check=True).stdout.decode()


_IDENTITY = {"NAME": "张三", "EMAIL": "zhang@example.com", "DATE": "1690000000 +0800"}


def make_repository(folder: Path, *options: str) -> Repository:
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)], check=True)
    (folder / "allowed").write_text(f"zhang@example.com {Path(f'{key}.pub').read_text()}")
    repository = Repository(folder, key)
    repository.git("init", "-q", "-b", "main", *options)
    repository.git("commit", "-q", "--allow-empty", "-S", "-m", "first")
    repository.git("branch", "side")
    repository.git("commit", "-q", "--allow-empty", "-S", "-m", "second")
    repository.git("checkout", "-q", "side")
    repository.git("commit", "-q", "--allow-empty", "-S", "-m", "其他")
    repository.git("merge", "-q", "-S", "-m", "批准", "main")
    return repository


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return make_repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture(scope="module")
def signed(repository: Repository) -> bytes:
    payload = build_commit(EMPTY_TREE, PARENTS, ZHANG, ZHANG, MESSAGE)
    return attach_signature(payload, repository.sign(payload))


def signer_of(commit: Commit) -> PublicKey:
    return verify(parse_signature(commit.signature or ""), commit.payload)


def refusal(parse: Callable[[bytes], Commit], raw: bytes) -> str:
    with pytest.raises(PrsError) as caught:
        parse(raw)
    return caught.value.code


def test_a_signed_merge_of_git_is_read_and_verified(repository: Repository) -> None:
    raw = repository.raw("side")
    commit = parse_commit(raw)
    assert object_id("commit", raw) == repository.git("rev-parse", "side").decode()
    assert " ".join([commit.tree, *commit.parents]) == repository.git("log", "-1", "--format=%T %P", "side").decode()
    assert (commit.author, commit.committer, commit.message) == (ZHANG, ZHANG, "批准\n")
    assert signer_of(commit) == repository.public_key
    assert attach_signature(commit.payload, commit.signature or "") == raw
    assert parse_commit_loose(raw) == commit


def test_a_root_commit_has_no_parents(repository: Repository) -> None:
    commit = parse_commit(repository.raw("main~1"))
    assert (commit.parents, commit.message) == ((), "first\n")


def test_git_accepts_what_is_built_here(repository: Repository) -> None:
    parents = [repository.git("rev-parse", name).decode() for name in ("main", "side")]
    payload = build_commit(EMPTY_TREE, parents, ZHANG, ZHANG, MESSAGE)
    raw = attach_signature(payload, repository.sign(payload))
    repository.git("hash-object", "-w", "-t", "tree", os.devnull)
    written = repository.git("hash-object", "-t", "commit", "-w", "--stdin", data=raw).decode()
    assert written == object_id("commit", raw)
    repository.git("verify-commit", written)
    repository.git("fsck", "--strict", written)
    assert repository.git("log", "-1", "--format=%G?%n%P%n%an", written).decode().split("\n") == [
        "G",
        " ".join(parents),
        "张三",
    ]
    assert parse_commit(raw).payload == payload


def test_a_repository_with_sha256_names_is_read(tmp_path: Path) -> None:
    repository = make_repository(tmp_path, "--object-format=sha256")
    raw = repository.raw("side")
    commit = parse_commit(raw, "sha256")
    assert object_id("commit", raw, "sha256") == repository.git("rev-parse", "side").decode()
    signer_of(commit)
    assert attach_signature(commit.payload, commit.signature or "", "sha256") == raw
    assert build_commit(commit.tree, commit.parents, ZHANG, ZHANG, "批准\n") == commit.payload
    assert refusal(parse_commit, raw) == "A114"


def test_an_ordinary_commit_may_carry_more(repository: Repository) -> None:
    repository.git("tag", "-s", "-m", "a signed tag", "tagged", "main")
    repository.git("checkout", "-q", "-B", "ordinary", "side~1")
    repository.git("merge", "-q", "--no-ff", "-S", "-m", "merge a tag", "tagged")
    raw = repository.raw("ordinary")
    assert b"\nmergetag object" in raw
    commit = parse_commit_loose(raw)
    assert (len(commit.parents), commit.message) == (2, "merge a tag\n")
    signer_of(commit)
    assert refusal(parse_commit, raw) == "A114"


def test_an_ordinary_commit_may_have_another_encoding(repository: Repository) -> None:
    repository.git("hash-object", "-w", "-t", "tree", os.devnull)
    message = "售前方案\n".encode("gbk")
    name = repository.git("-c", "i18n.commitEncoding=GBK", "commit-tree", "-S", EMPTY_TREE, data=message).decode()
    raw = repository.raw(name)
    commit = parse_commit_loose(raw)
    assert commit.message == "售前方案\n"
    assert signer_of(commit) == repository.public_key
    assert refusal(parse_commit, raw) == "A111"
    assert "\ufffd" in parse_commit_loose(raw.replace(b"encoding GBK", b"encoding unicode_escape")).message


def test_an_unsigned_commit_is_its_own_payload(signed: bytes) -> None:
    payload = parse_commit(signed).payload
    assert parse_commit(payload).signature is None
    assert parse_commit(payload).payload == payload


HEAD = f"tree {EMPTY_TREE}\nparent {PARENTS[0]}\nparent {PARENTS[1]}\n".encode()
IDENT = "张三 <zhang@example.com> 1690000000 +0800\n".encode()
GOOD = HEAD + b"author " + IDENT + b"committer " + IDENT + b"gpgsig x\n y\n\n" + MESSAGE.encode()


def changed(old: bytes | str, new: bytes | str, raw: bytes = GOOD) -> bytes:
    old = old.encode() if isinstance(old, str) else old
    assert old in raw
    return raw.replace(old, new.encode() if isinstance(new, str) else new, 1)


BOTH_REFUSE = {
    "empty": (b"", "A113"),
    "no message": (GOOD.partition(b"\n\n")[0] + b"\n", "A113"),
    "NUL in the message": (changed("QD", "Q\0"), "A110"),
    "NUL in a header": (changed("zhang@", "zhang\0@"), "A110"),
    "two trees": (changed("parent", f"tree {EMPTY_TREE}\nparent"), "A116"),
    "two authors": (changed(b"author ", b"author " + IDENT + b"author "), "A116"),
    "two committers": (changed(b"committer ", b"committer " + IDENT + b"committer "), "A116"),
    "two signatures": (changed("gpgsig x\n y\n", "gpgsig x\ngpgsig y\n"), "A116"),
    "no tree": (GOOD.partition(b"\n")[2], "A115"),
    "no author": (changed(b"author " + IDENT, b""), "A115"),
    "no committer": (changed(b"committer " + IDENT, b""), "A115"),
    "tree after parents": (changed(HEAD, b"".join(HEAD.splitlines(keepends=True)[::-1])), "A117"),
    "committer before author": (changed(b"author " + IDENT + b"committer", b"committer " + IDENT + b"author"), "A117"),
    "signature first": (b"gpgsig z\n" + changed("gpgsig x\n y\n", ""), "A117"),
    "parent after the signature": (changed("\n\n", f"\nparent {'c' * 40}\n\n"), "A117"),
    "short name": (changed(EMPTY_TREE, EMPTY_TREE[1:]), "A118"),
    "capitals in a name": (changed("a" * 40, "A" * 40), "A118"),
    "space after a name": (changed(EMPTY_TREE, EMPTY_TREE + " "), "A118"),
    "folded tree": (changed(EMPTY_TREE, EMPTY_TREE + "\n "), "A118"),
    "folded author": (changed(b" <zhang", b"\n <zhang"), "A119"),
    "no address": (changed(b" <zhang@example.com>", b""), "A119"),
    "two addresses": (changed(b"<zhang@", b"<a> <zhang@"), "A119"),
    "no zone": (changed(" +0800", ""), "A119"),
    "a zone of letters": (changed("+0800", "+CST8"), "A119"),
    "time with a sign": (changed("1690000000", "-1690000000"), "A119"),
    "time with a leading zero": (changed("1690000000", "01690000000"), "A119"),
    "time in other digits": (changed("1690000000", "١٦٩٠٠٠٠٠٠٠"), "A119"),
    "first line folded": (b" " + GOOD, "A114"),
    "header without a value": (changed("\ngpgsig x\n y\n", "\ngpgsig\n"), "A114"),
}


@pytest.mark.parametrize(("raw", "code"), BOTH_REFUSE.values(), ids=BOTH_REFUSE)
def test_no_parser_takes_what_is_ambiguous(raw: bytes, code: str) -> None:
    assert parse_commit(GOOD).signature == "x\ny\n"
    assert refusal(parse_commit, raw) == code
    assert refusal(parse_commit_loose, raw) == code


LEDGER_REFUSES = {
    "one parent": (changed(f"parent {PARENTS[1]}\n", ""), "A120"),
    "octopus": (changed("author", f"parent {'c' * 40}\nauthor"), "A120"),
    "encoding": (changed("gpgsig", "encoding UTF-8\ngpgsig"), "A114"),
    "mergetag": (changed("gpgsig", "mergetag object\n type commit\ngpgsig"), "A114"),
    "header of another tool": (changed("gpgsig", "change-id zzz\ngpgsig"), "A114"),
    "signature for the other object format": (changed("gpgsig", "gpgsig-sha256 z\ngpgsig"), "A114"),
    "signature in capitals": (changed("gpgsig", "GPGSIG"), "A114"),
    "CRLF in the message": (changed("Approve QD202305001\n", "Approve QD202305001\r\n"), "A112"),
    "CR in a header": (changed("+0800\n", "+0800\n").replace(b"gpgsig x", b"gpgsig x\r"), "A112"),
    "message outside UTF-8": (changed("Approve", b"\xc9\xf3\xc5\xfa"), "A111"),
    "surrogate": (changed("Approve", b"\xed\xa0\x80"), "A111"),
    "overlong slash": (changed("Approve", b"\xc0\xaf"), "A111"),
    "escape in the committer's name": (changed(b"committer " + IDENT[:3], b"committer " + IDENT[:3] + b"\x1b"), "A119"),
    "empty name": (changed("张三 <", " <"), "A119"),
    "escape in a name": (changed("张三", "张\x1b[31m三"), "A119"),
    "tab in an address": (changed("zhang@", "zhang\t@"), "A119"),
    "a year after 9999": (changed("1690000000", "253402300800"), "A119"),
    "a zone no clock has": (changed("+0800", "+9999"), "A119"),
}


@pytest.mark.parametrize(("raw", "code"), LEDGER_REFUSES.values(), ids=LEDGER_REFUSES)
def test_the_ledger_refuses_what_ordinary_commits_may_have(raw: bytes, code: str) -> None:
    assert refusal(parse_commit, raw) == code
    assert parse_commit_loose(raw).tree == EMPTY_TREE


def test_a_commit_has_one_encoding() -> None:
    assert refusal(parse_commit_loose, changed("gpgsig", "encoding GBK\nencoding Big5\ngpgsig")) == "A116"


def test_signatures_of_both_object_formats_are_outside_the_payload() -> None:
    raw = changed("gpgsig", "gpgsig-sha256 z\n w\ngpgsig")
    assert parse_commit_loose(raw).payload == parse_commit(GOOD).payload
    assert parse_commit_loose(raw).signature == "x\ny\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((EMPTY_TREE[1:], PARENTS, ZHANG, MESSAGE), "A118"),
        ((f"{EMPTY_TREE}\nparent {'c' * 40}", PARENTS, ZHANG, MESSAGE), "A118"),
        ((EMPTY_TREE, [f"{'c' * 40}\nparent {'d' * 40}"], ZHANG, MESSAGE), "A118"),
        ((EMPTY_TREE, PARENTS, ZHANG, "a\r\n"), "A112"),
        ((EMPTY_TREE, PARENTS, ZHANG, "a\0"), "A110"),
        ((EMPTY_TREE, PARENTS, ZHANG, "\udc80"), "A111"),
        ((EMPTY_TREE, PARENTS, Ident("<,>", "a@b", 0, "+0000"), ""), "A119"),
        ((EMPTY_TREE, PARENTS, Ident("Zhang", "a@b", -1, "+0000"), ""), "A119"),
        ((EMPTY_TREE, PARENTS, Ident("Zhang", "a@b", 0, "+0800\nencoding GBK"), ""), "A119"),
        ((EMPTY_TREE, PARENTS, Ident("Zhang", "a@b", 2**40, "+0800"), ""), "A119"),
        ((EMPTY_TREE, PARENTS, Ident("Zhang", "a@b", 0, "+2400"), ""), "A119"),
    ],
)
def test_nothing_is_built_that_could_not_be_read(arguments: tuple[str, list[str], Ident, str], code: str) -> None:
    tree, parents, ident, message = arguments
    with pytest.raises(PrsError) as caught:
        build_commit(tree, parents, ZHANG, ident, message)
    assert caught.value.code == code


def test_a_commit_is_signed_once(signed: bytes) -> None:
    for payload, code in ((signed, "A116"), (b"tree\n", "A113")):
        with pytest.raises(PrsError) as caught:
            attach_signature(payload, "x\n")
        assert caught.value.code == code


@pytest.mark.parametrize(
    "name", ["张三", " Zhang, ", "Zhang <zhang@example.com>", '"Zhang"', "a\nb", "O'Neil", "\\x;", "a:b", "  \t七 "]
)
def test_names_are_cleaned_as_git_does(name: str, repository: Repository) -> None:
    shown = repository.git("var", "GIT_AUTHOR_IDENT", GIT_AUTHOR_NAME=name, GIT_AUTHOR_EMAIL=name).decode()
    match = re.fullmatch(r"(.*) <(.*)> .*", shown)
    assert match is not None
    cleaned = clean_ident(Ident(name, name, 0, "+0000"))
    assert (match[1], match[2]) == (cleaned.name, cleaned.email)


_TEXT = st.text(st.characters(exclude_characters="\0\r", exclude_categories=["Cs"]))


@given(name=_TEXT, email=_TEXT, message=_TEXT)
def test_what_is_built_is_read_back(name: str, email: str, message: str) -> None:
    ident = clean_ident(Ident(f"Zhang{name}", email, 1, "-0330"))
    payload = build_commit(EMPTY_TREE, PARENTS, Ident(f"Zhang{name}", email, 1, "-0330"), ZHANG, message)
    commit = parse_commit(attach_signature(payload, "x\n\ny\n"))
    assert (commit.author, commit.committer) == (ident, ZHANG)
    assert (commit.message, commit.payload, commit.signature) == (message, payload, "x\n\ny\n")


@given(st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(GOOD.splitlines(keepends=True))).map(b"".join)))
def test_whatever_the_bytes_only_refusals_come_out(raw: bytes) -> None:
    for parse in (parse_commit, parse_commit_loose):
        try:
            commit = parse(raw)
        except PrsError:
            continue
        assert raw.startswith(f"tree {commit.tree}\n".encode())


@given(st.data())
def test_no_changed_byte_of_a_signed_commit_survives(signed: bytes, data: st.DataObject) -> None:
    mutated = bytearray(signed)
    mutated[data.draw(st.integers(0, len(signed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(PrsError):
        signer_of(parse_commit(bytes(mutated)))


def test_no_changed_bit_of_a_signed_commit_survives(signed: bytes, repository: Repository) -> None:
    assert signer_of(parse_commit(signed)) == repository.public_key
    for at in range(len(signed)):
        mutated = bytearray(signed)
        mutated[at] ^= 1 << at % 8
        with pytest.raises(PrsError):
            signer_of(parse_commit(bytes(mutated)))


def test_no_byte_of_a_signed_commit_can_be_left_out_or_doubled(signed: bytes) -> None:
    for at in range(len(signed)):
        for mutated in (signed[:at] + signed[at + 1 :], signed[:at] + signed[at : at + 1] + signed[at:]):
            with pytest.raises(PrsError):
                signer_of(parse_commit(mutated))
