"""MP4 (ISO/IEC 14496-12): boxes that tile the file; each is one that may be there; names and places are read.

A box that nobody knows is refused, in the film's description as well as at the top, and so is room (`free`) with
something in it. Tracks of places (GoPro, Android, Sony) are places; other tracks of data but an iPhone's own are
refused, as nobody shows what is in them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from licheng.core.inspection import AUTHOR, LOCATION, TRAILING, Flaw
from licheng.sources.inspection import cover, metadata, mp3
from licheng.sources.inspection.refusal import RefusedError
from licheng.sources.inspection.samsung import is_plain_trailer

TOP = frozenset(
    b"ftyp styp moov mdat free skip wide moof mfra sidx ssix meta pdin udta uuid emsg prft meco sefd".split()
)  # fmt: skip
_CONTAINERS = frozenset(b"moov trak mdia minf dinf edts udta meta ilst moof traf mvex mfra tapt gmhd stbl ----".split())
# How the film is to be shown and where its pictures and sounds lie; what is in them is numbers.
_PLAIN = frozenset(
    b"mvhd tkhd mdhd hdlr vmhd smhd nmhd hmhd sthd gmin text tmcd elst dref mehd trex trep leva mfhd tfhd tfdt "
    b"trun tfra mfro sbgp sgpd subs saiz saio senc sidx ssix pdin emsg prft iods tref load clip crgn matt kmat clef "
    b"prof enof keys mean name data SDLN smrd smta chpl pssh cslg ludt elng ctry lang itif mdta kind vide soun tagc "
    b"WLOC".split()
)
# Of the samples: what they are, how long, where, which can be shown first (8.5 to 8.7; `stps` is QuickTime's).
_TABLES = frozenset(
    b"stsd stts ctts cslg stsc stsz stz2 stco co64 stss stps stsh padb stdp sdtp sbgp sgpd subs saiz saio".split()
)
# Titles, dates, programs, kinds of music, pictures: what a player shows beside a film, but who made it.
_TOLD = frozenset(
    b"titl dscp albm gnre yrrc clsf kywd rtng desc ldes tvsh tvsn tves tven tvnn sonm soal catg keyw purl egid cpil "
    b"pgap tmpo trkn disk stik hdvd rate covr cnID sfID akID apID geID plID atID cmID pcst hnti FIRM LENS CAME META "
    b"date".split()
)
# Performer, album artist, author, composer, arranger, director, producer, owner, copyright (iTunes, QuickTime, 3GPP).
_NAMES = frozenset(
    {
        b"\xa9ART", b"aART", b"\xa9aut", b"auth", b"perf", b"ownr", b"\xa9wrt", b"\xa9com", b"\xa9dir",
        b"\xa9prd", b"\xa9prf", b"\xa9own", b"\xa9con", b"\xa9cpy", b"cprt", b"soar", b"soaa", b"soco",
        b"\xa9src", b"\xa9pub", b"\xa9arg", b"\xa9ark", b"\xa9ard", b"\xa9cok", b"\xa9ope", b"\xa9pdk", b"\xa9phg",
        b"\xa9prk", b"\xa9sne", b"\xa9sol", b"\xa9swf", b"\xa9swk", b"\xa9xpd",
    }
)  # fmt: skip
PLACES = frozenset([b"\xa9xyz", b"loci", b"GPS ", b"gps0", b"GPMF"])
_NAME_KEY = re.compile(
    rb"(?:mdta|com\.apple\.quicktime\.)(?:album_?artist|artist|author|director|producer|performer|composer|copyright|"
    rb"owner|creator|publisher|writer|encoded_?by)\b"
)
_PLACE_KEY = re.compile(rb"com\.apple\.quicktime\.location\.|com\.android\.location")
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_SHOWN = frozenset([b"vide", b"soun", b"text", b"sbtl", b"subt", b"subp", b"clcp", b"tmcd", b"hint", b"auxv", b"pict"])
_PLACE_TRACKS = frozenset([b"gpmd", b"camm", b"rtmd", b"gps "])
_IPHONE_TRACK = b"mebx"
# Programs sign in room: a line of letters is no other file.
_MOST_SIGNED = 128
_USUAL_FIELDS = frozenset([b"iTunSMPB", b"iTunNORM", b"Encoding Params", b"iTunMOVI", b"iTunes_CDDB_IDs", b"cdec"])
_MAX_BOXES, _MAX_DEPTH = 100_000, 10


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its kind, where its payload begins and ends, how many others it lies in, and the kind of the next one."""

    kind: bytes
    start: int
    end: int
    depth: int
    within: bytes = b""


def flaws(data: bytes) -> Iterator[Flaw]:
    """Everything wrong with an MP4 file."""
    kinds = set()
    for count, box in enumerate(boxes(data)):
        if count > _MAX_BOXES:
            raise RefusedError("too-many-parts")
        if box.depth == 0:
            kinds.add(box.kind)
        yield from flaws_at(data, box)
    if b"moov" not in kinds or not kinds & {b"mdat", b"moof"}:
        raise RefusedError("truncated")


def flaws_at(data: bytes, box: Box) -> Iterator[Flaw]:
    """What is wrong with one box."""
    if box.depth == 0 and box.kind not in TOP:
        yield Flaw(TRAILING, "after-the-end")
    if box.depth == 0 and box.kind == b"moov":
        moov = data[box.start : box.end]
        if _NAME_KEY.search(moov):
            yield Flaw(AUTHOR, "media-artist")
        if _PLACE_KEY.search(moov):
            yield Flaw(LOCATION, "film-place")
    yield from of_box(data, box)


