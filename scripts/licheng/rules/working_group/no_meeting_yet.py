"""A term that is soon over without the meetings that the regulation wants."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.urgency import Urgency
from licheng.rules.working_group.lacking import lacking_meetings


@rule(
    "MTG002",
    "no-meeting-yet",
    scope="school",
    kinds=("meeting", "term-calendar"),
    reads=("rulebook", "omission"),
    severity=Severity.WARNING,
)
def no_meeting_yet(this: Rule, school: School) -> Iterator[Finding]:
    """Four weeks before 休業式 there is still time to call the meeting (伍.四)."""
    yield from lacking_meetings(this, school, Urgency.NEAR)
