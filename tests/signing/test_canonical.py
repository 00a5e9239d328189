"""One value, one sequence of bytes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.signing.canonical import MAX_BYTES, MAX_DEPTH, MAX_INTEGER, Json, decode, encode, is_too_deep
from licheng.signing.refusal import Reason, Refusal

REFUSED: dict[str, tuple[bytes, Reason]] = {
    "too large": (b'"' + b"a" * MAX_BYTES + b'"\n', Reason.TOO_LARGE),
    "byte order mark": (b"\xef\xbb\xbf{}\n", Reason.BYTE_ORDER_MARK),
    "UTF-16": ("{}\n".encode("utf-16-le"), Reason.NOT_JSON),
    "Latin-1": (b'"\xe9"\n', Reason.NOT_UTF8),
    "overlong UTF-8": (b'"\xc0\xaf"\n', Reason.NOT_UTF8),
    "surrogate in UTF-8": (b'"\xed\xa0\x80"\n', Reason.NOT_UTF8),
    "empty": (b"", Reason.NOT_JSON),
    "newline only": (b"\n", Reason.NOT_JSON),
    "two values": (b"{}\n{}\n", Reason.NOT_JSON),
    "trailing NUL": (b"{}\n\0", Reason.NOT_JSON),
    "trailing text": (b"{}\nx", Reason.NOT_JSON),
    "trailing comma": (b'{"a":1,}\n', Reason.NOT_JSON),
    "comment": (b"{}//\n", Reason.NOT_JSON),
    "leading zero": (b"[01]\n", Reason.NOT_JSON),
    "plus": (b"[+1]\n", Reason.NOT_JSON),
    "control character": (b'"\x01"\n', Reason.NOT_JSON),
    "single quotes": (b"{'a':1}\n", Reason.NOT_JSON),
    "too deep": (b"[" * (MAX_DEPTH + 2) + b"]" * (MAX_DEPTH + 2) + b"\n", Reason.TOO_DEEP),
    "deep enough to exhaust a stack": (b"[" * (MAX_BYTES - 1) + b"\n", Reason.TOO_DEEP),
    "duplicate key": (b'{"a":1,"a":1}\n', Reason.DUPLICATE_KEY),
    "duplicate key, escaped": (b'{"a":1,"\\u0061":2}\n', Reason.DUPLICATE_KEY),
    "duplicate key, inside": (b'[{"b":{"a":1,"a":2}}]\n', Reason.DUPLICATE_KEY),
    "float": (b"[1.0]\n", Reason.NOT_AN_INTEGER),
    "exponent": (b"[1e3]\n", Reason.NOT_AN_INTEGER),
    "NaN": (b"[NaN]\n", Reason.NOT_AN_INTEGER),
    "infinity": (b"[-Infinity]\n", Reason.NOT_AN_INTEGER),
    "minus zero": (b"[-0]\n", Reason.NOT_AN_INTEGER),
    "2^53": (b"[9007199254740992]\n", Reason.INTEGER_OUT_OF_RANGE),
    "-2^53": (b"[-9007199254740992]\n", Reason.INTEGER_OUT_OF_RANGE),
    "ten thousand digits": (b"[" + b"9" * 10_000 + b"]\n", Reason.INTEGER_OUT_OF_RANGE),
    "lone surrogate": (b'"\\ud800"\n', Reason.LONE_SURROGATE),
    "lone surrogate as a key": (b'{"\\udfff":1}\n', Reason.LONE_SURROGATE),
    "spaces": (b'{"a": 1}\n', Reason.NOT_CANONICAL),
    "indented": (b'{\n"a":1}\n', Reason.NOT_CANONICAL),
    "leading space": (b" {}\n", Reason.NOT_CANONICAL),
    "no final newline": (b"{}", Reason.NOT_CANONICAL),
    "two final newlines": (b"{}\n\n", Reason.NOT_CANONICAL),
    "CRLF": (b"{}\r\n", Reason.NOT_CANONICAL),
    "unsorted": (b'{"b":1,"a":1}\n', Reason.NOT_CANONICAL),
    "needless escape": (b'"\\u0061"\n', Reason.NOT_CANONICAL),
    "escaped solidus": (b'"\\/"\n', Reason.NOT_CANONICAL),
    "escaped pair": (b'"\\ud83d\\ude00"\n', Reason.NOT_CANONICAL),
    "upper-case escape": (b'"\\u001F"\n', Reason.NOT_CANONICAL),
    "long escape of a newline": (b'"\\u000a"\n', Reason.NOT_CANONICAL),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str) -> None:
    data, reason = REFUSED[name]
    refusal = decode(data)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == reason


def test_says_where_it_stops_being_canonical() -> None:
    assert decode(b'{"a": 1}\n') == Refusal(Reason.NOT_CANONICAL, "byte 5")
    assert decode(b"{}") == Refusal(Reason.NOT_CANONICAL, "byte 2")
    assert decode(b'{"a":1,"a":2}\n') == Refusal(Reason.DUPLICATE_KEY, "'a'")


def test_the_form() -> None:
    value: dict[str, Json] = {"b": [1, -2, True, None, MAX_INTEGER], "a": '歷程 "\\\n\x1f\x7f\u2028😀', "": {}}
    wanted = '{"":{},"a":"歷程 \\"\\\\\\n\\u001f\x7f\u2028😀","b":[1,-2,true,null,9007199254740991]}\n'
    assert encode(value) == wanted.encode()
    assert decode(wanted.encode()) == value


def test_text_is_never_normalised() -> None:
    composed, decomposed = encode("\u00e9"), encode("e\u0301")
    assert composed != decomposed
    assert decode(decomposed) == "e\u0301"


def test_the_limit_is_the_callers() -> None:
    assert decode(b"[1]\n", limit=3) == Refusal(Reason.TOO_LARGE, "4 > 3")
    assert decode(b"[1]\n", limit=4) == [1]


class _Odd(int):
    def __repr__(self) -> str:
        return "1.5"


UNENCODABLE: dict[str, tuple[Any, Reason]] = {
    "float": (1.0, Reason.NOT_AN_INTEGER),
    "NaN": ({"a": float("nan")}, Reason.NOT_AN_INTEGER),
    "2^53": ([2**53], Reason.INTEGER_OUT_OF_RANGE),
    "lone surrogate": ("\ud800", Reason.LONE_SURROGATE),
    "a key that is a number": ({1: 2}, Reason.NOT_JSON),
    "a key that is None": ({None: 2}, Reason.NOT_JSON),
    "tuple": ((1,), Reason.NOT_JSON),
    "bytes": (b"a", Reason.NOT_JSON),
    "a subclass of int": (_Odd(1), Reason.NOT_JSON),
    "too deep": (json.loads("[" * 30 + "]" * 30), Reason.TOO_DEEP),
}


@pytest.mark.parametrize("name", UNENCODABLE)
def test_encode_raises(name: str) -> None:
    value, reason = UNENCODABLE[name]
    with pytest.raises(ValueError, match=reason.value) as caught:
        encode(value)
    assert caught.value.args[0] == reason


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SCALARS = st.none() | st.booleans() | st.integers(-MAX_INTEGER, MAX_INTEGER) | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4))


@given(VALUES)
def test_what_is_encoded_is_decoded(value: Any) -> None:
    data = encode(value)
    assert decode(data) == value
    assert data.endswith(b"\n")
    assert b"\n" not in data[:-1]


@given(VALUES, st.data())
def test_no_other_bytes_have_the_same_value(value: Any, data: st.DataObject) -> None:
    good = encode(value)
    at = data.draw(st.integers(0, len(good)))
    cut = data.draw(st.integers(0, 2))
    patch = data.draw(st.binary(max_size=3) | st.sampled_from([b" ", b"\n", b"\r\n", b"\t", b"-0", b"0", b".0", b","]))
    bad = good[:at] + patch + good[at + cut :]
    decoded = decode(bad)
    assert isinstance(decoded, Refusal) or encode(decoded) == bad
    if bad != good:
        assert isinstance(decoded, Refusal) or decoded != value or type(decoded) is not type(value)


@given(VALUES, st.integers(0, 3), st.booleans(), st.sampled_from([(",", ":"), (", ", ": "), (" ,", ":")]))
def test_another_spelling_is_refused(value: Any, indent: int, ascii_only: bool, separators: tuple[str, str]) -> None:
    text = json.dumps(value, indent=indent or None, ensure_ascii=ascii_only, separators=separators, sort_keys=True)
    data = text.encode() + b"\n"
    assert isinstance(decode(data), Refusal) == (data != encode(value))


@given(st.binary(max_size=60))
def test_any_bytes_get_an_answer(data: bytes) -> None:
    decoded = decode(data)
    assert isinstance(decoded, Refusal) or encode(decoded) == data


def test_brackets_in_a_string_are_none() -> None:
    value: Json = {"a": "[" * 100 + '"\\' + "{" * 100, 'b"[': ["]" * 100]}
    assert decode(encode(value)) == value


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{", "}")])
def test_how_deep_a_text_may_go_is_said_to_the_level(opening: str, closing: str) -> None:
    """Strings do not count, nor do brackets that have closed."""
    deepest = opening * (MAX_DEPTH + 1) + closing * (MAX_DEPTH + 1)
    assert not is_too_deep(deepest * 2 + '"' + opening * 99 + r"\"" + opening * 99 + '"')
    assert is_too_deep(opening + deepest)
