"""A window closes on another day than the rulebook itself says."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.calendar import required_days


@rule("WIN006", "off-rulebook", scope="school", kinds=("term-calendar",), reads=("rulebook",))
def off_rulebook(this: Rule, school: School) -> Iterator[Finding]:
    """Some schools' regulations count a window's end from 休業式; 育仁's does not."""
    for calendar in school.calendars.values():
        book = school.rulebooks.for_term(calendar.term)
        if book is None:
            continue
        for window in calendar.windows:
            required = required_days(window, calendar, book)
            opening = calendar.record.at(*window.place.pointer, "opens")
            edges = (
                ("", window.closing_place, window.closes, required.closes),
                ("opens", opening, window.opens, required.opens),
            )
            for case, place, on, wanted in edges:
                if wanted is not None and on != wanted:
                    yield this.finding(place, closes=on.isoformat(), required=wanted.isoformat(), case=case)
