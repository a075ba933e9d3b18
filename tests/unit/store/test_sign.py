"""Signing with real keys, a real agent and a real terminal; every way to fail has its own code."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from presales_repo.errors import PrsError
from presales_repo.model.sshkey import PublicKey, wire_string
from presales_repo.model.sshsig import armour, parse_signature
from presales_repo.model.sshverify import verify
from presales_repo.store.sign import SigningKey, load_signing_key, read_public_key, sign

PAYLOAD = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\n批准\n".encode()
ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _no_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSH_AUTH_SOCK", "SSH_ASKPASS", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A real ssh-agent without keys. Its socket has a short path: the system allows about a hundred bytes."""
    with tempfile.TemporaryDirectory(prefix="prs-agent-") as folder:
        socket = Path(folder, "socket")
        process = subprocess.Popen(["ssh-agent", "-D", "-a", str(socket)], stdout=subprocess.DEVNULL)
        try:
            while not socket.exists():
                assert process.poll() is None
                time.sleep(0.01)
            monkeypatch.setenv("SSH_AUTH_SOCK", str(socket))
            yield
        finally:
            process.terminate()
            process.wait()


def keygen(path: Path, *options: str, passphrase: str = "") -> Path:
    options = options or ("-t", "ed25519")
    subprocess.run(["ssh-keygen", "-q", *options, "-N", passphrase, "-C", "zhang", "-f", str(path)], check=True)
    return path


def load(path: Path | str) -> SigningKey:
    return load_signing_key(str(path), "/nonexistent")


def quietly(key: SigningKey, program: str = "ssh-keygen", seconds: float = 60) -> str:
    return sign(PAYLOAD, key, program=program, seconds=seconds, interactive=False)


def public(path: Path) -> PublicKey:
    return read_public_key(f"{path}.pub")


def refused_key(spec: Path | str) -> str:
    with pytest.raises(PrsError) as caught:
        load(spec)
    return caught.value.code


def refused_signature(key: SigningKey, program: str = "ssh-keygen", seconds: float = 60) -> str:
    with pytest.raises(PrsError) as caught:
        quietly(key, program, seconds)
    return caught.value.code


def script(path: Path, body: str) -> str:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    "options",
    [
        ("-t", "ed25519"),
        ("-t", "ecdsa", "-b", "256"),
        ("-t", "ecdsa", "-b", "384"),
        ("-t", "ecdsa", "-b", "521"),
        ("-t", "rsa", "-b", "2048"),
        ("-t", "rsa", "-b", "3072"),
    ],
    ids=" ".join,
)
def test_every_kind_of_key_signs(options: tuple[str, ...], tmp_path: Path) -> None:
    file = keygen(tmp_path / "key", *options)
    key = load(file)
    assert key == SigningKey(public(file), str(file), in_agent=False)
    assert verify(parse_signature(quietly(key)), PAYLOAD) == key.public


def test_the_public_file_is_not_needed(tmp_path: Path) -> None:
    file = keygen(tmp_path / "key")
    expected = public(file)
    Path(f"{file}.pub").unlink()
    assert load(file).public == expected
    assert verify(parse_signature(quietly(load(file))), PAYLOAD) == expected


def test_the_name_of_the_public_file_serves_too(tmp_path: Path) -> None:
    file = keygen(tmp_path / "key")
    key = load(f"{file}.pub")
    assert (key.public, key.in_agent) == (public(file), False)
    assert verify(parse_signature(quietly(key)), PAYLOAD) == key.public


def test_home_is_written_as_a_tilde(tmp_path: Path) -> None:
    file = keygen(tmp_path / "key")
    assert load_signing_key("~/key", str(tmp_path)) == load(file)


def test_a_public_file_of_windows_is_read(tmp_path: Path) -> None:
    file = keygen(tmp_path / "key")
    (tmp_path / "windows.pub").write_text(f"# my key\r\n\r\n{public(file).line()}\r\n", newline="")
    assert read_public_key(str(tmp_path / "windows.pub")) == public(file)


@pytest.mark.parametrize("prefix", ["key::", "", "key:: "])
def test_a_literal_key_is_signed_by_the_agent(prefix: str, agent: None, tmp_path: Path) -> None:
    file = keygen(tmp_path / "key")
    key = load(prefix + public(file).line())
    assert refused_signature(key) == "A156"
    subprocess.run(["ssh-add", "-q", str(file)], check=True, stderr=subprocess.DEVNULL)
    assert verify(parse_signature(quietly(key)), PAYLOAD) == public(file)


def test_a_public_file_alone_is_signed_by_the_agent(agent: None, tmp_path: Path) -> None:
    file = keygen(tmp_path / "key")
    subprocess.run(["ssh-add", "-q", str(file)], check=True, stderr=subprocess.DEVNULL)
    file.unlink()
    key = load(f"{file}.pub")
    assert key.in_agent
    assert verify(parse_signature(quietly(key)), PAYLOAD) == key.public


