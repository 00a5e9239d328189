"""A student's record names a course that the school does not offer in that term."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("REF002", "unknown-course", kinds=("course-output", "course-records"), reads=("course-offerings", "term-calendar"))
def unknown_course(this: Rule, record: Record, _owner: Student, school: School) -> Iterator[Finding]:
    """The course is not among the term's offerings (伍.五 選修課程名稱)."""
    assert record.term is not None  # noqa: S101 - the path has a term
    if record.term not in school.calendars:
        return  # the term itself is unknown, which REF001 says
    offered = school.offerings.get(record.term, {})
    if record.kind == "course-output":
        if record.data["course"] not in offered:
            yield this.finding(record.at("course"), course=record.data["course"], term=str(record.term))
        return
    for index, taken in enumerate(record.data["courses"]):
        if taken["course"] not in offered and taken["mode"] not in {"transfer", "visiting"}:
            place = record.at("courses", index, "course")
            yield this.finding(place, course=taken["course"], term=str(record.term))
