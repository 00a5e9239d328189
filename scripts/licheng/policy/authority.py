"""Who may certify what: the teacher of the course's section, its advising teacher, a substitute, a coordinator (肆.一).

Always judged at the moment of the decision, never by whoever holds the post now.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from licheng.core.certification import Capacity, Certification, Decision
from licheng.core.dates import TAIPEI, optional_day
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy import keys

# By 伍.二 the executive secretary is 教務主任, who appoints a substitute where a teacher has left.
SECRETARY = "academic-dean"
# 註冊組, which records the basic data and the marks (伍.五), answers for what it brings in from another platform.
REGISTRAR = "registrar"
TEACHES = {Capacity.COURSE_TEACHER: "teachers", Capacity.ADVISING_TEACHER: "advising_teachers"}


def sections(student: Student, school: School, term: Term, course: str) -> Iterator[Mapping[str, Any]]:
    """The sections of a course that a student takes in a term, as the offerings describe them."""
    offered = school.offerings.get(term, {}).get(course)
    for courses in student.of("course-records"):
        for taken in courses.data["courses"] if courses.term == term else ():
            if offered is not None and taken["course"] == course:
                yield from (section for section in offered["sections"] if section["id"] == taken["section"])


def assigned(section: Mapping[str, Any], field: str, on: date | None = None) -> Iterator[str]:
    """The teachers of a section, or those who were on a day: an entry may say from when and until when."""
    for entry in section.get(field, ()):
        if isinstance(entry, str):
            yield entry
        elif on is None or within(entry, on):
            yield entry["staff"]


def capacities(
    staff: str, student: Student, school: School, term: Term, course: str, on: date | None = None
) -> frozenset[Capacity]:
    """In what capacities a person may certify by the assignment alone, of those that the rulebook names.

    Args:
        staff: who.
        student: whose work.
        school: the assignments.
        term: of the course.
        course: which.
        on: the day of the decision; None for whoever had the section at any time in the term.
    """
    book = school.rulebooks.for_term(term)
    named = frozenset(book.record.data["certifiers"]["posts"]) if book is not None else frozenset()
    taken = [*sections(student, school, term, course)]
    return frozenset(
        capacity
        for capacity, field in TEACHES.items()
        for section in taken
        if capacity in named and staff in assigned(section, field, on)
    )


def holds(staff: str, school: School, on: date, post: str | None = None) -> bool:
    """Whether a person holds a post (or any post) on a day."""
    return any(post in (None, entry["post"]) and within(entry, on) for entry in school.posts_of.get(staff, ()))


def within(entry: Mapping[str, Any], on: date) -> bool:
    """Whether a day lies between an entry's `from` and `to`, both included and both optional."""
    starts, ends = optional_day(entry.get("from")), optional_day(entry.get("to"))
    return (starts is None or starts <= on) and (ends is None or on <= ends)


def may_decide(certification: Certification, student: Student, school: School) -> bool:
    """Whether the certifier had the stated capacity for the item at the time of the decision."""
    on = certification.issued_at.astimezone(TAIPEI).date()
    if not holds(certification.certifier, school, on):
        return False
    match certification.capacity:
        case Capacity.SUBSTITUTE:
            return certification.acting_for is not None and certification.delegation_digest is not None
        case Capacity.COORDINATOR:
            only = {Decision.REVOKED, Decision.REAFFIRMED}
            seconds = keys.is_coordinator(certification.certifier, certification.issued_at, school)
            return seconds and certification.decision in only
        case capacity:
            term = Term.parse(certification.term)
            return capacity in capacities(certification.certifier, student, school, term, certification.course, on)
