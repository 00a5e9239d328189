"""A record tells of something that has not happened yet."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.periods import days


@rule("DAT002", "future-record")
def future_record(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """What is registered has happened: a record faithful to fact (肆.三) is not dated after today."""
    for field, when, pointer in days(record):
        if field.past and when > school.today:
            yield this.finding(record.at(*pointer), date=when.isoformat(), today=school.today.isoformat())
