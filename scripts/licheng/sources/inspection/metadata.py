"""Names of people and places in EXIF and XMP, which pictures, films and PDF files share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from licheng.core.inspection import AUTHOR, LOCATION, Flaw
from licheng.sources.inspection.refusal import RefusedError

# Exif 3.0 tags: Artist, Copyright, XPAuthor, CameraOwnerName, Photographer, ImageEditor.
_NAMES = (0x013B, 0x8298, 0x9C9D, 0xA430, 0xA437, 0xA438)
_EXIF_IFD, _GPS_IFD, _INTEROP_IFD, _SUB_IFDS = 0x8769, 0x8825, 0xA005, 0x014A
_DIRECTORIES = frozenset({_EXIF_IFD, _GPS_IFD, _INTEROP_IFD, _SUB_IFDS})
_XMP_TAG, _IPTC_TAG = 0x02BC, 0x83BB
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_MOST_DIRECTORIES, _MOST_FIELDS = 64, 4_096
# Bytes of all fields together: so many times the block's own, and a few for a short one.
_MOST_VALUES, _FEW_BYTES = 4, 1 << 16
_IPTC_RESOURCE, _XMP_RESOURCE, _EXIF_RESOURCES = 0x0404, 0x0424, frozenset({0x0422, 0x0423})
_COLOURED_RESOURCES = frozenset({0x0409, 0x040C, 0x040F})  # two previews and the profile of colours
_NO_RESOURCE = -1
_TIFF, _MOST_TIFFS = re.compile(rb"II\*\0|MM\0\*"), 16
# Latitude, longitude, their destinations, the area's name; a version or a time alone tells no place.
_PLACES = (2, 4, 20, 22, 28)

XMP_MARK = b"adobe:ns:meta/"
# Local names in whatever namespace: dc, tiff, aux, exifEX, pdf, xmpRights, Iptc4xmpExt, MP (faces).
_XMP_NAMES = frozenset(
    {
        "creator", "contributor", "rights", "Artist", "Copyright", "OwnerName", "CameraOwnerName", "Owner", "Author",
        "PersonInImage", "PersonDisplayName", "CreatorContactInfo",
    }
)  # fmt: skip
_FACES = frozenset({"http://www.metadataworkinggroup.com/schemas/regions/ Name", "mwg-rs:Name"})
_PLACE_NAMES = re.compile(r"GPS(?:Dest)?(?:Latitude|Longitude)|GPSAreaInformation", re.IGNORECASE)
_BLANK = b"\0 \t\r\n\xfe\xff"


def is_blank(value: object) -> bool:
    """Whether a metadata field says nothing: cameras fill it with spaces or NUL."""
    raw = value if isinstance(value, bytes) else str(value).encode()
    return not raw.strip(_BLANK)


def is_place(name: str) -> bool:
    """Whether a field of EXIF, by its name in XMP or in a text, tells a place."""
    return _PLACE_NAMES.fullmatch(name) is not None


def exif(blob: bytes) -> Iterator[Flaw]:
    """Names and places of an EXIF block (with or without its `Exif` prefix), in whichever of its directories.

    What is broken in it is passed over: cameras break the standard in many harmless ways. A maker's own note is opaque
    and passes; cleaning takes it out.
    """
    tiff = blob[6:] if blob[:4].lower() == b"exif" else blob
    for directory, tag, value in exif_fields(tiff):
        if tag in _NAMES and not is_blank(value):
            yield Flaw(AUTHOR, "exif-name")
        elif directory == _GPS_IFD and tag in _PLACES:
            yield Flaw(LOCATION, "exif-gps")
        elif tag == _XMP_TAG and XMP_MARK in value:
            yield from xmp(value)
        elif tag == _IPTC_TAG:
            yield from iptc(value)


def exif_fields(tiff: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Every field of a TIFF structure (TIFF 6.0; Exif 3.0, 4.6): its directory (0 for the main ones), tag and bytes.

    Raises:
        RefusedError: its fields are together far longer than it is.
    """
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None:
        return

    def number(start: int, size: int) -> int:
        return int.from_bytes(tiff[start : start + size], order)  # type: ignore[arg-type]

    waiting, seen, left = [(0, number(4, 4))], set[int](), _MOST_VALUES * len(tiff) + _FEW_BYTES
    while waiting and len(seen) < _MOST_DIRECTORIES:
        directory, at = waiting.pop()
        if at in seen or not 0 < at <= len(tiff) - 2:
            continue
        seen.add(at)
        count = min(number(at, 2), _MOST_FIELDS, (len(tiff) - at - 2) // 12)
        for entry in range(at + 2, at + 2 + 12 * count, 12):
            tag, size = number(entry, 2), _SIZES.get(number(entry + 2, 2), 1) * number(entry + 4, 4)
            start = entry + 8 if size <= 4 else number(entry + 8, 4)
            if tag in _DIRECTORIES:
                waiting.append((tag, number(entry + 8, 4)))
            left -= 12 + min(size, len(tiff))
            if left < 0:  # fields that share their bytes, again and again
                raise RefusedError("too-many-parts")
            yield directory, tag, tiff[start : start + size]
        waiting.append((directory, number(at + 2 + 12 * count, 4)))


# A dataset of the IPTC record 2 (IIM 4.2): by-line, its title, contact, copyright, writer; places down to the street.
_IPTC_NAMES = frozenset({80, 85, 116, 118, 122})
_IPTC_PLACES = frozenset({26, 27, 90, 92, 95})


def iptc(block: bytes) -> Iterator[Flaw]:
    """Names and places of IPTC datasets, also of those with an extended length."""
    at = block.find(b"\x1c\x02")
    while 0 <= at <= len(block) - 5:
        dataset, size, start = block[at + 2], int.from_bytes(block[at + 3 : at + 5], "big"), at + 5
        if size & 0x8000:
            width = size & 0x7FFF
            size, start = int.from_bytes(block[start : start + min(width, 8)], "big"), start + width
        value = block[start : start + size]
        if dataset in _IPTC_NAMES and not is_blank(value):
            yield Flaw(AUTHOR, "iptc-name")
        elif dataset in _IPTC_PLACES and not is_blank(value):
            yield Flaw(LOCATION, "iptc-place")
        at = block.find(b"\x1c\x02", at + 5)


def photoshop(block: bytes) -> Iterator[Flaw]:
    """Names and places of Photoshop's resources (`8BIM`): IPTC, EXIF, XMP and thumbnails among them.

    Raises:
        RefusedError: there are too many, or one is broken.
    """
    for kind, value in _resources(block):
        if kind == _IPTC_RESOURCE:
            yield from iptc(value)
        elif kind in _EXIF_RESOURCES:
            yield from exif(value)
        elif kind == _XMP_RESOURCE:
            yield from xmp(value)
        else:  # EXIF and XMP may lie somewhere in it
            for count, start in enumerate(_TIFF.finditer(value)):
                if count >= _MOST_TIFFS:
                    raise RefusedError("too-many-parts")
                yield from exif(value[start.start() :])
            yield from packets(value)
            # In coded pixels the two bytes before a dataset come by chance.
            yield from iptc(value) if kind not in _COLOURED_RESOURCES else ()


def _resources(block: bytes) -> Iterator[tuple[int, bytes]]:
    """Resources by their number; from the first that does not fit its frame, the rest is given whole as well."""
    at, is_whole = block.find(b"8BIM"), True
    while 0 <= at < len(block) - 7:
        kind = int.from_bytes(block[at + 4 : at + 6], "big")
        named = at + 6 + (block[at + 6] + 2 & ~1)
        size = int.from_bytes(block[named : named + 4], "big")
        fits = named + 4 + size <= len(block)
        if fits:
            yield kind, block[named + 4 : named + 4 + size]
        elif is_whole:
            is_whole = False
            yield _NO_RESOURCE, block[at + 4 :]
        at = block.find(b"8BIM", named + 4 + size if fits else at + 4)


def xmp(packet: bytes) -> Iterator[Flaw]:
    """Names and places of an XMP packet, as elements or as attributes.

    The encoding is what its bytes show (UTF-8, or UTF-16 and UTF-32 with or without a byte order mark), not what it
    says; a prefix that nobody declared is read as a part of the name, as many programs write such.

    Raises:
        RefusedError: it is no XML, or declares entities.
    """
    packet = packet.lstrip(b" \t\r\n")
    code = next((code for mark, code in _ENCODINGS if packet.startswith(mark)), "utf-8")
    text = packet.decode(code, "replace").strip("\0\ufeff \t\r\n")
    try:
        yield from _walked(text, namespace_separator=" ")
    except expat.ExpatError as error:
        if error.code != _UNBOUND:
            raise RefusedError("broken-metadata") from error
        try:
            yield from _walked(text, namespace_separator=None)
        except expat.ExpatError as second:
            raise RefusedError("broken-metadata") from second


_UNBOUND = expat.errors.codes[expat.errors.XML_ERROR_UNBOUND_PREFIX]
_DECLARED = re.compile(r"<\?xml[^>]{0,200}\?>")


# By where the zeros of its first letters are (XML 1.0, appendix F).
_ENCODINGS = (
    (b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"), (b"<\0\0\0", "utf-32-le"), (b"\0\0\0<", "utf-32-be"), (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
)  # fmt: skip


def _walked(text: str, *, namespace_separator: str | None) -> set[Flaw]:
    walk = _Walk(namespace_separator)
    walk.parser.Parse(_DECLARED.sub("", text, count=1).encode("utf-8", "replace"), True)
    return walk.flaws


# An XMP packet inside other bytes: from its first element to its end, in each encoding.
_PACKETS = tuple(
    (f"<{name}".encode(code), f"</{name}>".encode(code))
    for name in ("x:xmpmeta", "rdf:RDF")
    for code in ("utf-8", "utf-16-le", "utf-16-be")
)
_MOST_PACKETS = 1_000


def packets(data: bytes) -> Iterator[Flaw]:
    """Names and places of every XMP packet that lies somewhere in other bytes.

    Raises:
        RefusedError: a packet is no XML, or there are too many.
    """
    for starts, ends in _PACKETS:
        at = data.find(starts)
        for _ in range(_MOST_PACKETS):
            end = data.find(ends, at) if at >= 0 else -1
            if end < 0:
                break
            yield from xmp(data[at : end + len(ends)])
            at = data.find(starts, end)
        else:
            raise RefusedError("too-many-parts")


class _Walk:
    """The events of one XMP packet; a field counts when there is text anywhere inside it."""

    def __init__(self, namespace_separator: str | None) -> None:
        self.flaws: set[Flaw] = set()
        self._open: list[set[Flaw]] = [set()]  # what a text would tell, an element and what it lies in
        self.parser = expat.ParserCreate("utf-8", namespace_separator)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = lambda _name: self._open.pop()
        self.parser.CharacterDataHandler = lambda text: self.flaws.update(self._open[-1] if text.strip() else ())
        self.parser.EntityDeclHandler = self._entity

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._open.append(_of_field(name) or self._open[-1])
        self.flaws.update(*(_of_field(key) for key, value in attributes.items() if value.strip()))

    @staticmethod
    def _entity(*_declaration: object) -> None:
        raise RefusedError("broken-metadata")


def _of_field(name: str) -> set[Flaw]:
    """What a field of this name tells when it is not blank."""
    local = name.rpartition(" ")[2].rpartition(":")[2]
    if local in _XMP_NAMES or name in _FACES:
        return {Flaw(AUTHOR, "xmp-name")}
    return {Flaw(LOCATION, "xmp-gps")} if is_place(local) else set()
