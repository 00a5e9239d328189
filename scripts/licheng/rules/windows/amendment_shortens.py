"""An amendment of the calendar does not move a last day later."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School


@rule("WIN008", "amendment-shortens", scope="school", kinds=("term-calendar",))
def amendment_shortens(this: Rule, school: School) -> Iterator[Finding]:
    """What was announced holds: an extension never takes days away from a window."""
    for calendar in school.calendars.values():
        for amendment in calendar.amendments:
            for window in calendar.all_windows:
                if amendment.concerns(window) and amendment not in window.amendments:
                    yield this.finding(
                        calendar.record.at(*amendment.place.pointer, "closes"),
                        target=amendment.target,
                        closes=amendment.closes.isoformat(),
                        announced=window.closes.isoformat(),
                        related=(window.closing_place,),
                    )
