"""JPEG (ITU-T T.81): every segment from SOI to EOI, nothing after it, and the picture decodes."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from PIL import Image

from licheng.core.inspection import AUTHOR, TRAILING, Flaw
from licheng.sources.inspection import metadata, picture
from licheng.sources.inspection.refusal import RefusedError

_EOI, _SOS, _APP1, _APP13 = 0xD9, 0xDA, 0xE1, 0xED
_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD8)})  # TEM and the restart markers
# In coded data 0xFF is followed by 0x00, a restart marker or fill; anything else is the next segment.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP = b"http://ns.adobe.com/xmp/extension/\0"
_MORE_XMP_HEADER = len(_MORE_XMP) + 32 + 4 + 4  # digest, whole length, offset
_BY_LINE = re.compile(rb"\x1c\x02[\x50\x74]\x00[^\x00]")  # IPTC 2:80 by-line, 2:116 copyright, not empty
# A progressive picture is decoded once a scan: thousands of tiny scans of a large one would take hours.
_MAX_SCANNED_PIXELS = 640_000_000

Segment = tuple[int, bytes]


def flaws(data: bytes) -> Iterator[Flaw]:
    """Everything wrong with a JPEG file."""
    segments, end = _walk(data)
    yield from _of_segments(segments)
    if data[end:].strip(b"\0"):
        yield Flaw(TRAILING, "after-the-end")
    scans = sum(marker == _SOS for marker, _ in segments)
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        picture.limit(image.size)
        if image.width * image.height * scans > _MAX_SCANNED_PIXELS:
            raise RefusedError("too-many-scans")
        image.draft(
            "L", (image.width // 8 + 1, image.height // 8 + 1)
        )  # every coefficient is read, few pixels are made
        image.load()


def inside(data: bytes) -> Iterator[Flaw]:
    """Names and places of a JPEG that lies in another file: its segments up to the picture itself."""
    yield from _of_segments(list(_segments(data)))


def _walk(data: bytes) -> tuple[list[Segment], int]:
    segments: list[Segment] = []
    end = 2
    for marker, payload, after in _positions(data):
        segments.append((marker, payload))
        end = after
    if not segments or segments[-1][0] != _EOI:
        raise RefusedError("truncated")
    return segments, end


def _segments(data: bytes) -> Iterator[Segment]:
    for marker, payload, _ in _positions(data):
        if marker == _SOS:
            return
        yield marker, payload


def _positions(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker, payload and the offset after it, until EOI."""
    at = 2
    while at + 2 <= len(data):
        if data[at] != 0xFF:
            raise RefusedError("broken")
        marker = data[at + 1]
        at += 1 if marker == 0xFF else 2
        if marker == 0xFF:
            continue
        length = 0 if marker == _EOI or marker in _WITHOUT_LENGTH else int.from_bytes(data[at : at + 2], "big")
        if at + length > len(data):
            raise RefusedError("truncated")
        yield marker, data[at + 2 : at + length], at + length
        at += length
        if marker == _EOI:
            return
        if marker == _SOS:
            following = _NEXT_MARKER.search(data, at)
            if following is None:
                raise RefusedError("truncated")
            at = following.start()


def _of_segments(segments: list[Segment]) -> Iterator[Flaw]:
    app1 = [payload for marker, payload in segments if marker == _APP1]
    for payload in app1:
        if payload.startswith(b"Exif\0"):
            yield from metadata.exif(payload)
        elif payload.startswith(_XMP):
            yield from metadata.xmp(payload.removeprefix(_XMP))
    more = b"".join(payload[_MORE_XMP_HEADER:] for payload in app1 if payload.startswith(_MORE_XMP))
    if more:
        yield from metadata.xmp(more)
    if any(marker == _APP13 and _BY_LINE.search(payload) for marker, payload in segments):
        yield Flaw(AUTHOR, "iptc-name")
