"""What is only ever added to: signed decisions, key endings, receipts, rulebooks in force, announced days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from licheng.core.calendar import Window
from licheng.core.change import Change, Operation, Proposal
from licheng.core.dates import day
from licheng.core.layout import BY_NAME, Lasting, home
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.policy.gate import today
from licheng.policy.permission import kind_of

# Of an enrolled key these never change; its `ended` may be added, and its list may grow.
_ENROLMENT = ("public_key", "valid_from", "proof", "witness")


def is_sealed(path: str) -> bool:
    """Whether a file is of trust or only ever added to: what not even a coordinator changes in an emergency."""
    return path.startswith("content/trust/") or _lasting(path) in {Lasting.ADDED_ONLY, Lasting.NEVER}


def _lasting(path: str) -> Lasting:
    """What may become of the record that a file belongs to; a file of no record is judged by other rules."""
    kind = kind_of(path)
    return BY_NAME[kind].lasting if kind is not None else Lasting.EDITED


def rewritten(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """What was changed or deleted although it is only added to: path, and what of it."""
    for change in proposal.changes:
        lasting = _lasting(change.path)
        added = change.operation is Operation.ADD
        if lasting is Lasting.NEVER or (lasting is Lasting.ADDED_ONLY and not added):
            yield change.path, "record"
        elif lasting is Lasting.GROWS and change.path.endswith(".yaml"):
            what = _rewritten_trust(change, proposal)
            if what is not None:
                yield change.path, what


def _rewritten_trust(change: Change, proposal: Proposal) -> str | None:
    if change.operation is Operation.ADD:
        return None
    before, after = proposal.before.record_at(change.path), proposal.after.record_at(change.path)
    if before is None:
        return None  # what base itself cannot read, nobody can compare
    if after is None:
        return "record"
    if before.kind == "coordinator":
        return None if before.data["from"] == after.data["from"] and "until" not in before.data else "record"
    return _rewritten_keys(before.data["keys"], after.data["keys"])


def _rewritten_keys(before: list[Mapping[str, Any]], after: list[Mapping[str, Any]]) -> str | None:
    if len(after) < len(before):
        return "key"
    for old, new in zip(before, after, strict=False):
        if any(name in old and old[name] != new.get(name) for name in _ENROLMENT):
            return "key"
        if "valid_until" in old and not ("valid_until" in new and new["valid_until"] <= old["valid_until"]):
            return "valid_until"
        if "ended" in old and not _grew(old["ended"], new.get("ended")):
            return "ended"
    return None


def _grew(old: Mapping[str, Any], new: Mapping[str, Any] | None) -> bool:
    """An ending stays; only its list of what still counts may grow, signed anew."""
    if new is None or any(old.get(name) != new.get(name) for name in ("at", "reason", "since")):
        return False
    return set(old["payloads"]) <= set(new["payloads"])


def unaccepted(proposal: Proposal) -> Iterator[tuple[Place, str]]:
    """Digests that the end of a key lists anew although main does not hold what they are of."""
    for record in proposal.after.of("staff-keys"):
        before = proposal.before.record_at(record.path)
        known = _listed(before) if before is not None else frozenset()
        for index, entry in enumerate(record.data["keys"]):
            for position, digest in enumerate(entry.get("ended", {}).get("payloads", ())):
                if digest not in known and digest not in proposal.accepted:
                    yield record.at("keys", index, "ended", "payloads", position), digest


def _listed(record: Record) -> frozenset[str]:
    return frozenset(digest for entry in record.data["keys"] for digest in entry.get("ended", {}).get("payloads", ()))


def is_frozen(path: str, proposal: Proposal) -> bool:
    """Whether a rulebook, or an announcement of the agency, is in force already."""
    found = home(path)
    return (
        found is not None and found.kind.lasting is Lasting.IN_FORCE and day(found.identity["date"]) <= today(proposal)
    )


def shortened(proposal: Proposal) -> Iterator[tuple[Place, str, str, str]]:
    """Windows that have begun and lose days: place, id, new close, announced close."""
    for term, old in proposal.before.calendars.items():
        new = proposal.after.calendars.get(term)
        kept = {window.id: window for window in new.windows} if new is not None else {}
        for window in old.windows:
            now = kept.get(window.id)
            if window.opens <= today(proposal) and not _holds(window, now):
                place = now.place if now is not None else old.record.at("windows")
                closes = now.closes.isoformat() if now is not None else "-"
                yield place, window.id, closes, window.closes.isoformat()


def _holds(old: Window, new: Window | None) -> bool:
    if new is None or (old.category, old.stage, old.batch) != (new.category, new.stage, new.batch):
        return False
    return new.opens <= old.opens and old.closes <= new.closes and old.levels <= new.levels
