"""MP3: an ID3v2 tag (id3.org, 2.2 to 2.4), MPEG frames to the end without a gap (ISO/IEC 11172-3), APEv2, ID3v1."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.inspection import ACTIVE, AUTHOR, TRAILING, Flaw
from licheng.sources.inspection import jpeg, metadata
from licheng.sources.inspection.refusal import RefusedError

# Performers, composer's owner: names that a player shows as whose recording it is.
_NAMES = frozenset([b"TPE1", b"TPE2", b"TOPE", b"TOWN", b"TCOP", b"TP1", b"TP2", b"TOA", b"TCR"])
_CARRIED = frozenset([b"GEOB", b"GEO"])
_COVERS = frozenset([b"APIC", b"PIC"])

_V1_LENGTH, _V1_ARTIST = 128, slice(33, 63)
_APE_LENGTH = 32
# Layer III; kbit/s by index, for MPEG 1 and for 2 and 2.5; samples a second by version bits and index.
_RATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


def flaws(data: bytes) -> Iterator[Flaw]:
    """Everything wrong with an MP3 file."""
    start, tag = _id3(data)
    yield from _of_tag(tag, data[3] if tag else 0)
    end = len(data)
    if data[end - _V1_LENGTH : end - _V1_LENGTH + 3] == b"TAG":
        end -= _V1_LENGTH
        if not metadata.is_blank(data[end:][_V1_ARTIST]):
            yield Flaw(AUTHOR, "media-artist")
    if data[end - _APE_LENGTH : end].startswith(b"APETAGEX"):
        end, ape = _ape(data, end)
        if b"\0artist\0" in ape.lower():
            yield Flaw(AUTHOR, "media-artist")
    yield from _of_frames(data[start:end])


def _id3(data: bytes) -> tuple[int, bytes]:
    """Where the sound begins, and the frames of the tag before it."""
    if not data.startswith(b"ID3"):
        return 0, b""
    if len(data) < 10 or data[3] not in {2, 3, 4}:
        raise RefusedError("broken-metadata")
    end = 10 + _synchsafe(data[6:10])
    if end > len(data):
        raise RefusedError("truncated")
    tag, flags = data[10:end], data[5]
    if flags & 0x80 and data[3] < 4:
        tag = tag.replace(b"\xff\x00", b"\xff")
    if flags & 0x40 and data[3] > 2:
        length = _synchsafe(tag[:4]) if data[3] == 4 else 4 + int.from_bytes(tag[:4], "big")
        tag = tag[length:]
    return end + (10 if flags & 0x10 else 0), tag


def _synchsafe(raw: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(raw, (21, 14, 7, 0), strict=True))


def _frames(tag: bytes, version: int) -> Iterator[tuple[bytes, bytes]]:
    letters, header = (3, 6) if version == 2 else (4, 10)
    at = 0
    while at + header <= len(tag) and tag[at]:
        size = (
            _synchsafe(tag[at + 4 : at + 8]) if version == 4 else int.from_bytes(tag[at + letters : at + 2 * letters])
        )
        body = at + header
        if body + size > len(tag):
            raise RefusedError("broken-metadata")
        yield tag[at : at + letters], tag[body : body + size]
        at = body + size
    if tag[at:].strip(b"\0"):
        raise RefusedError("broken-metadata")


def _of_tag(tag: bytes, version: int) -> Iterator[Flaw]:
    for kind, payload in _frames(tag, version):
        if kind in _NAMES and not metadata.is_blank(payload[1:]):  # the first byte is the encoding
            yield Flaw(AUTHOR, "media-artist")
        elif kind in _CARRIED:
            yield Flaw(ACTIVE, "embedded-file")
        elif kind in _COVERS and (start := payload.find(b"\xff\xd8\xff")) >= 0:
            yield from jpeg.inside(payload[start:])


def _ape(data: bytes, end: int) -> tuple[int, bytes]:
    """Where an APEv2 tag begins, and its items."""
    footer = data[end - _APE_LENGTH : end]
    size, flags = int.from_bytes(footer[12:16], "little"), int.from_bytes(footer[20:24], "little")
    start = end - size - (_APE_LENGTH if flags & 0x80000000 else 0)
    if start < 0:
        raise RefusedError("truncated")
    return start, data[start:end]


def _of_frames(sound: bytes) -> Iterator[Flaw]:
    at = len(sound) - len(sound.lstrip(b"\0"))
    frames = 0
    while (length := _frame_length(sound[at : at + 4])) is not None:
        at += length
        frames += 1
    if not frames:
        raise RefusedError("broken")
    if at > len(sound):
        raise RefusedError("truncated")
    if sound[at:].strip(b"\0"):
        yield Flaw(TRAILING, "after-the-end")


def _frame_length(header: bytes) -> int | None:
    """Bytes of the frame of layer III that begins so, or None where none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version, rate, samples = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or rate in {0, 15} or samples == 3:
        return None
    kilobits = _RATES[1 if version == 3 else 2][rate]
    return (144_000 if version == 3 else 72_000) * kilobits // _SAMPLES[version][samples] + (header[2] >> 1 & 1)
