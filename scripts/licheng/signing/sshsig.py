"""One armored SSHSIG file, parsed strictly, then verified by `cryptography`.

What is accepted here is a subset of what `ssh-keygen -Y verify` accepts, and close to the bytes that
`ssh-keygen -Y sign` writes: one signature of one message has one file. What a passkey adds is read in
`signing.webauthn`. Whether the key may sign is judged elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA512

from licheng.signing import curve, webauthn
from licheng.signing.public_key import (
    ED25519,
    PASSKEY,
    RSA,
    Passkey,
    PublicKey,
    key_of_blob,
    loaded,
    parse_public_key,
    strict_base64,
)
from licheng.signing.refusal import Reason, Refusal, Refused
from licheng.signing.wire import Reader, string

__all__ = ["PublicKey", "Signature", "VerifiedSignature", "armor", "parse", "parse_public_key", "signed_data", "verify"]

MAX_BYTES = 16 * 1024
MAGIC = b"SSHSIG"
VERSION = 1
HASHES = {"sha256": hashlib.sha256, "sha512": hashlib.sha512}

_BEGIN = b"-----BEGIN SSH SIGNATURE-----\n"
_END = b"-----END SSH SIGNATURE-----\n"
_RULE = b"-----"  # no letter of base64, and twice in each line around it
_COLUMNS = 70
_ALGORITHMS = {
    ED25519: frozenset({ED25519}),
    RSA: frozenset({"rsa-sha2-256", "rsa-sha2-512"}),
    PASSKEY: frozenset({webauthn.ALGORITHM}),
}
_RSA_HASHES = {"rsa-sha2-256": SHA256, "rsa-sha2-512": SHA512}
_NAMESPACE = re.compile(rb"[!-~]{1,128}")
_HALF = 32  # bytes of R and of S


class Signature(NamedTuple):
    """A well-formed signature, not yet verified.

    Attributes:
        key: the key that it says it was made with.
        namespace: what kind of thing it says was signed.
        hash: `sha256` or `sha512`, of the message.
        algorithm: `ssh-ed25519`, `rsa-sha2-256`, `rsa-sha2-512` or `webauthn-sk-ecdsa-sha2-nistp256@openssh.com`.
        signature: the algorithm's own bytes, or what a browser said of a passkey's use.
    """

    key: PublicKey
    namespace: str
    hash: str
    algorithm: str
    signature: bytes | webauthn.Assertion

    @property
    def fingerprint(self) -> str:
        """`SHA256:…` of the key."""
        return self.key.fingerprint


class VerifiedSignature(NamedTuple):
    """This key signed this message in this namespace: made by `verify` only.

    Attributes:
        origin: where a passkey signed: it counts only on the origins that the key was enrolled for.
        can_be_copied: whether a passkey says that it may be kept elsewhere too.
    """

    key: PublicKey
    namespace: str
    origin: str | None = None
    can_be_copied: bool | None = None


def parse(armored: bytes) -> Signature | Refusal:
    """Read the bytes of a whole `.sig` file."""
    try:
        reader = Reader(_dearmor(armored))
        if reader.take(len(MAGIC)) != MAGIC:
            raise Refused(Reason.BAD_MAGIC)
        version = reader.word()
        if version != VERSION:
            raise Refused(Reason.BAD_VERSION, str(version))
        key = key_of_blob(reader.string())
        namespace = reader.string()
        if _NAMESPACE.fullmatch(namespace) is None:
            raise Refused(Reason.BAD_NAMESPACE, ascii(namespace[:64]))
        if reader.string():
            raise Refused(Reason.RESERVED_NOT_EMPTY)
        hash_name = reader.string().decode("latin-1")
        if hash_name not in HASHES or (key.type == PASSKEY and hash_name != webauthn.HASH):
            raise Refused(Reason.UNSUPPORTED_HASH, ascii(hash_name[:64]))
        algorithm, raw = _inner(reader.string(), key)
        reader.end()
    except Refused as refused:
        return refused.refusal
    return Signature(key, namespace.decode("ascii"), hash_name, algorithm, raw)


def verify(signature: Signature, message: bytes, namespace: str) -> VerifiedSignature | Refusal:
    """Whether the signature's own key signed exactly this message for this purpose.

    Args:
        signature: of `parse`.
        message: the signed file's bytes.
        namespace: the one that is expected.
    """
    if signature.namespace != namespace:
        return Refusal(Reason.OTHER_NAMESPACE, signature.namespace)
    data = signed_data(message, namespace, signature.hash)
    key, raw = loaded(signature.key), signature.signature
    if isinstance(key, Passkey) or isinstance(raw, webauthn.Assertion):
        assert isinstance(key, Passkey)  # noqa: S101 - the two come together, of `parse`
        assert isinstance(raw, webauthn.Assertion)  # noqa: S101
        return webauthn.verify(raw, key, data) or VerifiedSignature(
            signature.key, namespace, raw.origin, raw.can_be_copied
        )
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(raw, data)
        else:
            key.verify(raw, data, PKCS1v15(), _RSA_HASHES[signature.algorithm]())
    except InvalidSignature:
        return Refusal(Reason.DOES_NOT_VERIFY)
    return VerifiedSignature(signature.key, namespace)


def signed_data(message: bytes, namespace: str, hash_name: str) -> bytes:
    """What the key signs in place of the message (PROTOCOL.sshsig of OpenSSH)."""
    digest = HASHES[hash_name](message).digest()
    return MAGIC + string(namespace.encode()) + string(b"") + string(hash_name.encode()) + string(digest)


def armor(blob: bytes) -> bytes:
    """The file of a signature in wire format, as `ssh-keygen` writes it."""
    return _BEGIN + _wrap(base64.b64encode(blob)) + _END


def _wrap(encoded: bytes) -> bytes:
    return b"".join(encoded[at : at + _COLUMNS] + b"\n" for at in range(0, len(encoded), _COLUMNS))


def _dearmor(armored: bytes) -> bytes:
    if len(armored) > MAX_BYTES:
        raise Refused(Reason.TOO_LARGE, f"{len(armored)} > {MAX_BYTES}")
    if not (armored.startswith(_BEGIN) and armored.endswith(_END) and armored.count(_RULE) == 4):
        begin, end = _BEGIN.rstrip(), _END.rstrip()
        faults = (
            (begin not in armored, Reason.NO_ARMOR),
            (b"\r" in armored, Reason.CARRIAGE_RETURN),
            (not armored.startswith(begin), Reason.LEADING_TEXT),
            (armored.count(begin) > 1 or armored.count(end) > 1, Reason.SEVERAL_BLOCKS),
            (b"\n" + end not in armored, Reason.NO_END),
            (armored.endswith(end), Reason.BAD_LINES),
            (not armored.endswith(_END), Reason.TRAILING_TEXT),
        )
        raise Refused(next((reason for fault, reason in faults if fault), Reason.BAD_LINES))
    body = armored[len(_BEGIN) : -len(_END)]
    if b"\r" in body:
        raise Refused(Reason.CARRIAGE_RETURN)
    encoded = body.replace(b"\n", b"")
    blob = strict_base64(encoded)
    if _wrap(encoded) != body:
        raise Refused(Reason.BAD_LINES)
    return blob


def _inner(blob: bytes, key: PublicKey) -> tuple[str, bytes | webauthn.Assertion]:
    reader = Reader(blob)
    algorithm = reader.string().decode("latin-1")
    if algorithm not in _ALGORITHMS[key.type]:
        raise Refused(Reason.WRONG_ALGORITHM, f"{key.type}, {algorithm[:64]!a}")
    public = loaded(key)
    if isinstance(public, Passkey):
        return algorithm, webauthn.read(reader)
    raw = reader.string()
    reader.end()
    if len(raw) != (2 * _HALF if isinstance(public, Ed25519PublicKey) else (public.key_size + 7) // 8):
        raise Refused(Reason.BAD_SIGNATURE_LENGTH, f"{len(raw)} bytes")
    if isinstance(public, Ed25519PublicKey):
        if not curve.is_canonical(raw[:_HALF]):
            raise Refused(Reason.SIGNATURE_OUT_OF_RANGE, "R")
        if not curve.is_reduced(raw[_HALF:]):
            raise Refused(Reason.SIGNATURE_OUT_OF_RANGE, "S")
    elif int.from_bytes(raw, "big") >= public.public_numbers().n:
        raise Refused(Reason.SIGNATURE_OUT_OF_RANGE)
    return algorithm, raw
