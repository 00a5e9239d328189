"""The receipt log by itself: what a line is, whom its signatures are of, and how it stands to Git's own log."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from licheng.app.server.received import ReceiptLog
from licheng.app.server.verify_receipt import ReceiptVerdict, read, verify
from licheng.core.errors import LichengError, UsageError
from licheng.outputs.receipt import block
from licheng.policy import receipts as policy
from licheng.policy.receipts import Move, discrepancies
from tests.gate.scene import NOW

SAID: dict[str, Any] = {"actor": "t001", "base": "0" * 40, "head": "1" * 40}
THINGS = {"content/students/113/s1130003/terms/115-1/outputs/running": "ab" * 32}


def signed(folder: Path, lines: int = 3) -> ReceiptLog:
    log = ReceiptLog.of(folder)
    log.path.parent.mkdir(parents=True)
    log.key.make(log.next(), anew=False)
    for _ in range(lines):
        log.append(NOW, "received", **SAID, outcome="refused", things=THINGS, reserved=[])
    return log


def rechained(log: ReceiptLog, change: Mapping[int, Mapping[str, Any] | None]) -> None:
    """Rewrite lines, or leave them out, and compute the chain anew, as somebody with the file would."""
    entries = [json.loads(line) for line in log.path.read_bytes().splitlines()]
    kept = [{**entry, **(change.get(entry["sequence"]) or {})} for entry in entries if change.get(entry["sequence"], 1)]
    data, previous = b"", "0" * 64
    for sequence, entry in enumerate(kept, start=1):
        line = policy.canonical(entry | {"sequence": sequence, "previous": previous})
        data, previous = data + line, hashlib.sha256(line).hexdigest()
    log.path.write_bytes(data)


LINE = policy.canonical({"sequence": 1, "at": "2026-11-23T04:00:00Z", "previous": "0" * 64, "event": "landed", **SAID})


def test_a_line_of_an_older_or_a_newer_engine_is_read() -> None:
    assert policy.read(LINE) is not None
    entry = json.loads(LINE) | {"later": {"field": ["x", 1, None]}}
    assert policy.read(policy.canonical(entry)) == entry


@pytest.mark.parametrize(
    "change",
    [
        {"at": "yesterday"},
        {"at": "2026-02-30T04:00:00Z"},
        {"at": "2026-11-23T04:00:00+00:00"},
        {"at": "2026-11-23T04:00:00Z\n"},
        {"at": 1},
        {"clock": None},
        {"things": None},
        {"things": {"path": 1}},
        {"things": {"": "ab" * 32}},
        {"things": [["path", "ab" * 32]]},
        {"reserved": "path"},
        {"reserved": [1]},
        {"base": "0" * 39},
        {"base": "g" * 40},
        {"head": None},
        {"actor": ""},
        {"actor": "t001\nx"},
        {"actor": "x" * 201},
        {"actor": ["t001"]},
        {"event": "received"},
        {"event": "arrived"},
        {"event": ["landed"]},
        {"outcome": "perhaps"},
        {"outcome": {}},
        {"codes": "GAT003"},
        {"codes": ["gat3"]},
        {"sequence": True},
        {"sequence": 0},
        {"sequence": 1.0},
        {"sequence": "1"},
        {"previous": "0" * 63},
        {"glass": 7},
        {"signature": "not base64"},
        {"later": [[[[[1]]]]]},
        {"later": float("nan")},
    ],
    ids=str,
)
def test_what_has_not_the_form_of_a_line_is_none(change: dict[str, Any]) -> None:
    assert policy.read(policy.canonical(json.loads(LINE) | change)) is None


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"null\n",
        b"[" * 100_000 + b"\n",
        b'{"a":' * 100_000 + b"\n",
        LINE.replace(b"\n", b"\r\n"),
        b" " + LINE,
        LINE.replace(b'"sequence": 1', b'"sequence": 1, "sequence": 1'),
        LINE.replace(b'"sequence": 1', b'"sequence": ' + b"1" * 5000),
        LINE.replace(b"t001", b"\xff"),
        LINE.replace(b"t001", b"t\x00001"),
        LINE.replace(b"t001", b"\\ud800"),
        LINE.replace(b"t001", b"\\u0074001"),
        LINE.decode().encode("utf-16"),
    ],
    ids=lambda line: repr(line[:20]),
)
def test_bytes_that_are_no_line_are_told_by_number(tmp_path: Path, line: bytes) -> None:
    log = ReceiptLog.of(tmp_path)
    log.append(NOW, "landed", **SAID)
    with log.path.open("ab") as file:
        file.write(line)
    with pytest.raises(LichengError, match="APP093") as raised:
        list(log.entries())
    assert raised.value.values["line"] == 2
    if line.endswith(b"\n"):
        with pytest.raises(LichengError, match="APP093"):
            log.append(NOW, "landed", **SAID)


@pytest.mark.parametrize("glass", ["\udce9", 7, "x" * 70_000], ids=["no text", "a number", "too long"])
def test_what_cannot_be_read_again_is_not_written(tmp_path: Path, glass: Any) -> None:
    log = ReceiptLog.of(tmp_path)
    with pytest.raises(LichengError, match="APP167"):
        log.append(NOW, "received", **SAID, outcome="refused", things={}, glass=glass)
    assert list(log.entries()) == []


REWRITTEN: dict[str, dict[int, dict[str, Any] | None]] = {
    "a time": {1: {"at": "2026-09-20T04:00:00Z"}},
    "an actor": {2: {"actor": "t009"}},
    "every line": {number: {"actor": "t009"} for number in (1, 2, 3)},
    "a line taken out": {2: None},
    "the first line taken out": {1: None},
    "a signature of another line": {3: {"signature": ""}},
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_a_log_that_is_rewritten_as_a_whole_is_not_the_servers(tmp_path: Path, name: str) -> None:
    log = signed(tmp_path)
    change = dict(REWRITTEN[name])
    if name.startswith("a signature"):
        change = {3: {"signature": json.loads(log.path.read_bytes().splitlines()[0])["signature"]}}
    rechained(log, change)
    assert len(list(log.chained())) in {2, 3}, "the chain holds by itself"
    with pytest.raises(LichengError, match="APP166"):
        list(log.entries())
    with pytest.raises(LichengError, match="APP166"):
        log.append(NOW, "landed", **SAID)


@pytest.mark.parametrize("name", REWRITTEN)
def test_one_old_receipt_shows_a_rewriting_by_somebody_who_has_the_key(tmp_path: Path, name: str) -> None:
    log = signed(tmp_path)
    receipt = read(block(list(log.entries())[-1]).encode())
    keys = [key for _, key in log.key.listed()]
    assert verify(receipt, log, keys) is ReceiptVerdict.GENUINE
    rechained(log, REWRITTEN[name] if not name.startswith("a signature") else {1: {"codes": []}})
    entries = [json.loads(line) for line in log.path.read_bytes().splitlines()]
    log.path.unlink()
    for entry in entries:
        said = {key: entry[key] for key in entry if key not in {"sequence", "at", "event", "previous", "signature"}}
        log.append(datetime.fromisoformat(entry["at"]), entry["event"], **said)
    assert len(list(log.entries())) == len(entries), "signed anew, it holds by itself"
    assert verify(receipt, log, keys) is ReceiptVerdict.OTHER_LOG


def test_a_receipt_is_read_as_people_keep_it_and_no_letter_of_it_can_be_changed(tmp_path: Path) -> None:
    log = signed(tmp_path)
    keys = [key for _, key in log.key.listed()]
    text = block(list(log.entries())[1])
    mailed = "收據如下：\r\n" + "".join(f"> remote: {line}   \r\n" for line in text.splitlines())
    assert verify(read(mailed.encode()), log, keys) is ReceiptVerdict.GENUINE
    for old, new in (("actor: t001", "actor: t002"), ("utc: 2026", "utc: 2025"), ("sequence: 2", "sequence: 1")):
        assert verify(read(text.replace(old, new).encode()), log, keys) is ReceiptVerdict.OTHER_KEY
    with pytest.raises(UsageError, match="APP169"):
        read(text.replace("-----END", "----END").encode())


def test_a_lost_key_is_told_and_a_new_one_signs_from_then_on(tmp_path: Path) -> None:
    log = signed(tmp_path)
    old = list(log.entries())[-1]
    [(_, first)] = log.key.listed()
    log.key.private.unlink()
    with pytest.raises(LichengError, match="APP165"):
        log.append(NOW, "landed", **SAID)
    with pytest.raises(UsageError, match="APP165"):
        log.key.make(log.next(), anew=False)
    log.key.make(log.next(), anew=True)
    log.append(NOW, "landed", **SAID)
    assert [entry["sequence"] for entry in log.entries()] == [1, 2, 3, 4]
    [(_, before), (start, after)] = log.key.listed()
    assert (before, start, after != first) == (first, 4, True)
    assert verify(read(block(old).encode()), log, [first]) is ReceiptVerdict.GENUINE
    assert log.key.private.stat().st_mode & 0o777 == 0o600


def test_an_unsigned_log_of_before_goes_on_signed(tmp_path: Path) -> None:
    log = ReceiptLog.of(tmp_path)
    log.append(NOW, "landed", **SAID)
    log.key.make(log.next(), anew=False)
    log.append(NOW, "landed", **SAID)
    assert ["signature" in entry for entry in log.entries()] == [False, True]
    log.path.write_bytes(log.path.read_bytes().splitlines(keepends=True)[0])
    assert len(list(log.entries())) == 1


SHAS = [f"{number:040x}" for number in range(5)]


def told(change: dict[int, dict[str, Any]], *, without: int = 0, pushes: int = 4) -> list[str]:
    """Four pushes as both logs tell them, once one of the logs has been changed."""
    moves, entries = [], []
    for number in range(4):
        ours = {"base": SHAS[number], "head": SHAS[number + 1], "actor": f"t{number}", "identity": "ssh:SHA256:a"}
        at = NOW + timedelta(hours=number)
        written = {"at": at.isoformat(), "clock": at.isoformat(), **ours}
        received: dict[str, Any] = {"sequence": 2 * number + 1, "event": "received", "outcome": "accepted", **written}
        landed: dict[str, Any] = {
            "sequence": 2 * number + 2,
            "event": "landed",
            "received_at": at.isoformat(),
            **written,
        }
        entries += [entry | change.get(entry["sequence"], {}) for entry in (received, landed)]
        moves.append(Move(SHAS[number], SHAS[number + 1], at, f"t{number}", "ssh:SHA256:a", "push"))
    kept = [entry for entry in entries if entry["sequence"] != without]
    return list(discrepancies(kept, moves[4 - pushes :], demo=False))


def test_the_receipt_log_is_held_against_gits_own() -> None:
    early = datetime(2026, 9, 20, 4, tzinfo=UTC).isoformat()
    assert told({}) == []
    assert told({}, pushes=2) == [], "what Git has forgotten is no lie"
    assert told({4: {"at": early}}) == ["#4 at"]
    assert told({4: {"at": early, "clock": early}}) == ["#4 clock"]
    assert told({3: {"at": early, "clock": early}}) == ["#4 received"]
    assert told({3: {"at": early}, 4: {"received_at": early}}) == ["#3 at"]
    assert told({5: {"actor": "t9"}}) == ["#5 actor", "#6 received"]
    assert told({5: {"actor": "t9"}, 6: {"actor": "t9"}}) == ["#5 actor", "#6 actor"]
    assert told({6: {"identity": "ssh:SHA256:b"}}) == ["#6 identity"]
    assert told({6: {"head": "f" * 40}}) == ["#6 received", "#6 head"]
    assert told({}, pushes=0) == ["#2 head", "#4 head", "#6 head", "#8 head"]
    late = (NOW + timedelta(days=1)).isoformat()
    assert "#1 clock" in told({1: {"at": late, "clock": late}})
