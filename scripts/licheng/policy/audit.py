"""Who did what and when (肆.三: whoever records or certifies falsely answers for it).

Who somebody is follows from the login that the receipt log holds, or from a signature that verifies; what a commit or
an unverified payload says of itself is a claim and shown as one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from itertools import chain
from typing import Any

from licheng.core.change import Change
from licheng.core.dates import TAIPEI, day
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.core.trust import StatedChange
from licheng.policy import claims, statements, waivers
from licheng.policy.certification import verified
from licheng.policy.enrolment import level_on
from licheng.policy.receiving.confirming import is_to
from licheng.policy.receiving.versions import members, named, receipts


@dataclass(frozen=True)
class Past:
    """A commit of the history.

    Attributes:
        parents: how many.
        made: UTC, as it says of itself.
        author: as it says of itself.
        changes: of the paths asked about.
    """

    sha: str
    parents: int
    made: datetime
    author: str
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Landing:
    """A push that main took: who brought which commits.

    Attributes:
        sequence: the line of the receipt log.
        at: when it was received, UTC.
        glass: why a coordinator broke the glass; empty normally.
    """

    sequence: int
    at: datetime
    actor: str
    base: str
    head: str
    glass: str = ""


@dataclass(frozen=True, order=True)
class Deed:
    """One thing that somebody did; in one order wherever it is told, as a backup keeps a digest of all.

    Attributes:
        at: UTC; by the receipt, or where there is none as claimed.
        what: add, change, delete; refused; a decision; stated, delegated, waived, key-ended, submitted, exported,
            received, notified.
        who: who it was, established by a login or a valid signature; empty where nothing establishes it.
        claims: what it says of itself, where that is not established.
        proof: receipt, signature, record, or none.
        commit: the commit, or empty.
        receipt: the line of the receipt log, or 0.
        detail: codes of what is wrong, or what was submitted.
    """

    at: datetime
    what: str
    path: str
    who: str = ""
    claims: str = ""
    proof: str = "none"
    commit: str = ""
    receipt: int = 0
    detail: str = ""


def landings(entries: Iterable[Mapping[str, Any]], known: Mapping[str, tuple[str, ...]]) -> list[Landing]:
    """The pushes that main took, in their order.

    Where the server stopped between accepting and landing there is no line `landed`; what is on main has landed.
    """
    accepted: dict[tuple[str, str], Landing] = {}
    landed: list[Landing] = []
    for entry in entries:
        key = (entry.get("base", ""), entry.get("head", ""))
        if entry["event"] == "received" and entry.get("outcome") == "accepted":
            accepted[key] = _landing(entry)
        elif entry["event"] == "landed":
            landed.append(accepted.pop(key, _landing(entry)))
    return [*landed, *(landing for landing in accepted.values() if landing.head in known)]


def _landing(entry: Mapping[str, Any]) -> Landing:
    at = datetime.fromisoformat(entry["at"])
    return Landing(entry["sequence"], at, entry["actor"], entry["base"], entry["head"], entry.get("glass", ""))


def bind(known: Mapping[str, tuple[str, ...]], landed: Iterable[Landing]) -> dict[str, Landing]:
    """Which push brought each commit; those that were there before, or that no receipt is about, are left out.

    Args:
        known: the parents of every commit of main.
        landed: in their order.
    """
    seen: set[str] = set()
    brought: dict[str, Landing] = {}
    for landing in landed:
        seen |= _reached(landing.base, known, seen)
        fresh = _reached(landing.head, known, seen)
        brought |= dict.fromkeys(fresh, landing)
        seen |= fresh
    return brought


def _reached(start: str, known: Mapping[str, tuple[str, ...]], seen: set[str]) -> set[str]:
    reached: set[str] = set()
    waiting = [start]
    while waiting:
        sha = waiting.pop()
        if sha in known and sha not in seen and sha not in reached:
            reached.add(sha)
            waiting += known[sha]
    return reached


def recorded(history: Iterable[Past], brought: Mapping[str, Landing]) -> Iterator[Deed]:
    """What commits did; a merge only where it brings what no other commit did."""
    commits = list(history)
    plain = {(change.path, change.blob) for past in commits if past.parents < 2 for change in past.changes}
    for past in commits:
        landing = brought.get(past.sha)
        for change in past.changes:
            what, path = change.operation.value, change.path
            if past.parents > 1 and (path, change.blob) in plain:
                continue
            if landing is None:
                yield Deed(past.made, what, path, claims=past.author, commit=past.sha)
            else:
                by, line = landing.actor, landing.sequence
                yield Deed(landing.at, what, path, by, past.author, "receipt", past.sha, line, landing.glass)


def tried(entries: Iterable[Mapping[str, Any]], paths: Iterable[str]) -> Iterator[Deed]:
    """Pushes about these paths that were refused."""
    wanted = tuple(paths)
    for entry in entries:
        if entry.get("outcome") in {"refused", "undecided"}:
            for path in sorted(entry.get("things", {})):
                if any(is_below(path, top) for top in wanted):
                    codes = " ".join(entry.get("codes", ()))
                    at = datetime.fromisoformat(entry["at"])
                    yield Deed(at, "refused", path, entry["actor"], "", "receipt", "", entry["sequence"], codes)


def is_below(path: str, top: str) -> bool:
    """Whether a path is another one or lies below it."""
    return path == top or path.startswith(f"{top}/")


def decided(student: Student, school: School) -> Iterator[Deed]:
    """Decisions on a student's items, each with what is wrong with it."""
    for judged in chain.from_iterable(verified(student, school).values()):
        event, payload = judged.event, judged.event.payload
        if payload is not None:
            codes = " ".join(sorted({fault.code for fault in judged.faults}))
            yield _signed(payload.issued_at, payload.decision.value, event.path, payload.certifier, codes)


