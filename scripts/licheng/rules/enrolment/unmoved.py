"""Who was given no class in a school year, and whether the time to do so is over."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule
from licheng.core.school import School
from licheng.policy.enrolment import intervals, is_placed, level_and_class


def unmoved(this: Rule, record: Record, school: School, *, late: bool) -> Iterator[Finding]:
    """A finding for each school year, from 開學 on, in which a student at school has no class of that year.

    Args:
        this: the rule that says so.
        record: the student's own.
        school: its calendars and the day.
        late: of the years in which the registry's time to record it (基本資料 登錄期間) is over, or of the others.
    """
    for calendar in school.calendars.values():
        year, opening = calendar.term.year, calendar.opening
        if calendar.term.half != 1 or school.today < opening:
            continue
        there = any(span.overlaps(opening, opening) for span in intervals(record))
        recording = [w.closes for w in calendar.windows if w.stage == "recording" and record.kind in w.kinds]
        if there and not is_placed(record, year) and late == (school.today > max(recording, default=opening)):
            before = level_and_class(record, opening)
            level, name = before if before is not None else (0, "")
            yield this.finding(record.at_key("events"), year=year, level=level, school_class=name)
