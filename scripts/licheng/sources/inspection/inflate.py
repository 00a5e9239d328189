"""Deflate under a limit: what a few kilobytes may expand to."""

from __future__ import annotations

import zlib

from licheng.sources.inspection.refusal import RefusedError

# Bytes that all streams of a file may expand to: ten scanned pages of A4 at 300 dpi, uncompressed.
LIMIT = 256 << 20
_MAX_DEPTH = 3
_HEADER = 8  # the low bits of a zlib stream's first byte (RFC 1950)


class Budget:
    """What is left of the limit for one file."""

    def __init__(self) -> None:
        self.left = LIMIT

    def take(self, data: bytes) -> bytes:
        """Expand one zlib stream.

        Raises:
            RefusedError: the file expands to more than the limit.
            zlib.error: it is no zlib stream.
        """
        plain = zlib.decompressobj().decompress(data, self.left + 1)
        self.left -= len(plain)
        if self.left < 0:
            raise RefusedError("expands-too-far")
        return plain


def inflated(data: bytes, budget: Budget) -> bytes:
    """The data expanded as often as it is a zlib stream, or as it is.

    Raises:
        RefusedError: it expands too far, or is packed again and again.
    """
    for _ in range(_MAX_DEPTH):
        if not _looks_packed(data):
            return data
        try:
            data = budget.take(data)
        except zlib.error:
            return data
    raise RefusedError("expands-too-far")


def _looks_packed(data: bytes) -> bool:
    return len(data) > 2 and data[0] & 0x0F == _HEADER and (data[0] << 8 | data[1]) % 31 == 0
