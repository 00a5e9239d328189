"""Which keys may sign."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable
from unittest.mock import ANY

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.signing import curve
from licheng.signing.public_key import PublicKey, parse_public_key
from licheng.signing.refusal import Reason, Refusal
from licheng.signing.wire import string
from tests.signing import edwards
from tests.signing.forge import Keys, ed25519_blob, line_of, mpint, rsa_blob
from tests.signing.passkeys import SoftPasskey, blob

MODULUS = 2**3071 + 2**1000 + 1  # odd, of 3072 bits; nobody looks for its factors
NOT_ON_CURVE = next(y for y in range(2, 99) if edwards.recover_x(y) is None)


def _point(y: int, sign: int = 0) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


REFUSED: dict[str, tuple[Callable[[Keys], str], Reason]] = {
    "a comment": (lambda keys: keys.ed25519.line + " teacher", Reason.BAD_KEY_LINE),
    "a newline": (lambda keys: keys.ed25519.line + "\n", Reason.BAD_KEY_LINE),
    "two spaces": (lambda keys: keys.ed25519.line.replace(" ", "  "), Reason.BAD_KEY_LINE),
    "options": (lambda keys: 'cert-authority,namespaces="x" ' + keys.ed25519.line, Reason.BAD_KEY_LINE),
    "a second line": (lambda keys: keys.ed25519.line + "\n* " + keys.other.line, Reason.BAD_KEY_LINE),
    "nothing": (lambda keys: "", Reason.BAD_KEY_LINE),
    "full-width letters": (lambda keys: "ｓsh-ed25519 AAAA", Reason.BAD_KEY_LINE),
    "ECDSA": (lambda keys: keys.ecdsa.line, Reason.UNSUPPORTED_KEY_TYPE),
    "hardware key": (
        lambda keys: line_of(string(b"sk-ssh-ed25519@openssh.com") + string(b"\1" * 32) + string(b"ssh:")),
        Reason.UNSUPPORTED_KEY_TYPE,
    ),
    "certificate": (
        lambda keys: line_of(string(b"ssh-ed25519-cert-v01@openssh.com")),
        Reason.UNSUPPORTED_KEY_TYPE,
    ),
    "unknown type inside": (lambda keys: line_of(string(b"x\xff"), "ssh-rsa"), Reason.UNSUPPORTED_KEY_TYPE),
    "other type inside": (lambda keys: line_of(keys.rsa3072.blob, "ssh-ed25519"), Reason.KEY_TYPE_MISMATCH),
    "stray bits in the base64": (
        lambda keys: "ssh-ed25519 " + base64.b64encode(keys.ed25519.blob + b"\0").decode()[:-3] + "B==",
        Reason.BAD_BASE64,
    ),
    "no padding": (lambda keys: "ssh-ed25519 AAAAC3NzaC1", Reason.BAD_BASE64),
    "trailing byte": (lambda keys: line_of(keys.ed25519.blob + b"\0"), Reason.TRAILING_BYTES),
    "trailing byte after RSA": (lambda keys: line_of(keys.rsa3072.blob + b"\0"), Reason.TRAILING_BYTES),
    "cut short": (lambda keys: line_of(keys.ed25519.blob[:-1]), Reason.TRUNCATED),
    "31 bytes": (lambda keys: line_of(ed25519_blob(b"\x58" + b"\x66" * 30)), Reason.BAD_KEY),
    "33 bytes": (lambda keys: line_of(ed25519_blob(b"\x58" + b"\x66" * 32)), Reason.BAD_KEY),
    "not a point": (lambda keys: line_of(ed25519_blob(_point(NOT_ON_CURVE))), Reason.BAD_KEY),
    "y not reduced": (lambda keys: line_of(ed25519_blob(_point(edwards.P + 3))), Reason.BAD_KEY),
    "neutral element": (lambda keys: line_of(ed25519_blob(_point(1))), Reason.SMALL_ORDER_KEY),
    "neutral element, not reduced": (
        lambda keys: line_of(ed25519_blob(_point(edwards.P + 1))),
        Reason.SMALL_ORDER_KEY,
    ),
    "neutral element, signed": (lambda keys: line_of(ed25519_blob(_point(1, 1))), Reason.SMALL_ORDER_KEY),
    "RSA-1024": (lambda keys: keys.rsa1024.line, Reason.SHORT_KEY),
    "RSA-2048": (lambda keys: keys.rsa2048.line, Reason.SHORT_KEY),
    "RSA-3071": (lambda keys: line_of(rsa_blob(65537, MODULUS >> 1)), Reason.SHORT_KEY),
    "RSA-8193": (lambda keys: line_of(rsa_blob(65537, 2**8192 + 1)), Reason.BAD_KEY),
    "even modulus": (lambda keys: line_of(rsa_blob(65537, MODULUS + 1)), Reason.BAD_KEY),
    "negative modulus": (
        lambda keys: line_of(string(b"ssh-rsa") + mpint(65537) + string(MODULUS.to_bytes(384, "big"))),
        Reason.BAD_KEY,
    ),
    "modulus with a needless zero": (
        lambda keys: line_of(string(b"ssh-rsa") + mpint(65537) + string(MODULUS.to_bytes(386, "big"))),
        Reason.BAD_KEY,
    ),
    "no modulus": (lambda keys: line_of(string(b"ssh-rsa") + mpint(65537) + string(b"")), Reason.BAD_KEY),
    "exponent 1": (lambda keys: line_of(rsa_blob(1, MODULUS)), Reason.BAD_EXPONENT),
    "exponent 3": (lambda keys: line_of(rsa_blob(3, MODULUS)), Reason.BAD_EXPONENT),
    "even exponent": (lambda keys: line_of(rsa_blob(65538, MODULUS)), Reason.BAD_EXPONENT),
    "huge exponent": (lambda keys: line_of(rsa_blob(2**64 + 1, MODULUS)), Reason.BAD_EXPONENT),
}
POINT = SoftPasskey().point
PASSKEYS = {
    "another curve": blob(POINT, curve=b"nistp384"),
    "a compressed point": blob(b"\2" + POINT[1:33]),
    "a point cut": blob(POINT[:-1]),
    "not a point": blob(POINT[:-1] + bytes([POINT[-1] ^ 1])),
    "the neutral element": blob(b"\0"),
    "of ssh itself": blob(POINT, "ssh:"),
    "no application": blob(POINT, ""),
    "a page": blob(POINT, "https://sign.school.example"),
    "a port": blob(POINT, "sign.school.example:8443"),
    "capitals": blob(POINT, "Sign.school.example"),
    "a final dot": blob(POINT, "sign.school.example."),
    "an empty label": blob(POINT, "sign..example"),
    "a pattern": blob(POINT, "*.school.example"),
    "a newline": blob(POINT, "sign.school.example\n"),
    "a long name": blob(POINT, "a." * 127 + "aa"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(keys: Keys, name: str) -> None:
    make, reason = REFUSED[name]
    refusal = parse_public_key(make(keys))
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason


@pytest.mark.parametrize("name", PASSKEYS)
def test_refuses_a_passkey_of(name: str) -> None:
    refusal = parse_public_key(line_of(PASSKEYS[name]), passkeys=True)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == Reason.BAD_KEY


def test_a_passkey_cut_or_longer_is_refused() -> None:
    good = SoftPasskey().blob
    for bad, reason in ((good[:-1], Reason.TRUNCATED), (good + b"\0", Reason.TRAILING_BYTES)):
        assert parse_public_key(line_of(bad), passkeys=True) == Refusal(reason, ANY)


@pytest.mark.parametrize("name", ["ed25519", "rsa3072"])
def test_reads_what_ssh_keygen_made(keys: Keys, name: str) -> None:
    stock = getattr(keys, name)
    key = parse_public_key(stock.line)
    assert isinstance(key, PublicKey)
    assert key.line == stock.line
    printed = subprocess.run(["ssh-keygen", "-l", "-f", stock.path], capture_output=True, text=True, check=True).stdout
    assert key.fingerprint == printed.split()[1]


def test_a_modulus_of_3072_bits_suffices() -> None:
    assert isinstance(parse_public_key(line_of(rsa_blob(65537, MODULUS))), PublicKey)


def test_all_eight_points_of_small_order_are_known() -> None:
    points = {edwards.encode(point) for point in edwards.torsion()}
    assert len(points) == 8
    for point in points:
        for sign in (0, 128):
            assert curve.is_small_order(point[:-1] + bytes([point[-1] & 127 | sign]))


@given(st.integers(0, 2**256 - 1))
def test_points_are_judged_as_by_the_group_itself(number: int) -> None:
    encoded = number.to_bytes(32, "little")
    point = edwards.decode(encoded)
    assert curve.is_on_curve(encoded) == (point is not None)
    if point is not None:
        assert curve.is_canonical(encoded) == (edwards.encode(point) == encoded)
        assert curve.is_small_order(encoded) == edwards.is_neutral(edwards.times(8, point))


@given(st.integers(0, 50), st.integers(1, 255))
def test_no_changed_byte_leaves_the_same_key(at: int, flip: int) -> None:
    good = ed25519_blob(edwards.encode(edwards.BASE))
    bad = bytearray(good)
    bad[at] ^= flip
    key = parse_public_key(line_of(bytes(bad), "ssh-ed25519"))
    assert isinstance(key, Refusal) or key != parse_public_key(line_of(good))
