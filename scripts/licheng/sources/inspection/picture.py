"""Limits that all pictures share."""

from __future__ import annotations

from licheng.sources.inspection.refusal import RefusedError

# A sheet of A4 at 600 dpi has 35 million.
MAX_PIXELS = 64_000_000


def limit(size: tuple[int, int]) -> None:
    """Refuse a picture that would fill the memory, before it is decoded.

    Raises:
        RefusedError: it has too many pixels.
    """
    if size[0] * size[1] > MAX_PIXELS:
        raise RefusedError("too-many-pixels")
