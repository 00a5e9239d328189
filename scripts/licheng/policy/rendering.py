"""What a reader sees of Markdown and HTML: the text without its markup, each character knowing where it came from.

Undone: entities (decimal, hexadecimal, named, written twice), backslashes, comments, tags, emphasis and code marks,
links and references, percent-encoding, `[at]` and `(dot)`, marks above and below characters, soft line breaks (their
indentation and quote signs), numerals of Chinese. Not undone, as no reader of the plain file is shown them either:
style sheets, scripts, text set out in tables or lists cell by cell, letters in place of digits (O for 0), pictures.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from typing import NamedTuple

# Numerals that stand for one digit, of everyday and of financial writing.
_NUMERALS = {
    character: str(digit)
    for digit, characters in enumerate(
        ("零〇○", "一壹", "二貳", "三參", "四肆", "五伍", "六陸", "七柒", "八捌", "九玖")
    )
    for character in characters
}
_NUMERAL = "".join(_NUMERALS)

# Whether rendering can matter at all; one character class in front, so that the search jumps to what it may begin with.
_MATTERS = re.compile(
    rf"[&\\<%*`~^=\[\](){{}}{_NUMERAL}\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f]"
    r"(?:(?<=[&\\])|(?<=<)[!/?A-Za-z]|(?<=%)[0-9A-Fa-f]|(?<=[0-9][*`~^=\[\]])|(?<=[*`~^=\[\]])[0-9]"
    rf"|(?<=[\[({{<]) {{0,2}}(?:[aA][tT]|[dD][oO][tT])\b|(?<=[{_NUMERAL}])[{_NUMERAL}]{{7}}"
    r"|(?<=[A-Za-z0-9][\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f]))"
)
# Each begins with a character that nothing before it can hold, and runs to the next of its kind: linear.
_MARKUP = re.compile(
    r"(?P<comment><!--)"
    r"|[\[({<] {0,2}(?P<sign>[aA][tT]|[dD][oO][tT]|@|\.) {0,2}[\])}>]"
    r"|(?P<tag></?(?P<name>[A-Za-z][A-Za-z0-9-]*)(?:[\s/][^<>]*)?>|<[?!][^<>]*>)"
    r"|(?P<entity>&(?:amp;){0,3}(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?)"
    r"|%(?P<percent>[0-9A-Fa-f]{2})"
    r"|(?P<link>\]\([^()\n@%&]*\)|\]\[[^\[\]\n]*\])"
    r"|(?P<line>\n[ \t>]+)"
    rf"|(?P<numerals>[{_NUMERAL}]{{8,}})"
    r"|(?P<mark>[*`~^\[\]\\]|==|[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f]+)"
)
_BLOCKS = frozenset(
    {"br", "p", "div", "td", "th", "tr", "li", "ul", "ol", "dl", "dt", "dd", "table", "hr", "pre", "blockquote"}
    | {"section", "h1", "h2", "h3", "h4", "h5", "h6"}
)
_SIGNS = {"at": "@", "dot": ".", "@": "@", ".": "."}


class View(NamedTuple):
    """A text as read.

    Attributes:
        begins: where each piece begins in the view, ascending; the first at 0.
        sources: where each piece begins in the file's text.
    """

    text: str
    begins: tuple[int, ...] = (0,)
    sources: tuple[int, ...] = (0,)

    def source(self, offset: int) -> int:
        """Where a character of the view stands in the file's text."""
        piece = bisect_right(self.begins, offset) - 1
        return self.sources[piece] + offset - self.begins[piece]


def rendered(text: str) -> View | None:
    """The view of a text that holds markup; None where reading it changes nothing that could be a number or address."""
    if "@" not in text and _MATTERS.search(text) is None:
        return None
    parts, begins, sources = list[str](), [0], [0]
    length = position = 0
    closing = 0  # -1 once no comment ends any more, so that the rest is not searched again for each that is open

    def put(part: str, source: int) -> None:
        nonlocal length
        if part:
            if begins[-1] == length:
                sources[-1] = source
            else:
                begins.append(length)
                sources.append(source)
            parts.append(part)
            length += len(part)

    while (match := _MARKUP.search(text, position)) is not None:
        put(text[position : match.start()], position)
        end = match.end()
        if match["comment"]:
            closing = text.find("-->", match.start() + 2) if closing >= 0 else closing
            end = closing + 3 if closing >= 0 else end
        else:
            put(_read(match), match.start())
        position = end
    put(text[position:], position)
    return View("".join(parts), tuple(begins), tuple(sources))


def _read(match: re.Match[str]) -> str:
    """What a piece of markup leaves for the reader."""
    if match["entity"]:
        import html  # its table is large, and entities are rare

        text = match["entity"]
        while (shown := html.unescape(text)) != text:
            text = shown
        # Without what nobody sees.
        return "".join(
            character
            for character in text
            if character in "\n\t" or unicodedata.category(character) not in {"Cf", "Mn", "Cc"}
        )
    if match["percent"]:
        character = chr(int(match["percent"], 16))
        return character if character.isascii() and character.isprintable() else match[0]
    if match["sign"]:
        return _SIGNS[match["sign"].lower()]
    if match["numerals"]:
        return "".join(_NUMERALS[character] for character in match["numerals"])
    if match["tag"]:
        return "\n" if (match["name"] or "").lower() in _BLOCKS else ""
    return "\n" if match["line"] else ""
