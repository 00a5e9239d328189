"""Delegations: a substitute certifies for a teacher, for some courses and days, by a signed record (肆.一, 伍.二).

What is wrong with one is a value: its code and what the code's words name. DLG001 is that it is not signed as it must
be; the others, that it means nothing: to nobody, for a course that is not the teacher's, backwards, for too long, or
passed on. All are judged by the day on which it was signed, so that a later change of posts says nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from licheng.core.certification import Certification
from licheng.core.dates import TAIPEI
from licheng.core.finding import Value
from licheng.core.rulebook import DELEGATION_DAYS
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.core.trust import Delegation
from licheng.policy import keys
from licheng.policy.authority import SECRETARY, TEACHES, assigned, capacities, holds

# How long before its signing a delegation may begin: papers come late, a month at most. What the substitute decides is
# bound more tightly, by the gate: a new decision is at most 14 days old.
BEFORE_SIGNED = timedelta(days=31)


def delegated(certification: Certification, student: Student, school: School) -> bool:
    """Whether a substitute's delegation covered the course at that time, for a teacher who had the capacity."""
    found = school.trust.delegation(certification.delegation_digest or "")
    if found is None or is_void(found, school):
        return False
    term = Term.parse(certification.term)
    return (
        (found.substitute, found.principal) == (certification.certifier, certification.acting_for)
        and (certification.term, certification.course) in found.courses
        and found.starts <= certification.issued_at <= found.ends
        and bool(capacities(found.principal, student, school, term, certification.course))
    )


def is_invalid(delegation: Delegation, school: School) -> str | None:
    """Why a delegation counts for nothing, or None."""
    if delegation.fault is not None:
        return delegation.fault  # and its times are none
    signature, on = delegation.signature, delegation.issued_at.astimezone(TAIPEI).date()
    if signature is None or signature.fault is not None or signature.fingerprint != delegation.key_fingerprint:
        return "signature"
    if delegation.repository != school.trust.repository:
        return "repository"
    if not _may_delegate(delegation, school, on):
        return "signer"
    if delegation.substitute == delegation.principal:
        return "itself"
    known = (key for key in school.trust.keys_of(delegation.by) if key.fingerprint == delegation.key_fingerprint)
    if not any(keys.counts(key, delegation.digest, delegation.issued_at, school) for key in known):
        return "key"
    return None


def _may_delegate(delegation: Delegation, school: School, on: date) -> bool:
    """The teacher; the executive secretary for one who has left, and so cannot sign, but never to themselves."""
    if delegation.by == delegation.principal:
        return holds(delegation.by, school, on)
    alone = delegation.substitute == delegation.by
    return holds(delegation.by, school, on, SECRETARY) and not holds(delegation.principal, school, on) and not alone


def is_void(delegation: Delegation, school: School) -> str | None:
    """The code of what makes a delegation count for nothing, or None."""
    if is_invalid(delegation, school) is not None:
        return "DLG001"
    return next((code for code, _ in senseless(delegation, school)), None)


def senseless(delegation: Delegation, school: School) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Why a delegation that is well signed means nothing: code and values, each code at most once."""
    on = delegation.issued_at.astimezone(TAIPEI).date()
    if not holds(delegation.substitute, school, on):
        yield "DLG002", {"substitute": delegation.substitute}
    pairs = (pair for pair in delegation.courses if not _teaches(delegation.principal, *pair, school))
    foreign = sorted({f"{term}/{course}" for term, course in pairs})
    second = [one for one in foreign if _is_passed_on(delegation, one, school)]
    if foreign and second != foreign:
        others = tuple(one for one in foreign if one not in second)
        yield "DLG003", {"principal": delegation.principal, "course": others}
    order = _disorder(delegation)
    if order is not None:
        yield "DLG004", {"disorder": order, "starts": _shown(delegation.starts), "ends": _shown(delegation.ends)}
    book = school.rulebooks.on(on)
    limit = book.delegation_days if book is not None else DELEGATION_DAYS
    if delegation.ends - delegation.starts > timedelta(days=limit):
        yield "DLG005", {"days": (delegation.ends - delegation.starts).days, "limit": limit}
    if second:
        yield "DLG006", {"principal": delegation.principal, "course": tuple(second)}


def _teaches(staff: str, term: str, course: str, school: School) -> bool:
    """Whether the course is the teacher's own, in any section and at any time of the term."""
    offered = school.offerings.get(Term.parse(term), {}).get(course)
    sections = offered["sections"] if offered is not None else ()
    return any(staff in assigned(one, field) for one in sections for field in TEACHES.values())


def _is_passed_on(delegation: Delegation, course: str, school: School) -> bool:
    """Whether the principal has the course only from somebody else's delegation: there is one level."""
    return any(
        other.substitute == delegation.principal and tuple(course.split("/", 1)) in other.courses
        for other in school.trust.delegations
        if other.digest != delegation.digest
    )


def _disorder(delegation: Delegation) -> str | None:
    if delegation.ends <= delegation.starts:
        return "backwards"
    if delegation.ends <= delegation.issued_at:
        return "over"
    if delegation.starts - delegation.issued_at > timedelta(days=DELEGATION_DAYS):
        return "distant"
    return "begun" if delegation.starts < delegation.issued_at - BEFORE_SIGNED else None


def _shown(when: datetime) -> str:
    """The school's time, to the minute."""
    return f"{when.astimezone(TAIPEI):%Y-%m-%dT%H:%M}"
