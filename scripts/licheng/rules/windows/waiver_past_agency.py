"""A waiver lasts longer than the agency takes what it is about."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.deadlines import last_agency_window


@rule("WIN010", "waiver-past-agency", kinds=("waiver",), reads=("student", "term-calendar"))
def waiver_past_agency(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Finding]:
    """The secretary can open the school's window again, never the agency's (伍.末)."""
    agency = last_agency_window(record.data["item"], owner, school)
    if agency is not None and day(record.data["until"]) > agency.closes:
        place = record.at("until")
        yield this.finding(
            place, until=record.data["until"], agency=agency.closes.isoformat(), related=(agency.closing_place,)
        )
