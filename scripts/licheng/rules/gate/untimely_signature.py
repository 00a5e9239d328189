"""A new signature that is too old, of the future, or of a key or person that does not count any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from licheng.core.certification import Capacity, Certification, Event
from licheng.core.change import Proposal
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.student import Student
from licheng.core.trust import Key, Trust
from licheng.policy.authority import may_decide
from licheng.policy.certification import is_new, new_event_fault
from licheng.policy.changes import author_of
from licheng.policy.delegations import delegated
from licheng.policy.gate import new_decisions
from licheng.policy.keys import is_enrolled
from licheng.policy.statements import has_key


@rule("GAT010", "untimely-signature", scope="change", always=True)
def untimely_signature(this: Rule, proposal: Proposal) -> Iterator[Finding]:
    """What is new must be right both at the time that it states and now: so nothing can be backdated.

    A new event's key and authority are valid both at the time that it states (the check says so) and now, and that
    time is at most 14 days past and 5 minutes ahead; of a passkey's certification at most half of the hours until it
    takes effect.
    """
    for student in proposal.students_after.values():
        for event, payload in new_decisions(student, proposal):
            reason = _not_of_now(event, payload, student, proposal)
            if reason is not None:
                yield this.finding(Place(event.path), untimely=reason)
    for change in proposal.after.trust.changes:
        if not has_key(change, proposal.before, proposal.now, author_of(change, proposal)):
            yield this.finding(Place(change.path), untimely="key")
    for path, when in _signed_at(proposal):
        if path in proposal.paths and not is_new(when, proposal.now):
            yield this.finding(Place(path), untimely="time")


def _not_of_now(event: Event, payload: Certification, student: Student, proposal: Proposal) -> str | None:
    school, now = proposal.before, proposal.now
    if new_event_fault(event, payload, school, now) is not None:
        return "passkey-time" if is_new(payload.issued_at, now) else "time"
    mine = [key for key in school.trust.keys_of(payload.certifier) if key.fingerprint == payload.key_fingerprint]
    if not any(key.ending is None and key.valid_at(now) and is_enrolled(key, school) for key in mine):
        return "key"
    as_of_now = payload._replace(issued_at=max(now, payload.issued_at))
    if not may_decide(as_of_now, student, school):
        return "authority"
    if payload.capacity is Capacity.SUBSTITUTE and not delegated(as_of_now, student, school):
        return "authority"
    return None


def _signed_at(proposal: Proposal) -> Iterator[tuple[str, datetime]]:
    """When everything else that the change holds says that it was signed."""
    trust = proposal.after.trust
    yield from ((delegation.path, delegation.issued_at) for delegation in trust.delegations)
    yield from ((change.path, change.at) for change in trust.changes)
    yield from ((omission.path, omission.signed_at) for omission in trust.omissions)
    yield from ((override.path, override.signed_at) for override in trust.overrides)
    yield from ((appointment.path, appointment.signed_at) for appointment in trust.appointments)
    for student in proposal.students_after.values():
        yield from ((waiver.path, waiver.signed_at) for waiver in student.waivers)
        yield from ((claim.path, claim.signed_at) for claim in student.claims)
    # A new key may start later, but not long ago; a new ending is of now.
    enrolled = {(key.path, key.index): key for key in _keys(proposal.before.trust, proposal.students_before)}
    for key in _keys(trust, proposal.students_after):
        before = enrolled.get((key.path, key.index))
        if before is None:
            yield key.path, min(key.valid_from, proposal.now)
        if key.ended_at is not None and (before is None or before.ended_at is None):
            yield key.path, key.ended_at


def _keys(trust: Trust, students: Mapping[str, Student]) -> Iterator[Key]:
    """Those of staff, and of the students whom the change touches."""
    yield from trust.keys
    for student in students.values():
        yield from student.keys
