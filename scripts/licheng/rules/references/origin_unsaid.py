"""A roster asks where a course comes from, and nothing here says it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.origins import taken


@rule(
    "REF030",
    "origin-unsaid",
    kinds=("course-records",),
    reads=("course-offerings",),
    severity=Severity.WARNING,
)
def origin_unsaid(this: Rule, record: Record, _owner: Student, school: School) -> Iterator[Finding]:
    """重修, 補修, 轉學轉科 and 借讀 have columns for the original course and school (domain: 名冊欄位)."""
    for index, course in taken(record):
        unsaid = tuple(course.unsaid(school))
        if unsaid:
            place = record.at("courses", index, "mode")
            yield this.finding(place, course=course.data["course"], mode=course.mode, unsaid=unsaid)