def test_an_encrypted_key_is_signed_by_the_agent(agent: None, tmp_path: Path) -> None:
    file = keygen(tmp_path / "key", passphrase="售前密钥")
    askpass = script(tmp_path / "askpass", "echo 售前密钥")
    environment = {**os.environ, "SSH_ASKPASS": askpass, "SSH_ASKPASS_REQUIRE": "force"}
    subprocess.run(["ssh-add", "-q", str(file)], check=True, env=environment, stdin=subprocess.DEVNULL)
    assert verify(parse_signature(quietly(load(file))), PAYLOAD) == public(file)


def test_without_an_agent_a_literal_key_cannot_sign(tmp_path: Path) -> None:
    assert refused_signature(load(public(keygen(tmp_path / "key")).line())) == "A156"


def test_an_agent_may_refuse(agent: None, tmp_path: Path) -> None:
    file = keygen(tmp_path / "key")
    subprocess.run(["ssh-add", "-q", "-c", str(file)], check=True, stderr=subprocess.DEVNULL)  # asks before each use
    assert refused_signature(load(file)) == "A157"


def test_a_passphrase_cannot_be_asked_without_a_terminal(tmp_path: Path) -> None:
    started = time.monotonic()
    assert refused_signature(load(keygen(tmp_path / "key", passphrase="secret"))) == "A155"
    assert time.monotonic() - started < 20


def test_a_passphrase_comes_from_askpass_where_there_is_no_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSH_ASKPASS", script(tmp_path / "askpass", "echo secret"))
    monkeypatch.setenv("SSH_ASKPASS_REQUIRE", "force")
    key = load(keygen(tmp_path / "key", passphrase="secret"))
    assert verify(parse_signature(sign(PAYLOAD, key)), PAYLOAD) == key.public
    assert refused_signature(key) == "A155"  # not even askpass, when nothing may be asked


ON_A_TERMINAL = """
import os, sys
os.open(sys.argv[1], os.O_RDWR)  # the first terminal that a session leader opens becomes its own
from presales_repo.errors import PrsError
from presales_repo.store.sign import load_signing_key, sign
try:
    key = load_signing_key(sys.argv[2], "")
    sign(b"payload", key, seconds=float(sys.argv[3]), interactive=sys.argv[4] == "ask")
    print("signed")
except PrsError as error:
    print(error.code)
"""


