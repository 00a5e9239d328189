"""Which characters a text may hold: by Unicode's categories and default-ignorable property, from a pinned table.

Refused: what nobody sees (categories Cc but tab and line feed, Cf, Cs, Zl, Zp; Default_Ignorable_Code_Point; a few
blanks), what has no shared meaning (Co, Cn, noncharacters), and more marks on one letter than any script stacks.

Some invisible characters are part of ordinary writing and pass in their own place only, one at a time:

- U+FE0E and U+FE0F behind a character that emoji are made of;
- U+FE00 to U+FE02 and the ideographic variation selectors (U+E0100 to U+E01EF) behind an ideograph: 異體字;
- U+200D between two pictures: 👩‍🔬;
- the tags of the three flags that Unicode recommends (England, Scotland, Wales).

Spaces of other widths (U+00A0, U+2003, U+3000) are seen as spaces and pass.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from licheng.core import unicode_table as table

# Marks that one letter may carry: a Taiwanese vowel has its dot and its tone, Hebrew, Thai and IPA up to four.
MOST_MARKS = 4

_FLAGS = tuple(
    "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in region) + "\U000e007f"
    for region in ("gbeng", "gbsct", "gbwls")
)
_SKIN = re.compile("[\ufe0f\U0001f3fb-\U0001f3ff]{0,2}\\Z")


@dataclass(frozen=True, slots=True)
class BadCharacter:
    """A character that may not stand where it does.

    Attributes:
        sort: `hidden`, `private`, `unassigned`, `noncharacter` or `stacked`.
        count: of stacked marks; otherwise 1.
    """

    offset: int
    sort: str
    count: int = 1


class _Set:
    """A set of characters by its ranges."""

    def __init__(self, ranges: str) -> None:
        pairs = [(part.partition("-")[0], part.rpartition("-")[2]) for part in ranges.split(" ")]
        self.begins = [int(first, 16) for first, _ in pairs]
        self.ends = [int(last, 16) for _, last in pairs]

    def __contains__(self, character: str) -> bool:
        code = ord(character)
        return self.ends[max(bisect_right(self.begins, code) - 1, 0)] >= code >= self.begins[0]

    def pattern(self) -> str:
        """The inside of a character class, of the Basic Multilingual Plane alone."""
        pairs = zip(self.begins, self.ends, strict=True)
        return "".join(f"\\u{first:04x}-\\u{min(last, 0xFFFF):04x}" for first, last in pairs if first <= 0xFFFF)


HIDDEN, UNASSIGNED, PRIVATE, MARKS, EMOJI, PICTURES, IDEOGRAPHS = map(
    _Set,
    (
        *(table.HIDDEN, table.UNASSIGNED, table.PRIVATE, table.MARKS),
        *(table.EMOJI, table.PICTURES, table.IDEOGRAPHS),
    ),
)


# Texts of nothing but these, ASCII, Latin, CJK and their punctuation, need no closer look, which takes long to prepare.
PLAIN = re.compile(
    "[\n -~\u00a1-\u00ac\u00ae-\u00ff\u2010-\u2027\u2030-\u205e\u3001-\u3029\u4e00-\u9fff\uff01-\uff5e]*"
)


@cache
def _suspects() -> re.Pattern[str]:
    """What is looked at closely: all that is refused, marks, and everything beyond the Basic Multilingual Plane.

    One class without ranges beyond that plane but the last: `re` looks such a class up in a bitmap.
    """
    inside = "".join(characters.pattern() for characters in (HIDDEN, UNASSIGNED, PRIVATE, MARKS))
    return re.compile(f"[{inside}\U00010000-\U0010ffff]")


def flaws(text: str) -> Iterator[BadCharacter]:
    """Every character of a text that may not stand where it does, in order."""
    if PLAIN.fullmatch(text) is not None:
        return
    marks = 0  # that stand in a row, up to `reached`
    reached = -1
    for match in _suspects().finditer(text):
        offset, character = match.start(), match[0]
        if character in MARKS and character not in HIDDEN:
            marks = marks + 1 if offset == reached else 1
            reached = offset + 1
            after = text[reached : reached + 1]
            if marks > MOST_MARKS and (not after or after not in MARKS or after in HIDDEN):
                yield BadCharacter(offset - marks + 1, "stacked", marks)
            continue
        sort = _sort(text, offset)
        if sort is not None:
            yield BadCharacter(offset, sort)


def _sort(text: str, offset: int) -> str | None:
    """What is wrong with a character; None if nothing is."""
    character = text[offset]
    if character in HIDDEN:
        return None if _in_place(text, offset) else "hidden"
    if character in PRIVATE:
        return "private"
    if character in UNASSIGNED:
        code = ord(character)
        return "noncharacter" if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF else "unassigned"
    return None


def _in_place(text: str, offset: int) -> bool:
    """Whether a character that nobody sees belongs to the picture or ideograph around it."""
    character, before = text[offset], text[offset - 1 : offset]
    if not before:
        return False
    if character in "\ufe0e\ufe0f":
        return before in EMOJI
    if character in "\ufe00\ufe01\ufe02" or "\U000e0100" <= character <= "\U000e01ef":
        return before in IDEOGRAPHS
    if character == "\u200d":
        picture = _SKIN.sub("", text[max(0, offset - 3) : offset])[-1:]
        after = text[offset + 1 : offset + 2]
        return bool(picture) and picture in PICTURES and bool(after) and after in PICTURES
    if "\U000e0020" <= character <= "\U000e007f":
        start = text.rfind("\U0001f3f4", max(0, offset - 6), offset)
        return start >= 0 and text.startswith(_FLAGS, start)
    return False


def name_of(character: str) -> str:
    """What Unicode calls a character; `CONTROL` for those that have no name."""
    return unicodedata.name(character, "CONTROL")
