"""A passkey's signature: what a browser's authenticator says of one use, read and verified more strictly than OpenSSH.

The form is that of OpenSSH (PROTOCOL.u2f, `webauthn-sk-ecdsa-sha2-nistp256@openssh.com`), the meaning that of Web
Authentication (W3C, Level 3, 5.8.1 and 6.1). `ssh-keygen` accepts a use without verification of the person, of any
origin, within a foreign frame, and JSON in which a key stands twice; here none of that passes. The counter is never
looked at: synced passkeys always say 0. Whether the origin is one that the key was enrolled for is judged elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import Any, NamedTuple, NoReturn

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from licheng.signing.canonical import is_too_deep
from licheng.signing.public_key import Passkey
from licheng.signing.refusal import Reason, Refusal, Refused
from licheng.signing.wire import Reader

ALGORITHM = "webauthn-sk-ecdsa-sha2-nistp256@openssh.com"
HASH = "sha512"  # of the message: the one that the signing page uses

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_USER_PRESENT, _USER_VERIFIED, _BACKUP_ELIGIBLE, _BACKED_UP = 0x01, 0x04, 0x08, 0x10
_KNOWN = (
    _USER_PRESENT | _USER_VERIFIED | _BACKUP_ELIGIBLE | _BACKED_UP
)  # no attested key, no extension, nothing reserved
# Raw JSON text, as it stands between its quotes: some clients have written `https:\/\/`.
_RAW_ORIGIN = re.compile(rb"[!#-~]{1,300}")
_ORIGIN = re.compile(r"https?://([a-z0-9.-]{1,253})(?::[0-9]{1,5})?", re.ASCII)


class Assertion(NamedTuple):
    """One use of a passkey, well-formed, not yet verified.

    Attributes:
        r: with `s` the ECDSA signature; `s` is the lower of the two that fit.
        flags: of the authenticator.
        counter: of the authenticator; means nothing.
        origin: where the browser was: `https://sign.school.example`.
        raw_origin: the same as JSON text, without its quotes.
        client_data: the browser's JSON, byte for byte.
    """

    r: int
    s: int
    flags: int
    counter: int
    origin: str
    raw_origin: bytes
    client_data: bytes

    @property
    def can_be_copied(self) -> bool:
        """Whether the passkey may be kept elsewhere too: its backup eligibility, which never changes (6.1.3)."""
        return bool(self.flags & _BACKUP_ELIGIBLE)


def read(reader: Reader) -> Assertion:
    """Read what follows the algorithm's name, to the end.

    Raises:
        Refused: it is no use of a passkey that may count.
    """
    numbers = Reader(reader.string())
    r, s = (numbers.natural(Reason.SIGNATURE_OUT_OF_RANGE) for _ in "rs")
    numbers.end()
    if r >= _ORDER or s > _ORDER // 2:  # each signature has a twin with the other s
        raise Refused(Reason.SIGNATURE_OUT_OF_RANGE, "r" if r >= _ORDER else "s")
    flags, counter = reader.take(1)[0], reader.word()
    raw_origin, client_data, extensions = reader.string(), reader.string(), reader.string()
    reader.end()
    if not (flags & _USER_PRESENT and flags & _USER_VERIFIED):
        raise Refused(Reason.USER_NOT_VERIFIED, f"0x{flags:02x}")
    if flags & ~_KNOWN or (flags & _BACKED_UP and not flags & _BACKUP_ELIGIBLE):
        raise Refused(Reason.BAD_FLAGS, f"0x{flags:02x}")
    if extensions:
        raise Refused(Reason.BAD_FLAGS, "extensions")
    return Assertion(r, s, flags, counter, _client_origin(raw_origin, client_data), raw_origin, client_data)


def _client_origin(raw_origin: bytes, client_data: bytes) -> str:
    """The origin, after a look at all that the browser says of it. Unknown members are legal: Chromium adds some."""
    try:
        text = client_data.decode()
        if is_too_deep(text):
            raise Refused(Reason.BAD_CLIENT_DATA, "depth")
        stated = _DECODER.decode(text)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Refused(Reason.BAD_CLIENT_DATA, type(error).__name__) from None
    if not isinstance(stated, dict):
        raise Refused(Reason.BAD_CLIENT_DATA, type(stated).__name__)
    if stated.get("type") != "webauthn.get":
        raise Refused(Reason.BAD_CLIENT_DATA, "type")
    if stated.get("crossOrigin", False) is not False or "topOrigin" in stated:
        raise Refused(Reason.CROSS_ORIGIN)
    origin = stated.get("origin")
    if not isinstance(origin, str) or _RAW_ORIGIN.fullmatch(raw_origin) is None:
        raise Refused(Reason.BAD_CLIENT_DATA, "origin")
    if not client_data.startswith(b'{"type":"webauthn.get","challenge":"'):
        raise Refused(Reason.CLIENT_DATA_ORDER)
    return origin


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise Refused(Reason.BAD_CLIENT_DATA, "duplicate-key")
    return value


def _no_number(text: str) -> NoReturn:
    raise Refused(Reason.BAD_CLIENT_DATA, text)


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_no_number)


def verify(assertion: Assertion, passkey: Passkey, data: bytes) -> Refusal | None:
    """Why the passkey did not sign these data on a page of its own host, or None.

    Args:
        assertion: of `read`.
        passkey: the key that it must be of.
        data: what an ordinary key would sign (`sshsig.signed_data`): here the browser's challenge.
    """
    challenge = base64.urlsafe_b64encode(data).rstrip(b"=")
    head = b'{"type":"webauthn.get","challenge":"' + challenge + b'"'
    if not assertion.client_data.startswith(head):
        return Refusal(Reason.OTHER_CHALLENGE)
    head += b',"origin":"' + assertion.raw_origin + b'"'
    if not assertion.client_data.startswith((head + b",", head + b"}")):
        return Refusal(Reason.CLIENT_DATA_ORDER)
    origin = _ORIGIN.fullmatch(assertion.origin)
    host = origin[1] if origin is not None else ""
    # A page on this very machine needs no certificate.
    is_safe = assertion.origin.startswith("https://") or host == "localhost" or host.endswith(".localhost")
    if host != passkey.application or not is_safe:
        return Refusal(Reason.OTHER_ORIGIN, ascii(assertion.origin))
    used = bytes([assertion.flags]) + assertion.counter.to_bytes(4, "big")
    signed = hashlib.sha256(passkey.application.encode()).digest() + used
    signed += hashlib.sha256(assertion.client_data).digest()
    try:
        passkey.point.verify(encode_dss_signature(assertion.r, assertion.s), signed, ECDSA(SHA256()))
    except InvalidSignature:
        return Refusal(Reason.DOES_NOT_VERIFY)
    return None
