"""What must not stand in plain text: national ID and residence numbers, telephone numbers, e-mail addresses, names.

Texts are first folded character by character (digits and letters of other forms and scripts to ASCII, look-alikes of
Latin letters to these, dashes and spaces to one each), so that offsets stay those of the file. They are judged as
written and as rendered (`licheng.policy.rendering`). What is found is shown masked: the last four characters never
(國教署 110.9.23).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Container, Iterable, Iterator
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from licheng.policy.rendering import View, rendered

# Each pattern begins with its first character, so that the scan jumps from one to the next, and looks back from there:
# not inside a longer word or number, nor behind the parts of a date, a decimal or an ISBN.
_ALONE = r"(?<![A-Za-z0-9][\s\S])"
_EDGE = rf"{_ALONE}(?<![0-9][-/.][\s\S])"
_END = r"(?![A-Za-z0-9])"
# Between digits, also over the end of a line with what indents or quotes the next one.
_LINE = r"(?:\n[ \t>]{0,20})?"
_GAP = rf"[ \t\-–—.·/_()\u3000・]{{0,3}}{_LINE}"
# With Markdown's emphasis between the digits too, and over more than one line's end.
_ID_GAP = rf"[ \t\-–—.·/_()\u3000・*~`\n,，、:|]{{0,4}}{_LINE}"
_ID = re.compile(rf"([A-Za-z]){_ALONE}{_ID_GAP}([12A-Da-d89])((?:{_ID_GAP}[0-9]){{8}}){_END}", re.ASCII)
# A telephone number begins with one of these, whatever comes next.
_FIRST = rf"[+(08]{_EDGE}"
# From abroad: `+886`, `886`, `00886` and the other prefixes (`002-886`); the trunk's 0 may follow, in brackets or not.
_TRUNK = r"\(?0?\)?"
_COUNTRY = rf"(?:(?<=\+){_GAP}886|(?<=8)86|(?<=0)0[0-9]?{_GAP}886){_GAP}{_TRUNK}{_GAP}"
_MOBILE = re.compile(
    rf"{_FIRST}(?:(?:{_COUNTRY}9|(?<=\()09|(?<=0)[ \t\u3000]{{0,3}}{_LINE}9)"
    rf"{_GAP}[0-9]{_GAP}[0-9]\)?(?:{_GAP}[0-9]){{6}}"
    # One sign between all digits; a decimal or a date has it once or twice.
    rf"|(?<=0)([\-–—.·/_,，、:|・])9(?:\1[0-9]){{8}}"
    rf"|(?<=0)9[0-9]{{2}},[0-9]{{3}},[0-9]{{3}}(?!,)){_END}",
    re.ASCII,
)
_AREA = rf"(?:(?<=\()0[2-8][0-9]{{0,2}}\)|(?:{_COUNTRY}|(?<=0))[2-8][0-9]{{0,2}}\)?[ \t\-–—.·\u3000・]){_GAP}"
_LOCAL = rf"(?:[0-9]{{3,4}}{_GAP}[0-9]{{3,4}}|[0-9]{{5,8}})"
_LANDLINE = re.compile(rf"{_FIRST}(?:{_AREA}{_LOCAL}|(?:{_COUNTRY}|(?<=0))[2-8][0-9]{{7,8}}){_END}", re.ASCII)
_KEY_TYPE = "sk-ecdsa-sha2-nistp256@openssh.com"
# What stands before the sign, backwards from it, and what stands behind it; compiled where a text has one.
_EMAIL = r"[\w.%+-]{1,64}", r"([\w-]+(?:\.[\w-]+)+)"
# With spaces around the signs, below the domains that people here have addresses in.
_SPACED_EMAIL = (
    r"[ \n]{0,2}[\w.%+\"-]{1,64}",
    (
        r"[ \n]{0,2}([a-z0-9-]{1,63}(?: ?[.。] ?[a-z0-9-]{1,63}){0,4} ?[.。] ?"
        r"(?:com|net|org|edu|gov|idv|mil|tw|cn|hk|jp|kr|sg|us|uk|eu|de|io|me|co|app|dev|info|name|example|test)\b)"
    ),
    re.ASCII | re.IGNORECASE,
)

# Everything but ASCII, CJK and the commonest full-width punctuation, none of which stands for an ASCII character here.
_FOLDABLE = re.compile(
    "[\x80-\u2e7f\u3021-\u3029\u3220-\u3229\u3280-\u3289\ua4d0-\ua4ff\uab70-\uabbf"
    "\ufb00-\uff00\uff02-\uff0b\uff0d-\uff19\uff1c-\uff1e\uff20-\U0010ffff]"
)
# Letters of other scripts that look like a Latin one (Unicode Technical Standard 39, the part that matters here).
_ALIKE = dict(
    zip(
        "АВСЕНІЈКМОРЅТХУҮԚԜԌΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹᎪᏴᏟᎠᎬᏀᎻᎫᏦᏞᎷᏢᏚᎢᏙᎳᏃꓐꓒꓚꓓꓔꓖꓗꓙꓛꓜꓝꓟꓠꓡꓢꓣꓥꓦꓧꓨꓪꓫꓬꓮꓰꓲꓳꓴасеіјорѕхуԁһԛԝαονικρυ",
        "ABCEHIJKMOPSTXYYQWGABEZHIKMNOPTYXCABCDEGHJKLMPSTVWZBPCDTGKJCZFMNLSRAVHGWXYAEIOUaceijopsxydhqwaovikpu",
        strict=True,
    )
)

# The two-digit value of the first letter (內政部 身分證統一編號編碼原則): I, O, W and Z stand out of order.
_LETTERS = {letter: number for number, letter in enumerate("ABCDEFGHJKLMNPQRSTUVXYWZIO", start=10)}
_WEIGHTS = (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1)


class Trace(NamedTuple):
    """Something found in a text: where it begins and ends, and how it may be shown."""

    offset: int
    end: int
    masked: str


# May stand between the characters of a name.
_BETWEEN = frozenset("-_.·・‧•*~`\\")
# So few are looked for in the text itself: to make a set of its characters takes longer.
_FEW_NAMES = 8


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
    if (alike := _ALIKE.get(character)) is not None:
        return alike
    category = unicodedata.category(character)
    if category in {"Pd", "Zs"} or character == "\u2212":
        return " " if category == "Zs" else "-"
    if character in "•‧∙⋅":
        return "·"
    folded = unicodedata.normalize("NFKC", character)
    value = unicodedata.numeric(folded if len(folded) == 1 else character, None)
    if value is not None and value in range(10):
        return str(int(value))
    bare = unicodedata.normalize("NFKD", folded)[:1]
    if bare.isascii() and bare.isalpha() and not unicodedata.normalize("NFKC", character)[1:]:
        return bare
    return folded if len(folded) == 1 else character


# Characters: thousands of texts that are shorter take little memory.
_SHORT = 4096


@lru_cache(maxsize=8)
def fold(text: str) -> str:
    """The text with full-width and other digits and letters as ASCII, character for character."""
    return text if text.isascii() else _FOLDABLE.sub(lambda match: _plain(match[0]), text)


def national_ids(folded: str) -> Iterator[Trace]:
    """National ID and residence numbers with a right check digit."""
    for match in _ID.finditer(folded):
        compact = re.sub(r"[^A-Z0-9]", "", match[0].upper())
        if is_national_id(compact):
            yield Trace(match.start(), match.end(), mask(compact))


def phones(folded: str) -> Iterator[Trace]:
    """Mobile and landline numbers of Taiwan."""
    reached = 0
    for match in sorted((*_MOBILE.finditer(folded), *_LANDLINE.finditer(folded)), key=lambda match: match.span()):
        if match.start() >= reached:
            reached = match.end()
            yield Trace(match.start(), match.end(), mask(" ".join(match[0].split())))


def emails(folded: str) -> Iterator[Trace]:
    """E-mail addresses; those below the reserved `.invalid` (RFC 2606) and the type of passkeys name nobody."""
    if "@" not in folded:
        return
    reached = 0
    plain, spaced = _addresses(folded, *_EMAIL), _addresses(folded, *_SPACED_EMAIL)
    for name, match in sorted((*plain, *spaced), key=lambda address: address[1].span(1)):
        named = f"{name}@{match[0]}" != _KEY_TYPE and not match[1].lower().endswith(".invalid")
        if match.start(1) >= reached and named:
            reached = match.end(1)
            yield Trace(match.start() - 1 - len(name), match.end(), f"****@{match[1]}")


def _addresses(
    text: str, before: str, behind: str, flags: re.RegexFlag = re.NOFLAG
) -> Iterator[tuple[str, re.Match[str]]]:
    """From each sign backwards, as a word at each of whose letters an address may begin takes long to search."""
    names, domains = re.compile(before, flags), re.compile(behind, flags)
    backwards, length = text[::-1], len(text)
    reached, at = 0, text.find("@")
    while at >= 0:
        name = names.match(backwards, length - at, length - reached)
        match = domains.match(text, at + 1) if name is not None else None
        if name is not None and match is not None:
            reached = match.end()
            yield name[0][::-1], match
        at = text.find("@", at + 1)


class _Spans:
    """Pieces of a text, asked for one that touches or holds another piece in logarithmic time."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        ordered = sorted(spans)
        self.begins = [start for start, _ in ordered]
        self.reach = list(accumulate((end for _, end in ordered), max))

    def touch(self, start: int, end: int) -> bool:
        """Whether any shares a character with the piece."""
        last = bisect_left(self.begins, end) - 1
        return last >= 0 and self.reach[last] > start

    def hold(self, start: int, end: int) -> bool:
        """Whether any holds the whole piece."""
        last = bisect_right(self.begins, start) - 1
        return last >= 0 and self.reach[last] >= end


