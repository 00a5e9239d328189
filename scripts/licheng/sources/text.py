"""Bytes to text: UTF-8, NFC, line feeds, and no character that hides something from the reader."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from licheng.core import characters
from licheng.core.finding import Code, Finding
from licheng.core.location import Location, Place

NOT_UTF8 = Code("FIL002", "not-utf8")
HIDDEN_CHARACTER = Code("FIL003", "hidden-character")
CARRIAGE_RETURN = Code("FIL004", "carriage-return")
NOT_NFC = Code("FIL005", "not-nfc")
UNSHARED_CHARACTER = Code("FIL010", "unshared-character")
STACKED_MARKS = Code("FIL011", "stacked-marks")
CODES = (NOT_UTF8, HIDDEN_CHARACTER, CARRIAGE_RETURN, NOT_NFC, UNSHARED_CHARACTER, STACKED_MARKS)


def decode(path: str, data: bytes) -> tuple[str | None, list[Finding]]:
    """The text of a file, or None where it cannot be read as text, with all that is wrong with its characters."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        return None, [NOT_UTF8.at(Location(path, line, column), byte=f"0x{data[error.start]:02x}")]
    return text, list(faults(path, text))


def faults(path: str, text: str) -> Iterator[Finding]:
    """All that is wrong with the characters of a text, the first of each sort."""
    first: dict[Code, characters.BadCharacter] = {}
    for flaw in characters.flaws(text):
        first.setdefault(_CODES.get(flaw.sort, UNSHARED_CHARACTER), flaw)
    for code, flaw in first.items():
        place, character = Place(path, text, offset=flaw.offset), text[flaw.offset]
        if code is STACKED_MARKS:
            yield code.at(place, count=flaw.count, limit=characters.MOST_MARKS)
        elif code is HIDDEN_CHARACTER:
            yield code.at(place, codepoint=f"U+{ord(character):04X}", name=characters.name_of(character))
        else:
            yield code.at(place, codepoint=f"U+{ord(character):04X}", unshared=flaw.sort)
    if (offset := text.find("\r")) >= 0:
        yield CARRIAGE_RETURN.at(Place(path, text, offset=offset), count=text.count("\r"))
    if not unicodedata.is_normalized("NFC", text):
        normal = unicodedata.normalize("NFC", text)
        pairs = enumerate(zip(text, normal, strict=False))
        offset = next((index for index, (ours, theirs) in pairs if ours != theirs), min(len(text), len(normal)))
        yield NOT_NFC.at(Place(path, text, offset=offset))


_CODES = {"hidden": HIDDEN_CHARACTER, "stacked": STACKED_MARKS}
