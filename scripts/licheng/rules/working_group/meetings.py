"""A term without the meetings that the regulation wants: over, or soon over."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.urgency import Urgency, urgency
from licheng.policy.working_group import meetings_held, meetings_wanted


@rule(
    "MTG001",
    "no-meeting-in-term",
    scope="school",
    kinds=("meeting", "term-calendar"),
    reads=("rulebook",),
    of_the_days=True,
)
def no_meeting_in_term(this: Rule, school: School) -> Iterator[Finding]:
    """The working group meets at least once a term (伍.四); a term that is over can no longer be mended."""
    yield from _lacking(this, school, Urgency.OVER)


@rule(
    "MTG002",
    "no-meeting-yet",
    scope="school",
    kinds=("meeting", "term-calendar"),
    reads=("rulebook",),
    severity=Severity.WARNING,
)
def no_meeting_yet(this: Rule, school: School) -> Iterator[Finding]:
    """Four weeks before 休業式 there is still time to call the meeting (伍.四)."""
    yield from _lacking(this, school, Urgency.NEAR)


def _lacking(this: Rule, school: School, when: Urgency) -> Iterator[Finding]:
    for calendar in school.calendars.values():
        book = school.rulebooks.for_term(calendar.term)
        if book is None or urgency(calendar, school.today) is not when:
            continue
        held, wanted = meetings_held(calendar.term, school), meetings_wanted(book)
        if held < wanted:
            place = calendar.record.at_key("meetings")
            yield this.finding(
                place, term=str(calendar.term), held=held, wanted=wanted, closing=calendar.closing.isoformat()
            )
