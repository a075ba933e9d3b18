"""Public keys: everything ssh-keygen writes is read, nothing that differs from it by a byte."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.errors import PrsError
from presales_repo.model.sshkey import (
    PublicKey,
    WireReader,
    parse_public_key,
    public_key_of_blob,
    public_key_of_private_file,
    wire_string,
)

KINDS = {
    "ssh-ed25519": ["-t", "ed25519"],
    "ecdsa-sha2-nistp256": ["-t", "ecdsa", "-b", "256"],
    "ecdsa-sha2-nistp384": ["-t", "ecdsa", "-b", "384"],
    "ecdsa-sha2-nistp521": ["-t", "ecdsa", "-b", "521"],
    "ssh-rsa": ["-t", "rsa", "-b", "2048"],
}
ED25519_POINT = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")  # RFC 8032, 7.1
P256_POINT = b"\x04" + bytes(range(64))


def keygen(path: Path, *options: str, passphrase: str = "") -> Path:
    command = ["ssh-keygen", "-q", *options, "-N", passphrase, "-C", "张三 of 售前", "-f", str(path)]
    subprocess.run(command, check=True)
    return path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    return {kind: keygen(folder / kind, *options) for kind, options in KINDS.items()}


def public_line(file: Path) -> str:
    return Path(f"{file}.pub").read_text(encoding="utf-8").removesuffix("\n")


def ssh_fingerprint(line: str, folder: Path) -> str:
    file = folder / "key.pub"
    file.write_text(line + "\n", encoding="utf-8")
    shown = subprocess.run(["ssh-keygen", "-l", "-f", str(file)], check=True, capture_output=True)
    return shown.stdout.decode().split()[1]


def blob(*parts: bytes) -> bytes:
    return b"".join(map(wire_string, parts))


def line(algorithm: str, data: bytes) -> str:
    return f"{algorithm} {base64.b64encode(data).decode()}"


def number(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def refusal(text: str) -> str:
    with pytest.raises(PrsError) as caught:
        parse_public_key(text)
    return caught.value.code


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_of_ssh_keygen_is_read(kind: str, files: dict[str, Path], tmp_path: Path) -> None:
    text = public_line(files[kind])
    key = parse_public_key(text)
    assert (key.algorithm, key.comment, key.line()) == (kind, "张三 of 售前", text)
    assert key.fingerprint() == ssh_fingerprint(text, tmp_path)
    assert public_key_of_blob(key.blob) == key


@pytest.mark.parametrize(
    ("algorithm", "fields"),
    [
        ("sk-ssh-ed25519@openssh.com", (ED25519_POINT, b"ssh:")),
        ("sk-ecdsa-sha2-nistp256@openssh.com", (b"nistp256", P256_POINT, b"ssh:presales")),
    ],
)
def test_security_keys_show_their_application(algorithm: str, fields: tuple[bytes, ...]) -> None:
    key = parse_public_key(line(algorithm, blob(algorithm.encode(), *fields)))
    assert key.fields().application == fields[-1]
    assert key.fields().point in fields


def test_the_fingerprint_of_a_security_key_is_that_of_ssh_keygen(tmp_path: Path) -> None:
    text = line("sk-ssh-ed25519@openssh.com", blob(b"sk-ssh-ed25519@openssh.com", ED25519_POINT, b"ssh:"))
    assert parse_public_key(text).fingerprint() == ssh_fingerprint(text, tmp_path)


def test_the_comment_does_not_make_another_key(files: dict[str, Path]) -> None:
    key = parse_public_key(public_line(files["ssh-ed25519"]))
    assert key == parse_public_key(line("ssh-ed25519", key.blob))
    assert PublicKey(key.algorithm, key.blob).line() == line("ssh-ed25519", key.blob)


@pytest.mark.parametrize("kind", KINDS)
def test_a_private_key_file_shows_its_public_half(kind: str, files: dict[str, Path]) -> None:
    expected = parse_public_key(public_line(files[kind]))
    assert public_key_of_private_file(files[kind].read_text()) == expected


def test_an_encrypted_private_key_file_shows_its_public_half(tmp_path: Path) -> None:
    file = keygen(tmp_path / "key", "-t", "ed25519", passphrase="售前密钥")
    assert public_key_of_private_file(file.read_text()) == parse_public_key(public_line(file))


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:0],
        lambda data: data[:40],
        lambda data: data[:80],
        lambda data: data.replace(b"openssh-key-v1", b"openssh-key-v2"),
        lambda data: data.replace(b"\0\0\0\1\0\0\0\x33", b"\0\0\0\2\0\0\0\x33"),
    ],
)
def test_a_damaged_private_key_file_is_refused(damage: Callable[[bytes], bytes], files: dict[str, Path]) -> None:
    begin, *middle, end = files["ssh-ed25519"].read_text().splitlines()
    data = base64.b64decode("".join(middle))
    changed = damage(data)
    assert changed != data
    with pytest.raises(PrsError) as caught:
        public_key_of_private_file("\n".join([begin, base64.b64encode(changed).decode(), end]))
    assert caught.value.code == "A109"


def test_a_private_key_file_without_its_end_is_refused(files: dict[str, Path]) -> None:
    with pytest.raises(PrsError, match="A109 field='armour'"):
        public_key_of_private_file(files["ssh-ed25519"].read_text()[:-10])


def test_a_certificate_is_refused(files: dict[str, Path], tmp_path: Path) -> None:
    user = keygen(tmp_path / "user", "-t", "ed25519")
    command = ["ssh-keygen", "-q", "-s", str(files["ssh-ed25519"]), "-I", "id", "-n", "zhang", f"{user}.pub"]
    subprocess.run(command, check=True)
    assert refusal((tmp_path / "user-cert.pub").read_text().strip()) == "A103"


def test_a_short_rsa_key_is_refused(tmp_path: Path) -> None:
    assert refusal(public_line(keygen(tmp_path / "short", "-t", "rsa", "-b", "1024"))) == "A107"


def test_an_rsa_key_that_only_slows_the_verifier_is_refused() -> None:
    giant = blob(b"ssh-rsa", number(65537), number(2**16384 + 1))
    assert refusal(line("ssh-rsa", giant)) == "A107"


ED25519_LINE = line("ssh-ed25519", blob(b"ssh-ed25519", ED25519_POINT))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ssh-ed25519",
        f" {ED25519_LINE}",
        f"{ED25519_LINE}\n",
        f"{ED25519_LINE} zhang\nssh-ed25519 AAAA",
        f'from="10.0.0.0/8 , *" {ED25519_LINE}',
        f"{ED25519_LINE} zhang\u202e",
        f"{ED25519_LINE} zhang\x1b[2K",
        ED25519_LINE.replace(" ", "\t"),
        ED25519_LINE.replace(" ", "  "),
    ],
)
def test_another_form_of_line_is_refused(text: str) -> None:
    assert refusal(text) in {"A101", "A102"}


@pytest.mark.parametrize("algorithm", ["ssh-dss", "restrict", "ssh-ed448", "SSH-ED25519", "ecdsa-sha2-nistp224"])
def test_an_unknown_algorithm_is_refused(algorithm: str) -> None:
    assert refusal(line(algorithm, blob(algorithm.encode(), ED25519_POINT))) == "A102"


def test_base64_has_one_spelling() -> None:
    good = line("ecdsa-sha2-nistp256", blob(b"ecdsa-sha2-nistp256", b"nistp256", P256_POINT))
    assert good.endswith("8=")
    assert parse_public_key(good).algorithm == "ecdsa-sha2-nistp256"
    for bad in (good[:-2] + "9=", good[:-1], good + "=", good[:30] + "-" + good[31:], good[:-2] + "="):
        assert refusal(bad) == "A104"


@pytest.mark.parametrize(
    ("algorithm", "data"),
    [
        ("ssh-ed25519", blob(b"ssh-ed25519", ED25519_POINT[:31])),
        ("ssh-ed25519", blob(b"ssh-ed25519", ED25519_POINT + b"\0")),
        ("ssh-ed25519", blob(b"ssh-ed25519", ED25519_POINT) + b"\0"),
        ("ssh-ed25519", blob(b"ssh-ed25519", ED25519_POINT)[:-1]),
        ("ssh-ed25519", blob(b"ssh-ed25519", b"\xff" * 32)),
        ("ecdsa-sha2-nistp256", blob(b"ecdsa-sha2-nistp256", b"nistp384", P256_POINT)),
        ("ecdsa-sha2-nistp256", blob(b"ecdsa-sha2-nistp256", b"nistp256", b"\x02" + P256_POINT[1:33])),
        ("ecdsa-sha2-nistp256", blob(b"ecdsa-sha2-nistp256", b"nistp256", b"\x06" + P256_POINT[1:])),
        ("ecdsa-sha2-nistp384", blob(b"ecdsa-sha2-nistp384", b"nistp384", P256_POINT)),
        ("ssh-rsa", blob(b"ssh-rsa", b"\0\0\1\0\1", number(2**2047 + 1))),
        ("ssh-rsa", blob(b"ssh-rsa", number(65537), number(2**2047 + 1)[1:])),
        ("sk-ssh-ed25519@openssh.com", blob(b"sk-ssh-ed25519@openssh.com", ED25519_POINT)),
        ("sk-ssh-ed25519@openssh.com", blob(b"sk-ssh-ed25519@openssh.com", ED25519_POINT, b"")),
        ("sk-ssh-ed25519@openssh.com", blob(b"sk-ssh-ed25519@openssh.com", ED25519_POINT, b"ssh:\0")),
    ],
)
def test_a_damaged_blob_is_refused(algorithm: str, data: bytes) -> None:
    assert refusal(line(algorithm, data)) == "A105"


def test_the_blob_must_be_of_the_algorithm_the_line_names() -> None:
    assert refusal(line("ssh-rsa", blob(b"ssh-ed25519", ED25519_POINT))) == "A106"


ORDER_8 = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")


@pytest.mark.parametrize(
    "data",
    [
        *(blob(b"ssh-ed25519", y.to_bytes(32, "little")) for y in (0, 1, 2**255 - 20, 1 + 2**255)),
        blob(b"ssh-ed25519", ORDER_8),
        blob(b"ssh-rsa", number(1), number(2**2047 + 1)),
        blob(b"ssh-rsa", number(65536), number(2**2047 + 1)),
        blob(b"ssh-rsa", number(65537), number(2**2047)),
    ],
)
def test_a_key_with_which_everybody_can_sign_is_refused(data: bytes) -> None:
    algorithm = data[4:15].decode() if data[3] == 11 else "ssh-rsa"
    assert refusal(line(algorithm, data)) == "A108"


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\x7f", b"\0\0\x80", b"\x80", b"\xff\xff"])
def test_a_number_has_one_form(data: bytes) -> None:
    with pytest.raises(PrsError, match="A105 field='n'"):
        WireReader(wire_string(data), "A105").mpint("n")


@given(st.integers(min_value=1, max_value=2**600))
def test_numbers_are_read_back(value: int) -> None:
    assert WireReader(wire_string(number(value)), "A105").mpint("n") == value


@given(st.one_of(st.text(max_size=120), st.binary(max_size=120).map(lambda data: line("ssh-ed25519", data))))
def test_whatever_the_line_only_refusals_come_out(text: str) -> None:
    with pytest.raises(PrsError):
        parse_public_key(text)


@given(st.data())
def test_no_changed_byte_of_a_blob_leaves_the_key_the_same(data: st.DataObject) -> None:
    good = blob(b"ssh-ed25519", ED25519_POINT)
    at = data.draw(st.integers(0, len(good) - 1))
    changed = bytearray(good)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        key = public_key_of_blob(bytes(changed))
    except PrsError:
        return
    assert key.fields().point != ED25519_POINT
