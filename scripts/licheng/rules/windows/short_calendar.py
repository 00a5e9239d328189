"""A term of the school's own records whose calendar tells its edges alone."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School

# What a short record leaves out.
_LONG = ("course_selection_closed", "windows", "agency")


@rule("SCH011", "short-calendar", scope="school", kinds=("term-calendar",), reads=("genesis",))
def short_calendar(this: Rule, school: School) -> Iterator[Finding]:
    """A short calendar serves the terms before the school began here; of its own the windows are set (肆.一, 伍.四)."""
    for calendar in school.calendars.values():
        missing = tuple(field for field in _LONG if field not in calendar.record.data)
        if missing and not school.is_before_start(calendar.term):
            start = str(school.start) if school.start is not None else ""
            case = "" if start else "no-genesis"
            yield this.finding(
                calendar.record.at("kind"), fields=missing, term=str(calendar.term), start=start, case=case
            )
