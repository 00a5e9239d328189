"""Whatever is posted to whichever route by whomever: never our own fault, and never a change that nobody meant."""

from __future__ import annotations

from typing import Any

import pytest

from tests.platform.hostile.town import DOING, FIELDS, KEEPER, STUDENT, Town
from tests.platform.visitors import OURS

_TYPE = "application/x-www-form-urlencoded"
_ODD = ("\0", "\ud800", "\u202e", "\ufeff", "-1", "9" * 400, "1e999", "[]", "{}", "null", "../../x", "%00", " ", "\r\n")
_KNOWN = (
    *FIELDS,
    "item",
    "student",
    "date",
    "subject",
    "batch",
    "_upload",
    "_detach",
    "_add",
    "_remove",
    "_care",
    "account",
)


def _text(texts: dict[str, str], times: int = 1) -> bytes:
    pairs = [f"{name}={text}" for name, text in texts.items() for _ in range(times)]
    return "&".join(pairs).encode("utf-8", "surrogatepass")


def _each(text: str) -> bytes:
    return _text(dict.fromkeys(_KNOWN, text))


def _nested(path: str) -> dict[str, str]:
    return {f"{path}.{n}": "x" for n in range(200)} | {f"{'a.' * 90}b": "x", ".": "x", "..": "x", "a..b": "x"}


BODIES: dict[str, bytes] = {
    "nothing": b"",
    "no names": b"&&&=&=x&=",
    "bytes that are no text": bytes(range(128, 256)) + b"=" + bytes(range(128, 256)),
    "every field twice": _text(FIELDS | {"item": "x/y", "student": STUDENT}, times=2),
    "fields that are lists": _text({f"{name}[]": "x" for name in _KNOWN}),
    "rows without end": _text(_nested("attachments") | _nested("resolutions")),
    "rows of large numbers": _text({f"absences.{'9' * n}._row": "1" for n in range(1, 40)}),
    "all that is long": _text(dict.fromkeys(_KNOWN[:20], "x" * 9000)),
    "buttons that are none": _text(dict.fromkeys(("_do", "_add", "_remove"), "\u0661 \u0662 choose drop ..")),
    **{f"odd text {number}": _each(text) for number, text in enumerate(_ODD)},
}


@pytest.mark.hostile("fuzz")
@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_form_of_anything_breaks_and_changes_nothing(town: Town, body: bytes) -> None:
    before = town.kept()
    for method, path in DOING:
        for account in (STUDENT, KEEPER):
            *_, place = town.filled(path)
            headers = {**OURS, "content-type": _TYPE, "x-csrf-token": town.token(account)}
            answer = town.ask(method, place, account, content=body, headers=headers)
            assert answer.status_code < 500, (method, place, account)
            assert answer.status_code != 401
    assert changed(before, town.kept()) == set()


PARTS: dict[str, tuple[str, dict[str, Any]]] = {
    "files where texts belong": ("", dict.fromkeys(("_do", "answer", "decision", "passkey", "kind"), ("x", b"x"))),
    "a file without a name": ("x", {"_file": ("", b"x"), "file": ("", b"x")}),
    "a name of control characters": ("x", {"_file": ("\x01\x02\x7f.png", b"x"), "file": ("\x01.xlsx", b"PK\x03\x04")}),
    "a very long name": ("x", {"_file": ("x" * 5000 + ".pdf", b"%PDF-"), "file": ("x" * 5000 + ".csv", b"\xff\xfe")}),
}


@pytest.mark.hostile("fuzz")
@pytest.mark.parametrize(("text", "files"), PARTS.values(), ids=PARTS)
def test_so_does_a_form_of_files(town: Town, text: str, files: dict[str, Any]) -> None:
    before = town.kept()
    for method, path in DOING:
        for account in (STUDENT, KEEPER):
            *_, place = town.filled(path)
            data = dict.fromkeys((name for name in _KNOWN if name not in files), text)
            answer = town.ask(method, place, account, data=data, files=files)
            assert answer.status_code < 500, (method, place, account)
    assert changed(before, town.kept()) == set()


JSON: dict[str, bytes] = {
    "no JSON": b"{",
    "very deep": b"[" * 50_000,
    "a number": b"1e999",
    "half a character": b'{"tab": "\\ud800", "number": 1, "seen": "", "fields": {"\\ud800": ["\\ud800"]}}',
    "numbers where texts belong": b'{"tab": 1, "number": "1", "seen": 1, "fields": {"name": [1]}}',
    "no such day": b'{"tab": "t", "number": -1, "seen": "", "fields": {}}',
    "bytes": bytes(range(256)),
    "a number without end": b'{"tab": "t", "number": ' + b"9" * 5000 + b', "seen": "", "fields": {}}',
}


@pytest.mark.hostile("fuzz")
@pytest.mark.parametrize("body", JSON.values(), ids=JSON)
def test_so_does_what_a_script_would_send(town: Town, body: bytes) -> None:
    before = town.kept()
    for method, path in DOING:
        *_, place = town.filled(path)
        for account in (STUDENT, KEEPER):
            headers = {**OURS, "content-type": "application/json", "x-csrf-token": town.token(account)}
            assert town.ask(method, place, account, content=body, headers=headers).status_code < 500, (method, place)
    assert changed(before, town.kept()) == set()


def changed(before: dict[str, bytes], after: dict[str, bytes]) -> set[str]:
    """What is another than before, but one's own: drafts, which keep whatever was typed, which mail one wants (a box
    that is not ticked is left out of a form), and that one has signed out everywhere."""
    names = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    return {name for name in names if not name.startswith(("drafts/", "choices/", "epochs/"))}
