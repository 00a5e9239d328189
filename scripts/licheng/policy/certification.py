"""Certifications judged: each property of a decision, the chain of an item's decisions, and the state that follows.

The order is that of the verification: form, signature, repository, item, chain, time, key, authority, rulebook; then
content, which makes a right certification stale when the item has changed since. States are derived, never stored.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from licheng.core.certification import REASONS, Capacity, Certification, Decision, Event, SubjectFile
from licheng.core.dates import TAIPEI
from licheng.core.finding import Value
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.core.trust import Claim
from licheng.policy import claims, keys
from licheng.policy.authority import may_decide
from licheng.policy.delegations import delegated

NEW_FOR = timedelta(days=14)
AHEAD = timedelta(minutes=5)  # a clock may be fast by minutes


class VerificationStep(StrEnum):
    """A property of a certification, in the order of their verification."""

    FORM = "form"
    SIGNATURE = "signature"
    REPOSITORY = "repository"
    ITEM = "item"
    CHAIN = "chain"
    TIME = "time"
    KEY = "key"
    AUTHORITY = "authority"
    RULEBOOK = "rulebook"
    CONTENT = "content"


@dataclass(frozen=True, slots=True)
class Fault:
    """A property that does not hold: the step, the code of the finding, its values."""

    step: VerificationStep
    code: str
    values: Mapping[str, Value] = field(default_factory=dict)


class State(StrEnum):
    """What an item is, from its own `submitted` and the decisions that hold."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CERTIFIED = "certified"
    CLAIMED = "claimed"
    RETURNED = "returned"
    STALE = "stale"
    REVOKED = "revoked"


# Handed in, and somebody has yet to decide on what is there now.
WAITING = frozenset({State.SUBMITTED, State.STALE})
# What may be selected and released: certified here, or before the school began here on another platform, and unchanged.
USABLE = frozenset({State.CERTIFIED, State.CLAIMED})


class ItemState(NamedTuple):
    """An item's state, the decision or the claim that made it, and the files that have changed since.

    Attributes:
        pending_until: the first day on which a passkey's certification takes effect; None where nothing is waited for.
    """

    state: State
    event: Event | None = None
    changed: tuple[str, ...] = ()
    claim: Claim | None = None
    pending_until: date | None = None

    @property
    def settled(self) -> bool:
        """Whether the item may leave the school: certified or claimed, unchanged, and in effect."""
        return self.state in USABLE and self.pending_until is None


class VerifiedEvent(NamedTuple):
    """An event with everything that is wrong with it; it counts only when nothing is."""

    event: Event
    faults: tuple[Fault, ...]


class Property(NamedTuple):
    """One property of one decision: the fault, or None where it holds."""

    step: VerificationStep
    fault: Fault | None


class ItemVerdict(NamedTuple):
    """What can be said of an item: its state, and each decision with its properties."""

    item: str
    state: ItemState
    decisions: tuple[tuple[VerifiedEvent, tuple[Property, ...]], ...]

    @property
    def holds(self) -> bool:
        """Whether every decision holds and the last is about what is there now."""
        every = all(not judged.faults for judged, _ in self.decisions)
        return bool(self.decisions) and every and not self.state.changed


def subject_of(item: Record, student: Student) -> tuple[SubjectFile, ...]:
    """The complete list of an item's files as they are now, sorted: what a certification signs."""
    data = item.text.encode()
    own = SubjectFile(item.path.rpartition("/")[2], len(data), hashlib.sha256(data).hexdigest())
    beside = (SubjectFile(file.name, file.size, file.sha256 or "") for file in student.files_in(item.folder))
    return tuple(sorted((own, *beside)))


def item_of(event: Event, student: Student) -> Record | None:
    """The item that an event's path names."""
    return student.outputs.get(f"{student.folder}/{event.item}")


@lru_cache(maxsize=4)
def verified(student: Student, school: School) -> Mapping[str, tuple[VerifiedEvent, ...]]:
    """All decisions on a student's items, each judged, by item and in the order of their sequence."""
    by_item: dict[str, list[Event]] = defaultdict(list)
    for event in sorted(student.events, key=lambda event: (event.item, event.sequence, event.path)):
        by_item[event.item].append(event)
    return {
        item: tuple(VerifiedEvent(event, tuple(faults(event, events, student, school))) for event in events)
        for item, events in by_item.items()
    }


@lru_cache(maxsize=4)
def faulty(student: Student, school: School) -> tuple[VerifiedEvent, ...]:
    """Those decisions that do not count, in the same order."""
    return tuple(judged for events in verified(student, school).values() for judged in events if judged.faults)


