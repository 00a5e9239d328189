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
    delegation = school.trust.delegation(certification.delegation_digest or "")
    if delegation is None or is_void(delegation, school):
        return False
    term = Term.parse(certification.term)
    return (
        (delegation.substitute, delegation.principal) == (certification.certifier, certification.acting_for)
        and (certification.term, certification.course) in delegation.courses
        and delegation.starts <= certification.issued_at <= delegation.ends
        and bool(capacities(delegation.principal, student, school, term, certification.course))
    )


def lasts(delegation: Delegation, school: School, on: date) -> bool:
    """Whether a delegation counts at some time of a day, Asia/Taipei, and its substitute holds a post."""
    if is_void(delegation, school) is not None or not holds(delegation.substitute, school, on):
        return False  # and its times may be none
    starts, ends = (when.astimezone(TAIPEI).date() for when in (delegation.starts, delegation.ends))
    return starts <= on <= ends


def is_invalid(delegation: Delegation, school: School) -> str | None:
    """Why a delegation counts for nothing, or None."""
    if delegation.fault is not None:
        return delegation.fault  # and its times are none
    signature, on = delegation.signature, delegation.issued_at.astimezone(TAIPEI).date()
    if signature is None or signature.fault is not None or signature.fingerprint != delegation.key_fingerprint:
        return "signature"
    if delegation.repository != school.trust.repository:
        return "repository"
    by, principal, substitute = delegation.by, delegation.principal, delegation.substitute
    # The teacher; the executive secretary for one who has left, and so cannot sign, but never to themselves.
    for_absent = holds(by, school, on, SECRETARY) and not holds(principal, school, on) and substitute != by
    if not (holds(by, school, on) if by == principal else for_absent):
        return "signer"
    if substitute == principal:
        return "itself"
    known = (key for key in school.trust.keys_of(by) if key.made(signature))
    if not any(keys.counts(key, delegation.digest, delegation.issued_at, school) for key in known):
        return "key"
    return None


def is_void(delegation: Delegation, school: School) -> str | None:
    """The code of what makes a delegation count for nothing, or None."""
    if is_invalid(delegation, school) is not None:
        return "DLG001"
    return next((code for code, _ in senseless(delegation, school)), None)


def senseless(delegation: Delegation, school: School) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Why a delegation that is well signed means nothing: code and values, each code at most once."""
    starts, ends, issued = delegation.starts, delegation.ends, delegation.issued_at
    on = issued.astimezone(TAIPEI).date()
    if not holds(delegation.substitute, school, on):
        yield "DLG002", {"substitute": delegation.substitute}
    own = {
        (term, course)
        for term, course in delegation.courses
        for section in school.offerings.get(Term.parse(term), {}).get(course, {}).get("sections", ())
        if any(delegation.principal in assigned(section, field) for field in TEACHES.values())
    }  # in any section and at any time of the term
    foreign = sorted({f"{term}/{course}" for term, course in {*delegation.courses} - own})
    others = (other for other in school.trust.delegations if other.digest != delegation.digest)
    received = {pair for other in others if other.substitute == delegation.principal for pair in other.courses}
    # What the principal has only from somebody else's delegation cannot be passed on: there is one level.
    passed_on = tuple(course for course in foreign if tuple(course.split("/", 1)) in received)
    unassigned = tuple(course for course in foreign if course not in passed_on)
    if unassigned:
        yield "DLG003", {"principal": delegation.principal, "course": unassigned}
    disorders = {
        "backwards": ends <= starts,
        "over": ends <= issued,
        "distant": starts - issued > timedelta(days=DELEGATION_DAYS),
        "begun": issued - starts > BEFORE_SIGNED,
    }
    disorder = next((name for name, is_so in disorders.items() if is_so), None)
    if disorder is not None:
        yield "DLG004", {"disorder": disorder, "starts": _shown(starts), "ends": _shown(ends)}
    book = school.rulebooks.on(on)
    limit = book.delegation_days if book is not None else DELEGATION_DAYS
    if ends - starts > timedelta(days=limit):
        yield "DLG005", {"days": (ends - starts).days, "limit": limit}
    if passed_on:
        yield "DLG006", {"principal": delegation.principal, "course": passed_on}


def _shown(when: datetime) -> str:
    """The school's time, to the minute."""
    return f"{when.astimezone(TAIPEI):%Y-%m-%dT%H:%M}"
