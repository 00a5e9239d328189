"""The time to record a school year's classes is over, and a student has none of that year."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.rules.enrolment.unmoved import unmoved


@rule("ENR007", "not-moved-up", kinds=("student",), reads=("term-calendar",), of_the_days=True)
def not_moved_up(this: Rule, record: Record, _owner: Student, school: School) -> Iterator[Finding]:
    """Every school year gives a class to whoever is there, those who stay down too (伍.五 學生基本資料).

    Windows, quotas and rosters all go by the year level: without it a whole year is judged as the one before.
    """
    yield from unmoved(this, record, school, late=True)
