"""A student's record names a course that the school does not offer in that term."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term

_ELSEWHERE = frozenset({"transfer", "visiting"})


@rule(
    "REF002",
    "unknown-course",
    kinds=("course-output", "course-records"),
    reads=("course-offerings", "course-records", "term-calendar"),
)
def unknown_course(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Finding]:
    """The course is not among the term's offerings (伍.五 選修課程名稱).

    A course taken at another school (轉學, 借讀) is in no offerings of this one; a retaken course (重修, 補修) may be
    in those of its original term.
    """
    term = record.term
    if term is None or term not in school.calendars:
        return  # the term itself is unknown, which REF001 says
    if record.kind == "course-records":
        for index, taken in enumerate(record.data["courses"]):
            original = taken.get("original_term")
            terms = (term, Term.parse(original)) if original is not None else (term,)
            offered = any(taken["course"] in school.offerings.get(offering, ()) for offering in terms)
            if not offered and taken["mode"] not in _ELSEWHERE:
                place = record.at("courses", index, "course")
                yield this.finding(place, course=taken["course"], term=str(term))
        return
    course = record.data["course"]
    # If the student's own course records should not have it, these are the ones at fault.
    own = (courses for courses in owner.of("course-records") if courses.term == term)
    is_taken = any(entry["course"] == course for courses in own for entry in courses.data["courses"])
    if not is_taken and course not in school.offerings.get(term, ()):
        yield this.finding(record.at("course"), course=course, term=str(term))
