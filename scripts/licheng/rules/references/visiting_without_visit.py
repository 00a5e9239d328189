"""A course is taken at another school in a term in which the student visits none."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.enrolment import visits
from licheng.policy.origins import taken


@rule(
    "REF032",
    "visiting-without-visit",
    kinds=("course-records",),
    reads=("student",),
    severity=Severity.WARNING,
)
def visiting_without_visit(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Finding]:
    """學生借讀資料 wants the school and the days of the visit, which `student.yaml` has under `visits`."""
    own = owner.one("student")
    for index, course in taken(record):
        there = {visit.school for visit in visits(own, course.term)} if own is not None else set()
        named = course.data.get("original", {}).get("school")
        if course.mode == "visiting" and not (named in there if named is not None else there):
            place = record.at("courses", index, "mode")
            yield this.finding(place, course=course.data["course"], term=str(course.term))
