"""PNG (W3C, third edition): every chunk from IHDR to IEND with its checksum, every pixel, and nothing more.

Chunks of the picture, its colours and its frames pass; texts and EXIF are read, each of them; any other is refused, as
nobody can tell what is in it.
"""

from __future__ import annotations

import binascii
import io
import re
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

from licheng.core.inspection import AUTHOR, LOCATION, TRAILING, Flaw
from licheng.sources.inspection import jpeg, metadata, picture
from licheng.sources.inspection.refusal import RefusedError

SIGNATURE_LENGTH = 8
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # samples a pixel by colour type
# First column and row of each pass, and its steps.
_ADAM7 = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_NAME_KEYWORD = re.compile(
    r"(?:xp)?authors?|artists?|copyrights?(?:notice)?|rights|creators?|contributors?|(?:camera)?owners?(?:names?)?|"
    r"photographers?|by-?lines?"
)
_XMP_KEYWORD, _RAW = "xml:com.adobe.xmp", "raw profile type "
_MOST_TEXT = 4 << 20
TEXTS = frozenset({b"tEXt", b"zTXt", b"iTXt"})
# The picture, its colours, its size on paper, its frames: what it looks like rests on these.
PICTURE = frozenset(
    b"IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)
# The time; where and how large a picture is meant; what programs write of their own, without a word.
_HARMLESS = frozenset(b"tIME oFFs pCAL sCAL sTER gIFg vpAg caNv orNT iDOT".split())


def flaws(data: bytes) -> Iterator[Flaw]:
    """Everything wrong with a PNG file."""
    head, packed, end = _walk(data)
    picture.limit((head.width, head.height))
    inflate, rest, size = zlib.decompressobj(), packed, 0
    while rest and not inflate.eof and size <= head.size:
        size += len(inflate.decompress(rest, 1 << 20))  # a piece at a time, thrown away: a bomb fills no memory
        rest = inflate.unconsumed_tail
    if size < head.size:
        raise RefusedError("truncated")
    if end != len(data) or inflate.unused_data or size > head.size:
        yield Flaw(TRAILING, "after-the-end")
    for kind, payload in chunks(data):
        yield from of_chunk(kind, payload)
    with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
        image.load()


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
        size = 0
        for left, top, across, down in _ADAM7 if self.interlaced else ((0, 0, 1, 1),):
            columns, rows = -(-(self.width - left) // across), -(-(self.height - top) // down)
            if columns > 0 and rows > 0:
                size += rows * (1 + (columns * self.bits + 7) // 8)
        return size


def _walk(data: bytes) -> tuple[_Head, bytes, int]:
    """The head, all compressed image data, and where IEND ends."""
    at, packed, head = SIGNATURE_LENGTH, [], b""
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        kind, end = data[at + 4 : at + 8], at + 12 + length
        if end > len(data):
            break
        if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
            raise RefusedError("broken")
        if (at == SIGNATURE_LENGTH) != (kind == b"IHDR"):
            raise RefusedError("broken")
        if kind == b"IHDR":
            head = data[at + 8 : end - 4]
        if kind == b"IDAT":
            packed.append(data[at + 8 : end - 4])
        if kind == b"IEND":
            return _Head.of(head), b"".join(packed), end
        at = end
    raise RefusedError("truncated")


def chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Every chunk's kind and data, from IHDR to IEND, of a file that was walked through."""
    at = SIGNATURE_LENGTH
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        yield data[at + 4 : at + 8], data[at + 8 : end - 4]
        if data[at + 4 : at + 8] == b"IEND":
            return
        at = end


def of_chunk(kind: bytes, payload: bytes) -> Iterator[Flaw]:
    """Names, places and what nobody knows in a chunk."""
    if kind in TEXTS:
        keyword, text = _text(kind, payload)
        local = re.sub(r"[ _]", "", keyword.rpartition(":")[2])  # ImageMagick writes `exif:Artist`, `dc:creator`
        if keyword == _XMP_KEYWORD:
            yield from metadata.xmp(text)
        elif keyword.startswith(_RAW):
            yield from _of_profile(keyword.removeprefix(_RAW).strip(), text)
        elif _NAME_KEYWORD.fullmatch(local) and not metadata.is_blank(text):
            yield Flaw(AUTHOR, "png-name")
        elif metadata.is_place(local) and not metadata.is_blank(text):
            yield Flaw(LOCATION, "exif-gps")
    elif kind == b"eXIf":
        yield from metadata.exif(payload)
        yield from jpeg.of_previews(payload)
    elif kind not in PICTURE and kind not in _HARMLESS and payload.strip(b"\0"):
        yield Flaw(TRAILING, "unknown-part")


def _text(kind: bytes, payload: bytes) -> tuple[str, bytes]:
    """The keyword in small letters and the text, unpacked.

    Raises:
        RefusedError: it is no text, or expands too far.
    """
    keyword, zero, rest = payload.partition(b"\0")
    if not zero:
        raise RefusedError("broken")
    packed = kind == b"zTXt"
    if kind == b"zTXt":
        rest = rest[1:]
    elif kind == b"iTXt":
        packed = rest[:1] == b"\1"
        rest = rest[2:].split(b"\0", 2)[-1]
    if packed:
        inflate = zlib.decompressobj()
        try:
            rest = inflate.decompress(rest, _MOST_TEXT)
        except zlib.error as error:
            raise RefusedError("broken-metadata") from error
        if inflate.unconsumed_tail:
            raise RefusedError("expands-too-far")
    return keyword.decode("latin-1").strip().lower(), rest


def _of_profile(name: str, text: bytes) -> Iterator[Flaw]:
    """What ImageMagick keeps of another format: name, length and hex digits, each on its lines."""
    digits = b"".join(text.split()[2:])
    try:
        profile = binascii.unhexlify(digits)
    except binascii.Error as error:
        raise RefusedError("broken-metadata") from error
    if name not in {"icc", "icm"}:
        yield from jpeg.of_previews(profile)
    if name in {"exif", "app1"} and profile[:5].lower() == b"exif\0":
        yield from metadata.exif(profile)
    elif name in {"iptc", "8bim", "app13"}:
        yield from metadata.photoshop(profile)
    elif name in {"xmp", "app1"}:
        yield from metadata.xmp(profile.removeprefix(jpeg.XMP))
    elif name not in {"icc", "icm"}:
        yield Flaw(TRAILING, "unknown-part")
