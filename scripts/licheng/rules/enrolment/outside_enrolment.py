"""A record is dated on a day on which the student was not at the school."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from licheng.core.finding import Finding
from licheng.core.layout import BY_NAME
from licheng.core.record import Record
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
    for kind in student.records:
        for record in student.of(kind):
            for when, place in days_within(record):
                if not any(interval.overlaps(when, when) for interval in enrolled):
                    yield this.finding(place, date=when.isoformat(), related=(own.at("events"),))
            if BY_NAME[kind].periodic and not any(interval.overlaps(*_period(record)) for interval in enrolled):
                period = record.identity.get("term") or record.identity["year"]
                yield this.finding(record.at("kind"), date=period, related=(own.at("events"),))


def _period(record: Record) -> tuple[date, date]:
    if record.term is not None:
        return record.term.first_day, record.term.last_day
    assert record.year is not None  # noqa: S101 - a periodic kind's path has a term or a year
    return year_first_day(record.year), year_last_day(record.year)