def unless_public(traces: Iterable[Trace], text: str, contacts: Iterable[str]) -> Iterator[Trace]:
    """Traces that do not lie wholly within one of the school's own public contacts."""
    if left := tuple(traces):  # few texts have any, and every text would be searched for the contacts
        public = _Spans(match.span() for contact in contacts for match in re.finditer(re.escape(contact), text))
        yield from (trace for trace in left if not public.hold(trace.offset, trace.end))


def names(text: str, known: frozenset[str]) -> Iterator[Trace]:
    """Names of a list that the caller gave, also spaced or dotted out, shown by their first character."""
    characters: Container[str] = set(text) if len(known) > _FEW_NAMES else text
    possible = {name for name in known if all(character in characters for character in name)}
    if not possible:  # of most texts the end: to walk through them takes a third of a check
        return
    # Between characters: space, a sign, or what nobody sees, such as the variation selector of an ideograph.
    offsets = [
        offset
        for offset, character in enumerate(text)
        if not (character.isspace() or character in _BETWEEN or unicodedata.category(character) in {"Mn", "Cf"})
    ]
    packed = "".join(text[offset] for offset in offsets)
    for length in sorted({len(name) for name in possible}):
        for start in range(len(packed) - length + 1):
            if (name := packed[start : start + length]) in possible:
                masked = name[0] + "○" * (length - 1)
                yield Trace(offsets[start], offsets[start + length - 1] + 1, masked)


