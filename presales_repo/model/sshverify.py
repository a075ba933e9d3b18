"""Verifies SSH signatures: the only module that calls the crypto library, which it loads at the first use."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from presales_repo.errors import PrsError
from presales_repo.model.sshkey import KeyFields, PublicKey, WireReader
from presales_repo.model.sshsig import SshSignature, signed_data

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

_USER_PRESENT = 0x01


def verify(signature: SshSignature, message: bytes, namespace: str = "git") -> PublicKey:
    """The key that signed `message` for `namespace`. Whose key it is, and since when, is the policy's question.

    Raises PrsError: A136 signed for another purpose, A137 signature and message do not fit, A138 a security key
    signed without a touch, A139 the key is no point of its curve, A132 an ECDSA value that is not in shortest form.
    """
    if signature.namespace != namespace:
        raise PrsError("A136", namespace=signature.namespace, expected=namespace)
    fields = signature.key.fields()
    data = signed_data(message, namespace, signature.hash_algorithm)
    if fields.application:
        data = _security_key_data(signature, fields.application, data)
    if not _fits(signature, fields, data):
        raise PrsError("A137", fingerprint=signature.key.fingerprint())
    return signature.key


def _security_key_data(signature: SshSignature, application: bytes, data: bytes) -> bytes:
    """What the hardware signs in place of `data` (PROTOCOL.u2f, SSH U2F signatures)."""
    if not signature.flags & _USER_PRESENT:
        raise PrsError("A138", fingerprint=signature.key.fingerprint())
    counted = bytes([signature.flags]) + signature.counter.to_bytes(4, "big")
    return hashlib.sha256(application).digest() + counted + hashlib.sha256(data).digest()


def _fits(signature: SshSignature, fields: KeyFields, data: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        if signature.algorithm.startswith("rsa-"):
            _check_rsa(signature, fields, data)
        elif "ecdsa" in signature.algorithm:
            _check_ecdsa(signature, fields, data)
        else:
            _check_ed25519(signature, fields, data)
    except InvalidSignature:
        return False
    return True


def _check_ed25519(signature: SshSignature, fields: KeyFields, data: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    Ed25519PublicKey.from_public_bytes(fields.point).verify(signature.value, data)


def _check_ecdsa(signature: SshSignature, fields: KeyFields, data: bytes) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    reader = WireReader(signature.value, "A132")
    numbers = reader.mpint("r"), reader.mpint("s")
    reader.finish()
    curve, digest = _curve_and_hash(fields.point)
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(curve, fields.point)
    except ValueError:
        raise PrsError("A139", fingerprint=signature.key.fingerprint()) from None
    key.verify(utils.encode_dss_signature(*numbers), data, ec.ECDSA(digest))


def _curve_and_hash(point: bytes) -> tuple[ec.EllipticCurve, HashAlgorithm]:
    """The curve that has points of this length, and the hash that belongs to it (RFC 5656 section 6.2.1)."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    if len(point) == 65:
        return ec.SECP256R1(), hashes.SHA256()
    if len(point) == 97:
        return ec.SECP384R1(), hashes.SHA384()
    return ec.SECP521R1(), hashes.SHA512()


def _check_rsa(signature: SshSignature, fields: KeyFields, data: bytes) -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding, rsa

    digest = hashes.SHA256() if signature.algorithm == "rsa-sha2-256" else hashes.SHA512()
    key = rsa.RSAPublicNumbers(fields.exponent, fields.modulus).public_key()
    key.verify(signature.value, data, padding.PKCS1v15(), digest)
