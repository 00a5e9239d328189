"""A passkey in software, and every use of it that no honest browser would make."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from licheng.signing.public_key import PublicKey, parse_public_key
from licheng.signing.wire import string
from tests.signing.forge import MESSAGE, Wire, line_of, mpint

KEY_TYPE = b"sk-ecdsa-sha2-nistp256@openssh.com"
ALGORITHM = b"webauthn-sk-ecdsa-sha2-nistp256@openssh.com"
HOST = "sign.school.example"
ORIGIN = f"https://{HOST}"
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
UP, UV, BE, BS, AT, ED = 0x01, 0x04, 0x08, 0x10, 0x40, 0x80

# The nonce follows from the key and the message, so that fixtures can be written anew and compared.
_ALIKE = ECDSA(SHA256(), deterministic_signing=True)

Numbers = Callable[[int, int], bytes]


def blob(point: bytes, application: str = HOST, curve: bytes = b"nistp256") -> bytes:
    return string(KEY_TYPE) + string(curve) + string(point) + string(application.encode("latin-1"))


def two_mpints(r: int, s: int) -> bytes:
    return mpint(r) + mpint(s)


@dataclass(frozen=True)
class SoftPasskey:
    """A passkey whose secret lies here, as no authenticator's does; `port` of the page it signs on, such as `:8443`."""

    application: str = HOST
    port: str = ""
    flags: int = UP | UV
    private: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))

    @classmethod
    def of(cls, seed: str, application: str = HOST) -> SoftPasskey:
        """The same passkey each time, which signs the same bytes each time (RFC 6979)."""
        number = int.from_bytes(hashlib.sha512(seed.encode()).digest(), "big") % (ORDER - 1) + 1
        return cls(application, private=derive_private_key(number, SECP256R1()))

    @property
    def public(self) -> PublicKey:
        key = parse_public_key(self.line, passkeys=True)
        assert isinstance(key, PublicKey)
        return key

    def sign(self, namespace: str, message: bytes, origin: str | None = None) -> bytes:
        """As the signing page does."""
        where = origin or f"https://{self.application}{self.port}"
        return self.use(message, raw_origin=where, namespace=namespace.encode(), flags=self.flags).armored

    @property
    def point(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def blob(self) -> bytes:
        return blob(self.point, self.application)

    @property
    def line(self) -> str:
        return line_of(self.blob)

    def client_data(self, challenge: bytes, origin: str = ORIGIN, tail: str = ',"crossOrigin":false}') -> bytes:
        text = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        return f'{{"type":"webauthn.get","challenge":"{text}","origin":"{origin}"{tail}'.encode()

    def use(
        self,
        message: bytes = MESSAGE,
        *,
        client_data: bytes | None = None,
        raw_origin: str = ORIGIN,
        origin: str | None = None,
        tail: str = ',"crossOrigin":false}',
        flags: int = UP | UV,
        counter: int = 7,
        extensions: bytes = b"",
        host: str | None = None,
        numbers: Numbers = two_mpints,
        low: bool = True,
        hash: bytes = b"sha512",  # noqa: A002 - the field's name
        inner_tail: bytes = b"",
        **fields: Any,
    ) -> Wire:
        """A signature of these fields, mathematically right unless its numbers are turned."""
        wire = Wire(self.blob, algorithm=ALGORITHM, hash=hash, **fields)
        if client_data is None:
            client_data = self.client_data(wire.to_sign(message), raw_origin if origin is None else origin, tail)
        used = bytes([flags]) + counter.to_bytes(4, "big")
        data = hashlib.sha256((host or self.application).encode()).digest() + used + extensions
        signature = self.private.sign(data + hashlib.sha256(client_data).digest(), _ALIKE)
        r, s = decode_dss_signature(signature)
        if (s <= ORDER // 2) != low:
            s = ORDER - s
        strings = b"".join(map(string, (raw_origin.encode(), client_data, extensions)))
        return replace(wire, raw=numbers(r, s), inner_tail=used + strings + inner_tail)


def der(r: int, s: int) -> bytes:
    return encode_dss_signature(r, s)


def plain(passkey: SoftPasskey) -> Wire:
    """The same key without a browser, as a hardware key signs for `ssh-keygen`."""
    wire = Wire(passkey.blob, algorithm=KEY_TYPE)
    used = bytes([UP | UV]) + (9).to_bytes(4, "big")
    host = hashlib.sha256(passkey.application.encode()).digest()
    data = host + used + hashlib.sha256(wire.to_sign()).digest()
    r, s = decode_dss_signature(passkey.private.sign(data, ECDSA(SHA256())))
    return replace(wire, raw=two_mpints(r, min(s, ORDER - s)), inner_tail=used)


def honest(passkey: SoftPasskey) -> dict[str, Wire]:
    """What browsers make, of all sorts that were seen."""
    escaped = ORIGIN.replace("/", "\\/")
    return {
        "as Chromium": passkey.use(),
        "without crossOrigin, as older Safari": passkey.use(tail="}"),
        "with a member more, as Chromium at random": passkey.use(
            tail=',"crossOrigin":false,"other_keys":"do not compare"}'
        ),
        "with an object within": passkey.use(tail=',"crossOrigin":false,"x":{"a":[1,{"a":2}]}}'),
        "synced": passkey.use(flags=UP | UV | BE | BS, counter=0),
        "to be synced": passkey.use(flags=UP | UV | BE, counter=0),
        "slashes escaped, as older Android": passkey.use(
            raw_origin=escaped, tail=',"androidPackageName":"com.android.chrome"}'
        ),
        "on a port": passkey.use(raw_origin=f"{ORIGIN}:8443"),
        "the greatest counter": passkey.use(counter=2**32 - 1),
    }


def dishonest(passkey: SoftPasskey) -> dict[str, Wire]:
    """What none of them makes; each is right in all but what its name says."""
    challenge = Wire(passkey.blob).to_sign()
    text = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
    good = passkey.use()

    def of(client_data: str, **more: Any) -> Wire:
        return passkey.use(client_data=client_data.encode(), **more)

    head = f'{{"type":"webauthn.get","challenge":"{text}","origin":"{ORIGIN}"'
    return {
        "nobody present": passkey.use(flags=0),
        "present, not verified": passkey.use(flags=UP),
        "verified, not present": passkey.use(flags=UV),
        "reserved bit 1": passkey.use(flags=UP | UV | 0x02),
        "reserved bit 5": passkey.use(flags=UP | UV | 0x20),
        "backed up, not eligible": passkey.use(flags=UP | UV | BS),
        "attested key": passkey.use(flags=UP | UV | AT),
        "extension": passkey.use(flags=UP | UV | ED, extensions=b"\xa1\x6bcredProtect\x02"),
        "extension without its flag": passkey.use(extensions=b"\xa1\x6bcredProtect\x02"),
        "flag without its extension": passkey.use(flags=UP | UV | ED),
        "flags turned afterwards": _turned(passkey, UP | UV | BE),
        "the high s": passkey.use(low=False),
        "a padded r": passkey.use(numbers=lambda r, s: string(b"\0\0" + r.to_bytes(33, "big")) + mpint(s)),
        "a padded s": passkey.use(numbers=lambda r, s: mpint(r) + string(b"\0" + mpint(s)[4:])),
        "a number more": passkey.use(numbers=lambda r, s: mpint(r) + mpint(s) + mpint(1)),
        "one number": passkey.use(numbers=lambda r, s: mpint(r)),
        "r of zero": passkey.use(numbers=lambda r, s: mpint(0) + mpint(s)),
        "s of zero": passkey.use(numbers=lambda r, s: mpint(r) + mpint(0)),
        "r of the order": passkey.use(numbers=lambda r, s: mpint(ORDER) + mpint(s)),
        "r beyond the order": passkey.use(numbers=lambda r, s: mpint(r + ORDER) + mpint(s)),
        "a negative s": passkey.use(numbers=lambda r, s: mpint(r) + string(b"\xff" + s.to_bytes(32, "big"))),
        "r and s swapped": _swapped(passkey),
        "DER": passkey.use(numbers=der),
        "a byte more": passkey.use(inner_tail=b"\0"),
        "a field more": passkey.use(inner_tail=string(b"x")),
        "SHA-256": passkey.use(hash=b"sha256"),
        "without a browser": plain(passkey),
        "without a browser, by the browser's name": replace(plain(passkey), algorithm=ALGORITHM),
        "a browser's, by the plain name": replace(good, algorithm=KEY_TYPE),
        "ECDSA's own name": replace(good, algorithm=b"ecdsa-sha2-nistp256"),
        "another host in what was signed": passkey.use(host="evil.example"),
        "another host's page": passkey.use(raw_origin="https://evil.example"),
        "a page of the parent": passkey.use(raw_origin="https://school.example"),
        "a page of a child": passkey.use(raw_origin=f"https://x.{HOST}"),
        "a page without TLS": passkey.use(raw_origin=f"http://{HOST}"),
        "another scheme": passkey.use(raw_origin=f"ftp://{HOST}"),
        "a user in the origin": passkey.use(raw_origin=f"https://{HOST}@evil.example"),
        "a path in the origin": passkey.use(raw_origin=f"{ORIGIN}/"),
        "an origin in capitals": passkey.use(raw_origin=ORIGIN.upper()),
        "no origin": passkey.use(raw_origin=""),
        "the null origin": passkey.use(raw_origin="null"),
        "an Android application": passkey.use(raw_origin="android:apk-key-hash:AAAA"),
        "an escaped quote in the origin": passkey.use(raw_origin=f'{ORIGIN}\\u0022'),
        "a backslash that hides the quote": passkey.use(raw_origin=f"{ORIGIN}\\", tail=',x","y":1}'),
        "an origin in Chinese": passkey.use(raw_origin="https://學校.example"),
        "a long origin": passkey.use(raw_origin="https://" + "a" * 300 + ".example"),
        "the origin of the field alone": passkey.use(raw_origin="https://evil.example", origin=ORIGIN),
        "the origin of the JSON alone": passkey.use(raw_origin=ORIGIN, origin="https://evil.example"),
        "escaped in the JSON alone": passkey.use(raw_origin=ORIGIN, origin=ORIGIN.replace("/", "\\/")),
        "in a foreign frame": of(head + ',"crossOrigin":true,"topOrigin":"https://evil.example"}'),
        "crossOrigin alone": of(head + ',"crossOrigin":true}'),
        "topOrigin alone": of(head + ',"crossOrigin":false,"topOrigin":"https://evil.example"}'),
        "crossOrigin as text": of(head + ',"crossOrigin":"false"}'),
        "crossOrigin as zero": of(head + ',"crossOrigin":0}'),
        "crossOrigin as null": of(head + ',"crossOrigin":null}'),
        "keys twice": of(head + ',"challenge":"AAAA","origin":"https://evil.example"}'),
        "a key twice, escaped": of(head + ',"orig\\u0069n":"https://evil.example"}'),
        "crossOrigin twice": of(head + ',"crossOrigin":true,"crossOrigin":false}'),
        "a key twice within": of(head + ',"x":{"a":1,"a":1}}'),
        "junk behind the origin": of(head + " trailing junk"),
        "junk behind the object": of(head + ',"crossOrigin":false}x'),
        "a second object": of(head + "}{}"),
        "not closed": of(head + ',"crossOrigin":false'),
        "NaN": of(head + ',"x":NaN}'),
        "not UTF-8": passkey.use(client_data=(head + ',"x":"').encode() + b'\xff"}'),
        "very deep": of(head + ',"x":' + "[" * 2000 + "]" * 2000 + "}"),
        "as deep as no reader minds": of(head + ',"x":' + "[" * 30 + "]" * 30 + "}"),
        "a byte order mark": of("\ufeff" + head + "}"),
        "a space before": of(" " + head + "}"),
        "a space behind a colon": of(head.replace(":", ": ", 1) + "}"),
        "challenge first": of(f'{{"challenge":"{text}","type":"webauthn.get","origin":"{ORIGIN}"}}'),
        "a member before the origin": of(
            f'{{"type":"webauthn.get","challenge":"{text}","x":1,"origin":"{ORIGIN}"}}'
        ),
        "without an origin": of(f'{{"type":"webauthn.get","challenge":"{text}"}}'),
        "an origin that is a number": of(f'{{"type":"webauthn.get","challenge":"{text}","origin":1}}'),
        "made when enrolling": of(head.replace("webauthn.get", "webauthn.create") + "}"),
        "a payment": of(head.replace("webauthn.get", "payment.get") + "}"),
        "a padded challenge": of(head.replace(text, text + "=") + "}"),
        "another challenge": of(head.replace(text, text[:-4] + "AAAA") + "}"),
        "an empty challenge": of(head.replace(text, "") + "}"),
        "a challenge that begins alike": of(head.replace(text, text + "AAAA") + "}"),
        "no JSON at all": of(""),
        "a list": of("[" + head + "}]"),
        "another key's signature": replace(SoftPasskey().use(), key=passkey.blob),
        "another's key": replace(good, key=SoftPasskey().blob),
        "another application in the key": replace(good, key=blob(passkey.point, "licheng.example")),
    }  # fmt: skip


def _turned(passkey: SoftPasskey, flags: int) -> Wire:
    good = passkey.use()
    return replace(good, inner_tail=bytes([flags]) + good.inner_tail[1:])


def _swapped(passkey: SoftPasskey) -> Wire:
    """Of a signature whose r could be an s; a passkey signs the same alike, so each try has another counter."""
    for counter in count():
        wire = passkey.use(counter=counter, numbers=lambda r, s: mpint(s) + mpint(r) if r <= ORDER // 2 else b"")
        if wire.raw:
            return wire
    raise AssertionError
