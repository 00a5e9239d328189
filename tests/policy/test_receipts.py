"""A line of the receipt log as a value: its only spelling, what it keeps the time of, what is signed, what differs."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from licheng.policy import receipts
from licheng.policy.receipts import MOST_BYTES, TOLERANCE, Move, canonical, digest, discrepancies, read, statement

PATH = "content/students/113/s1139901/terms/115-1/outputs/running"
THINGS = {f"{PATH}/item.md": "ab" * 32, f"{PATH}/照片.jpg": "cd" * 32}
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
LANDED: dict[str, Any] = {
    "sequence": 2,
    "at": "2026-11-23T04:00:00Z",
    "previous": "0" * 64,
    "event": "landed",
    "actor": "t001",
    "base": "0" * 40,
    "head": "1" * 40,
}
RECEIVED = LANDED | {"sequence": 1, "event": "received", "outcome": "accepted", "things": THINGS}


def without(entry: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name not in names}


def test_a_line_has_its_names_in_order_its_letters_as_they_are_and_an_end() -> None:
    assert canonical({"b": "照", "a": [1, None]}) == '{"a": [1, null], "b": "照"}\n'.encode()
    with pytest.raises(ValueError, match="surrogates"):
        canonical({"glass": "\udce9"})


@pytest.mark.parametrize("entry", [LANDED, RECEIVED, LANDED | {"event": "overtaken"}, LANDED | {"later": [{"x": 1.5}]}])
def test_what_is_written_is_read(entry: dict[str, Any]) -> None:
    assert read(canonical(entry)) == entry


@pytest.mark.parametrize("outcome", ["accepted", "refused", "undecided", "overtaken"])
@pytest.mark.parametrize("name", ["sequence", "at", "previous", "actor", "base", "head", "outcome", "things"])
def test_every_field_that_an_event_needs_is_there(name: str, outcome: str) -> None:
    entry = RECEIVED | {"outcome": outcome}
    assert read(canonical(entry)) == entry
    assert read(canonical(without(entry, name))) is None


@pytest.mark.parametrize(
    ("name", "sound", "unsound"),
    [
        ("sequence", [1, (1 << 53) - 1], [0, -1, 1 << 53, True, 1.0, "1", None]),
        ("received", [1], [0, "1"]),
        ("previous", ["f" * 64], ["F" * 64, "f" * 63, "f" * 65, "f" * 64 + "\n"]),
        ("at", ["2026-12-31T23:59:59Z"], ["2026-12-31", "2026-12-31T24:00:00Z", "0001-01-01T00:00:00Z", 0]),
        ("clock", ["2026-12-31T23:59:59Z"], ["2026-13-01T00:00:00Z", None]),
        ("received_at", ["2026-12-31T23:59:59Z"], ["２026-12-31T23:59:59Z"]),
        ("actor", ["t001", "ssh:SHA256:a b", "王", "x" * 200], ["", "x" * 201, "a\u2028b", "a\x7fb", 1]),
        ("identity", ["github:12345"], ["", "a\tb"]),
        ("head", ["a" * 40], ["a" * 41, "A" * 40, ""]),
        ("codes", [[], ["GAT003", "QUO001"]], ["GAT003", ["GAT3"], ["gat003"], [1], {"GAT003": 1}]),
        ("things", [{}, {"a": "0" * 64}], [[], {"": "0" * 64}, {"a": "0" * 63}, {"a": None}, None]),
        ("reserved", [[], ["a", ""]], ["a", [1], [None], {"a": "a"}]),
        ("glass", ["", "x" * 65_536], ["x" * 65_537, None, ["x"]]),
        ("signature", ["AAAA", "AA=="], ["", "A===", "A A", "A" * 2_001]),
    ],
)
def test_every_field_that_is_known_has_its_form(name: str, sound: list[Any], unsound: list[Any]) -> None:
    for value in sound:
        assert read(canonical(RECEIVED | {name: value})) is not None, value
    for value in unsound:
        assert read(canonical(RECEIVED | {name: value})) is None, value


def test_a_list_is_as_long_as_it_may_be_and_no_longer() -> None:
    many = {f"{number}": "0" * 64 for number in range(100_000)}
    assert read(canonical(RECEIVED | {"things": many, "reserved": list(many)})) is not None
    assert read(canonical(RECEIVED | {"things": many | {"more": "0" * 64}})) is None
    assert read(canonical(RECEIVED | {"reserved": [*many, "more"]})) is None


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_of_json_is_not_read(constant: str) -> None:
    line = canonical(LANDED | {"later": 0})
    assert read(line) is not None
    assert read(line.replace(b'"later": 0', f'"later": {constant}'.encode())) is None


def test_a_line_is_no_longer_and_no_deeper_than_it_may_be() -> None:
    room = MOST_BYTES - len(canonical(LANDED | {"later": ""}))
    assert read(canonical(LANDED | {"later": "x" * room})) is not None
    assert read(canonical(LANDED | {"later": "x" * (room + 1)})) is None
    assert read(canonical(LANDED | {"later": [[[1]]]})) is not None
    assert read(canonical(LANDED | {"later": [[[[1]]]]})) is None
    assert read(b"[" * 100_000) is None


@given(st.data())
def test_one_other_byte_is_no_line_or_another_entry(data: st.DataObject) -> None:
    line = canonical(RECEIVED)
    index = data.draw(st.integers(0, len(line) - 1))
    changed = bytearray(line)
    changed[index] = data.draw(st.integers(0, 255).filter(lambda byte: byte != line[index]))
    assert read(bytes(changed)) != RECEIVED


@pytest.mark.parametrize("spelling", [{"indent": 1}, {"sort_keys": False}, {"separators": (",", ":")}])
def test_no_second_spelling_of_a_line_is_read(spelling: dict[str, Any]) -> None:
    arguments = {"ensure_ascii": False, "sort_keys": True, **spelling}
    assert read(json.dumps(RECEIVED, **arguments).encode() + b"\n") is None
    assert read(canonical(RECEIVED)[:-1]) is None
    assert read(canonical(RECEIVED).replace(b'"head"', b'"base": "' + b"2" * 40 + b'", "head"')) is None


def test_a_push_that_passed_keeps_the_time_of_all_and_another_only_of_what_was_its_actors() -> None:
    first, second = THINGS
    assert receipts.reserved(RECEIVED) == THINGS
    assert receipts.reserved(RECEIVED | {"reserved": [first]}) == THINGS
    for outcome in ("refused", "undecided", "overtaken"):
        refused = RECEIVED | {"outcome": outcome}
        assert receipts.reserved(refused) == {}, "of before that was written down"
        assert receipts.reserved(refused | {"reserved": [second, "elsewhere"]}) == {second: THINGS[second]}
    assert receipts.reserved(LANDED) == {}


def test_the_digest_is_of_all_but_the_signature() -> None:
    assert digest(RECEIVED) == hashlib.sha256(canonical(RECEIVED)).hexdigest()
    assert digest(RECEIVED | {"signature": "AAAA"}) == digest(RECEIVED)
    changes: list[dict[str, Any]] = [{"previous": "1" * 64}, {"actor": "t002"}, {"later": 1}, {"things": {}}]
    assert all(digest(RECEIVED | change) != digest(RECEIVED) for change in changes)


def test_the_statement_says_each_fact_in_a_line_of_its_own() -> None:
    assert statement(LANDED | {"received_at": "2026-11-23T03:59:58Z", "signature": "AAAA"}).decode().splitlines() == [
        "licheng-receipt/v1",
        "sequence: 2",
        "event: landed",
        "taipei: 2026-11-23T12:00:00+08:00",
        "utc: 2026-11-23T04:00:00Z",
        "received: 2026-11-23T03:59:58Z",
        "actor: t001",
        f"base: {'0' * 40}",
        f"head: {'1' * 40}",
        f"digest: {digest(LANDED | {'received_at': '2026-11-23T03:59:58Z'})}",
    ]
    assert b"\nreceived: -\n" in statement(RECEIVED)
    assert statement(RECEIVED).endswith(b"\n")


def push(**fields: Any) -> Move:
    return replace(Move("0" * 40, "1" * 40, NOON, "t001", "ssh:SHA256:a", "push"), **fields)


def differences(move: Move, *entries: dict[str, Any], demo: bool = False) -> list[str]:
    return list(discrepancies(entries, [move], demo=demo))


def test_two_logs_that_agree_tell_nothing() -> None:
    landed = LANDED | {"received_at": RECEIVED["at"], "identity": "ssh:SHA256:a"}
    assert differences(push(), RECEIVED, landed) == []
    assert list(discrepancies([], [push()], demo=False)) == []


@pytest.mark.parametrize("way", [-1, 1])
def test_clocks_may_be_apart_by_what_is_tolerated_and_no_more(way: int) -> None:
    within, beyond = NOON + way * TOLERANCE, NOON + way * (TOLERANCE + timedelta(seconds=1))
    assert differences(push(at=within), LANDED) == []
    assert differences(push(at=beyond), LANDED) == ["#2 clock"]
    assert differences(push(), LANDED | {"clock": within.isoformat(), "at": within.isoformat()}) == []
    assert differences(push(), LANDED | {"clock": beyond.isoformat()}) == ["#2 at", "#2 clock"]


def test_what_was_received_after_it_landed_is_told_and_what_was_long_before_is_not() -> None:
    assert differences(push(at=NOON - timedelta(days=1)), RECEIVED) == ["#1 clock"]
    assert differences(push(at=NOON + timedelta(days=1)), RECEIVED) == []


def test_the_clock_of_a_demo_stands_still() -> None:
    late = push(at=NOON + timedelta(days=90))
    assert differences(late, LANDED) == ["#2 clock"]
    assert differences(late, LANDED, demo=True) == []
    real = (NOON + timedelta(days=90)).isoformat()
    assert differences(late, LANDED | {"clock": real}, demo=True) == []
    assert differences(push(), LANDED | {"clock": real}, demo=True) == ["#2 clock"]


def test_who_pushed_is_held_against_what_the_login_told_git() -> None:
    assert differences(push(name="t002"), LANDED) == ["#2 actor"]
    assert differences(push(), LANDED | {"actor": "ssh:SHA256:a"}) == []
    assert differences(push(), LANDED | {"identity": "ssh:SHA256:b"}) == ["#2 identity"]
    assert differences(push(name="whoever", address="who@licheng.invalid"), LANDED) == [], "no login told Git"
    assert differences(push(name="t002"), RECEIVED | {"outcome": "refused"}) == [], (
        "another may push what was refused to one"
    )
    assert differences(push(name="t002"), LANDED | {"event": "overtaken"}) == []


def test_a_landing_that_git_knows_nothing_of_is_told_from_the_first_push_that_it_remembers() -> None:
    other = LANDED | {"base": "2" * 40, "head": "3" * 40}
    assert differences(push(), LANDED, other | {"sequence": 3}) == ["#3 head"]
    assert differences(push(), other, LANDED | {"sequence": 3}) == [], "Git may have forgotten it"
    assert differences(push(how="commit"), LANDED) == ["#2 head"], "only pushes count"


def test_a_landing_is_held_against_the_line_of_its_receiving() -> None:
    landed = LANDED | {"received_at": RECEIVED["at"]}
    assert differences(push(), RECEIVED, landed) == []
    assert differences(push(), landed) == ["#2 received"]
    assert differences(push(), RECEIVED | {"outcome": "overtaken"}, landed) == ["#2 received"]
    assert differences(push(), RECEIVED, landed | {"received_at": "2026-11-23T03:00:00Z"}) == ["#2 received"]
    assert differences(push(), RECEIVED | {"actor": "ssh:SHA256:a"}, landed) == ["#2 received"]
