"""A school year has begun, and a student is still in the class of the year before."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.rules.enrolment.unmoved import unmoved


@rule("ENR006", "not-moved-up-yet", kinds=("student",), reads=("term-calendar",), severity=Severity.WARNING)
def not_moved_up_yet(this: Rule, record: Record, _owner: Student, school: School) -> Iterator[Finding]:
    """The registry records each year's classes within its time (肆.一: 應於每學期規定時間內登錄及檢核)."""
    yield from unmoved(this, record, school, late=False)
