"""OpenSSH public keys: their one-line form, the wire format inside, and the public half of a private key file.

Formats: RFC 4251 section 5 (wire types), RFC 4253 section 6.6 (RSA), RFC 5656 section 3.1 (ECDSA), RFC 8709
section 4 (Ed25519), OpenSSH's PROTOCOL.u2f (security keys) and PROTOCOL.key (private key files).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from presales_repo.errors import PrsError

RSA_LEAST_BITS = 2048
RSA_MOST_BITS = 16384
"""OpenSSL and ssh-keygen go no further; a larger modulus would only slow the verifier down."""

_LINE = re.compile(r"([!-~]+) ([!-~]+)(?: (.*))?")
_CERTIFICATE = "-cert-v01@openssh.com"
_PRIVATE_BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----"
_PRIVATE_END = "-----END OPENSSH PRIVATE KEY-----"
_PRIVATE_MAGIC = b"openssh-key-v1\0"

_P25519 = 2**255 - 19
_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
# The y of every point whose order divides 8: with such a "key", a signature that fits any message can be made by all.
_SMALL_ORDER = frozenset({0, 1, _P25519 - 1, _ORDER_8, _P25519 - _ORDER_8})


@dataclass(frozen=True, slots=True)
class KeyFields:
    """What the blob of a key holds: a point (Ed25519, or uncompressed SEC 1), or an RSA modulus and exponent.

    `application` is what a security key (`sk-`) binds its signatures to, usually `ssh:`.
    """

    point: bytes = b""
    modulus: int = 0
    exponent: int = 0
    application: bytes = b""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: equal to another when the blob is, whatever the comment."""

    algorithm: str
    blob: bytes
    comment: str = field(default="", compare=False)

    def fingerprint(self) -> str:
        """`SHA256:` and the unpadded base64 of the blob's digest, as ssh-keygen and git print it."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode("ascii")
        return "SHA256:" + digest.rstrip("=")

    def line(self) -> str:
        """The one-line form, without a line end."""
        return f"{self.algorithm} {base64.b64encode(self.blob).decode('ascii')} {self.comment}".rstrip(" ")

    def fields(self) -> KeyFields:
        """The numbers inside the blob."""
        return _read_blob(self.blob)[1]


class WireReader:
    """Reads values of the SSH wire format (RFC 4251 section 5), one after another.

    Whatever does not have exactly that format is refused: PrsError with the code given and the name of the field.
    """

    __slots__ = ("_at", "_code", "_data")

    def __init__(self, data: bytes, code: str) -> None:
        self._data = data
        self._code = code
        self._at = 0

    def take(self, count: int, name: str) -> bytes:
        """The next `count` bytes."""
        end = self._at + count
        if end > len(self._data):
            raise PrsError(self._code, field=name)
        piece = self._data[self._at : end]
        self._at = end
        return piece

    def byte(self, name: str) -> int:
        """One byte."""
        return self.take(1, name)[0]

    def uint32(self, name: str) -> int:
        """A 32-bit big-endian number."""
        return int.from_bytes(self.take(4, name), "big")

    def string(self, name: str) -> bytes:
        """A length and that many bytes."""
        return self.take(self.uint32(name), name)

    def word(self, name: str) -> str:
        """A string that is a name: not empty, ASCII without spaces and control characters."""
        data = self.string(name)
        if not data or any(byte <= 0x20 or byte >= 0x7F for byte in data):
            raise PrsError(self._code, field=name)
        return data.decode("ascii")

    def mpint(self, name: str) -> int:
        """A number above zero in its one shortest form."""
        data = self.string(name)
        negative = data[:1] >= b"\x80"
        padded = data[:1] == b"\0" and data[1:2] < b"\x80"
        if not data or negative or padded:
            raise PrsError(self._code, field=name)
        return int.from_bytes(data, "big")

    def finish(self) -> None:
        """Nothing may follow."""
        if self._at != len(self._data):
            raise PrsError(self._code, field="end")


def wire_string(data: bytes) -> bytes:
    """`data` as a string of the wire format: its length in four bytes, then itself."""
    return len(data).to_bytes(4, "big") + data


def decode_base64(text: str, code: str) -> bytes:
    """Bytes of standard, padded base64; a second spelling of the same bytes is refused with `code`."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError:
        raise PrsError(code, field="base64") from None
    if base64.b64encode(data).decode("ascii") != text:
        raise PrsError(code, field="base64")
    return data


