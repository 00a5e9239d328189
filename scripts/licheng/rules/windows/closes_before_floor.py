"""A submission window closes earlier than the law allows."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.calendar import submission_floor


@rule("WIN001", "closes-before-floor", scope="school", kinds=("term-calendar",), reads=("agency-rules",))
def closes_before_floor(this: Rule, school: School) -> Iterator[Finding]:
    """Submission stays open until the agency's days after 休業式; its exceptions (level 12, term 2) are data."""
    for calendar in school.calendars.values():
        for index, window in enumerate(calendar.windows):
            floor = submission_floor(window, calendar, school)
            if floor is not None and window.closes < floor.closes:
                yield this.finding(
                    calendar.record.at("windows", index, "closes"),
                    closes=window.closes.isoformat(),
                    floor=floor.closes.isoformat(),
                    closing=calendar.closing.isoformat(),
                    days=floor.days,
                )
