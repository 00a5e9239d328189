"""JPEG without EXIF, XMP, IPTC and whatever follows its end: segments are cut, the picture's own bytes stay."""

from __future__ import annotations

from licheng.core.inspection import Flaw
from licheng.sources.inspection import jpeg

_SOI, _COMMENT = b"\xff\xd8", 0xFE
_CUT = frozenset({0xE1, 0xED, _COMMENT})  # EXIF and XMP; IPTC; a comment


def cleaned(data: bytes, everything: bool) -> tuple[bytes, frozenset[Flaw]]:
    """The copy, and what was taken out of it.

    Args:
        data: the whole file.
        everything: also what acts; a JPEG has nothing of the kind.

    Raises:
        RefusedError: it cannot be read to its end.
    """
    before = frozenset(jpeg.flaws(data))
    parts, last = [_SOI], 2
    for marker, _, end in jpeg._positions(data):
        if marker not in _CUT:
            parts.append(data[last:end])
        last = end
    copy = b"".join(parts)
    return (copy, before - frozenset(jpeg.flaws(copy))) if before else (data, before)
