"""A record is dated on a day on which the student was not at the school."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import BY_NAME
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import year_first_day, year_last_day
from licheng.policy.enrolment import intervals
from licheng.policy.periods import days_within


@rule("ENR001", "outside-enrolment", scope="student", reads=("student",))
def outside_enrolment(this: Rule, student: Student, _school: School) -> Iterator[Finding]:
    """The portfolio holds only what belongs to the time of enrolment (肆.一: 以學生就學期間之資料為限)."""
    own = student.one("student")
    if own is None:
        return
    enrolled = intervals(own)
    for record in (record for kind in student.records for record in student.of(kind)):
        dated = [(when, when, when.isoformat(), pointer) for when, pointer in days_within(record)]
        if BY_NAME[record.kind].periodic:  # its path has a term or a year
            term, period = record.term, record.identity.get("term") or record.identity["year"]
            first = term.first_day if term is not None else year_first_day(int(period))
            last = term.last_day if term is not None else year_last_day(int(period))
            dated.append((first, last, period, ("kind",)))
        for first, last, shown, pointer in dated:
            if not any(interval.overlaps(first, last) for interval in enrolled):
                yield this.finding(record.at(*pointer), date=shown, related=(own.at("events"),))
