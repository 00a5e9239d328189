"""What a term lacks of the meetings that the regulation wants, at a given urgency."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import MEETING
from licheng.core.rule import Rule
from licheng.core.school import School
from licheng.policy.omissions import explained
from licheng.policy.urgency import Urgency, urgency
from licheng.policy.working_group import meetings_held, meetings_wanted


def lacking_meetings(
    this: Rule, school: School, when: Urgency, *, answered: bool = False, lacking: bool = True
) -> Iterator[Finding]:
    """A finding for each term of that urgency that has fewer meetings than are wanted, or else has them.

    Args:
        this: the rule.
        school: its calendars and minutes.
        when: how near the term's end is.
        answered: those that the convenor has explained, instead of those that nobody has.
        lacking: those that have too few.
    """
    for calendar in school.kept.values():
        book = school.rulebooks.for_term(calendar.term)
        if book is None or urgency(calendar, school.today) is not when:
            continue
        count, wanted = meetings_held(calendar.term, school), meetings_wanted(book)
        omission = explained(calendar.term, MEETING, school)
        if (count < wanted) is lacking and (omission is not None) is answered:
            yield this.finding(
                calendar.record.at_key("meetings"),
                term=str(calendar.term),
                held=count,
                wanted=wanted,
                closing=calendar.closing.isoformat(),
                by=omission.by.staff if omission is not None else "",
                instead_by=omission.instead_by.isoformat() if omission is not None else "",
            )
