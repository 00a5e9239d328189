"""JPEG: segments are cut, nothing is coded anew; the picture's own segments and its colours stay byte for byte.

How the picture is to be turned stays too, in the smallest EXIF that can say so.
"""

from __future__ import annotations

import struct

from licheng.core.inspection import AUTHOR, LOCATION, TRAILING, Flaw
from licheng.sources.cleaning.harmless import CAMERA, COMMENT, EDIT, THUMBNAIL
from licheng.sources.inspection import jpeg, metadata

_ORIENTATION = 0x0112
# What the inspection says of a segment that is cut; of any other, what sort of thing it is.
_TOLD = frozenset({AUTHOR, LOCATION, TRAILING})
_SORTS = {jpeg.APP0: THUMBNAIL, jpeg.APP1: CAMERA, jpeg.COMMENT: COMMENT}


def cleaned(data: bytes, everything: bool) -> tuple[bytes, frozenset[Flaw]]:
    """The copy and what was taken out; the same bytes and nothing where there was nothing.

    Args:
        data: the whole file.
        everything: makes no difference: a picture does not act.

    Raises:
        RefusedError: it cannot be read.
    """
    taken, parts, turned, end, coded = set[Flaw](), [data[:2]], 1, 2, False
    for marker, payload, start, after in jpeg.positions(data):
        kept = _kept(marker, payload)
        parts.append(data[end:start] if coded else b"")  # outside coded data only fill bytes
        if kept == payload:
            parts.append(data[start:after])
        else:
            flaws = {flaw for flaw in jpeg.of_segments([(marker, payload)]) if flaw.code in _TOLD}
            taken |= flaws or {_SORTS.get(marker, EDIT)}
            turned = _orientation(marker, payload) or turned
            parts.append(_segment(marker, kept) if kept is not None else b"")
        end, coded = after, marker == jpeg.SOS
    if data[end:]:
        taken.add(Flaw(TRAILING, "after-the-end"))
    if not taken:
        return data, frozenset()
    if turned != 1:
        parts.insert(1, _segment(jpeg.APP1, minimal(turned)))
    return b"".join(parts), frozenset(taken)


def _kept(marker: int, payload: bytes) -> bytes | None:
    """What stays of a segment; None where nothing does."""
    if marker in jpeg.PICTURE or marker == jpeg.EOI:
        return payload
    if marker == jpeg.APP0 and payload.startswith(b"JFIF\0"):
        pixels = payload[jpeg.JFIF_HEAD :]
        return payload[: jpeg.JFIF_HEAD - 2] + b"\0\0" if pixels else payload  # a preview of none
    if any(marker == where and payload.startswith(what) for where, what in jpeg.MEANING):
        return payload
    is_minimal = marker == jpeg.APP1 and payload == minimal(_orientation(marker, payload) or 1)
    return payload if is_minimal else None


def _orientation(marker: int, payload: bytes) -> int | None:
    if marker != jpeg.APP1 or payload[:5].lower() != b"exif\0":
        return None
    order = "little" if payload[6:8] == b"II" else "big"
    values = (
        int.from_bytes(value[:2], order)  # type: ignore[arg-type]
        for directory, tag, value in metadata.exif_fields(payload[6:])
        if (directory, tag) == (0, _ORIENTATION)
    )
    turned = next(values, 1)
    return turned if 1 < turned <= 8 else None


def minimal(turned: int) -> bytes:
    """The payload of an EXIF segment that says only how a picture is to be turned (Exif 3.0, 4.6.5)."""
    return b"Exif\0\0MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)


def _segment(marker: int, payload: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(payload) + 2) + payload
