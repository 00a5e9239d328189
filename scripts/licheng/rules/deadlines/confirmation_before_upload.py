"""A calendar in which students confirm before the upload has closed."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.calendar import TermCalendar
from licheng.core.finding import Finding
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.calendar import carries
from licheng.policy.deadlines import Disorder
from licheng.rules.deadlines.disorders import disordered


@rule("DUE003", "confirmation-before-upload", scope="school", kinds=("term-calendar",))
def confirmation_before_upload(this: Rule, school: School) -> Iterator[Finding]:
    """Students confirm what the agency received (收訖明細), so the upload has closed before."""
    for calendar in school.calendars.values():
        yield from disordered(this, _disorders(calendar))


def _disorders(calendar: TermCalendar) -> Iterator[Disorder]:
    """Confirmations that open before the agency has stopped taking what is to be confirmed."""
    for window in calendar.windows:
        for agency in calendar.agency if window.stage == "confirmation" else ():
            same = carries(agency, window.kinds) and agency.batch == window.batch
            if same and agency.levels & window.levels and window.opens <= agency.closes:
                opens = Place(window.place.path, window.place.text, (*window.place.pointer, "opens"))
                yield Disorder(opens, agency.closes, window.opens, agency.closing_place)
