"""An amendment names a window that its calendar does not have."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School


@rule("WIN009", "amendment-of-nothing", scope="school", kinds=("term-calendar",))
def amendment_of_nothing(this: Rule, school: School) -> Iterator[Finding]:
    """An extension that extends nothing would be believed and would not hold."""
    for calendar in school.calendars.values():
        for amendment in calendar.amendments:
            if not any(map(amendment.concerns, calendar.all_windows)):
                field = "roster" if amendment.of_agency else "window"
                place = calendar.record.at(*amendment.place.pointer, field)
                yield this.finding(place, target=amendment.target, term=str(calendar.term))