def faults(event: Event, siblings: list[Event], student: Student, school: School) -> Iterator[Fault]:
    """Every property of a decision that does not hold, in order; without a form or a signature there is no other."""
    payload = event.payload
    if payload is None:
        yield Fault(VerificationStep.FORM, "CER001", {"reason": event.fault or ""})
        return
    signature = event.signature
    if signature is None:
        yield Fault(VerificationStep.SIGNATURE, "CER017", {"file": f"{event.path}.sig"})
    elif signature.fault is not None:
        yield Fault(
            VerificationStep.SIGNATURE, "CER002" if signature.malformed else "CER003", {"reason": signature.fault}
        )
    elif signature.fingerprint != payload.key_fingerprint:
        yield Fault(VerificationStep.SIGNATURE, "CER003", {"reason": "other-key"})
    else:
        yield from _misstated(event, payload, student, school)
        yield from _unauthorised(event, payload, student, school)
        yield from _out_of_order(event, payload, siblings)


def _misstated(event: Event, payload: Certification, student: Student, school: School) -> Iterator[Fault]:
    """What a decision says of itself: its repository, its item, its reason, its time."""
    if payload.repository != school.trust.repository:
        yield Fault(VerificationStep.REPOSITORY, "CER004", {"found": payload.repository[:12]})
    term = event.item.split("/")[1]
    stated = {"item": payload.item, "student": payload.student, "kind": payload.kind, "term": payload.term}
    expected = {"item": event.item, "student": student.id, "kind": "course-output", "term": term}
    stated |= {"sequence": str(payload.sequence), "decision": payload.decision}
    expected |= {"sequence": str(event.sequence), "decision": event.decision}
    item = item_of(event, student)
    if item is not None and not changed(item, payload, student):
        stated, expected = stated | {"course": payload.course}, expected | {"course": item.data["course"]}
    other = next((name for name, value in stated.items() if value != expected[name]), None)
    if other is not None:
        yield Fault(
            VerificationStep.ITEM, "CER005", {"field": other, "found": stated[other], "expected": expected[other]}
        )
    needs_reason = payload.decision in {Decision.RETURNED, Decision.REVOKED}
    if payload.reason_code not in (REASONS if needs_reason else (None,)):
        yield Fault(VerificationStep.FORM, "CER015", {"found": payload.reason_code or "", "allowed": REASONS})
    if payload.issued_at.astimezone(TAIPEI).date() > school.today:
        yield Fault(
            VerificationStep.TIME, "CER008", {"issued": _shown(payload.issued_at), "limit": school.today.isoformat()}
        )


def _unauthorised(event: Event, payload: Certification, student: Student, school: School) -> Iterator[Fault]:
    """Whether the decision is the certifier's to make: by a key that counts, in that capacity, under the rulebook."""
    certifier, fingerprint = payload.certifier, payload.key_fingerprint
    theirs = [key for key in school.trust.keys_of(certifier) if key.fingerprint == fingerprint]
    enrolled = [key for key in theirs if key.made(event.signature) and keys.is_enrolled(key, school)]
    if not any(keys.in_time(key, event.digest, payload.issued_at) for key in enrolled):
        ended = any(key.ending is not None for key in enrolled)
        values = {"certifier": certifier, "fingerprint": fingerprint}
        origin = event.signature.origin if event.signature is not None else None
        if origin is not None and theirs and not any(key.made(event.signature) for key in theirs):
            values |= {"case": "elsewhere", "origin": origin}  # a passkey is for some pages and some things
        yield Fault(VerificationStep.KEY, "CER010" if ended else "CER009", values)
    if f"ssh:{fingerprint}" in school.identities.get(student.id, ()):
        yield Fault(VerificationStep.AUTHORITY, "CER012", {"certifier": certifier})
    elif not may_decide(payload, student, school):
        values = {"certifier": certifier, "capacity": payload.capacity.value, "course": payload.course}
        offered = school.offerings.get(Term.parse(payload.term))
        if offered is not None and payload.course not in offered:  # the course's fault, not the certifier's
            values = {"case": "no-course", "term": payload.term, "course": payload.course}
        yield Fault(VerificationStep.AUTHORITY, "CER011", values)
    elif payload.capacity is Capacity.SUBSTITUTE and not delegated(payload, student, school):
        yield Fault(
            VerificationStep.AUTHORITY, "CER013", {"certifier": certifier, "principal": payload.acting_for or ""}
        )
    book = school.rulebooks.for_term(Term.parse(payload.term))
    if book is None or (payload.rulebook, payload.rulebook_digest) != (book.in_force_from.isoformat(), book.digest):
        yield Fault(VerificationStep.RULEBOOK, "CER014", {"found": payload.rulebook})


