"""The lexical layer of PDF (ISO 32000-2, 7.2 and 7.3): values out of bytes.

One pass from left to right, no recursion, no pattern that looks twice at a byte: the time is linear in the length,
whatever the bytes are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from licheng.sources.inspection.refusal import RefusedError

MAX_DEPTH = 100
# Values of one object: a page tree or an array of widths has some thousands.
MAX_VALUES = 2_000_000

_TOKEN = re.compile(
    rb"[\s\0]++|%[^\r\n]*+|(?P<open><<|\[)|(?P<close>>>|\])|(?P<string>\()|<(?P<hex>[^<>]*+)>|/(?P<name>[^\x00\s()<>\[\]{}/%]*+)"
    rb"|(?P<word>[^\x00\s()<>\[\]{}/%]++)|(?P<stray>.)",
    re.DOTALL,
)
_IN_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(rb"#([0-9A-Fa-f]{2})")
_NUMBER = re.compile(rb"[+-]?\d{1,10}")
_STRING_ESCAPE = re.compile(rb"\\(?:([0-7]{1,3})|(\r\n|.))", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_NOT_HEX = re.compile(rb"[^0-9A-Fa-f]+")


class Name(str):
    """A name without its slash, `#xx` resolved; bytes beyond ASCII as in Latin-1."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """`12 0 R`."""

    number: int
    generation: int


class Word(bytes):
    """A keyword, or a number that is no integer."""

    __slots__ = ()


def values(text: bytes) -> list[Any]:
    """Every value in it, one behind the other; what is open at the end counts as closed, as lenient readers take it.

    Dictionaries are lists of pairs, so that of two equal keys neither is lost; arrays are tuples.

    Raises:
        RefusedError: too deep, too many values, or a string without end.
    """
    top: list[Any] = []
    stack: list[tuple[bool, list[Any]]] = [(False, top)]
    at, count, end = 0, 0, len(text)
    while at < end:
        token = _TOKEN.match(text, at)
        assert token is not None  # noqa: S101 - the last alternative takes any byte
        at = token.end()
        kind = token.lastgroup
        if kind is None:
            continue
        count += 1
        if count > MAX_VALUES or (kind == "open" and len(stack) > MAX_DEPTH):
            raise RefusedError("too-many-parts")
        if kind == "open":
            stack.append((token[0] == b"<<", []))
        elif kind == "close" and len(stack) > 1:
            _close(stack)
        elif kind == "string":
            start, at = at, string_end(text, at)
            plain = _STRING_ESCAPE.sub(
                lambda escape: bytes([int(escape[1], 8) & 0xFF]) if escape[1] else _ESCAPED.get(escape[2], escape[2]),
                text[start : at - 1],
            )
            stack[-1][1].append(plain)
        else:  # of a stray byte, or what closes nothing, it makes nothing
            _atom(kind, token, stack[-1][1])
    while len(stack) > 1:
        _close(stack)
    return top


def string_end(text: bytes, start: int) -> int:
    """The offset after a string's closing parenthesis.

    Raises:
        RefusedError: it does not end; then nobody can tell what is text and what is not.
    """
    depth = 1
    for mark in _IN_STRING.finditer(text, start):
        if mark[0] == b"(":
            depth += 1
        elif mark[0] == b")":
            depth -= 1
            if not depth:
                return mark.end()
    raise RefusedError("hidden-object")


def _close(stack: list[tuple[bool, list[Any]]]) -> None:
    is_dictionary, inner = stack.pop()
    stack[-1][1].append(pairs(inner) if is_dictionary else tuple(inner))


def pairs(inner: list[Any]) -> list[tuple[str, Any]]:
    """The entries of a dictionary; a key without a value has None."""
    entries: list[tuple[str, Any]] = []
    at = 0
    while at < len(inner):
        key = inner[at]
        if isinstance(key, Name):
            entries.append((str(key), inner[at + 1] if at + 1 < len(inner) else None))
            at += 1
        at += 1
    return entries


def _atom(kind: str, token: re.Match[bytes], here: list[Any]) -> None:
    if kind == "hex":
        digits = _NOT_HEX.sub(b"", token["hex"])
        here.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()))
    elif kind == "name":
        here.append(Name(_ESCAPE.sub(lambda escape: bytes([int(escape[1], 16)]), token["name"]).decode("latin-1")))
    elif kind == "word":
        word = token["word"]
        if word == b"R" and len(here) > 1 and isinstance(here[-1], int) and isinstance(here[-2], int):
            generation, number = here.pop(), here.pop()
            here.append(Reference(number, generation))
        elif word == b"null":
            here.append(None)
        else:
            here.append(int(word) if _NUMBER.fullmatch(word) else Word(word))
