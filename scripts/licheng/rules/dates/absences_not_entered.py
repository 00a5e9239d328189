"""An attendance record lists no absence and does not say that there was none."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.attendance import is_entered


@rule("DAT007", "absences-not-entered", kinds=("attendance",))
def absences_not_entered(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """An empty list is what a term looks like before anybody has entered it (伍.五: 負責完成…登錄)."""
    if not is_entered(record):
        yield this.finding(record.at("absences"), term=str(record.term))
