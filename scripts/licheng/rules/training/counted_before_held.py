"""A session whose numbers are there before its day."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("TRN006", "counted-before-held", kinds=("training",))
def counted_before_held(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """Who came is known on the day, not before: a record is faithful to fact (肆.三)."""
    if "actual" in record.data and day(record.data["on"]) > school.today:
        yield this.finding(record.at("actual"), on=record.data["on"], today=school.today.isoformat())
