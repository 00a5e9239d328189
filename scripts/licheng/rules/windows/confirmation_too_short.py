"""Students have fewer days to confirm the agency's receipt than the law gives them."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.calendar import confirmation_days, days_open


@rule("WIN002", "confirmation-too-short", scope="school", kinds=("term-calendar",), reads=("agency-rules",))
def confirmation_too_short(this: Rule, school: School) -> Iterator[Finding]:
    """The confirmation of 收訖明細 is open for at least the agency's number of days."""
    for calendar in school.calendars.values():
        for window in calendar.windows:
            if window.stage != "confirmation":
                continue
            needed = max(confirmation_days(school, calendar.term, level) for level in window.levels)
            if days_open(window) < needed:
                yield this.finding(window.closing_place, days=days_open(window), needed=needed)
