"""MP3: MPEG frames to the end without a gap (ISO/IEC 11172-3), and the tags around them, each of which is read.

Before the sound ID3v2 (id3.org, 2.2 to 2.4), perhaps twice; behind it ID3v1, APEv2, Lyrics3 and ID3v2 in any order, as
programs append their own without taking the others' out. What says who made it is a name; titles, comments and lyrics
pass; a frame that nobody knows is refused, and so is one that is compressed or encrypted, as usual programs write none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from licheng.core.inspection import ACTIVE, AUTHOR, TRAILING, Flaw
from licheng.sources.inspection import cover, metadata
from licheng.sources.inspection.refusal import RefusedError

# Performers, composer, lyricist, involved people, owner, copyright, publisher, and how they are sorted:
# by the letters of versions 3 and 4, and of 2.
_NAMES = frozenset(
    b"TPE1 TPE2 TPE3 TPE4 TCOM TEXT TOLY TOPE TOWN TCOP TIPL TMCL IPLS TPUB TRSO TSOP TSOC TSO2 XSOP "
    b"TP1 TP2 TP3 TP4 TCM TXT TOL TOA TCR IPL TPB TSP TSC TS2".split()
)
_CARRIED = frozenset([b"GEOB", b"GEO"])
_CHAPTERS = frozenset([b"CHAP", b"CTOC"])
# Comments and lyrics, ratings, counters, loudness, tables of the sound, identifiers.
_HARMLESS = frozenset(
    b"COMM COM USLT ULT SYLT SLT POPM POP PCNT CNT RVAD RVA RVA2 EQUA EQU EQU2 RVRB REV MLLT MLL ETCO ETC SYTC STC "
    b"POSS RBUF BUF UFID UFI MCDI MCI SEEK ASPI NCON RGAD".split()
)
# Programs sign where a person may: a name and a version, and nothing more.
_ENCODER = re.compile(rb"(?:iTunes|GarageBand|LAME|Lav[cf]|Audacity)[ /]?v?[0-9.]{0,16}")
# What programs keep in fields of their own: loudness, the encoder, the film that a sound was taken from.
_USUAL_FIELD = re.compile(
    r"replaygain_(?:track|album|reference)_(?:gain|peak|range|loudness|minmax)|mp3gain_(?:album_)?(?:minmax|undo)|"
    r"itun(?:norm|smpb|pgap|es_cddb_(?:1|ids|tracknumber))|(?:peak|average)(?: ?level)?|loudness|"
    r"encod(?:er|ing|ed)(?: (?:settings|options|time|date|library|params))?|encoder_(?:settings|options)|"
    r"(?:tool|software)(?: ?(?:name|version))?|quality|t?bpm|(?:initial ?)?key|major_brand|minor_version|"
    r"compatible_brands|creation_time|handler_name|vendor_id|comment|description|title|album|date|year|genre|"
    r"track(?:number|total)?|language|lyrics|purl|synopsis|demo"
)
_USUAL_OWNERS = (b"WM/", b"PeakValue", b"AverageLevel", b"www.amazon.com", b"Google/", b"TRAKTOR")
_APE_NAMES = frozenset(
    {
        "artist", "album artist", "albumartist", "composer", "conductor", "performer", "author", "writer",
        "lyricist", "copyright", "owner", "encodedby", "encoded by",
    }
)  # fmt: skip
_LYRICS_NAMES = frozenset([b"EAR", b"AUT"])
_UNKNOWN = Flaw(TRAILING, "unknown-part")

_V1_LENGTH, _V1_ARTIST, _V1_MORE, _V1_MORE_ARTIST = 128, slice(33, 63), 227, slice(64, 124)
_APE_LENGTH, _LYRICS_FOOT, _LYRICS_MOST = 32, 15, 5_120
_APE_BINARY = 0x02
_MOST_TAGS = 16
# Flags of a frame by version (ID3v2.3, 3.3.1; ID3v2.4, 4.1): compressed or encrypted; in a group; and of version 4
# alone: unsynchronised, with its length before it.
_OPAQUE = {2: 0, 3: 0xC0, 4: 0x0C}
_GROUPED_3, _GROUPED_4, _UNSYNCHRONISED, _WITH_LENGTH = 0x20, 0x40, 0x02, 0x01
_SYNC = re.compile(rb"\xff[\xe0-\xff]")
_MOST_GAPS, _MOST_GAP = 8, 1_441
# Layer III; kbit/s by index, for MPEG 1 and for 2 and 2.5; samples a second by version bits and index.
_RATES = {
    1: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the sound is, and the tags around it as their kind and bytes."""

    start: int
    end: int
    tags: tuple[tuple[str, bytes], ...]