@pytest.mark.parametrize(
    ("mode", "seconds", "typed", "result"),
    [
        ("ask", 60, b"secret\n", "signed"),
        ("ask", 60, b"wrong\n", "A155"),
        ("ask", 1, b"", "A161"),
        ("never", 5, b"", "A155"),
    ],
)
def test_a_passphrase_is_asked_on_the_terminal(
    mode: str, seconds: int, typed: bytes, result: str, tmp_path: Path
) -> None:
    file = keygen(tmp_path / "key", passphrase="secret")
    master, terminal = os.openpty()
    try:
        process = subprocess.Popen(
            [sys.executable, "-c", ON_A_TERMINAL, os.ttyname(terminal), str(file), str(seconds), mode],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        with process:
            prompt = b""
            while mode == "ask" and b"passphrase" not in prompt:
                prompt += os.read(master, 1024)
            os.write(master, typed)
            assert process.communicate(timeout=60)[0].decode().strip() == result
        assert termios.tcgetattr(terminal)[3] & termios.ECHO  # given back, also after a timeout
    finally:
        os.close(master)
        os.close(terminal)


@pytest.mark.parametrize("passphrase", ["", "secret"])
def test_an_old_pem_key_needs_its_public_file(passphrase: str, tmp_path: Path) -> None:
    file = keygen(tmp_path / "key", "-t", "rsa", "-b", "2048", "-m", "PEM", passphrase=passphrase)
    key = load(file)
    assert key.public == public(file)
    if passphrase:
        assert refused_signature(key) == "A155"
    else:
        assert verify(parse_signature(quietly(key)), PAYLOAD) == key.public
    Path(f"{file}.pub").unlink()
    assert refused_key(file) == "A166"


def test_the_public_file_of_another_key_is_noticed(tmp_path: Path) -> None:
    file, other = keygen(tmp_path / "key"), keygen(tmp_path / "other")
    Path(f"{other}.pub").replace(f"{file}.pub")
    assert refused_signature(load(file)) == "A153"


def test_the_agent_may_not_sign_with_another_key(agent: None, tmp_path: Path) -> None:
    file, other = keygen(tmp_path / "key"), keygen(tmp_path / "other")
    subprocess.run(["ssh-add", "-q", str(other)], check=True, stderr=subprocess.DEVNULL)
    Path(f"{other}.pub").replace(f"{file}.pub")
    assert refused_signature(load(file)) == "A163"


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    file = keygen(tmp_path / "key")
    file.chmod(0o644)
    assert refused_signature(load(file)) == "A154"


def test_a_key_file_may_be_missing(tmp_path: Path) -> None:
    file = keygen(tmp_path / "key")
    for spec in (tmp_path / "nothing", file / "below", "~/key", ""):
        assert refused_key(spec) == "A150"


def test_a_key_file_may_be_unreadable(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert refused_key(tmp_path / "loop") == "A151"


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"a b\nc d\n", bytes(65 * 1024), b"# only a comment\n"])
def test_a_file_may_be_no_key(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    assert refused_key(tmp_path / "file") == "A152"


def test_a_file_of_another_kind_is_no_key(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for spec in (tmp_path, tmp_path / "pipe", os.devnull, "key\0"):
        assert refused_key(spec) == "A152"
    (tmp_path / "text").write_text("Dear customer\n")
    assert refused_key(tmp_path / "text") == "A102"


def security_key_file(path: Path) -> Path:
    """A private key file as ssh-keygen writes it for a hardware key: a handle, but no secret."""
    name, point = b"sk-ssh-ed25519@openssh.com", bytes.fromhex("d75a980182b10ab7d54bfed3c964073a") * 2
    public_fields = wire_string(name) + wire_string(point) + wire_string(b"ssh:")
    handle = b"\1" + wire_string(bytes(32)) + wire_string(b"") + wire_string(b"zhang")
    private = b"same" * 2 + public_fields + handle
    private += bytes(range(1, 1 + -len(private) % 8))
    head = b"openssh-key-v1\0" + wire_string(b"none") + wire_string(b"none") + wire_string(b"") + b"\0\0\0\1"
    text = armour(head + wire_string(public_fields) + wire_string(private))
    path.write_text(text.replace("SSH SIGNATURE", "OPENSSH PRIVATE KEY"))
    path.chmod(0o600)
    return path


def test_a_hardware_key_must_be_plugged_in(tmp_path: Path) -> None:
    key = load(security_key_file(tmp_path / "key"))
    assert key.needs_touch
    assert refused_signature(key) == "A158"


def test_ssh_keygen_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = load(keygen(tmp_path / "key"))
    assert refused_signature(key, program=str(tmp_path / "nothing")) == "A159"
    (tmp_path / "ssh-keygen").write_text("not a program")
    (tmp_path / "ssh-keygen").chmod(0o755)
    for folder in (tmp_path, tmp_path / "nothing"):
        monkeypatch.setenv("PATH", str(folder))
        assert refused_signature(key) == "A159"


def test_ssh_keygen_may_be_too_old(tmp_path: Path) -> None:
    key = load(keygen(tmp_path / "key"))
    old = script(tmp_path / "old", "echo 'unknown option -- Y\nusage: ssh-keygen [-q] [-b bits]' >&2; exit 1")
    assert refused_signature(key, old) == "A160"


def test_a_program_may_never_end(tmp_path: Path) -> None:
    key = load(keygen(tmp_path / "key"))
    assert refused_signature(key, script(tmp_path / "polite", "exec sleep 60"), seconds=0.2) == "A161"
    stubborn = script(tmp_path / "stubborn", "trap '' TERM\nwhile :; do sleep 0.1; done")
    assert refused_signature(key, stubborn, seconds=0.2) == "A161"


def test_the_reason_of_another_failure_is_told_without_control_characters(tmp_path: Path) -> None:
    broken = script(tmp_path / "broken", "printf 'one\\ntwo\\033[31m\\nthree\\nfour\\n' >&2; exit 3")
    with pytest.raises(PrsError, match="A162") as caught:
        quietly(load(keygen(tmp_path / "key")), broken)
    assert caught.value.args_["detail"] == "two[31m / three / four"


LIES = {
    "nothing": ("", "A164"),
    "no signature": ('echo no signature > "$file.sig"', "A164"),
    "another payload": ('echo forged >> "$file"; ssh-keygen "$@"', "A164"),
    "another purpose": ('ssh-keygen -Y sign -n file -f "$KEY" "$file"', "A164"),
    "another key": ('ssh-keygen -Y sign -n git -f "$OTHER" "$file"', "A163"),
}
LAST_ARGUMENT = "for file; do :; done\n"


@pytest.mark.parametrize(("body", "code"), LIES.values(), ids=LIES)
def test_a_lying_program_is_found_out(body: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", str(keygen(tmp_path / "key")))
    monkeypatch.setenv("OTHER", str(keygen(tmp_path / "other")))
    assert refused_signature(load(tmp_path / "key"), script(tmp_path / "liar", LAST_ARGUMENT + body)) == code


def test_another_layout_of_the_armour_is_mended(tmp_path: Path) -> None:
    key = load(keygen(tmp_path / "key"))
    body = (
        'ssh-keygen "$@"\n'
        'tr -d "\\n" < "$file.sig" | sed "s/E-----/E-----\\r\\n/" > "$file.new"\n'
        'mv "$file.new" "$file.sig"\n'
    )
    windows = script(tmp_path / "windows", LAST_ARGUMENT + body)
    assert verify(parse_signature(quietly(key, windows)), PAYLOAD) == key.public


def test_no_room_for_temporary_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = load(keygen(tmp_path / "key"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nothing"))
    assert refused_signature(key) == "A165"


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = load(keygen(tmp_path / "key"))
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    quietly(key)
    assert list((tmp_path / "temporary").iterdir()) == []
