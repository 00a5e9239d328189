"""What a term lacks of the meetings that the regulation wants, at a given urgency."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule
from licheng.core.school import School
from licheng.policy.urgency import Urgency, urgency
from licheng.policy.working_group import meetings_held, meetings_wanted


def lacking_meetings(this: Rule, school: School, when: Urgency) -> Iterator[Finding]:
    """A finding for each term of that urgency that has fewer meetings than are wanted."""
    for calendar in school.calendars.values():
        book = school.rulebooks.for_term(calendar.term)
        if book is None or urgency(calendar, school.today) is not when:
            continue
        count, wanted = meetings_held(calendar.term, school), meetings_wanted(book)
        if count < wanted:
            place = calendar.record.at_key("meetings")
            yield this.finding(
                place, term=str(calendar.term), held=count, wanted=wanted, closing=calendar.closing.isoformat()
            )