def flaws(data: bytes) -> Iterator[Flaw]:
    """Everything wrong with an MP3 file."""
    layout = read(data)
    for tag in layout.tags:
        yield from of_tag(*tag)
    sound = data[layout.start : layout.end]
    if sound[sound_end(sound) :].strip(b"\0"):
        yield Flaw(TRAILING, "after-the-end")


def read(data: bytes) -> Layout:
    """Take the tags off, from the front and from the back, until there is none.

    Raises:
        RefusedError: a tag is broken, or there are too many.
    """
    start, end, tags = 0, len(data), list[tuple[str, bytes]]()
    while data.startswith(b"ID3", start):
        if len(data) < start + 10 or data[start + 3] not in {2, 3, 4}:
            raise RefusedError("broken-metadata")
        size = 10 + _synchsafe(data[start + 6 : start + 10]) + (10 if data[start + 5] & 0x10 else 0)
        if start + size > len(data):
            raise RefusedError("truncated")
        tags.append(("id3", data[start : start + size]))
        start += size
        _count(tags)
    while (tag := _last(data, start, end)) is not None:
        tags.append(tag)
        end -= len(tag[1])
        _count(tags)
    return Layout(start, end, tuple(tags))


def _count(tags: list[tuple[str, bytes]]) -> None:
    if len(tags) > _MOST_TAGS:
        raise RefusedError("too-many-parts")


def _last(data: bytes, start: int, end: int) -> tuple[str, bytes] | None:
    """The tag that ends where the rest ends; Lyrics3 says its length in version 2, and is short in version 1."""
    first, kind, beginning = -1, "lyrics", b"LYRICSBEGIN"
    rest = data[max(start, end - _V1_LENGTH) : end]
    if len(rest) == _V1_LENGTH and rest.startswith(b"TAG"):
        more = end - _V1_LENGTH - _V1_MORE
        first = more if more >= start and data.startswith(b"TAG+", more) else end - _V1_LENGTH
        return "id3v1", data[first:end]
    if rest[-_APE_LENGTH:].startswith(b"APETAGEX"):
        footer = data[end - _APE_LENGTH : end]
        size, flags = int.from_bytes(footer[12:16], "little"), int.from_bytes(footer[20:24], "little")
        first = end - size - (_APE_LENGTH if flags & 0x80000000 else 0)
        if first < start:
            raise RefusedError("truncated")
        return "ape", data[first:end]
    if rest[-10:-7] == b"3DI":
        first, kind, beginning = end - 20 - _synchsafe(rest[-4:]), "id3", b"ID3"
    elif rest.endswith(b"LYRICS200") and rest[-_LYRICS_FOOT:-9].isdigit():
        first = end - _LYRICS_FOOT - int(rest[-_LYRICS_FOOT:-9])
    elif rest.endswith(b"LYRICSEND"):
        first, kind = data.rfind(beginning, max(start, end - _LYRICS_MOST), end), "lyrics1"
    return (kind, data[first:end]) if first >= start and data.startswith(beginning, first) else None


def of_tag(kind: str, tag: bytes) -> Iterator[Flaw]:
    """Names, files and what nobody knows in a tag."""
    if kind == "id3":
        yield from _of_id3(tag)
    elif kind == "ape":
        yield from _of_ape(tag)
    elif kind == "lyrics":
        yield from _of_lyrics(tag)
    elif kind == "id3v1":
        more = tag[:-_V1_LENGTH]
        if not metadata.is_blank(tag[-_V1_LENGTH:][_V1_ARTIST]) or not metadata.is_blank(more[_V1_MORE_ARTIST]):
            yield Flaw(AUTHOR, "media-artist")


def _synchsafe(raw: bytes) -> int:
    return sum((byte & 0x7F) << shift for byte, shift in zip(raw, (21, 14, 7, 0), strict=True))


