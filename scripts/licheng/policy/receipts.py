"""One line of the receipt log: its form, its exact bytes, and the statement about it that the server signs.

Unknown fields are tolerated, within bounds, so that an older engine still reads the log of a newer one; unknown events
and outcomes are not, as nobody could say what they mean for a deadline.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from licheng.core.dates import TAIPEI

NAMESPACE = "receipt@licheng.invalid"
ACCEPTED = "accepted"  # checked; whether it landed is another line
OVERTAKEN = "overtaken"  # checked, but another push has moved main meanwhile
ANNOUNCED = "announced"  # digests of what an intake account holds and will push
RENEWED = "renewed"  # the repository began anew: the last commit before, and the first one after
OUTCOMES = frozenset({ACCEPTED, "refused", "undecided", OVERTAKEN})
_NEEDED = {
    "received": ("actor", "base", "head", "outcome", "things"),
    "landed": ("actor", "base", "head"),
    OVERTAKEN: ("actor", "base", "head"),
    RENEWED: ("actor", "base", "head"),
    ANNOUNCED: ("actor", "base", "head", "things"),
}
MOST_BYTES = 16 << 20  # of a line: 20,000 things with long paths are 6 MB
_MOST_THINGS = 100_000
_DEEPEST = 4
_COMMIT = re.compile(r"[0-9a-f]{40}", re.ASCII)
_DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CODE = re.compile(r"[A-Z]{3}[0-9]{3}", re.ASCII)
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_LINE = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{1,200}")
_BASE64 = re.compile(r"[A-Za-z0-9+/]{1,2000}={0,2}", re.ASCII)


def read(line: bytes) -> dict[str, Any] | None:
    """The entry of a line, or None where the bytes are none: only what `canonical` writes is read.

    That leaves no second spelling: no key twice, no white space, no other encoding, no NaN.
    """
    if len(line) > MOST_BYTES:
        return None
    try:
        entry = json.loads(line, parse_constant=int)  # which NaN and the infinities are not: a ValueError
        sound = isinstance(entry, dict) and _is_shallow(entry, _DEEPEST) and canonical(entry) == line
    except (ValueError, RecursionError):
        return None
    # Those fields are there that the event needs, and every field that is known is of its form.
    event = entry.get("event") if sound else None
    needed = _NEEDED.get(event) if isinstance(event, str) else None
    complete = needed is not None and all(name in entry for name in ("sequence", "at", "previous", *needed))
    return entry if complete and all(_FORMS[name](entry[name]) for name in entry if name in _FORMS) else None


def canonical(entry: Mapping[str, Any]) -> bytes:
    """The bytes of a line, with its end.

    Raises:
        ValueError: a text cannot be written as UTF-8.
    """
    return json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _is_shallow(value: object, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return True
    inner = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(_is_shallow(part, depth - 1) for part in inner)


def _text(pattern: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_count(value: object) -> bool:
    return type(value) is int and 0 < value < 1 << 53


def _is_instant(value: object) -> bool:
    if not isinstance(value, str) or _INSTANT.fullmatch(value) is None:
        return False
    try:
        return datetime.fromisoformat(value).year > 1
    except ValueError:
        return False


_FORMS: Mapping[str, Callable[[object], bool]] = {
    "sequence": _is_count,
    "received": _is_count,
    "previous": _text(_DIGEST),
    "at": _is_instant,
    "clock": _is_instant,
    "received_at": _is_instant,
    "actor": _text(_LINE),
    "identity": _text(_LINE),
    "base": _text(_COMMIT),
    "head": _text(_COMMIT),
    "outcome": lambda value: isinstance(value, str) and value in OUTCOMES,
    "codes": lambda value: isinstance(value, list) and all(map(_text(_CODE), value)),
    "things": lambda value: (
        isinstance(value, dict)
        and len(value) <= _MOST_THINGS
        and "" not in value
        and all(map(_text(_DIGEST), value.values()))
    ),
    "reserved": lambda value: (
        isinstance(value, list) and len(value) <= _MOST_THINGS and all(isinstance(path, str) for path in value)
    ),
    "glass": lambda value: isinstance(value, str) and len(value) <= 1 << 16,
    "signature": _text(_BASE64),
}


def reserved(entry: Mapping[str, Any]) -> Mapping[str, str]:
    """What an entry keeps the time of: path → SHA-256.

    Of a push that did not pass, only what its actor had the right to send; a line from before that was written down
    keeps nothing. An announcement keeps the time of every file that it names.
    """
    things: Mapping[str, str] = entry.get("things", {})
    if entry.get("outcome") == ACCEPTED or entry.get("event") == ANNOUNCED:
        return things
    return {path: things[path] for path in entry.get("reserved", ()) if path in things}


def digest(entry: Mapping[str, Any]) -> str:
    """SHA-256 of an entry without its signature: with `previous` in it, the head of the whole chain up to there."""
    return hashlib.sha256(canonical({name: entry[name] for name in entry if name != "signature"})).hexdigest()


def statement(entry: Mapping[str, Any]) -> bytes:
    """What the server signs of an entry, one fact a line: people keep it, and stock OpenSSH verifies it."""
    at = datetime.fromisoformat(entry["at"]).astimezone(UTC)
    facts = {
        "sequence": entry["sequence"],
        "event": entry["event"],
        "taipei": at.astimezone(TAIPEI).isoformat(),
        "utc": entry["at"],
        "received": entry.get("received_at", "-"),
        "actor": entry["actor"],
        "base": entry["base"],
        "head": entry["head"],
        "digest": digest(entry),
    }
    lines = ["licheng-receipt/v1", *(f"{name}: {value}" for name, value in facts.items())]
    return "".join(f"{line}\n" for line in lines).encode()


# Between git's log and ours lie the check before and the start of a hook after; clocks are those of one machine.
TOLERANCE = timedelta(minutes=10)


@dataclass(frozen=True)
class Move:
    """A line of Git's own log of main.

    Attributes:
        at: UTC.
        name: of whoever pushed, as the login told Git; else whatever Git was set to.
        address: `ssh:SHA256:…` where the login told it.
        how: `push`, where it was one.
    """

    old: str
    new: str
    at: datetime
    name: str
    address: str
    how: str


def discrepancies(entries: Sequence[Mapping[str, Any]], moves: Iterable[Move], *, demo: bool) -> Iterator[str]:
    """Where the receipt log and Git's log of main tell different stories: `#sequence` and what differs.

    Args:
        entries: of the receipt log, all of them, in their order.
        moves: of main, oldest first.
        demo: the clock of a demo school stands still, so what it says is not held against the server's.
    """
    # Of the repository before a renewal Git knows nothing any more.
    begun = max((index for index, entry in enumerate(entries) if entry["event"] == RENEWED), default=-1) + 1
    entries = entries[begun:]
    pushed = {(move.old, move.new): move for move in moves if move.how == "push"}
    remembered, checked = False, dict[tuple[str, str], Mapping[str, Any]]()
    for entry in entries:
        if entry.get("outcome") == ACCEPTED:
            checked[entry["base"], entry["head"]] = entry
        elif entry["event"] == "landed" and "received_at" in entry:
            before = checked.get((entry["base"], entry["head"]), {})
            if (entry["received_at"], entry["actor"]) != (before.get("at"), before.get("actor")):
                yield f"#{entry['sequence']} received"
        move = pushed.get((entry["base"], entry["head"]))
        apart = datetime.fromisoformat(entry["at"]) - datetime.fromisoformat(entry.get("clock", entry["at"]))
        if not demo and abs(apart) > TOLERANCE:
            yield f"#{entry['sequence']} at"
        if move is None:
            # What lies before the first push that Git remembers it may have forgotten (gc.reflogExpire).
            if entry["event"] == "landed" and (remembered or not pushed):
                yield f"#{entry['sequence']} head"
            continue
        remembered = True
        yield from (f"#{entry['sequence']} {what}" for what in _against(entry, move, demo=demo))


def _against(entry: Mapping[str, Any], move: Move, *, demo: bool) -> Iterator[str]:
    clock = entry.get("clock") or (None if demo else entry["at"])
    if clock is not None:
        own = datetime.fromisoformat(clock)
        landed_elsewhen = entry["event"] == "landed" and abs(own - move.at) > TOLERANCE
        received_after = entry.get("outcome") == ACCEPTED and own > move.at + TOLERANCE
        if landed_elsewhen or received_after:
            yield "clock"
    by_key = move.address.startswith("ssh:")
    if by_key and entry.get("outcome", ACCEPTED) == ACCEPTED and entry["event"] != OVERTAKEN:
        if entry.get("identity", move.address) != move.address:
            yield "identity"
        if entry["actor"] not in {move.name, move.address}:
            yield "actor"
