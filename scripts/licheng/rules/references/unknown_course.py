"""A student's record names a course that the school does not offer in that term."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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
    if record.term not in school.calendars:
        return  # the term itself is unknown, which REF001 says
    if record.kind == "course-records":
        for index, taken in enumerate(record.data["courses"]):
            if not _offered(taken["course"], _terms(record, taken), school) and taken["mode"] not in _ELSEWHERE:
                place = record.at("courses", index, "course")
                yield this.finding(place, course=taken["course"], term=str(record.term))
    elif not _is_taken(record, owner) and not _offered(record.data["course"], (record.term,), school):
        yield this.finding(record.at("course"), course=record.data["course"], term=str(record.term))


def _terms(record: Record, taken: Mapping[str, Any]) -> tuple[Term | None, ...]:
    original = taken.get("original_term")
    return (record.term, Term.parse(original)) if original is not None else (record.term,)


def _offered(course: str, terms: tuple[Term | None, ...], school: School) -> bool:
    return any(course in school.offerings.get(term, ()) for term in terms if term is not None)


def _is_taken(output: Record, owner: Student) -> bool:
    """Whether the student's own course records have it; if they should not, these are the ones at fault."""
    return any(
        entry["course"] == output.data["course"]
        for courses in owner.of("course-records")
        if courses.term == output.term
        for entry in courses.data["courses"]
    )
