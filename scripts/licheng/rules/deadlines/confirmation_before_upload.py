"""A calendar in which students confirm before the upload has closed."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.calendar import carries
from licheng.policy.deadlines import Disorder
from licheng.rules.deadlines.disorders import disordered


@rule("DUE003", "confirmation-before-upload", scope="school", kinds=("term-calendar",))
def confirmation_before_upload(this: Rule, school: School) -> Iterator[Finding]:
    """Students confirm what the agency received (收訖明細), so the upload has closed before."""
    for calendar in school.calendars.values():
        disorders = (
            Disorder(
                calendar.record.at(*window.place.pointer, "opens"), agency.closes, window.opens, agency.closing_place
            )
            for window in calendar.windows
            for agency in (calendar.agency if window.stage == "confirmation" else ())
            if carries(agency, window.kinds) and agency.batch == window.batch
            if agency.levels & window.levels and window.opens <= agency.closes
        )
        yield from disordered(this, disorders)
