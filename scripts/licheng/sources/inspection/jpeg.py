"""JPEG (ITU-T T.81): every segment from SOI to EOI is one that may be there, nothing follows, and the picture decodes.

Segments of the picture itself pass, and those of its colours (JFIF, Adobe, ICC); EXIF, XMP and Photoshop's are read;
any other is refused, as nobody can tell what is in it. A comment passes: most programs sign there. A preview in JFIF or
JFXX is refused, which cameras do not write: it may show what was cut off; one in EXIF passes, and is read as a photo.
Zeros and fill bytes behind the end pass, and Samsung's trailer where it holds only what its cameras always write there.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import suppress

from PIL import Image

from licheng.core.inspection import TRAILING, Flaw
from licheng.sources.inspection import metadata, picture
from licheng.sources.inspection.refusal import RefusedError
from licheng.sources.inspection.samsung import is_plain_trailer

EOI, SOS, COMMENT = 0xD9, 0xDA, 0xFE
APP0, APP1, APP2, APP12, APP13, APP14 = 0xE0, 0xE1, 0xE2, 0xEC, 0xED, 0xEE
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})  # TEM and the restart markers
# Frames, tables, restart interval, lines, hierarchy: the picture itself.
PICTURE = frozenset({*range(0xC0, 0xD0), SOS, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF}) | _WITHOUT_LENGTH
# What says how the picture's colours and pixels are meant, by its first bytes.
MEANING = ((APP0, b"JFIF\0"), (APP2, b"ICC_PROFILE\0"), (APP14, b"Adobe"))
JFIF_HEAD = 14
_START, _MOST_PREVIEWS = re.compile(rb"\xff\xd8\xff"), 16
_UNKNOWN = Flaw(TRAILING, "unknown-part")
# In coded data 0xFF is followed by 0x00, a restart marker or fill; anything else is the next segment.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
XMP = b"http://ns.adobe.com/xap/1.0/\0"
MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_MORE_XMP_HEADER = len(MORE_XMP) + 32 + 4 + 4  # digest, whole length, offset
# Besides, what programs add and what holds nothing personal: the quality, the index of several pictures; and what
# `of_segments` reads together.
_KNOWN = (
    *MEANING, (APP0, b"AVI1"), (APP2, b"MPF\0"), (APP12, b"Ducky"), (APP12, b"[picture info]"), (APP1, MORE_XMP),
)  # fmt: skip
# A progressive picture is decoded once a scan: thousands of tiny scans of a large one would take hours.
_MAX_SCANNED_PIXELS = 640_000_000

Segment = tuple[int, bytes]


def flaws(data: bytes) -> Iterator[Flaw]:
    """Everything wrong with a JPEG file."""
    segments, end = walk(data)
    yield from of_segments(segments)
    rest = data[end:].strip(b"\0\xff")
    if rest and not is_plain_trailer(data[end:]):
        yield Flaw(TRAILING, "after-the-end")
    scans = sum(marker == SOS for marker, _ in segments)
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        picture.limit(image.size)
        if image.width * image.height * scans > _MAX_SCANNED_PIXELS:
            raise RefusedError("too-many-scans")
        image.draft(
            "L", (image.width // 8 + 1, image.height // 8 + 1)
        )  # every coefficient is read, few pixels are made
        image.load()


def walk(data: bytes) -> tuple[list[Segment], int]:
    """All segments, and the offset behind EOI.

    Raises:
        RefusedError: it does not come to its end.
    """
    segments: list[Segment] = []
    end = 2
    for marker, payload, _, after in positions(data):
        segments.append((marker, payload))
        end = after
    if not segments or segments[-1][0] != EOI:
        raise RefusedError("truncated")
    return segments, end


def positions(data: bytes) -> Iterator[tuple[int, bytes, int, int]]:
    """Marker, payload, the offset of the marker and the one after the segment, until EOI."""
    at = 2
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            raise RefusedError("broken")
        marker = data[at + 1]
        at += 1 if marker == 0xFF else 2
        if marker == 0xFF:
            continue
        length = 0 if marker == EOI or marker in _WITHOUT_LENGTH else int.from_bytes(data[at : at + 2], "big")
        if at + length > len(data):
            raise RefusedError("truncated")
        yield marker, data[at + 2 : at + length], at - 2, at + length
        at += length
        if marker == EOI:
            return
        if marker == SOS:
            following = _NEXT_MARKER.search(data, at)
            if following is None:
                raise RefusedError("truncated")
            at = following.start()


def of_segments(segments: list[Segment]) -> Iterator[Flaw]:
    """Names, places and what nobody knows in some segments."""
    for marker, payload in segments:
        yield from _of_segment(marker, payload)
        if marker in {APP1, APP13}:
            yield from of_previews(payload)
    more = b"".join(
        payload[_MORE_XMP_HEADER:] for marker, payload in segments if marker == APP1 and payload.startswith(MORE_XMP)
    )
    if more:
        yield from metadata.xmp(more)


def _of_segment(marker: int, payload: bytes) -> Iterator[Flaw]:
    if marker == APP1 and payload[:5].lower() == b"exif\0":
        yield from metadata.exif(payload)
    elif marker == APP1 and payload.startswith(XMP):
        yield from metadata.xmp(payload.removeprefix(XMP))
    elif marker == APP13 and payload.startswith((b"Photoshop ", b"Adobe_Photoshop", b"Adobe_CM")):
        yield from metadata.photoshop(payload)
    elif marker == APP0 and (
        # JFIF's extension for previews, or JFIF with anything behind its head (ITU-T T.871, 10).
        payload.startswith(b"JFXX\0") or (payload.startswith(b"JFIF\0") and payload[JFIF_HEAD:].strip(b"\0"))
    ):
        yield Flaw(TRAILING, "thumbnail")
    elif (
        marker not in PICTURE
        and marker not in {EOI, COMMENT}
        and payload.strip(b"\0")
        and not any(marker == where and payload.startswith(mark) for where, mark in _KNOWN)
    ):
        yield _UNKNOWN


def of_previews(block: bytes) -> Iterator[Flaw]:
    """Names and places of the JPEG previews in EXIF or Photoshop's resources, one level deep.

    Cameras cut them and write them oddly: what is broken in them is passed over, and so is what nobody knows.

    Raises:
        RefusedError: there are too many.
    """
    for count, start in enumerate(_START.finditer(block)):
        if count >= _MOST_PREVIEWS:
            raise RefusedError("too-many-parts")
        with suppress(RefusedError):
            for marker, payload, _, _ in positions(block[start.start() :]):
                if marker == SOS:
                    break
                yield from (flaw for flaw in _of_segment(marker, payload) if flaw.code != TRAILING)
