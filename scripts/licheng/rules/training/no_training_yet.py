"""A term that is soon over without the trainings that the regulation wants."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.training import DemandState
from licheng.policy.urgency import Urgency
from licheng.rules.training.lacking import lacking_trainings


@rule(
    "TRN002",
    "no-training-yet",
    scope="school",
    kinds=("training", "term-calendar"),
    reads=("rulebook", "school", "omission"),
    severity=Severity.WARNING,
)
def no_training_yet(this: Rule, school: School) -> Iterator[Finding]:
    """Four weeks before 休業式 there is still time to plan the training (陸)."""
    yield from lacking_trainings(this, school, Urgency.NEAR, frozenset({DemandState.MISSING}))
