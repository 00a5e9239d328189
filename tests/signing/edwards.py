"""The group of RFC 8032, slowly: an independent judge of points, and a maker of keys that no tool makes."""

from __future__ import annotations

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)  # of -1

Point = tuple[int, int, int, int]  # extended: X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z
NEUTRAL: Point = (0, 1, 1, 0)


def recover_x(y: int) -> int | None:
    """The even x of a point, or None."""
    u, v = (y * y - 1) % P, (D * y * y + 1) % P
    x = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    for candidate in (x, x * ROOT % P):
        if (v * candidate * candidate - u) % P == 0:
            return candidate if candidate % 2 == 0 else P - candidate
    return None


def add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(scalar: int, point: Point) -> Point:
    total = NEUTRAL
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point, scalar = add(point, point), scalar >> 1
    return total


def is_neutral(point: Point) -> bool:
    return point[0] % P == 0 and (point[1] - point[2]) % P == 0


def encode(point: Point) -> bytes:
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(encoded: bytes) -> Point | None:
    """As liberal decoders do it: y may be P or more, and x = 0 may have either sign."""
    number = int.from_bytes(encoded, "little")
    y = (number & (2**255 - 1)) % P
    x = recover_x(y)
    if x is None:
        return None
    if number >> 255 and x:
        x = P - x
    return (x, y, 1, x * y % P)


_BASE_Y = 4 * pow(5, P - 2, P) % P
BASE: Point = decode(_BASE_Y.to_bytes(32, "little")) or NEUTRAL


def torsion() -> list[Point]:
    """The eight points of small order."""
    candidate = 2
    while True:
        point = decode(candidate.to_bytes(32, "little"))
        generator = times(L, point) if point else NEUTRAL
        if not is_neutral(times(4, generator)):
            return [times(index, generator) for index in range(8)]
        candidate += 1


def challenge(r: bytes, a: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(r + a + message).digest(), "little") % L


def sign(secret: int, tweak: Point, nonce: int, twist: Point, message: bytes) -> tuple[bytes, bytes]:
    """Key and signature where a point of small order was added to the key (tweak) and to R (twist)."""
    key, r = encode(add(times(secret, BASE), tweak)), encode(add(times(nonce, BASE), twist))
    s = (nonce + challenge(r, key, message) * secret) % L
    return key, r + s.to_bytes(32, "little")