def parse_public_key(line: str) -> PublicKey:
    """Read `algorithm base64 [comment]`, the form of `.pub` files, without line end and authorized_keys options.

    Raises PrsError: A101 another form, A102 unknown algorithm, A103 certificate, A104 damaged base64, A105 damaged
    blob, A106 blob of another algorithm, A107 RSA of a wrong size, A108 a key with which everybody can sign.
    """
    match = _LINE.fullmatch(line)
    if match is None or not (match[3] or "").isprintable():
        raise PrsError("A101")
    algorithm, encoded, comment = match[1], match[2], match[3] or ""
    _require_known(algorithm)
    key = public_key_of_blob(decode_base64(encoded, "A104"), comment.strip(" "))
    if key.algorithm != algorithm:
        raise PrsError("A106", algorithm=algorithm, inner=key.algorithm)
    return key


def public_key_of_blob(blob: bytes, comment: str = "") -> PublicKey:
    """The key whose wire form is `blob`, checked to the last byte (A102, A103, A105, A107, A108)."""
    return PublicKey(_read_blob(blob)[0], blob, comment)


def public_key_of_private_file(text: str) -> PublicKey:
    """The public key that an OpenSSH private key file carries in clear, also when the private half is encrypted.

    Raises PrsError A109 when the envelope is damaged, and what `public_key_of_blob` raises.
    """
    body = text.strip()
    if not (body.startswith(_PRIVATE_BEGIN) and body.endswith(_PRIVATE_END)):
        raise PrsError("A109", field="armour")
    encoded = "".join(body[len(_PRIVATE_BEGIN) : -len(_PRIVATE_END)].split())
    reader = WireReader(decode_base64(encoded, "A109"), "A109")
    if reader.take(len(_PRIVATE_MAGIC), "magic") != _PRIVATE_MAGIC:
        raise PrsError("A109", field="magic")
    for name in ("cipher", "kdf", "kdf options"):
        reader.string(name)
    if reader.uint32("number of keys") != 1:
        raise PrsError("A109", field="number of keys")
    return public_key_of_blob(reader.string("public key"))


def _require_known(algorithm: str) -> None:
    if algorithm.endswith(_CERTIFICATE):
        raise PrsError("A103", algorithm=algorithm)
    if algorithm not in _READERS:
        raise PrsError("A102", algorithm=algorithm, known=", ".join(_READERS))


def _read_blob(blob: bytes) -> tuple[str, KeyFields]:
    reader = WireReader(blob, "A105")
    algorithm = reader.word("algorithm")
    _require_known(algorithm)
    fields = _READERS[algorithm](reader)
    reader.finish()
    return algorithm, fields


def _read_ed25519(reader: WireReader) -> KeyFields:
    point = reader.string("point")
    if len(point) != 32:
        raise PrsError("A105", field="point")
    y = int.from_bytes(point, "little") & (2**255 - 1)
    if y >= _P25519:
        raise PrsError("A105", field="point")
    if y in _SMALL_ORDER:
        raise PrsError("A108")
    return KeyFields(point=point)


def _read_ecdsa(reader: WireReader, curve: bytes, width: int) -> KeyFields:
    if reader.string("curve") != curve:
        raise PrsError("A105", field="curve")
    point = reader.string("point")
    if len(point) != 1 + 2 * width or point[0] != 4:
        raise PrsError("A105", field="point")
    return KeyFields(point=point)


def _read_rsa(reader: WireReader) -> KeyFields:
    exponent, modulus = reader.mpint("exponent"), reader.mpint("modulus")
    bits = modulus.bit_length()
    if not RSA_LEAST_BITS <= bits <= RSA_MOST_BITS:
        raise PrsError("A107", bits=bits, least=RSA_LEAST_BITS, most=RSA_MOST_BITS)
    # With exponent 1 a signature is its own padded digest; even numbers and giant exponents are no RSA key either.
    if exponent < 3 or exponent % 2 == 0 or exponent.bit_length() > 64 or modulus % 2 == 0:
        raise PrsError("A108")
    return KeyFields(modulus=modulus, exponent=exponent)


def _read_security_key(reader: WireReader, read: Callable[[WireReader], KeyFields]) -> KeyFields:
    fields = read(reader)
    return replace(fields, application=reader.word("application").encode("ascii"))


_read_p256 = partial(_read_ecdsa, curve=b"nistp256", width=32)
_READERS: dict[str, Callable[[WireReader], KeyFields]] = {
    "ssh-ed25519": _read_ed25519,
    "ecdsa-sha2-nistp256": _read_p256,
    "ecdsa-sha2-nistp384": partial(_read_ecdsa, curve=b"nistp384", width=48),
    "ecdsa-sha2-nistp521": partial(_read_ecdsa, curve=b"nistp521", width=66),
    "ssh-rsa": _read_rsa,
    "sk-ssh-ed25519@openssh.com": partial(_read_security_key, read=_read_ed25519),
    "sk-ecdsa-sha2-nistp256@openssh.com": partial(_read_security_key, read=_read_p256),
}