@dataclass(frozen=True, slots=True)
class _Frame:
    """A frame of ID3v2: its letters, what is in it, and whether only who unpacks or decrypts it can tell."""

    kind: bytes
    payload: bytes
    is_opaque: bool


def _frames(tag: bytes, version: int, *, is_unsynchronised: bool) -> Iterator[_Frame]:
    letters, header = (3, 6) if version == 2 else (4, 10)
    at = 0
    while at + header <= len(tag) and tag[at]:
        size = int.from_bytes(tag[at + letters : at + 2 * letters], "big")
        if version == 4:
            # Some programs write these sizes as those of version 3; what fits the next frame is meant.
            safe = _synchsafe(tag[at + 4 : at + 8])
            after = tag[at + 10 + safe : at + 14 + safe]
            fits = not after.strip(b"\0") or after.isalnum()
            size = safe if fits or at + 10 + size > len(tag) else size
        body = at + header
        if body + size > len(tag):
            raise RefusedError("broken-metadata")
        flags = tag[body - 1] if version > 2 else 0
        group = bool(flags & (_GROUPED_4 if version == 4 else _GROUPED_3))
        payload = tag[body + group + (4 if version == 4 and flags & _WITH_LENGTH else 0) : body + size]
        # Some programs set the flag and write plain bytes, which is seen by a mark that may not be there.
        is_marked = version == 4 and (is_unsynchronised or flags & _UNSYNCHRONISED)
        if is_marked and not _SYNC.search(payload):
            payload = payload.replace(b"\xff\0", b"\xff")
        yield _Frame(tag[at : at + letters], payload, bool(flags & _OPAQUE[version]))
        at = body + size
    if tag[at:].strip(b"\0"):
        raise RefusedError("broken-metadata")


def _of_id3(tag: bytes) -> Iterator[Flaw]:
    version, flags = tag[3], tag[5]
    frames = tag[10 : 10 + _synchsafe(tag[6:10])]
    if flags & 0x80 and version < 4:
        frames = frames.replace(b"\xff\x00", b"\xff")
    if flags & 0x40 and version > 2:  # an extended header
        length = _synchsafe(frames[:4]) if version == 4 else 4 + int.from_bytes(frames[:4], "big")
        frames = frames[length:]
    for frame in _frames(frames, version, is_unsynchronised=bool(flags & 0x80)):
        if frame.kind in _CHAPTERS and not frame.is_opaque:
            for inner in _frames(frame.payload[_chapter_head(frame) :], version, is_unsynchronised=False):
                yield from _of_frame(inner)
        else:
            yield from _of_frame(frame)


def _of_frame(frame: _Frame) -> Iterator[Flaw]:
    kind, reader = frame.kind, _READERS.get(frame.kind)
    if kind in _CARRIED:
        yield Flaw(ACTIVE, "embedded-file")
    elif frame.is_opaque:
        yield _UNKNOWN
    elif reader is not None:
        yield from reader(frame.payload)
    elif kind not in _HARMLESS and kind[:1] not in b"TW":
        yield _UNKNOWN


def _chapter_head(chapter: _Frame) -> int:
    """Bytes before the frames inside a chapter, or a table of chapters (ID3v2 Chapter Frame Addendum 1.0)."""
    at = chapter.payload.find(b"\0") + 1
    if chapter.kind == b"CHAP":
        return at + 16  # four times and places
    names, at = chapter.payload[at + 1 : at + 2], at + 2
    for _ in range(names[0] if names else 0):
        at = chapter.payload.find(b"\0", at) + 1 or len(chapter.payload)
    return at


def _of_name(payload: bytes) -> Iterator[Flaw]:
    if not metadata.is_blank(payload[1:]):  # the first byte is the encoding
        yield Flaw(AUTHOR, "media-artist")


def _of_encoder(payload: bytes) -> Iterator[Flaw]:
    if _ENCODER.fullmatch(payload[1:].replace(b"\0", b"")) is None:
        yield from _of_name(payload)


