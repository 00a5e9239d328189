"""Text of records made safe to print: nothing that it holds can move a cursor or start a command of the reader's."""

from __future__ import annotations

import unicodedata

# What no Markdown gives a meaning to, beside letters and digits.
_PLAIN = " ，。、：；（）「」,"


def printable(text: str) -> str:
    r"""Control, format and line characters shown as `\u....`."""
    if text.isprintable():
        return text
    shown = []
    for character in text:
        code = ord(character)
        if character.isprintable() or unicodedata.category(character) == "Zs":
            shown.append(character)
        else:
            shown.append(f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")
    return "".join(shown)


def github(text: str) -> str:
    """The data of a GitHub workflow command."""
    return printable(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def github_property(text: str) -> str:
    """A property of a GitHub workflow command."""
    return github(text).replace(":", "%3A").replace(",", "%2C")


def markdown(text: str) -> str:
    """Text in Markdown that stays text: no markup, no HTML, no link, no mention."""
    plain = (character if character.isalnum() or character in _PLAIN else f"&#{ord(character)};"
             for character in printable(text))  # fmt: skip
    return "".join(plain)
