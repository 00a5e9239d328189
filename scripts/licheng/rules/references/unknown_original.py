"""A course is said to be another one taken again, which the school did not offer in the original term."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.origins import taken


@rule("REF029", "unknown-original", kinds=("course-records",), reads=("course-offerings",))
def unknown_original(this: Rule, record: Record, _owner: Student, school: School) -> Iterator[Finding]:
    """Where the offerings of that term are not here, or it was another school's course, nothing can be compared."""
    for index, course in taken(record):
        offered = school.offerings.get(course.original_term)
        here = "original_course" in course.data and "school" not in course.data.get("original", {})
        if here and offered is not None and course.original_course not in offered:
            place = record.at("courses", index, "original_course")
            yield this.finding(place, original=course.original_course, term=str(course.original_term))
