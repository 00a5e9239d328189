"""A term that has its meetings, although the convenor has signed that one was not held."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.urgency import Urgency
from licheng.rules.working_group.lacking import lacking_meetings


@rule(
    "MTG012",
    "meeting-said-not-held-but-held",
    scope="school",
    kinds=("meeting", "omission"),
    reads=("rulebook", "school", "term-calendar", "genesis", "staff-keys", "staff"),
    severity=Severity.WARNING,
)
def meeting_said_but_held(this: Rule, school: School) -> Iterator[Finding]:
    """One of the two records is not so (肆.三): minutes that are invented later are seen beside what was signed."""
    yield from lacking_meetings(this, school, Urgency.OVER, answered=True, lacking=False)