def around(student: Student, school: School) -> Iterator[Deed]:
    """Waivers and claims of a student; delegations and endings of keys that the student's decisions rest on."""
    for waiver in student.waivers:
        yield _signed(waiver.signed_at, "waived", waiver.path, waiver.by.staff, waivers.fault(waiver, school) or "")
    for claim in student.claims:
        yield _signed(claim.signed_at, "claimed", claim.path, claim.by.staff, claims.fault(claim, school) or "")
    payloads = [event.payload for event in student.events if event.payload is not None]
    cited = {payload.delegation_digest for payload in payloads}
    for delegation in school.trust.delegations:
        if delegation.digest in cited:
            fault = delegation.fault or (delegation.signature.fault if delegation.signature else "missing") or ""
            yield _signed(delegation.issued_at, "delegated", delegation.path, delegation.by, fault)
    used = {payload.key_fingerprint for payload in payloads}
    for key in school.trust.keys:
        if key.ending is not None and key.fingerprint in used:
            by = key.ending.by
            yield _signed(key.ending.at, "key-ended", key.path, by.staff, by.signature.fault or "")


def _signed(at: datetime, what: str, path: str, who: str, fault: str) -> Deed:
    if fault:
        return Deed(at, what, path, claims=who, detail=fault)
    return Deed(at, what, path, who, proof="signature")


def stated(
    signed: Iterable[StatedChange], paths: Iterable[str], school: School, student: Student | None = None
) -> Iterator[Deed]:
    """What staff signed of their changes to these paths, which an intake account or they themselves then brought.

    Or what a student signed of hers.
    """
    wanted = tuple(paths)
    for change in signed:
        for entry in change.entries:
            if any(is_below(entry.path, top) for top in wanted):
                yield _signed(
                    change.at, "stated", entry.path, change.account, statements.fault(change, school, student) or ""
                )


def submitted(student: Student, school: School) -> Iterator[Deed]:
    """Rosters that were made, or submitted to the agency, in whose period the student was of one of their levels."""
    for kind, what, proof in (("agency-submission", "submitted", "record"), ("roster-export", "exported", "export")):
        for record in school.of(kind):
            term = Term.parse(record.data["term"]) if "term" in record.data else Term(int(record.identity["year"]), 2)
            # As an export tells the level: on the last day of the period, or on its own before that.
            if level_on(student, min(day(record.data[f"{what}_on"]), term.last_day)) in record.data["levels"]:
                yield _told(record, what, proof, f"{record.data['roster']} {record.data['rows']}")


def received(student: Student, school: School) -> Iterator[Deed]:
    """Receipts in which the student is, with how often something of theirs differed, and the notices of them."""
    mine = {which for which, inside in members(school).items() if student.id in inside}
    for which in sorted(mine):
        record = receipts(school)[which]
        own = [each["fault"] for each in record.data["differences"] if each.get("student") == student.id]
        yield _told(record, "received", "receipt-record", f"{which} {len(own)}")
    for notice in school.of("receipt-notice"):
        if named(notice) not in mine:
            continue
        if is_to(notice, student.id, members(school)[named(notice)][student.id].class_name):
            yield _told(notice, "notified", "receipt-record", f"{named(notice)} {notice.data['how']}")


def _told(record: Record, what: str, proof: str, detail: str) -> Deed:
    """What a record says that somebody did on a day: their own word."""
    on = day(next(record.data[name] for name in (f"{what}_on", "on") if name in record.data))
    at = datetime.combine(on, time(), TAIPEI)
    return Deed(at, what, record.path, claims=record.data["by"], proof=proof, detail=detail)