def _of_field(payload: bytes) -> Iterator[Flaw]:
    """A field that a program or person has named; one that nobody knows may say who made it."""
    code = {1: "utf-16", 2: "utf-16-be"}.get(payload[0] if payload else 0, "utf-8")
    name, _, value = payload[1:].decode(code, "replace").partition("\0")
    if value.strip("\0 \ufeff") and not _USUAL_FIELD.fullmatch(name.strip("\ufeff ").lower()):
        yield Flaw(AUTHOR, "media-artist")


def _of_program(payload: bytes) -> Iterator[Flaw]:
    if payload.startswith(b"XMP\0"):
        yield from metadata.xmp(payload[4:])
    elif not payload.startswith(_USUAL_OWNERS):
        yield _UNKNOWN


def _of_ape(tag: bytes) -> Iterator[Flaw]:
    """Items of a key and a value, between a header, if there is one, and the footer."""
    at, end = (_APE_LENGTH if tag.startswith(b"APETAGEX") and len(tag) > _APE_LENGTH else 0), len(tag) - _APE_LENGTH
    while at + 8 < end:
        size, zero = int.from_bytes(tag[at : at + 4], "little"), tag.find(b"\0", at + 8, end)
        if zero < 0 or zero + 1 + size > end:
            raise RefusedError("broken-metadata")
        key, value = tag[at + 8 : zero].decode("latin-1").lower(), tag[zero + 1 : zero + 1 + size]
        if key in _APE_NAMES and not metadata.is_blank(value):
            yield Flaw(AUTHOR, "media-artist")
        if key.startswith("cover art") or tag[at + 4] & _APE_BINARY or cover.has_picture(value):
            yield from cover.flaws(value)
        at = zero + 1 + size


def _of_lyrics(tag: bytes) -> Iterator[Flaw]:
    """Lyrics3 version 2: fields of three letters, five digits and so many bytes."""
    at, end = len(b"LYRICSBEGIN"), len(tag) - _LYRICS_FOOT
    while at + 8 <= end:
        if not tag[at + 3 : at + 8].isdigit():
            raise RefusedError("broken-metadata")
        size = int(tag[at + 3 : at + 8])
        if tag[at : at + 3] in _LYRICS_NAMES and not metadata.is_blank(tag[at + 8 : at + 8 + size]):
            yield Flaw(AUTHOR, "media-artist")
        at += 8 + size


def sound_end(sound: bytes) -> int:
    """The offset behind the last frame.

    Raises:
        RefusedError: there is none, or the last one is cut.
    """
    at = end = len(sound) - len(sound.lstrip(b"\0"))
    frames = gaps = 0
    while True:
        length = _frame_length(sound[at : at + 4])
        if length is None:
            at, gaps = _resumed(sound, at), gaps + 1
            if not frames or gaps > _MOST_GAPS or _frame_length(sound[at : at + 4]) is None:
                break
            continue
        end = at = at + length
        frames += 1
    at = end if frames else at
    if not frames:
        raise RefusedError("broken")
    if at > len(sound):
        raise RefusedError("truncated")
    return at


def _resumed(sound: bytes, at: int) -> int:
    """Where frames go on after a gap shorter than a frame, as cutters and radio recorders leave some.

    Two frames in a row must follow; the offset itself where none do.
    """
    for start in range(at + 1, min(at + _MOST_GAP, len(sound) - 4)):
        length = _frame_length(sound[start : start + 4]) if sound[start] == 0xFF else None
        if length is not None and _frame_length(sound[start + length : start + length + 4]) is not None:
            return start
    return at


def _frame_length(header: bytes) -> int | None:
    """Bytes of the frame of layer III that begins so, or None where none does."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return None
    version, rate, samples = header[1] >> 3 & 3, header[2] >> 4, header[2] >> 2 & 3
    if version == 1 or rate in {0, 15} or samples == 3:
        return None
    kilobits = _RATES[1 if version == 3 else 2][rate]
    return (144_000 if version == 3 else 72_000) * kilobits // _SAMPLES[version][samples] + (header[2] >> 1 & 1)


_READERS: dict[bytes, Callable[[bytes], Iterator[Flaw]]] = {
    **dict.fromkeys(_NAMES, _of_name), b"TENC": _of_encoder, b"TEN": _of_encoder, b"APIC": cover.flaws,
    b"PIC": cover.flaws, b"TXXX": _of_field, b"TXX": _of_field, b"PRIV": _of_program, b"PRI": _of_program,
}  # fmt: skip
