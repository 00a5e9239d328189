"""An output or a mark belongs to a course that the student does not take in that term."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule(
    "REF003",
    "course-not-taken",
    kinds=("course-output", "marks"),
    reads=("course-offerings", "course-records"),
)
def course_not_taken(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Finding]:
    """The course is not in the student's own course records of the term (伍.五 課程學習成果)."""
    assert record.term is not None  # noqa: S101 - the path has a term
    offered = school.offerings.get(record.term, {})
    taken = {
        entry["course"]
        for courses in owner.of("course-records")
        if courses.term == record.term
        for entry in courses.data["courses"]
    }
    if record.kind == "course-output":
        named = [(record.data["course"], record.at("course"))]
    else:
        marks = enumerate(record.data["marks"])
        named = [(mark["course"], record.at("marks", index, "course")) for index, mark in marks]
    for course, place in named:
        if course not in taken and (course in offered or record.kind == "marks"):
            yield this.finding(place, course=course, term=str(record.term))
