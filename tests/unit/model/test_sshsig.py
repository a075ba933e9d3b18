"""SSH signatures: those of ssh-keygen are read and verified, every departure from its bytes is refused."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from presales_repo.errors import PrsError
from presales_repo.model.sshkey import PublicKey, parse_public_key, public_key_of_blob, wire_string
from presales_repo.model.sshsig import armour, parse_signature, rearmour, signed_data
from presales_repo.model.sshverify import verify

MESSAGE = "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n\n批准\n".encode()
KINDS = {
    "ed25519": ["-t", "ed25519"],
    "ecdsa256": ["-t", "ecdsa", "-b", "256"],
    "ecdsa384": ["-t", "ecdsa", "-b", "384"],
    "ecdsa521": ["-t", "ecdsa", "-b", "521"],
    "rsa2048": ["-t", "rsa", "-b", "2048"],
    "rsa3072": ["-t", "rsa", "-b", "3072"],
}
SK_ED25519 = "sk-ssh-ed25519@openssh.com"
SK_ECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("keys")
    for name, options in KINDS.items():
        subprocess.run(["ssh-keygen", "-q", *options, "-N", "", "-f", str(folder / name)], check=True)
    return {name: folder / name for name in KINDS}


def ssh_sign(file: Path, message: bytes = MESSAGE, namespace: str = "git", *options: str) -> str:
    command = ["ssh-keygen", "-Y", "sign", "-n", namespace, "-f", str(file), *options]
    return subprocess.run(command, input=message, check=True, capture_output=True).stdout.decode()


def ssh_accepts(text: str, key: PublicKey, folder: Path, message: bytes = MESSAGE) -> bool:
    (folder / "allowed").write_text(f"zhang {key.line()}\n")
    (folder / "sig").write_text(text)
    command = ["ssh-keygen", "-Y", "verify", "-n", "git", "-I", "zhang"]
    command += ["-f", str(folder / "allowed"), "-s", str(folder / "sig")]
    return subprocess.run(command, input=message, capture_output=True, check=False).returncode == 0


def public_key(file: Path) -> PublicKey:
    return parse_public_key(Path(f"{file}.pub").read_text().strip())


def refusal(text: str, message: bytes = MESSAGE) -> str:
    with pytest.raises(PrsError) as caught:
        verify(parse_signature(text), message)
    return caught.value.code


def sequence(*parts: bytes) -> bytes:
    return b"".join(map(wire_string, parts))


def mpint(value: int) -> bytes:
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def assemble(
    key: bytes,
    inner: bytes,
    *,
    magic: bytes = b"SSHSIG",
    version: int = 1,
    namespace: bytes = b"git",
    reserved: bytes = b"",
    hash_algorithm: bytes = b"sha512",
) -> str:
    fields = sequence(key, namespace, reserved, hash_algorithm, inner)
    return armour(magic + version.to_bytes(4, "big") + fields)


def ed25519_pair() -> tuple[ed25519.Ed25519PrivateKey, bytes]:
    private = ed25519.Ed25519PrivateKey.generate()
    return private, sequence(b"ssh-ed25519", private.public_key().public_bytes_raw())


def ed25519_text(**fields: object) -> str:
    """A signature that is valid for its fields, so that only the field under test can be the reason of a refusal."""
    private, key = ed25519_pair()
    namespace = str(fields.get("namespace", b"git"), "ascii") if "namespace" in fields else "git"
    value = private.sign(signed_data(MESSAGE, namespace, "sha512"))
    return assemble(key, sequence(b"ssh-ed25519", value), **fields)  # type: ignore[arg-type]


Signer = Callable[[bytes], bytes]


def security_key(algorithm: str, application: bytes = b"ssh:") -> tuple[bytes, Signer]:
    """A software security key: its blob, and a function that makes the wire form of its signature value."""
    if algorithm == SK_ED25519:
        private = ed25519.Ed25519PrivateKey.generate()
        point = private.public_key().public_bytes_raw()
        return sequence(algorithm.encode(), point, application), private.sign
    curve_key = ec.generate_private_key(ec.SECP256R1())
    point = curve_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(data: bytes) -> bytes:
        r, s = utils.decode_dss_signature(curve_key.sign(data, ec.ECDSA(hashes.SHA256())))
        return sequence(mpint(r), mpint(s))

    return sequence(algorithm.encode(), b"nistp256", point, application), sign


def security_key_text(algorithm: str, flags: int = 1, application: bytes = b"ssh:", tail: bytes = b"") -> str:
    """Signs as hardware does: PROTOCOL.u2f, SSH U2F signatures."""
    key, sign = security_key(algorithm, application)
    counted = bytes([flags]) + (7).to_bytes(4, "big")
    hashed = hashlib.sha256(application).digest(), hashlib.sha256(signed_data(MESSAGE, "git", "sha512")).digest()
    value = sign(hashed[0] + counted + hashed[1])
    return assemble(key, sequence(algorithm.encode(), value) + counted + tail)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("hash_algorithm", ["sha256", "sha512"])
def test_a_signature_of_ssh_keygen_verifies(kind: str, hash_algorithm: str, files: dict[str, Path]) -> None:
    signature = parse_signature(ssh_sign(files[kind], MESSAGE, "git", "-O", f"hashalg={hash_algorithm}"))
    assert (signature.namespace, signature.hash_algorithm) == ("git", hash_algorithm)
    assert verify(signature, MESSAGE) == public_key(files[kind])
    with pytest.raises(PrsError, match="A137"):
        verify(signature, MESSAGE + b"\n")


@pytest.mark.parametrize("algorithm", [SK_ED25519, SK_ECDSA])
@pytest.mark.parametrize("flags", [0x01, 0x05])
def test_a_security_key_verifies_here_and_in_ssh_keygen(algorithm: str, flags: int, tmp_path: Path) -> None:
    text = security_key_text(algorithm, flags)
    signature = parse_signature(text)
    assert (signature.flags, signature.counter) == (flags, 7)
    key = verify(signature, MESSAGE)
    assert key.algorithm == algorithm
    assert ssh_accepts(text, key, tmp_path)


@pytest.mark.parametrize("algorithm", [SK_ED25519, SK_ECDSA])
def test_a_security_key_must_be_touched(algorithm: str) -> None:
    assert refusal(security_key_text(algorithm, flags=0x04)) == "A138"


def test_a_security_key_signs_for_its_own_application_only() -> None:
    blob = base64.b64decode("".join(security_key_text(SK_ED25519).splitlines()[1:-1]))
    assert refusal(armour(blob.replace(b"\0\0\0\x04ssh:", b"\0\0\0\x04web:"))) == "A137"


def test_bytes_after_the_counter_are_refused() -> None:
    assert refusal(security_key_text(SK_ED25519, tail=b"\0")) == "A132"


def test_the_armour_is_that_of_ssh_keygen(files: dict[str, Path]) -> None:
    for file in files.values():
        text = ssh_sign(file)
        assert armour(base64.b64decode("".join(text.splitlines()[1:-1]))) == text


def reflow(text: str, width: int) -> str:
    first, *middle, last = text.splitlines()
    encoded = "".join(middle)
    return "\n".join([first, *(encoded[at : at + width] for at in range(0, len(encoded), width)), last, ""])


RESPELLINGS: dict[str, Callable[[str], str]] = {
    "other line length": lambda text: reflow(text, 76),
    "one line": lambda text: reflow(text, 10_000),
    "CRLF": lambda text: text.replace("\n", "\r\n"),
    "no last line end": lambda text: text[:-1],
    "two line ends": lambda text: text + "\n",
    "empty line": lambda text: text.replace("\n", "\n\n", 1),
    "space before": lambda text: " " + text,
    "space in a line": lambda text: text[:60] + " " + text[60:],
}


@pytest.mark.parametrize("respell", RESPELLINGS.values(), ids=RESPELLINGS)
def test_reflowed_armour_is_refused_but_can_be_laid_out_anew(respell: Callable[[str], str]) -> None:
    text = ed25519_text()
    assert refusal(respell(text)) == "A131"
    assert rearmour(respell(text)) == text


def test_spare_bits_of_base64_are_refused() -> None:
    body, mark, last = ed25519_text().rpartition("=\n")
    assert mark
    respelt = body[:-1] + chr(ord(body[-1]) + 1)  # the last character before the padding has two bits to spare
    assert refusal(respelt + mark + last) == "A131"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "-----BEGIN PGP SIGNATURE-----\n\niQEz\n-----END PGP SIGNATURE-----\n",
        "-----BEGIN SSH SIGNATURE-----\n",
    ],
)
def test_what_is_no_ssh_signature_is_refused(text: str) -> None:
    assert refusal(text) == "A130"


def test_text_after_the_armour_is_refused() -> None:
    assert refusal(ed25519_text() + "x\n") == "A130"
    assert refusal(ed25519_text() + ed25519_text()) == "A131"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"magic": b"SSHSIH"}, "A132"),
        ({"version": 2}, "A133"),
        ({"version": 0}, "A133"),
        ({"namespace": b"file"}, "A136"),
        ({"namespace": b"git\0"}, "A132"),
        ({"namespace": b""}, "A132"),
        ({"reserved": b"x"}, "A132"),
        ({"hash_algorithm": b"sha1"}, "A134"),
        ({"hash_algorithm": b"SHA512"}, "A134"),
        ({"hash_algorithm": b"sha256"}, "A137"),
    ],
)
def test_each_field_is_exact(fields: dict[str, object], code: str) -> None:
    assert refusal(ed25519_text(**fields)) == code


def test_a_signature_for_files_is_none_for_git(files: dict[str, Path]) -> None:
    signature = parse_signature(ssh_sign(files["ed25519"], MESSAGE, "file"))
    assert verify(signature, MESSAGE, "file") == public_key(files["ed25519"])
    with pytest.raises(PrsError, match="A136"):
        verify(signature, MESSAGE)


def test_bytes_after_the_fields_are_refused() -> None:
    private, key = ed25519_pair()
    value = private.sign(signed_data(MESSAGE, "git", "sha512"))
    assert refusal(assemble(key, sequence(b"ssh-ed25519", value) + b"\0")) == "A132"
    blob = base64.b64decode("".join(assemble(key, sequence(b"ssh-ed25519", value)).splitlines()[1:-1]))
    assert refusal(armour(blob + b"\0")) == "A132"
    assert refusal(armour(blob[:-1])) == "A132"


def rsa_text(algorithm: bytes, digest: hashes.HashAlgorithm, trim: int = 0) -> str:
    private = rsa.generate_private_key(65537, 2048)
    numbers = private.public_key().public_numbers()
    value = private.sign(signed_data(MESSAGE, "git", "sha512"), padding.PKCS1v15(), digest)
    return assemble(sequence(b"ssh-rsa", mpint(numbers.e), mpint(numbers.n)), sequence(algorithm, value[trim:]))


def test_rsa_signs_with_sha2_only(tmp_path: Path) -> None:
    for algorithm, digest in ((b"rsa-sha2-256", hashes.SHA256()), (b"rsa-sha2-512", hashes.SHA512())):
        text = rsa_text(algorithm, digest)
        assert ssh_accepts(text, verify(parse_signature(text), MESSAGE), tmp_path)
    assert refusal(rsa_text(b"ssh-rsa", hashes.SHA1())) == "A135"
    assert refusal(rsa_text(b"rsa-sha2-256", hashes.SHA1())) == "A137"
    assert refusal(rsa_text(b"rsa-sha2-256", hashes.SHA256(), trim=1)) == "A137"


def test_the_signature_algorithm_is_that_of_the_key() -> None:
    _, key = ed25519_pair()
    for algorithm in (b"rsa-sha2-512", b"ecdsa-sha2-nistp256", b"webauthn-sk-ecdsa-sha2-nistp256@openssh.com"):
        assert refusal(assemble(key, sequence(algorithm, bytes(64)))) == "A135"


def ecdsa_text(point: bytes, value: bytes) -> str:
    name = b"ecdsa-sha2-nistp256"
    return assemble(sequence(name, b"nistp256", point), sequence(name, value))


def test_ecdsa_numbers_have_one_form() -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    der = private.sign(signed_data(MESSAGE, "git", "sha512"), ec.ECDSA(hashes.SHA256()))
    r, s = utils.decode_dss_signature(der)
    verify(parse_signature(ecdsa_text(point, sequence(mpint(r), mpint(s)))), MESSAGE)
    for value in (
        sequence(b"\0" + mpint(r), mpint(s)),
        sequence(mpint(r), mpint(s)) + b"\0",
        sequence(b"", mpint(s)),
        sequence(mpint(r)),
        der,
    ):
        assert refusal(ecdsa_text(point, value)) == "A132"
    assert refusal(ecdsa_text(point, sequence(mpint(s), mpint(r)))) == "A137"


def test_a_point_outside_the_curve_is_refused() -> None:
    assert refusal(ecdsa_text(b"\x04" + b"\1" * 64, sequence(b"\1", b"\1"))) == "A139"


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa256", "rsa2048", SK_ED25519, SK_ECDSA])
def test_no_changed_bit_survives(kind: str, files: dict[str, Path]) -> None:
    text = security_key_text(kind) if kind.startswith("sk-") else ssh_sign(files[kind])
    blob = base64.b64decode("".join(text.splitlines()[1:-1]))
    for at in range(len(blob)):
        changed = bytearray(blob)
        changed[at] ^= 1 << at % 8
        with pytest.raises(PrsError):
            verify(parse_signature(armour(bytes(changed))), MESSAGE)


@given(st.one_of(st.text(max_size=200), st.binary(max_size=200).map(armour)))
def test_whatever_the_text_only_refusals_come_out(text: str) -> None:
    with pytest.raises(PrsError):
        parse_signature(text)


@given(point=st.binary(min_size=64, max_size=64), value=st.binary(max_size=80))
def test_whatever_the_numbers_only_refusals_come_out(point: bytes, value: bytes) -> None:
    assert refusal(ecdsa_text(b"\x04" + point, value)) in {"A132", "A137", "A139"}
    assert refusal(ecdsa_text(b"\x04" + point, sequence(b"\1", b"\1"))) == "A139"
    modulus = int.from_bytes(point * 4, "big") | 1 << 2047 | 1
    key = sequence(b"ssh-rsa", mpint(65537), mpint(modulus))
    assert public_key_of_blob(key).algorithm == "ssh-rsa"
    assert refusal(assemble(key, sequence(b"rsa-sha2-512", value))) == "A137"


def test_the_crypto_library_is_loaded_only_to_verify() -> None:
    program = "import sys, presales_repo.model.sshverify; sys.exit('cryptography' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[3])
