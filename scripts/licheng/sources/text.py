"""Bytes to text: UTF-8, NFC, line feeds, and no character that hides something from the reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from licheng.core.finding import Code, Finding
from licheng.core.location import Location, Place

NOT_UTF8 = Code("FIL002", "not-utf8")
HIDDEN_CHARACTER = Code("FIL003", "hidden-character")
CARRIAGE_RETURN = Code("FIL004", "carriage-return")
NOT_NFC = Code("FIL005", "not-nfc")
CODES = (NOT_UTF8, HIDDEN_CHARACTER, CARRIAGE_RETURN, NOT_NFC)

# Controls but tab and line feed; soft hyphen; bidi, zero-width and other invisible format characters; line and
# paragraph separators; variation selectors (but the two that emoji need); tags; noncharacters that editors do not show.
_HIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000e0000-\U000e0fff]"
)


def decode(path: str, data: bytes) -> tuple[str | None, list[Finding]]:
    """The text of a file, or None where it cannot be read as text, with all that is wrong with its characters."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        return None, [NOT_UTF8.at(Location(path, line, column), byte=f"0x{data[error.start]:02x}")]
    return text, list(_faults(path, text))


def _faults(path: str, text: str) -> Iterator[Finding]:
    if (hidden := _HIDDEN.search(text)) is not None:
        character = hidden[0]
        name = unicodedata.name(character, "CONTROL")
        place = Place(path, text, offset=hidden.start())
        yield HIDDEN_CHARACTER.at(place, codepoint=f"U+{ord(character):04X}", name=name)
    if (offset := text.find("\r")) >= 0:
        yield CARRIAGE_RETURN.at(Place(path, text, offset=offset), count=text.count("\r"))
    if not unicodedata.is_normalized("NFC", text):
        yield NOT_NFC.at(Place(path, text, offset=_first_not_nfc(text)))


def _first_not_nfc(text: str) -> int:
    normal = unicodedata.normalize("NFC", text)
    pairs = enumerate(zip(text, normal, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(text), len(normal)))
