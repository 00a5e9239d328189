"""A term without its meeting, of which the convenor has said why and what instead."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.urgency import Urgency
from licheng.rules.working_group.lacking import lacking_meetings


@rule(
    "MTG010",
    "meeting-not-held-and-said",
    scope="school",
    kinds=("meeting", "term-calendar", "omission"),
    reads=("rulebook", "school", "genesis", "staff-keys", "staff"),
    severity=Severity.NOTICE,
)
def meeting_not_held_and_said(this: Rule, school: School) -> Iterator[Finding]:
    """It stays to be seen for ever (伍.四, 肆.三), and is no error: what is over cannot be mended, only told."""
    yield from lacking_meetings(this, school, Urgency.OVER, answered=True)
