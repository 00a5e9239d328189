"""A submission window closes earlier than the law allows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from licheng.core.calendar import Window
from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.calendar import LEVELS, SUBMITTED, Floor, last_closing, submission_floor
from licheng.policy.clashes import clashes


@rule(
    "WIN001",
    "closes-before-floor",
    scope="school",
    kinds=("term-calendar",),
    reads=("agency-rules", "rulebook", "meeting"),
)
def closes_before_floor(this: Rule, school: School) -> Iterator[Finding]:
    """Submission stays open until the agency's days after 休業式; its exceptions (level 12, term 2) are data.

    Where the agency itself closes too early for that, and nobody has resolved what then holds, WIN011 says so instead.
    """
    for calendar in school.calendars.values():
        open_clashes = {(clash.window.id, clash.level) for clash in clashes(calendar, school) if not clash.settled}
        early: dict[str, tuple[Window, Floor]] = {}  # by id: one window may be the last of several year levels
        for kind, level in product(SUBMITTED, LEVELS):
            floor = submission_floor(kind, level, calendar, school)
            last = last_closing(calendar, kind, level)
            if floor is None or last is None or (last.id, level) in open_clashes:
                continue
            if last.closes < floor.closes:
                early[last.id] = (last, floor)
        for window, floor in early.values():
            yield this.finding(
                window.closing_place,
                closes=window.closes.isoformat(),
                floor=floor.closes.isoformat(),
                closing=calendar.closing.isoformat(),
                days=floor.days,
            )
