"""A training that was not held, of which the office that had to hold it has said why and what instead."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.training import DemandState
from licheng.policy.urgency import Urgency
from licheng.rules.training.lacking import lacking_trainings


@rule(
    "TRN010",
    "training-not-held-and-said",
    scope="school",
    kinds=("training", "term-calendar", "omission"),
    reads=("rulebook", "school", "genesis", "staff-keys", "staff"),
    severity=Severity.NOTICE,
)
def training_not_held_and_said(this: Rule, school: School) -> Iterator[Finding]:
    """It stays to be seen for ever (陸, 肆.三), and is no error: what is over cannot be mended, only told."""
    missing = frozenset({DemandState.MISSING, DemandState.PLANNED})
    yield from lacking_trainings(this, school, Urgency.OVER, missing, answered=True)
