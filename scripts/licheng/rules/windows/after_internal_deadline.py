"""A window of the school closes after the day by which the school must be done."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.calendar import agency_windows_after, internal_deadline

_STAGES = ("recording", "submission", "certification", "selection")


@rule("WIN003", "after-internal-deadline", scope="school", kinds=("term-calendar",), reads=("rulebook",))
def after_internal_deadline(this: Rule, school: School) -> Iterator[Finding]:
    """The school is done two weeks before the agency's date (伍: 於國教署規定上傳期限之二週前完成)."""
    for calendar in school.calendars.values():
        book = school.rulebooks.for_term(calendar.term)
        if book is None:
            continue
        for window in calendar.windows:
            if window.stage not in _STAGES:
                continue
            agency = min(agency_windows_after(window, calendar), key=lambda found: found.closes, default=None)
            if agency is not None and window.closes > internal_deadline(agency, book):
                yield this.finding(
                    window.closing_place,
                    closes=window.closes.isoformat(),
                    deadline=internal_deadline(agency, book).isoformat(),
                    agency=agency.closes.isoformat(),
                    lead=book.lead_days,
                    related=(agency.place,),
                )