def boxes(data: bytes) -> Iterator[Box]:
    """All boxes, outer ones first, without recursion."""
    waiting = [(0, len(data), 0, b"")]
    while waiting:
        at, end, depth, within = waiting.pop()
        if depth > _MAX_DEPTH:
            raise RefusedError("too-many-parts")
        while at < end:
            box = _box(data, at, end, depth, within)
            if box is None:
                break
            yield box
            if box.kind in _CONTAINERS:
                # `meta` begins with four bytes of version in MP4, not in QuickTime, where `hdlr` follows at once.
                version = 4 if box.kind == b"meta" and data[box.start + 4 : box.start + 8] != b"hdlr" else 0
                waiting.append((box.start + version, box.end, depth + 1, box.kind))
            at = box.end


def _box(data: bytes, at: int, end: int, depth: int, within: bytes = b"") -> Box | None:
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
    return Box(kind, start, at + size, depth, within)


def of_box(data: bytes, box: Box) -> Iterator[Flaw]:
    """Names, places and what nobody knows in a box; of a container what it is for, not what is inside."""
    payload = data[box.start : min(box.end, box.start + 4096)]
    reader = _READERS.get(box.kind)
    if box.kind in PLACES:
        yield Flaw(LOCATION, "film-place")
    elif box.kind in _NAMES:
        # The text is behind a `data` box's header (iTunes), or behind length and language (QuickTime).
        if not metadata.is_blank(payload[16 if payload[4:8] == b"data" else 4 :]):
            yield Flaw(AUTHOR, "media-artist")
    elif reader is not None:
        yield from reader(data[box.start : box.end])
    elif not _may_be_there(box, payload, data):
        yield Flaw(TRAILING, "unknown-part")


def _may_be_there(box: Box, payload: bytes, data: bytes) -> bool:
    if box.kind in {b"free", b"skip", b"wide"}:
        room = data[box.start : box.end].strip(b"\0")
        return len(room) <= _MOST_SIGNED and room.isascii() and room.decode("ascii").isprintable()
    if box.kind == b"sefd":
        return not data[box.start : box.end].strip(b"\0") or is_plain_trailer(data[box.start : box.end])
    if box.within == b"stbl":
        return box.kind in _TABLES or not payload.strip(b"\0")
    known = TOP | _CONTAINERS | _PLAIN | _TOLD
    # A box of a program's text: the copyright sign and three letters. An item of QuickTime's list is called by its
    # number in `keys`, which is read as a whole.
    is_text_or_item = box.kind[:1] == b"\xa9" or int.from_bytes(box.kind, "big") < 256
    return box.depth == 0 or box.kind in known or is_text_or_item or not payload.strip(b"\0")


def _of_extension(payload: bytes) -> Iterator[Flaw]:
    if metadata.XMP_MARK in payload:
        yield from metadata.xmp(payload.removeprefix(_XMP_UUID).strip())
    else:
        yield Flaw(TRAILING, "unknown-part")


def _of_field(payload: bytes) -> Iterator[Flaw]:
    """ITunes' free field: the name of its maker, its own name, its value."""
    names = {name[4:] for _, name in along(payload, b"name")}
    if not (names and names <= _USUAL_FIELDS):
        yield Flaw(TRAILING, "unknown-part")


def _of_covers(payload: bytes) -> Iterator[Flaw]:
    """ITunes' covers: boxes `data` of eight bytes of kind and language and a picture each, perhaps with names."""
    try:
        parts = list(along(payload))
    except RefusedError:
        parts = [(b"", payload)]
    for kind, part in parts:
        if kind == b"data":
            yield from cover.flaws(part[8:])
        elif kind != b"name":
            yield Flaw(TRAILING, "unknown-part")


def of_track(track: bytes) -> Iterator[Flaw]:
    """A track that shows nothing: of places, or of what nobody knows."""
    kinds = {handler[8:12] for _, handler in along(track, b"mdia", b"hdlr")}
    entries = {
        kind for _, described in along(track, b"mdia", b"minf", b"stbl", b"stsd") for kind, _ in along(described[8:])
    }
    if entries & _PLACE_TRACKS:
        yield Flaw(LOCATION, "film-place")
    elif not (kinds and kinds <= _SHOWN) and entries != {_IPHONE_TRACK}:
        yield Flaw(TRAILING, "unknown-part")


def along(data: bytes, *path: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and payload of every box along a path of kinds; of all boxes that lie there, where none is named."""
    at = 0
    while at < len(data) and (box := _box(data, at, len(data), 1)) is not None:
        at, payload = box.end, data[box.start : box.end]
        if len(path) > 1 and box.kind == path[0]:
            yield from along(payload, *path[1:])
        elif len(path) < 2 and box.kind in (path or {box.kind}):
            yield box.kind, payload


_READERS: dict[bytes, Callable[[bytes], Iterator[Flaw]]] = {
    b"uuid": _of_extension, b"XMP_": _of_extension, b"trak": of_track, b"----": _of_field, b"covr": _of_covers,
    b"thmb": cover.flaws, b"ID32": lambda payload: mp3.of_tag("id3", payload[6:]),
}  # fmt: skip
