"""An output belongs to a course that gives no credits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("REF004", "course-without-credits", kinds=("course-output",), reads=("course-records",))
def course_without_credits(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Finding]:
    """Course outputs come from courses with credits (伍.五: 含必、選修等有核計學分者)."""
    for courses in owner.of("course-records"):
        if courses.term != record.term:
            continue
        for index, entry in enumerate(courses.data["courses"]):
            if entry["course"] == record.data["course"] and Decimal(str(entry["credits"])) == 0:
                related = (courses.at("courses", index, "credits"),)
                yield this.finding(record.at("course"), course=entry["course"], related=related)
