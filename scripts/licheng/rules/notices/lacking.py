"""Terms that lack notices which the rulebook asks for, at a given urgency."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import NOTICES
from licheng.core.rule import Rule
from licheng.core.school import School
from licheng.policy.notices import asked, given, lacking
from licheng.policy.omissions import explained
from licheng.policy.urgency import Urgency, urgency


def lacking_notices(this: Rule, school: School, when: Urgency) -> Iterator[Finding]:
    """A finding for each term of that urgency that has too few, unless the unit has signed why (`licheng not-held`)."""
    for calendar in school.calendars.values():
        wanted = asked(school.rulebooks.for_term(calendar.term))
        if wanted is None or urgency(calendar, school.today) is not when or not lacking(calendar, school):
            continue
        if explained(calendar.term, NOTICES, school) is None:
            yield this.finding(
                calendar.record.at("closing"),
                term=str(calendar.term),
                given=given(calendar.term, school),
                wanted=wanted.number,
                article=wanted.article,
                closing=calendar.closing.isoformat(),
            )
