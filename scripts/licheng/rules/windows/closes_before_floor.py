"""A submission window closes earlier than the law allows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from licheng.core.calendar import TermCalendar, Window
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.calendar import LEVELS, SUBMITTED, Floor, last_closing, submission_floor


@rule("WIN001", "closes-before-floor", scope="school", kinds=("term-calendar",), reads=("agency-rules",))
def closes_before_floor(this: Rule, school: School) -> Iterator[Finding]:
    """Submission stays open until the agency's days after 休業式; its exceptions (level 12, term 2) are data."""
    for calendar in school.calendars.values():
        for window, floor in _early(calendar, school).values():
            yield this.finding(
                window.closing_place,
                closes=window.closes.isoformat(),
                floor=floor.closes.isoformat(),
                closing=calendar.closing.isoformat(),
                days=floor.days,
            )


def _early(calendar: TermCalendar, school: School) -> dict[str, tuple[Window, Floor]]:
    """By id, the last windows of a year level that close before its floor."""
    early = {}
    for category, level in product(SUBMITTED, LEVELS):
        floor = submission_floor(category, level, calendar, school)
        last = last_closing(calendar, category, level)
        if floor is not None and last is not None and last.closes < floor.closes:
            early[last.id] = (last, floor)
    return early
