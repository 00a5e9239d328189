"""A student is in a class that the school does not have."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.classes import classes, stays


@rule("REF020", "unknown-class", kinds=("student",), reads=("course-offerings", "staff"))
def unknown_class(this: Rule, record: Record, _owner: Student, school: School) -> Iterator[Finding]:
    """A class that no section lists and that has no tutor is nobody's (伍.五 學生基本資料, 各班導師).

    Only terms with offerings can tell; of those, a class must exist in one that the student's days in it touch.
    """
    for stay in stays(record):
        known = [
            names
            for term, names in classes(school).items()
            if names and stay.starts <= term.last_day and term.first_day <= stay.ends
        ]
        if known and not any(stay.school_class in names for names in known):
            yield this.finding(record.at("events", stay.index, "class"), school_class=stay.school_class)
