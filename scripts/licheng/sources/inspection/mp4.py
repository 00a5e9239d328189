"""MP4 (ISO/IEC 14496-12): boxes that tile the file, names and places among them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from licheng.core.inspection import AUTHOR, LOCATION, TRAILING, Flaw
from licheng.sources.inspection import metadata
from licheng.sources.inspection.refusal import RefusedError

_TOP = frozenset(
    b"ftyp styp moov mdat free skip wide moof mfra sidx ssix meta pdin udta uuid emsg prft meco".split()
)  # fmt: skip
_CONTAINERS = frozenset(b"moov trak mdia minf dinf edts udta meta ilst moof traf".split())
# Performer, album artist, author, owner (iTunes, QuickTime, 3GPP).
_NAMES = frozenset([b"\xa9ART", b"aART", b"\xa9aut", b"auth", b"perf", b"ownr"])
_PLACES = frozenset([b"\xa9xyz", b"loci", b"GPS ", b"gps0"])
_NAME_KEY = re.compile(rb"com\.apple\.quicktime\.(?:author|artist|director|producer)\b")
_PLACE_KEY = re.compile(rb"com\.apple\.quicktime\.location\.|com\.android\.location|gpmd")
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_MAX_BOXES, _MAX_DEPTH = 100_000, 10


@dataclass(frozen=True, slots=True)
class _Box:
    kind: bytes
    start: int  # of the payload
    end: int
    depth: int


def flaws(data: bytes) -> Iterator[Flaw]:
    """Everything wrong with an MP4 file."""
    kinds = set()
    for count, box in enumerate(_boxes(data)):
        if count > _MAX_BOXES:
            raise RefusedError("too-many-parts")
        if box.depth == 0:
            kinds.add(box.kind)
            yield from _of_top(data, box)
        yield from _of_box(data, box)
    if b"moov" not in kinds or not kinds & {b"mdat", b"moof"}:
        raise RefusedError("truncated")


def _boxes(data: bytes) -> Iterator[_Box]:
    """All boxes, outer ones first, without recursion."""
    waiting = [(0, len(data), 0)]
    while waiting:
        at, end, depth = waiting.pop()
        if depth > _MAX_DEPTH:
            raise RefusedError("too-many-parts")
        while at < end:
            box = _box(data, at, end, depth)
            if box is None:
                break
            yield box
            if box.kind in _CONTAINERS:
                waiting.append((box.start + _version(data, box), box.end, depth + 1))
            at = box.end


def _box(data: bytes, at: int, end: int, depth: int) -> _Box | None:
    """The box at an offset; None where the rest of a container is padding that some programs write."""
    if end - at < 8:
        if depth and not data[at:end].strip(b"\0"):
            return None
        raise RefusedError("truncated")
    size, kind, start = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], at + 8
    if size == 1:
        size, start = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
    elif size == 0 and depth == 0:
        size = end - at  # the last box: to the end of the file
    elif size == 0 and not data[at:end].strip(b"\0"):
        return None
    if size < start - at or at + size > end:
        raise RefusedError("truncated")
    return _Box(kind, start, at + size, depth)


def _version(data: bytes, box: _Box) -> int:
    """`meta` begins with four bytes of version in MP4, not in QuickTime, where `hdlr` follows at once."""
    return 4 if box.kind == b"meta" and data[box.start + 4 : box.start + 8] != b"hdlr" else 0


def _of_top(data: bytes, box: _Box) -> Iterator[Flaw]:
    if box.kind not in _TOP:
        yield Flaw(TRAILING, "after-the-end")
    if box.kind == b"moov":
        moov = data[box.start : box.end]
        if _NAME_KEY.search(moov):
            yield Flaw(AUTHOR, "media-artist")
        if _PLACE_KEY.search(moov):
            yield Flaw(LOCATION, "film-place")


def _of_box(data: bytes, box: _Box) -> Iterator[Flaw]:
    payload = data[box.start : min(box.end, box.start + 4096)]
    if box.kind in _PLACES:
        yield Flaw(LOCATION, "film-place")
    elif box.kind in _NAMES and not metadata.is_blank(_value(payload)):
        yield Flaw(AUTHOR, "media-artist")
    elif box.kind in {b"uuid", b"XMP_"} and metadata.XMP_MARK in data[box.start : box.end]:
        packet = data[box.start : box.end].removeprefix(_XMP_UUID)
        yield from metadata.xmp(packet.strip())


def _value(payload: bytes) -> bytes:
    """The text of a tag: behind a `data` box's header (iTunes), or behind length and language (QuickTime)."""
    return payload[16:] if payload[4:8] == b"data" else payload[4:]
