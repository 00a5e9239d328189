"""The registry submitted a roster after the agency had stopped taking it."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding, Severity
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.submissions import last_window


@rule(
    "DUE004",
    "submitted-late",
    kinds=("agency-submission",),
    reads=("term-calendar",),
    severity=Severity.WARNING,
)
def submitted_late(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """The registry uploads within the agency's time (伍.末); a warning, for what happened cannot be mended."""
    last = last_window(record, school)
    if last is not None and day(record.data["submitted_on"]) > last.closes:
        yield this.finding(
            record.at("submitted_on"),
            submitted=record.data["submitted_on"],
            closes=last.closes.isoformat(),
            related=(last.closing_place,),
        )
