"""A student's folder is not that of the cohort of entry."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import year_on


@rule("ENR003", "wrong-cohort", kinds=("student",))
def wrong_cohort(this: Rule, record: Record, owner: Student, _school: School) -> Iterator[Finding]:
    """The cohort in the path is the school year in which the student's year level 10 began."""
    first = record.data["events"][0]
    expected = year_on(day(first["on"])) - (first["level"] - 10) if "level" in first else owner.cohort
    if expected != owner.cohort:
        yield this.finding(record.at("events", 0), cohort=owner.cohort, expected=expected)
