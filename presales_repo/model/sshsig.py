"""SSH signatures as git stores them (OpenSSH's PROTOCOL.sshsig): armour and fields, without any cryptography."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from presales_repo.errors import PrsError
from presales_repo.model.sshkey import PublicKey, WireReader, decode_base64, public_key_of_blob, wire_string

_BEGIN = "-----BEGIN SSH SIGNATURE-----"
_END = "-----END SSH SIGNATURE-----"
_LINE_LENGTH = 70
_MAGIC = b"SSHSIG"
_VERSION = 1
_HASHES = ("sha256", "sha512")
_RSA_ALGORITHMS = ("rsa-sha2-256", "rsa-sha2-512")


@dataclass(frozen=True, slots=True)
class SshSignature:
    """The fields of one signature, well formed but not yet verified (see presales_repo.model.sshverify).

    `value` is what the algorithm defines (RFC 8332, RFC 5656 section 3.1.2, RFC 8709 section 6). `flags` and
    `counter` come from a security key (PROTOCOL.u2f) and are zero for every other key.
    """

    key: PublicKey
    namespace: str
    hash_algorithm: str
    algorithm: str
    value: bytes
    flags: int = 0
    counter: int = 0


def parse_signature(text: str) -> SshSignature:
    """Read an armoured signature, byte for byte as ssh-keygen writes it, with its last line end.

    Another layout of the same bytes is refused, so that a signed commit cannot be re-spelt under a new identity.
    Raises PrsError: A130 no SSH signature, A131 armour in another layout, A132 a damaged field, A133 version,
    A134 hash algorithm, A135 signature algorithm that the key cannot have, and A102 to A108 for the key in it.
    """
    blob = _decode_armour(text)
    if armour(blob) != text:
        raise PrsError("A131")
    return _read_signature(blob)


def armour(blob: bytes) -> str:
    """The text form of a signature: base64 in lines of 70 characters between a BEGIN and an END line."""
    encoded = base64.b64encode(blob).decode("ascii")
    lines = [encoded[at : at + _LINE_LENGTH] for at in range(0, len(encoded), _LINE_LENGTH)]
    return "\n".join([_BEGIN, *lines, _END]) + "\n"


def rearmour(text: str) -> str:
    """Lay out an armoured signature as ssh-keygen does: other signing programs wrap lines elsewhere or write CRLF."""
    return armour(_decode_armour(text))


def signed_data(message: bytes, namespace: str, hash_algorithm: str) -> bytes:
    """The bytes that the key signs for `message` (PROTOCOL.sshsig section 3)."""
    digest = hashlib.new(hash_algorithm, message).digest()
    parts = (namespace.encode("ascii"), b"", hash_algorithm.encode("ascii"), digest)
    return _MAGIC + b"".join(wire_string(part) for part in parts)


def _decode_armour(text: str) -> bytes:
    body = text.strip()
    if not (body.startswith(_BEGIN) and body.endswith(_END)):
        raise PrsError("A130")
    return decode_base64("".join(body[len(_BEGIN) : -len(_END)].split()), "A131")


def _read_signature(blob: bytes) -> SshSignature:
    reader = WireReader(blob, "A132")
    if reader.take(len(_MAGIC), "magic") != _MAGIC:
        raise PrsError("A132", field="magic")
    version = reader.uint32("version")
    if version != _VERSION:
        raise PrsError("A133", version=version)
    key = public_key_of_blob(reader.string("public key"))
    namespace = reader.word("namespace")
    if reader.string("reserved"):
        raise PrsError("A132", field="reserved")
    hash_algorithm = reader.word("hash algorithm")
    if hash_algorithm not in _HASHES:
        raise PrsError("A134", algorithm=hash_algorithm)
    inner = WireReader(reader.string("signature"), "A132")
    reader.finish()
    return _read_inner(inner, key, namespace, hash_algorithm)


def _read_inner(reader: WireReader, key: PublicKey, namespace: str, hash_algorithm: str) -> SshSignature:
    algorithm = reader.word("signature algorithm")
    # An RSA key has signature algorithms of its own; the old name `ssh-rsa` would mean SHA-1 (RFC 8332).
    allowed = _RSA_ALGORITHMS if key.algorithm == "ssh-rsa" else (key.algorithm,)
    if algorithm not in allowed:
        raise PrsError("A135", algorithm=algorithm, key=key.algorithm)
    value = reader.string("signature value")
    flags = counter = 0
    if key.algorithm.startswith("sk-"):
        flags, counter = reader.byte("flags"), reader.uint32("counter")
    reader.finish()
    return SshSignature(key, namespace, hash_algorithm, algorithm, value, flags, counter)