def seen(text: str, find: Callable[[str], Iterable[Trace]]) -> tuple[Trace, ...]:
    """What a search finds in a text as written and as rendered, each once, by its place in the text."""
    return _seen(*_views(text), find)


def _seen(written: str, view: View | None, find: Callable[[str], Iterable[Trace]]) -> tuple[Trace, ...]:
    traces = list(find(written))
    if view is not None:
        spans = _Spans((trace.offset, trace.end) for trace in traces)
        for trace in find(view.text):
            start, end = view.source(trace.offset), view.source(trace.end - 1) + 1
            if not spans.touch(start, end):
                traces.append(Trace(start, end, trace.masked))
    return tuple(sorted(traces, key=lambda trace: (trace.offset, trace.end))) if traces else ()


class Shapes(NamedTuple):
    """All traces of a text that have a shape, so that no list is needed."""

    national_ids: tuple[Trace, ...]
    phones: tuple[Trace, ...]
    emails: tuple[Trace, ...]


def shapes(text: str) -> Shapes:
    """As `seen`, of the searches for a shape, in one pass over the text.

    Main and a change of it are judged one after the other, and most of their texts are the same: short ones are kept.
    """
    return (_of_short if len(text) < _SHORT else _of_long)(text)


def _shapes(text: str) -> Shapes:
    written, view = _views(text)
    return Shapes(*(_seen(written, view, find) for find in (national_ids, phones, emails)))


_of_short = lru_cache(maxsize=4096)(_shapes)
_of_long = lru_cache(maxsize=8)(_shapes)


@lru_cache(maxsize=8)
def _views(text: str) -> tuple[str, View | None]:
    folded = fold(text)
    view = rendered(folded)
    return folded, View(fold(view.text), view.begins, view.sources) if view is not None else None


def traces(text: str, contacts: Iterable[str] = (), known: frozenset[str] = frozenset()) -> Iterator[Trace]:
    """Everything in a text that names a person, save the school's own contacts."""
    ids, *others = shapes(text)
    yield from ids
    for each in others:
        yield from unless_public(each, text, contacts)
    if known:
        yield from seen(text, lambda view: names(view, known))


def names_somebody(text: str) -> bool:
    """Whether a text holds any number or address that names a person."""
    return next(traces(text), None) is not None
