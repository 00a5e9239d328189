"""The lexical layer of PDF (ISO 32000-2, 7.2 and 7.3): names, with strings and comments taken out.

Linear in the length, whatever the bytes.
"""

from __future__ import annotations

import re

_REGULAR = rb"[^\x00\t\n\f\r ()<>\[\]{}/%]"
_NAME = re.compile(rb"/(" + _REGULAR + rb"+)")
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
# What is not itself: a comment, a string, a string in hex, a name with an escape.
_SPECIAL = re.compile(rb"%[^\r\n]*|\(|<<|<[0-9A-Fa-f\s]*>|/" + _REGULAR + rb"*#" + _REGULAR + rb"*")
_IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_BLANK = b"\0 \t\r\n\xfe\xff"
_EMPTY_HEX = re.compile(rb"<(?:FEFF|\s|0)*>", re.IGNORECASE)


def names(text: bytes) -> set[bytes]:
    """Every name in it, without the slash, escapes resolved."""
    return {_resolved(name) if b"#" in name else name for name in _NAME.findall(text)}


def _resolved(name: bytes) -> bytes:
    return _ESCAPE.sub(lambda match: bytes([int(match[1], 16)]), name)


def simplified(text: bytes) -> bytes | None:
    """The text with comments as a space, strings as `()` or `(.)` by whether they say something, names resolved.

    None where a string does not end: then nobody can tell what is text.
    """
    parts: list[bytes] = []
    at = 0
    while (found := _SPECIAL.search(text, at)) is not None:
        parts.append(text[at : found.start()])
        word, at = found[0], found.end()
        if word == b"(":
            end = _string_end(text, at)
            if end is None:
                return None
            parts.append(b"(.)" if text[at : end - 1].strip(_BLANK) else b"()")
            at = end
        else:
            parts.append(_word(word))
    return b"".join([*parts, text[at:]])


def _word(word: bytes) -> bytes:
    if word == b"<<":
        return word
    if word.startswith(b"%"):
        return b" "
    if word.startswith(b"<"):
        return b"()" if _EMPTY_HEX.fullmatch(word) else b"(.)"
    return _resolved(word)


def _string_end(text: bytes, start: int) -> int | None:
    """The offset after a string's closing parenthesis."""
    depth = 1
    for found in _IN_STRING.finditer(text, start):
        if found[0] == b"(":
            depth += 1
        elif found[0] == b")":
            depth -= 1
            if not depth:
                return found.end()
    return None
