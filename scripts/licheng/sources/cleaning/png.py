"""PNG: chunks are cut, nothing is coded anew; those of the picture itself and its colours stay byte for byte."""

from __future__ import annotations

import zlib

from licheng.core.inspection import TRAILING, Flaw
from licheng.sources.cleaning.harmless import CAMERA, COMMENT, EDIT
from licheng.sources.inspection import png

_SORTS = {b"eXIf": CAMERA} | dict.fromkeys(png.TEXTS, COMMENT)


def cleaned(data: bytes, everything: bool) -> tuple[bytes, frozenset[Flaw]]:
    """The copy and what was taken out; the same bytes and nothing where there was nothing.

    Args:
        data: the whole file.
        everything: makes no difference: a picture does not act.

    Raises:
        RefusedError: it cannot be read.
    """
    taken, parts, size = set[Flaw](), [data[: png.SIGNATURE_LENGTH]], png.SIGNATURE_LENGTH
    for kind, payload in png.chunks(data):
        size += 12 + len(payload)
        if kind in png.PICTURE:
            length, checksum = len(payload).to_bytes(4, "big"), zlib.crc32(kind + payload).to_bytes(4, "big")
            parts.append(length + kind + payload + checksum)
        else:
            taken |= set(png.of_chunk(kind, payload)) or {_SORTS.get(kind, EDIT)}
    if data[size:]:
        taken.add(Flaw(TRAILING, "after-the-end"))
    return (b"".join(parts), frozenset(taken)) if taken else (data, frozenset())
