"""PNG (W3C, third edition): every chunk from IHDR to IEND with its checksum, every pixel, and nothing more."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

from licheng.core.inspection import AUTHOR, TRAILING, Flaw
from licheng.sources.inspection import metadata, picture
from licheng.sources.inspection.refusal import RefusedError

_SIGNATURE_LENGTH = 8
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # samples a pixel by colour type
# First column and row of each pass, and its steps.
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_NAME_KEYWORDS = frozenset({"author", "artist", "copyright", "creator"})
_XMP_KEYWORD = "XML:com.adobe.xmp"


def flaws(data: bytes) -> Iterator[Flaw]:
    """Everything wrong with a PNG file."""
    head, packed, end = _walk(data)
    picture.limit((head.width, head.height))
    size, unused = _inflated(packed, head.size)
    if size < head.size:
        raise RefusedError("truncated")
    if end != len(data) or unused or size > head.size:
        yield Flaw(TRAILING, "after-the-end")
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        image.load()
        yield from _of_texts(image)
        yield from metadata.exif_fields(image.getexif())


@dataclass(frozen=True, slots=True)
class _Head:
    """IHDR: pixels across and down, bits a pixel, whether the rows come in the seven passes of Adam7."""

    width: int
    height: int
    bits: int
    interlaced: bool

    @classmethod
    def of(cls, data: bytes) -> _Head:
        width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", data)
        return cls(width, height, depth * _CHANNELS[colour], bool(interlace))

    @property
    def size(self) -> int:
        """Bytes of all rows, each with its byte of filter."""
        passes = _ADAM7 if self.interlaced else ((0, 0, 1, 1),)
        return sum(self._rows(*one) for one in passes)

    def _rows(self, left: int, top: int, across: int, down: int) -> int:
        columns, rows = -(-(self.width - left) // across), -(-(self.height - top) // down)
        return rows * (1 + (columns * self.bits + 7) // 8) if columns > 0 and rows > 0 else 0


def _walk(data: bytes) -> tuple[_Head, bytes, int]:
    """The head, all compressed image data, and where IEND ends."""
    at, packed, head = _SIGNATURE_LENGTH, [], b""
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            break
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise RefusedError("broken")
        if (at == _SIGNATURE_LENGTH) != (kind == b"IHDR"):
            raise RefusedError("broken")
        if kind == b"IHDR":
            head = data[at + 8 : end - 4]
        if kind == b"IDAT":
            packed.append(data[at + 8 : end - 4])
        if kind == b"IEND":
            return _Head.of(head), b"".join(packed), end
        at = end
    raise RefusedError("truncated")


def _inflated(packed: bytes, most: int) -> tuple[int, bytes]:
    """How long the picture is unpacked, counted a little beyond `most`, and what follows it in its chunks."""
    inflate, rest, size = zlib.decompressobj(), packed, 0
    while rest and not inflate.eof and size <= most:
        size += len(inflate.decompress(rest, 1 << 20))  # a piece at a time, thrown away: a bomb fills no memory
        rest = inflate.unconsumed_tail
    return size, inflate.unused_data


def _of_texts(image: Any) -> Iterator[Flaw]:
    for keyword, text in image.text.items():
        if keyword == _XMP_KEYWORD:
            yield from metadata.xmp(text.encode())
        elif keyword.lower() in _NAME_KEYWORDS and not metadata.is_blank(text):
            yield Flaw(AUTHOR, "png-name")
