"""What must be known of a point of edwards25519 before it is trusted; the mathematics of signatures is elsewhere.

RFC 8032, section 5.1. `ssh-keygen` accepts keys of small order, under which one signature fits every message.
"""

from __future__ import annotations

PRIME = 2**255 - 19
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, PRIME) % PRIME
_Y_MASK = 2**255 - 1

# The y of the eight points whose order divides 8: of order 1 and 2, of order 4, and of order 8 (two, each for ±x).
_OF_ORDER_8 = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER = frozenset({1, PRIME - 1, 0, _OF_ORDER_8, PRIME - _OF_ORDER_8})


def _y(encoded: bytes) -> int:
    return int.from_bytes(encoded, "little") & _Y_MASK


def is_canonical(encoded: bytes) -> bool:
    """Whether the encoding's y is reduced, so that the point has no second encoding."""
    return _y(encoded) < PRIME


def is_small_order(encoded: bytes) -> bool:
    """Whether eight times the point is the neutral element."""
    return _y(encoded) % PRIME in _SMALL_ORDER


def is_on_curve(encoded: bytes) -> bool:
    """Whether there is an x for the encoding's y."""
    square = pow(_y(encoded), 2, PRIME)
    # x² = (y² - 1) / (d y² + 1); the denominator is never zero, and u/v is a square exactly if uv is.
    product = (square - 1) * (_D * square + 1) % PRIME
    return pow(product, (PRIME - 1) // 2, PRIME) in {0, 1}


def is_reduced(scalar: bytes) -> bool:
    """Whether a scalar is below the group's order: otherwise each signature would have a twin."""
    return int.from_bytes(scalar, "little") < GROUP_ORDER
