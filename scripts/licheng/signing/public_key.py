"""Public keys that may sign: Ed25519, RSA of at least 3072 bits, and passkeys. Anything doubtful is refused.

A passkey is an ordinary hardware key of OpenSSH whose application is the host of the page that made it. It is read only
where its caller knows passkeys, as all else that must be asked of them is asked there.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from licheng.signing import curve
from licheng.signing.refusal import Reason, Refusal, Refused
from licheng.signing.wire import Reader

ED25519 = "ssh-ed25519"
RSA = "ssh-rsa"
PASSKEY = "sk-ecdsa-sha2-nistp256@openssh.com"
MIN_RSA_BITS = 3072
MAX_RSA_BITS = 8192  # an upper bound on the time that one verification takes
_MIN_EXPONENT = 65537
_MAX_EXPONENT = 2**32
_POINT_BYTES = 32
_POINT_OF_P256_BYTES = 65  # uncompressed
_CURVE = b"nistp256"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?=.{{1,253}}\Z){_LABEL}(?:\.{_LABEL})*", re.ASCII)
_LINE = re.compile(r"([a-z0-9@.-]{1,64}) ([A-Za-z0-9+/]{1,4096}={0,2})", re.ASCII)


class Passkey(NamedTuple):
    """What a passkey's key holds.

    Attributes:
        application: the exact host of the page that made it, WebAuthn's RP ID: `sign.school.example`.
    """

    point: EllipticCurvePublicKey
    application: str


_Loaded = Ed25519PublicKey | RSAPublicKey | Passkey


class PublicKey(NamedTuple):
    """A key that passed all checks; made by `parse_public_key` and `key_of_blob` only.

    Attributes:
        type: `ssh-ed25519`, `ssh-rsa` or, for a passkey, `sk-ecdsa-sha2-nistp256@openssh.com`.
        blob: the key in SSH wire format, by which keys are compared.
    """

    type: str
    blob: bytes

    @property
    def fingerprint(self) -> str:
        """`SHA256:…`, as `ssh-keygen -l` prints it."""
        return fingerprint(self.blob)

    @property
    def line(self) -> str:
        """`ssh-ed25519 AAAA…`, without a comment."""
        return f"{self.type} {base64.b64encode(self.blob).decode()}"

    @property
    def application(self) -> str | None:
        """The host of the page that made it, of a passkey; None of any other key."""
        key = loaded(self)
        return key.application if isinstance(key, Passkey) else None


def parse_public_key(text: str, *, passkeys: bool = False) -> PublicKey | Refusal:
    """Read exactly `ssh-ed25519 AAAA…` or `ssh-rsa AAAA…`: no options, no comment (it may hold a name), no newline.

    Args:
        text: the line.
        passkeys: whether the line may be a passkey's.
    """
    line = _LINE.fullmatch(text)
    if line is None:
        return Refusal(Reason.BAD_KEY_LINE)
    if line[1] not in _LOADERS or (line[1] == PASSKEY and not passkeys):
        return Refusal(Reason.UNSUPPORTED_KEY_TYPE, line[1])
    try:
        key = key_of_blob(strict_base64(line[2]))
    except Refused as refused:
        return refused.refusal
    return key if key.type == line[1] else Refusal(Reason.KEY_TYPE_MISMATCH, f"{line[1]}, {key.type}")


def strict_base64(text: str | bytes) -> bytes:
    """Decode base64 that has no second spelling.

    Raises:
        Refused: it has foreign characters, wrong padding or stray bits.
    """
    raw = text.encode() if isinstance(text, str) else text
    try:
        data = base64.b64decode(raw, validate=True)
    except binascii.Error:
        raise Refused(Reason.BAD_BASE64) from None
    if base64.b64encode(data) != raw:
        raise Refused(Reason.BAD_BASE64, "padding bits are not zero")
    return data


@lru_cache(maxsize=4096)
def key_of_blob(blob: bytes) -> PublicKey:
    """Check a key in wire format.

    Raises:
        Refused: it may not sign.
    """
    return PublicKey(_load(blob)[0], blob)


@lru_cache(maxsize=4096)
def fingerprint(blob: bytes) -> str:
    """The fingerprint of a key in wire format."""
    digest = base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
    return f"SHA256:{digest}"


def short_fingerprint(fingerprint: str) -> str:
    """What two people compare aloud or on two screens: the first 96 bits of `SHA256:…`, as `AbCd EfGh IjKl MnOp`."""
    letters = fingerprint.removeprefix("SHA256:")
    return " ".join(letters[at : at + 4] for at in range(0, 16, 4))


def loaded(key: PublicKey) -> _Loaded:
    """The key as `cryptography` works with it."""
    return _load(key.blob)[1]


@lru_cache(maxsize=4096)
def _load(blob: bytes) -> tuple[str, _Loaded]:
    reader = Reader(blob)
    kind = reader.string().decode("latin-1")
    loader = _LOADERS.get(kind)
    if loader is None:
        raise Refused(Reason.UNSUPPORTED_KEY_TYPE, ascii(kind[:64]))
    return kind, loader(reader)


def _ed25519(reader: Reader) -> Ed25519PublicKey:
    point = reader.string()
    reader.end()
    if len(point) != _POINT_BYTES:
        raise Refused(Reason.BAD_KEY, f"{len(point)} bytes")
    if curve.is_small_order(point):
        raise Refused(Reason.SMALL_ORDER_KEY)
    if not curve.is_canonical(point):
        raise Refused(Reason.BAD_KEY, "the encoding is not canonical")
    if not curve.is_on_curve(point):
        raise Refused(Reason.BAD_KEY, "not a point of the curve")
    return Ed25519PublicKey.from_public_bytes(point)


def _rsa(reader: Reader) -> RSAPublicKey:
    exponent, modulus = reader.natural(), reader.natural()
    reader.end()
    bits = modulus.bit_length()
    if bits < MIN_RSA_BITS:
        raise Refused(Reason.SHORT_KEY, f"{bits} bits")
    if bits > MAX_RSA_BITS or modulus % 2 == 0:
        raise Refused(Reason.BAD_KEY, f"a modulus of {bits} bits")
    if not _MIN_EXPONENT <= exponent < _MAX_EXPONENT or exponent % 2 == 0:
        raise Refused(Reason.BAD_EXPONENT, f"{exponent.bit_length()} bits")
    return RSAPublicNumbers(exponent, modulus).public_key()


def _passkey(reader: Reader) -> Passkey:
    curve_name, point, application = reader.string(), reader.string(), reader.string().decode("latin-1")
    reader.end()
    if curve_name != _CURVE or len(point) != _POINT_OF_P256_BYTES:
        raise Refused(Reason.BAD_KEY, f"{curve_name[:16]!a}, {len(point)} bytes")
    if _HOST.fullmatch(application) is None:
        raise Refused(Reason.BAD_KEY, f"application {application[:64]!a}")
    try:
        return Passkey(EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point), application)
    except ValueError:
        raise Refused(Reason.BAD_KEY, "not a point of the curve") from None


_LOADERS: dict[str, Callable[[Reader], _Loaded]] = {ED25519: _ed25519, RSA: _rsa, PASSKEY: _passkey}
