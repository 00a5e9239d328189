"""A window closes on another day than the rulebook itself says."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.calendar import required_close


@rule("WIN006", "off-rulebook", scope="school", kinds=("term-calendar",), reads=("rulebook",))
def off_rulebook(this: Rule, school: School) -> Iterator[Finding]:
    """Some schools' regulations count a window's end from 休業式; 育仁's does not."""
    for calendar in school.calendars.values():
        book = school.rulebooks.for_term(calendar.term)
        if book is None:
            continue
        for window in calendar.windows:
            required = required_close(window, calendar, book)
            if required is not None and window.closes != required:
                closes = window.closes.isoformat()
                yield this.finding(window.closing_place, closes=closes, required=required.isoformat())
