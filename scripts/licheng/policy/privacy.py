"""What must not stand in plain text: national ID and residence numbers, telephone numbers, e-mail addresses, names.

Texts are first folded character by character (full-width and other digits and letters to ASCII), so that offsets
stay those of the file. What is found is shown masked: the last four characters never (國教署 110.9.23).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

# Each pattern begins with its first character, so that the scan jumps from one to the next, and looks back from there:
# not inside a longer word or number, nor behind the parts of a date, a decimal or an ISBN.
_ALONE = r"(?<![A-Za-z0-9][\s\S])"
_EDGE = rf"{_ALONE}(?<![0-9][-/.][\s\S])"
_END = r"(?![A-Za-z0-9])"
_GAP = r"[ \-–—.·/_]{0,3}"
# Also over the end of a line, and with Markdown's emphasis between the digits.
_ID_GAP = r"[ \-–—.·/_*~`\n]{0,4}"
_ID = re.compile(rf"([A-Za-z]){_ALONE}{_ID_GAP}([12A-Da-d89])((?:{_ID_GAP}[0-9]){{8}}){_END}", re.ASCII)
_COUNTRY = rf"(?:\+{_EDGE}886|8{_EDGE}86|0{_EDGE}0886){_GAP}"
_MOBILE = re.compile(
    rf"(?:{_COUNTRY}9|\({_EDGE}09|0{_EDGE}9){_GAP}[0-9]{_GAP}[0-9]\)?(?:{_GAP}[0-9]){{6}}{_END}", re.ASCII
)
_AREA = rf"(?:\({_EDGE}0[2-8][0-9]{{0,2}}\)|(?:{_COUNTRY}|0{_EDGE})[2-8][0-9]{{0,2}}[ \-–—.·]){_GAP}"
_LOCAL = rf"(?:[0-9]{{3,4}}{_GAP}[0-9]{{3,4}}|[0-9]{{5,8}})"
_LANDLINE = re.compile(rf"(?:{_AREA}{_LOCAL}|0{_EDGE}[2-8][0-9]{{7,8}}){_END}", re.ASCII)
_EMAIL = re.compile(r"[\w.%+-]{1,64}@([\w-]+(?:\.[\w-]+)+)")

# Everything but ASCII, CJK and the commonest full-width punctuation, none of which stands for an ASCII character here.
_FOLDABLE = re.compile("[\x80-\u2e7f\ufb00-\uff00\uff02-\uff0b\uff0d-\uff19\uff1c-\uff1e\uff20-\U0010ffff]")

# The two-digit value of the first letter (內政部 身分證統一編號編碼原則): I, O, W and Z stand out of order.
_LETTERS = {letter: number for number, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", start=10)}
_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)


@dataclass(frozen=True, slots=True)
class Trace:
    """Something found in a text: where it begins and ends, and how it may be shown."""

    offset: int
    end: int
    masked: str


def mask(text: str) -> str:
    """The last four letters or digits hidden."""
    shown, hidden = list(text), 0
    for index in range(len(text) - 1, -1, -1):
        if text[index].isalnum() and hidden < 4:
            shown[index], hidden = "*", hidden + 1
    return "".join(shown)


def hidden(text: str, trace: Trace) -> str:
    """What a mask hides, however it is spaced: by it two findings of one mask are told apart; never shown."""
    return "".join(filter(str.isalnum, fold(text[trace.offset : trace.end]))).casefold()


def is_national_id(text: str) -> bool:
    """Whether ten characters are a national ID or a residence number (ARC, both forms) by their check digit."""
    letter, second = text[0], text[1]
    if letter not in _LETTERS:
        return False
    if second.isdigit():
        digit = int(second)
    elif second in "ABCD":  # residence numbers before 2021: the unit digit of the second letter's value
        digit = _LETTERS[second] % 10
    else:
        return False
    values = [*divmod(_LETTERS[letter], 10), digit, *map(int, text[2:])]
    return sum(value * weight for value, weight in zip(values, _WEIGHTS, strict=True)) % 10 == 0


@lru_cache(maxsize=4_000)
def _plain(character: str) -> str:
    folded = unicodedata.normalize("NFKC", character)
    if len(folded) != 1:
        return character
    digit = unicodedata.decimal(folded, None)
    return str(digit) if digit is not None else folded


@lru_cache(maxsize=8)
def fold(text: str) -> str:
    """The text with full-width and other digits and letters as ASCII, character for character."""
    return _FOLDABLE.sub(lambda match: _plain(match[0]), text)


def national_ids(folded: str) -> Iterator[Trace]:
    """National ID and residence numbers with a right check digit."""
    for match in _ID.finditer(folded):
        compact = re.sub(r"[^A-Z0-9]", "", match[0].upper())
        if is_national_id(compact):
            yield Trace(match.start(), match.end(), mask(compact))


def phones(folded: str) -> Iterator[Trace]:
    """Mobile and landline numbers of Taiwan."""
    reached = 0
    matches = (match for pattern in (_MOBILE, _LANDLINE) for match in pattern.finditer(folded))
    for match in sorted(matches, key=lambda match: match.span()):
        if match.start() >= reached:
            reached = match.end()
            yield Trace(match.start(), match.end(), mask(match[0]))


def emails(folded: str) -> Iterator[Trace]:
    """E-mail addresses; those below the reserved `.invalid` (RFC 2606) are pseudonyms and name nobody."""
    if "@" not in folded:
        return
    for match in _EMAIL.finditer(folded):
        if not match[1].lower().endswith(".invalid"):
            yield Trace(match.start(), match.end(), f"****@{match[1]}")


def unless_public(traces: Iterable[Trace], text: str, contacts: Iterable[str]) -> Iterator[Trace]:
    """Traces that do not lie wholly within one of the school's own public contacts."""
    spans = [match.span() for contact in contacts for match in re.finditer(re.escape(contact), text)]
    for trace in traces:
        if not any(start <= trace.offset and trace.end <= end for start, end in spans):
            yield trace


def names(text: str, known: frozenset[str]) -> Iterator[Trace]:
    """Names of a list that the caller gave, also spaced out, shown by their first character."""
    offsets = [offset for offset, character in enumerate(text) if not character.isspace()]
    packed = "".join(text[offset] for offset in offsets)
    for length in sorted({len(name) for name in known}):
        for start in range(len(packed) - length + 1):
            if (name := packed[start : start + length]) in known:
                masked = name[0] + "○" * (length - 1)
                yield Trace(offsets[start], offsets[start + length - 1] + 1, masked)


def names_somebody(text: str) -> bool:
    """Whether a text holds any number or address that names a person."""
    folded = fold(text)
    return any(next(find(folded), None) is not None for find in (national_ids, phones, emails))
