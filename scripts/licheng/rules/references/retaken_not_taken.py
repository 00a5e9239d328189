"""A course is retaken that the student did not take in the original term."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.origins import taken


@rule("REF031", "retaken-not-taken", kinds=("course-records",), reads=("course-records",))
def retaken_not_taken(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Finding]:
    """重修 is of a course once taken; one never taken is 補修. Only where that term's course records are here."""
    before = {
        courses.term: {entry["course"] for entry in courses.data["courses"] if entry["mode"] != "retake"}
        for courses in owner.of("course-records")
    }
    for index, course in taken(record):
        elsewhere = "school" in course.data.get("original", {})
        known = before.get(course.original_term)
        if course.mode == "retake" and not elsewhere and known is not None and course.original_course not in known:
            name = "original_course" if "original_course" in course.data else "course"
            place = record.at("courses", index, name)
            yield this.finding(place, original=course.original_course, term=str(course.original_term))
