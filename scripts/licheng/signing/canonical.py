"""The canonical JSON of payloads: one value has one sequence of bytes, and only that is accepted.

UTF-8, keys sorted by code point, no spaces, integers only (within ±(2^53 - 1), so that every JSON reader sees the same
number), one final newline. Strings escape only what JSON demands and are never normalised: what was signed is what is
read. With ASCII keys this is RFC 8785, restricted to integers, and a newline.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NoReturn, TypeAlias

from licheng.signing.refusal import Reason, Refusal, Refused

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

MAX_BYTES = 16 * 1024
MAX_DEPTH = 20
MAX_INTEGER = 2**53 - 1
_MAX_DIGITS = 16
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKETS = re.compile(r"[\[\]{}]")


def is_too_deep(text: str) -> bool:
    """Whether brackets of a JSON text, outside its strings, stand deeper than `MAX_DEPTH` allows.

    Asked before the text is read: how deep Python's own reader goes differs from version to version and with what
    called it, and two machines must not differ about a signature.
    """
    depth = 0
    for bracket in _BRACKETS.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > MAX_DEPTH + 1:
            return True
    return False


def encode(value: Json) -> bytes:
    """The bytes of a value.

    Raises:
        ValueError: the value has no canonical form; its first argument is a `Reason`.
    """
    try:
        return _encode(value)
    except Refused as refused:
        raise ValueError(refused.refusal.reason, refused.refusal.detail) from None


def decode(data: bytes, limit: int = MAX_BYTES) -> Json | Refusal:
    """The value of canonical bytes, or why they are not canonical.

    Args:
        data: the whole file.
        limit: the most bytes that are looked at.
    """
    if len(data) > limit:
        return Refusal(Reason.TOO_LARGE, f"{len(data)} > {limit}")
    if data.startswith(_BYTE_ORDER_MARK):
        return Refusal(Reason.BYTE_ORDER_MARK)
    try:
        text = data.decode()
        if is_too_deep(text):
            return Refusal(Reason.TOO_DEEP, f"over {MAX_DEPTH}")
        value: Json = _DECODER.decode(text)
        again = _encode(value)
    except UnicodeDecodeError as error:
        return Refusal(Reason.NOT_UTF8, f"byte {error.start}")
    except json.JSONDecodeError as error:
        return Refusal(Reason.NOT_JSON, f"line {error.lineno} column {error.colno}")
    except Refused as refused:
        return refused.refusal
    if again == data:
        return value
    pairs = enumerate(zip(data, again, strict=False))
    difference = next((index for index, (ours, theirs) in pairs if ours != theirs), min(len(data), len(again)))
    return Refusal(Reason.NOT_CANONICAL, f"byte {difference}")


def _encode(value: Json) -> bytes:
    level: list[Json] = [value]
    for _ in range(MAX_DEPTH + 1):  # level by level, so that no depth exhausts the stack
        level = [child for parent in level if type(parent) is not str for child in _children(parent)]
        if not level:
            break
    else:
        raise Refused(Reason.TOO_DEEP, f"over {MAX_DEPTH}")
    text = _ENCODER.encode(value)
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError as error:
        raise Refused(Reason.LONE_SURROGATE, f"U+{ord(text[error.start]):04X}") from None


def _children(value: Json) -> Iterator[Json]:
    """What a value holds, after a look at the value itself; types are compared exactly, as subclasses encode oddly."""
    kind = type(value)
    if isinstance(value, dict) and kind is dict:
        if not {*map(type, value)} <= {str}:
            raise Refused(Reason.NOT_JSON, "a key that is no string")
        yield from value.values()
    elif isinstance(value, list) and kind is list:
        yield from value
    elif isinstance(value, int) and kind is int:
        _in_range(value)
    elif kind not in {str, bool, type(None)}:
        raise Refused(Reason.NOT_AN_INTEGER if kind is float else Reason.NOT_JSON, kind.__name__)


def _in_range(value: int) -> int:
    if abs(value) > MAX_INTEGER:
        raise Refused(Reason.INTEGER_OUT_OF_RANGE, f"{value.bit_length()} bits")
    return value


def _object(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        raise Refused(Reason.DUPLICATE_KEY, next(ascii(key) for key in keys if keys.count(key) > 1))
    return value


def _integer(digits: str) -> int:
    if digits == "-0":
        raise Refused(Reason.NOT_AN_INTEGER, digits)
    if len(digits.lstrip("-")) > _MAX_DIGITS:
        raise Refused(Reason.INTEGER_OUT_OF_RANGE, f"{len(digits)} digits")
    return _in_range(int(digits))


def _no_integer(text: str) -> NoReturn:
    raise Refused(Reason.NOT_AN_INTEGER, text[:40])


_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
_DECODER = json.JSONDecoder(
    parse_int=_integer, parse_float=_no_integer, parse_constant=_no_integer, object_pairs_hook=_object
)
