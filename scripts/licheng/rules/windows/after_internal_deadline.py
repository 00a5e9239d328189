"""A window of the school closes after the day by which the school must be done."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.clashes import bounds, clashes

_STAGES = ("recording", "submission", "certification", "selection")


@rule("WIN003", "after-internal-deadline", scope="school", kinds=("term-calendar",), reads=("rulebook", "agency-rules"))
def after_internal_deadline(this: Rule, school: School) -> Iterator[Finding]:
    """The school is done two weeks before the agency's date (伍: 於國教署規定上傳期限之二週前完成).

    Where that day lies before the legal floor, WIN011 says so instead; once the working group has resolved that the
    floor wins, the agency's own date is the last day.
    """
    for calendar in school.calendars.values():
        book, known = school.rulebooks.for_term(calendar.term), tuple(clashes(calendar, school))
        for window in calendar.windows if book is not None else ():
            if window.stage not in _STAGES:
                continue
            bound = min(bounds(window, calendar, school, known), key=lambda candidate: candidate.last, default=None)
            if book is not None and bound is not None and window.closes > bound.last:
                yield this.finding(
                    window.closing_place,
                    closes=window.closes.isoformat(),
                    deadline=bound.last.isoformat(),
                    agency=bound.agency.closes.isoformat(),
                    lead=book.lead_days,
                    case="by-floor" if bound.by_floor else "",
                    related=(bound.agency.place,),
                )
