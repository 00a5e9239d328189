"""Whether a key counts: enrolled by two people, valid at the time, and not ended without listing what it signed.

Who may be the second person: a coordinator, of the genesis or appointed by two coordinators. The judgements lean on one
another (a witness has a key, that key has a witness), so each carries what is being asked and no circle proves itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.trust import CoordinatorAppointment, Key, Trust, Vouch

Asked = frozenset[tuple[str, int]]
_APPOINTMENT = -1  # stands for a record's appointment where a key's index would


class Signed(NamedTuple):
    """One signed thing: who by it claims to be, by which key, SHA-256 of what is signed in hex, and when, UTC."""

    staff: str
    fingerprint: str | None
    digest: str
    at: datetime


def signed(trust: Trust, students: Iterable[Student]) -> Iterator[Signed]:
    """Everything signed that a school holds: what the end of a key may list, and lists where the key made it."""
    for student in students:
        for event in student.events:
            if event.payload is not None:
                payload = event.payload
                yield Signed(payload.certifier, payload.key_fingerprint, event.digest, payload.issued_at)
        yield from (_signed(waiver.by, waiver.signed_at) for waiver in student.waivers)
        yield from (_signed(claim.by, claim.signed_at) for claim in student.claims)
    for delegation in trust.delegations:
        yield Signed(delegation.by, delegation.key_fingerprint, delegation.digest, delegation.issued_at)
    yield from (
        Signed(change.account, change.signature.fingerprint, change.digest, change.at)
        for change in trust.changes
        if change.signature is not None
    )
    yield from (_signed(override.by, override.signed_at) for override in trust.overrides)
    yield from (_signed(omission.by, omission.signed_at) for omission in trust.omissions)
    # What second people signed, and the instant at which their key had to count.
    for key in trust.keys:
        if key.witness is not None:
            yield _signed(key.witness, key.valid_from)
        if key.ending is not None:
            yield _signed(key.ending.by, key.ending.at)
    yield from (_signed(vouch, each.signed_at) for each in trust.appointments for vouch in each.by)


def _signed(vouch: Vouch, at: datetime) -> Signed:
    return Signed(vouch.staff, vouch.signature.fingerprint, vouch.statement, at)


def counts(key: Key, digest: str, at: datetime, school: School) -> bool:
    """Whether what a key signed counts.

    Args:
        key: which.
        digest: SHA-256 of the signed bytes, in hex; of an ended key only the listed ones count.
        at: when it says that it was signed.
        school: the other keys, and who is a coordinator.
    """
    return is_enrolled(key, school) and in_time(key, digest, at)


def in_time(key: Key, digest: str, at: datetime) -> bool:
    """Whether the key was valid at an instant, and if it has ended, lists the digest; it cannot backdate."""
    if key.ending is not None and (digest not in key.ending.payloads or at > key.ending.at):
        return False
    return key.valid_at(at)


def is_enrolled(key: Key, school: School) -> bool:
    """Whether a key was enrolled as it must be."""
    return fault(key, school) is None


def fault(key: Key, school: School) -> str | None:
    """Why a key counts for nothing: unusable, nobody proved to hold it, nobody else vouched for it or for its end."""
    return _faults(school)[key.path, key.index]


def is_coordinator(staff: str, at: datetime, school: School) -> bool:
    """Whether a person may be the second one at an instant."""
    return _coordinates(staff, at, school, frozenset())


def appointment_fault(appointment: CoordinatorAppointment, school: School) -> str | None:
    """Why an appointment counts for nothing, or None."""
    return None if _appointed(appointment, school, frozenset()) else appointment.fault or "signatures"


def vouched(vouch: Vouch, at: datetime, school: School) -> bool:
    """Whether a signature is that person's, by a key that counted at an instant."""
    return _vouched(vouch, at, school, frozenset())


@lru_cache(maxsize=4)
def _faults(school: School) -> Mapping[tuple[str, int], str | None]:
    return {(key.path, key.index): _fault(key, school, frozenset()) for key in school.trust.keys}


def _fault(key: Key, school: School, asked: Asked) -> str | None:
    if key.fault is not None:
        return "KEY003"
    if key.possession.fault is not None or key.possession.fingerprint != key.fingerprint:
        return "KEY001"
    if key.possession.origin not in (key.origins or {None}):  # proved on a page on which it may not sign
        return "KEY001"
    asked = asked | {(key.path, key.index)}
    # The root of trust itself, which is never a passkey.
    of_genesis = school.trust.coordinators.get(key.staff) == key.fingerprint and not key.is_passkey
    if not of_genesis and not _seconded(key.witness, key.staff, key.valid_from, school, asked):
        return "KEY002"
    if key.ending is not None and not _seconded(key.ending.by, key.staff, key.ending.at, school, asked):
        return "KEY004"
    return None


def _seconded(vouch: Vouch | None, staff: str, at: datetime, school: School, asked: Asked) -> bool:
    """A second person, who was a coordinator, signed with a key that itself counts."""
    if vouch is None or vouch.staff == staff:
        return False
    return _coordinates(vouch.staff, at, school, asked) and _vouched(vouch, at, school, asked)


def _vouched(vouch: Vouch, at: datetime, school: School, asked: Asked) -> bool:
    return any(
        key.made(vouch.signature)
        and (key.path, key.index) not in asked
        and in_time(key, vouch.statement, at)
        and _fault(key, school, asked) is None
        for key in school.trust.keys_of(vouch.staff)
    )


def _coordinates(staff: str, at: datetime, school: School, asked: Asked) -> bool:
    """By an appointment, which for a coordinator of the genesis says only until when; else by the genesis.

    One that does not hold keeps its person out: otherwise a damaged retirement would bring somebody back. What was
    signed only later says nothing of an instant, so that each judgement leans on earlier ones alone.
    """
    appointments = [
        appointment
        for appointment in school.trust.appointments
        if appointment.staff == staff and appointment.signed_at <= at and (appointment.path, _APPOINTMENT) not in asked
    ]
    if appointments:
        return any(appointment.covers(at) and _appointed(appointment, school, asked) for appointment in appointments)
    return staff in school.trust.coordinators


def _appointed(appointment: CoordinatorAppointment, school: School, asked: Asked) -> bool:
    """Two people who are coordinators without this very record signed it."""
    asked = asked | {(appointment.path, _APPOINTMENT)}
    if appointment.fault is not None:
        return False
    signed = {
        vouch.staff
        for vouch in appointment.by
        if _coordinates(vouch.staff, appointment.signed_at, school, asked)
        and _vouched(vouch, appointment.signed_at, school, asked)
    }
    return len(signed) >= 2
