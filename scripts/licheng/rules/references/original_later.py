"""A course is taken again before the term in which it was taken first."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.origins import taken


@rule("REF028", "original-later", kinds=("course-records",))
def original_later(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """原修課學期 is not after the term it is taken again in (伍.五).

    It may be the term itself, whose folder holds the vacation too: a course of the second term that is failed in
    June is taken again in July.
    """
    for index, course in taken(record):
        if course.original_term > course.term:
            place = record.at("courses", index, "original_term")
            original = str(course.original_term)
            yield this.finding(place, course=course.data["course"], original=original, term=str(course.term))
