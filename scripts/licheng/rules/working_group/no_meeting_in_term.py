"""A term that is over without the meetings that the regulation wants."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.urgency import Urgency
from licheng.rules.working_group.lacking import lacking_meetings


@rule(
    "MTG001",
    "no-meeting-in-term",
    scope="school",
    kinds=("meeting", "term-calendar"),
    reads=("rulebook", "omission"),
    of_the_days=True,
)
def no_meeting_in_term(this: Rule, school: School) -> Iterator[Finding]:
    """The working group meets at least once a term (伍.四); a term that is over can no longer be mended."""
    yield from lacking_meetings(this, school, Urgency.OVER)
