"""In time: what is handed in, certified or selected inside its window, and new signatures that are of now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime

from licheng.core.calendar import Window
from licheng.core.certification import Capacity, Certification, Decision, Event
from licheng.core.change import Operation, Proposal
from licheng.core.dates import TAIPEI
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.authority import may_decide
from licheng.policy.calendar import SUBMITTED, find_windows
from licheng.policy.certification import AHEAD, NEW_FOR, changed, item_of
from licheng.policy.delegations import delegated
from licheng.policy.enrolment import level_on
from licheng.policy.keys import is_enrolled
from licheng.policy.waivers import allows

Late = tuple[Place, str, str, str, str]


def submission_windows(record: Record, owner: Student, school: School) -> list[Window]:
    """The windows in which an item may be handed in: its term's, or for an activity those of the year's two terms."""
    return [window for term in _terms(record) for window in _of_level(record.kind, "submission", term, owner, school)]


def _terms(record: Record) -> tuple[Term, ...]:
    if record.term is not None:
        return (record.term,)
    assert record.year is not None  # noqa: S101 - an activity's path has a year
    return Term(record.year, 1), Term(record.year, 2)


def _of_level(category: str, stage: str, term: Term, owner: Student, school: School) -> Iterator[Window]:
    level = level_on(owner, term.last_day)
    if level is not None:
        yield from find_windows(school, term, category, stage, level)


def late(proposal: Proposal) -> Iterator[Late]:
    """What arrived outside its window without a waiver: place, stage, day received, first and last day of the window.

    A student's own withdrawal, a revocation and a reaffirmation are always in time.
    """
    for student in proposal.students_after.values():
        yield from _late_items(student, proposal)
        yield from _late_decisions(student, proposal)
        yield from _late_selections(student, proposal)


def _late_items(student: Student, proposal: Proposal) -> Iterator[Late]:
    touched = {path.rpartition("/")[0] for path in proposal.paths}
    for item in student.of(*SUBMITTED):
        if item.folder in touched and item.data["submitted"] is True:
            on = _received(item.folder, proposal)
            below = item.folder.removeprefix(f"{student.folder}/")
            windows = submission_windows(item, student, proposal.before)
            if not _is_open(windows, on) and not allows(student, below, "submission", on, proposal.before):
                yield _late(item.at("submitted"), "submission", on, windows)


def _late_decisions(student: Student, proposal: Proposal) -> Iterator[Late]:
    for event, payload in _new_decisions(student, proposal):
        if payload.decision in {Decision.CERTIFIED, Decision.RETURNED}:
            on = _received(event.path, proposal)
            term = Term.parse(event.item.split("/")[1])
            windows = list(_of_level("course-output", "certification", term, student, proposal.before))
            if not _is_open(windows, on) and not allows(student, event.item, "certification", on, proposal.before):
                yield _late(Place(event.path), "certification", on, windows)


def _late_selections(student: Student, proposal: Proposal) -> Iterator[Late]:
    for record in student.of("selection"):
        if record.path in proposal.paths:
            on = _received(record.path, proposal)
            windows = list(_selection_windows(record.identity["batch"], student, on, proposal.before))
            if not _is_open(windows, on):
                yield _late(record.at(), "selection", on, windows)


def _selection_windows(batch: str, student: Student, on: date, school: School) -> Iterator[Window]:
    level = level_on(student, on)
    for calendar in school.calendars.values():
        for window in calendar.windows:
            of_batch = window.stage == "selection" and (window.batch or "regular") == batch
            if of_batch and level in window.levels:
                yield window


def _received(key: str, proposal: Proposal) -> date:
    return proposal.received.get(key, proposal.now).astimezone(TAIPEI).date()


def _is_open(windows: Iterable[Window], on: date) -> bool:
    return any(window.opens <= on <= window.closes for window in windows)


def _late(place: Place, stage: str, on: date, windows: list[Window]) -> Late:
    opens = min((window.opens.isoformat() for window in windows), default="-")
    closes = max((window.closes.isoformat() for window in windows), default="-")
    return place, stage, on.isoformat(), opens, closes


def untimely(proposal: Proposal) -> Iterator[tuple[str, str]]:
    """New signatures that do not hold now: path, and why.

    A new event's key and authority are valid both at the time that it states (the check says so) and now, and that
    time is at most 14 days past and 5 minutes ahead.
    """
    for student in proposal.students_after.values():
        for event, payload in _new_decisions(student, proposal):
            reason = _not_of_now(payload, student, proposal)
            if reason is not None:
                yield event.path, reason
    for path, when in _signed_at(proposal):
        if path in proposal.paths and not _is_new(when, proposal.now):
            yield path, "time"


def _new_decisions(student: Student, proposal: Proposal) -> Iterator[tuple[Event, Certification]]:
    added = {change.path for change in proposal.changes if change.operation is Operation.ADD}
    for event in student.events:
        if event.path in added and event.payload is not None:
            yield event, event.payload


def other_files(proposal: Proposal) -> Iterator[tuple[str, tuple[str, ...]]]:
    """New decisions that are about other files than the item has at head: path, the files that differ.

    A return and a revocation too: what the student reads is said of what is there.
    """
    for student in proposal.students_after.values():
        for event, payload in _new_decisions(student, proposal):
            item = item_of(event, student)
            files = changed(item, payload, student) if item is not None else ()
            if files:
                yield event.path, files


def _is_new(when: datetime, now: datetime) -> bool:
    return now - NEW_FOR <= when <= now + AHEAD


def _not_of_now(payload: Certification, student: Student, proposal: Proposal) -> str | None:
    school, now = proposal.before, proposal.now
    if not _is_new(payload.issued_at, now):
        return "time"
    mine = [key for key in school.trust.keys_of(payload.certifier) if key.fingerprint == payload.key_fingerprint]
    if not any(key.ending is None and key.valid_at(now) and is_enrolled(key, school) for key in mine):
        return "key"
    as_of_now = replace(payload, issued_at=max(now, payload.issued_at))
    if not may_decide(as_of_now, student, school):
        return "authority"
    if payload.capacity is Capacity.SUBSTITUTE and not delegated(as_of_now, student, school):
        return "authority"
    return None


def _signed_at(proposal: Proposal) -> Iterator[tuple[str, datetime]]:
    """When everything else that the change holds says that it was signed."""
    trust = proposal.after.trust
    yield from ((delegation.path, delegation.issued_at) for delegation in trust.delegations)
    yield from ((override.path, override.signed_at) for override in trust.overrides)
    yield from ((appointment.path, appointment.signed_at) for appointment in trust.appointments)
    for student in proposal.students_after.values():
        yield from ((waiver.path, waiver.signed_at) for waiver in student.waivers)
    yield from _key_times(proposal)


def _key_times(proposal: Proposal) -> Iterator[tuple[str, datetime]]:
    """A new key may start later, but not long ago; a new ending is of now."""
    enrolled = {(key.path, key.index): key for key in proposal.before.trust.keys}
    for key in proposal.after.trust.keys:
        before = enrolled.get((key.path, key.index))
        if before is None:
            yield key.path, min(key.valid_from, proposal.now)
        if key.ending is not None and (before is None or before.ending is None):
            yield key.path, key.ending.at
