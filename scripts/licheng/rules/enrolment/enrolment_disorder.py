"""A student's events cannot follow one another: a class change before entry, two entries, a day before the last."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.enrolment import disorders


@rule("ENR002", "enrolment-disorder", kinds=("student",))
def enrolment_disorder(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """Entry, suspension, resumption, leaving: in the order of their days (伍.五 學生基本資料)."""
    for index, event in disorders(record):
        on = record.data["events"][index]["on"]
        yield this.finding(record.at("events", index), event=event, date=on)
