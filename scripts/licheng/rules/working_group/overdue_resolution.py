"""A resolution that is not done by its day."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.working_group import ResolutionState, resolutions


@rule("MTG008", "overdue-resolution", scope="school", kinds=("meeting",), severity=Severity.NOTICE)
def overdue_resolution(this: Rule, school: School) -> Iterator[Finding]:
    """What was resolved is done by its day, or taken up by a later meeting (伍.四)."""
    for resolution in resolutions(school):
        if resolution.state is ResolutionState.OVERDUE and resolution.due is not None:
            yield this.finding(
                resolution.place, meeting=resolution.meeting, number=resolution.number, due=resolution.due.isoformat()
            )
