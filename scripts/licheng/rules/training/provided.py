"""A term without the trainings that the regulation wants: over, or soon over."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.training import DemandState, provisions
from licheng.policy.urgency import Urgency, urgency

_READS = ("rulebook", "school")


@rule(
    "TRN001", "no-training-in-term", scope="school", kinds=("training", "term-calendar"), reads=_READS, of_the_days=True
)
def no_training_in_term(this: Rule, school: School) -> Iterator[Finding]:
    """Each term has one training of students, one of teachers, one of parents (陸.一 to 陸.三)."""
    yield from _lacking(this, school, Urgency.OVER, frozenset({DemandState.MISSING, DemandState.PLANNED}))


@rule(
    "TRN002",
    "no-training-yet",
    scope="school",
    kinds=("training", "term-calendar"),
    reads=_READS,
    severity=Severity.WARNING,
)
def no_training_yet(this: Rule, school: School) -> Iterator[Finding]:
    """Four weeks before 休業式 there is still time to plan the training (陸)."""
    yield from _lacking(this, school, Urgency.NEAR, frozenset({DemandState.MISSING}))


def _lacking(this: Rule, school: School, when: Urgency, states: frozenset[DemandState]) -> Iterator[Finding]:
    for calendar in school.calendars.values():
        for one in provisions(calendar, school) if urgency(calendar, school.today) is when else ():
            if one.state in states:
                yield this.finding(
                    calendar.record.at_key("trainings"),
                    term=str(one.term),
                    audience=one.demand.audience,
                    article=one.demand.article,
                    closing=calendar.closing.isoformat(),
                )