def _out_of_order(event: Event, payload: Certification, siblings: list[Event]) -> Iterator[Fault]:
    """What is wrong with a decision's place in the chain of its item's decisions."""
    if sum(other.sequence == event.sequence for other in siblings) > 1:
        yield Fault(VerificationStep.CHAIN, "CER007", {"sequence": event.sequence})
    before = [other for other in siblings if other.sequence == event.sequence - 1]
    expected = {other.digest for other in before} if event.sequence > 1 else {None}
    earlier = [other.payload for other in before if other.payload is not None]
    certified = [past for past in earlier if past.decision in {Decision.CERTIFIED, Decision.REAFFIRMED}]
    # What is revoked or reaffirmed has been certified; what is reaffirmed is the very same files.
    follows = {
        Decision.REVOKED: bool(certified),
        Decision.REAFFIRMED: any(past.subject == payload.subject for past in certified),
    }
    if payload.previous not in expected or not follows.get(payload.decision, True):
        yield Fault(VerificationStep.CHAIN, "CER006", {"sequence": event.sequence})
    for other in before:
        if other.payload is not None and payload.issued_at < other.payload.issued_at:
            yield Fault(VerificationStep.TIME, "CER008", {"issued": _shown(payload.issued_at), "limit": other.path})


def _shown(when: datetime) -> str:
    return when.isoformat(timespec="seconds").replace("+00:00", "Z")


def is_new(when: datetime, now: datetime, within: timedelta = NEW_FOR) -> bool:
    """Whether what says that it was signed at a time may come in now: lately, by default in 14 days, and not ahead."""
    return now - within <= when <= now + AHEAD


def new_event_fault(event: Event, payload: Certification, school: School, now: datetime) -> Fault | None:
    """What holds for a decision that main has not accepted yet: it is new.

    What takes effect after some hours comes in within the first half of them: whatever time a page let its teacher
    sign, the other half is left to be told of it and to take it back.
    """
    hours = _hours_to_wait(event, school)
    if is_new(payload.issued_at, now, NEW_FOR if hours is None else hours / 2):
        return None
    return Fault(VerificationStep.TIME, "CER008", {"issued": _shown(payload.issued_at), "limit": _shown(now)})


def _hours_to_wait(event: Event, school: School) -> timedelta | None:
    """How long a decision waits until it takes effect: a certification that a passkey signed, by the rulebook.

    A return or a revocation lets nothing out of the school, and counts at once.
    """
    payload, signature = event.payload, event.signature
    if payload is None or signature is None or signature.origin is None:
        return None
    book = school.rulebooks.for_term(Term.parse(payload.term))
    if book is None or payload.decision not in {Decision.CERTIFIED, Decision.REAFFIRMED}:
        return None
    return timedelta(hours=book.passkey_hours)


def _pending_until(event: Event, payload: Certification, school: School) -> date | None:
    """The first day that begins, in Asia/Taipei, when the hours have gone; None when that is past or nothing waits."""
    hours = _hours_to_wait(event, school)
    if hours is None:
        return None
    last = (payload.issued_at + hours - timedelta.resolution).astimezone(TAIPEI).date()
    return last + timedelta(days=1) if school.today <= last else None


def changed(item: Record, payload: Certification | Claim, student: Student) -> tuple[str, ...]:
    """The names of the files that differ from what was signed: edited, added or gone."""
    return tuple(sorted({file.name for file in {*subject_of(item, student)} ^ {*payload.subject}}))


def state(item: Record, student: Student, school: School) -> ItemState:
    """An item's state from `submitted` and its last decision; where any decision is invalid, none counts.

    Otherwise a damaged revocation would leave the certification before it in force. What another platform certified is
    asked only of an item on which nobody here has decided anything, validly or not.
    """
    if item.data["submitted"] is not True:
        return ItemState(State.DRAFT)
    decisions = verified(student, school).get(item.folder.removeprefix(f"{student.folder}/"), ())
    last = decisions[-1].event if decisions else None
    if not decisions and (claim := claims.counted(item, student, school)) is not None:
        differing = changed(item, claim, student)
        return ItemState(State.STALE if differing else State.CLAIMED, None, differing, claim)
    if last is None or last.payload is None or any(judged.faults for judged in decisions):
        return ItemState(State.SUBMITTED)
    differing = changed(item, last.payload, student)
    if last.payload.decision in {Decision.CERTIFIED, Decision.REAFFIRMED}:
        if differing:
            return ItemState(State.STALE, last, differing)
        return ItemState(State.CERTIFIED, last, pending_until=_pending_until(last, last.payload, school))
    if differing:
        return ItemState(State.SUBMITTED, last, differing)  # handed in again after a return
    return ItemState(State.RETURNED if last.payload.decision is Decision.RETURNED else State.REVOKED, last)
