"""Names of people and places in EXIF and XMP, which pictures, films and PDF files share."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from xml.parsers import expat

from PIL import Image

from licheng.core.inspection import AUTHOR, LOCATION, Flaw
from licheng.sources.inspection.refusal import RefusedError

# Exif 3.0 tags: Artist, Copyright, XPAuthor, CameraOwnerName, Photographer, ImageEditor.
_NAMES = (0x013B, 0x8298, 0x9C9D, 0xA430, 0xA437, 0xA438)
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
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
_FACES = "http://www.metadataworkinggroup.com/schemas/regions/ Name"
_XMP_PLACES = re.compile(r"GPS(?:Dest)?(?:Latitude|Longitude)|GPSAreaInformation")
_BLANK = b"\0 \t\r\n\xfe\xff"


def is_blank(value: object) -> bool:
    """Whether a metadata field says nothing: cameras fill it with spaces or NUL."""
    raw = value if isinstance(value, bytes) else str(value).encode()
    return not raw.strip(_BLANK)


def exif(blob: bytes) -> Iterator[Flaw]:
    """Names and places of an EXIF block (with or without its `Exif` prefix)."""
    found = Image.Exif()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # cameras break the standard in many harmless ways
        found.load(blob)
    yield from exif_fields(found)


def exif_fields(found: Image.Exif) -> Iterator[Flaw]:
    """Names and places of EXIF as Pillow read it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tags = {**found, **found.get_ifd(_EXIF_IFD)}
        gps = found.get_ifd(_GPS_IFD)
    if any(tag in tags and not is_blank(tags[tag]) for tag in _NAMES):
        yield Flaw(AUTHOR, "exif-name")
    if any(tag in gps for tag in _PLACES):
        yield Flaw(LOCATION, "exif-gps")


def xmp(packet: bytes) -> Iterator[Flaw]:
    """Names and places of an XMP packet, as elements or as attributes.

    Raises:
        RefusedError: it is no XML, or declares entities.
    """
    walk = _Walk()
    try:
        walk.parser.Parse(packet.strip(b"\0"), True)
    except expat.ExpatError as error:
        raise RefusedError("broken-metadata") from error
    yield from walk.found


class _Walk:
    """The events of one XMP packet; a field counts when there is text anywhere inside it."""

    def __init__(self) -> None:
        self.found: set[Flaw] = set()
        self._open: list[Flaw | None] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.EntityDeclHandler = self._entity

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        inherited = self._open[-1] if self._open else None
        self._open.append(_field(name) or inherited)
        for key, value in attributes.items():
            flaw = _field(key)
            if flaw is not None and value.strip():
                self.found.add(flaw)

    def _end(self, _name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        flaw = self._open[-1] if self._open else None
        if flaw is not None and text.strip():
            self.found.add(flaw)

    @staticmethod
    def _entity(*_declaration: object) -> None:
        raise RefusedError("broken-metadata")


def _field(name: str) -> Flaw | None:
    local = name.rpartition(" ")[2]
    if local in _XMP_NAMES or name == _FACES:
        return Flaw(AUTHOR, "xmp-name")
    return Flaw(LOCATION, "xmp-gps") if _XMP_PLACES.fullmatch(local) else None
