"""A training that counts as held, although the office that had to hold it has signed that it was not."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.training import DemandState
from licheng.policy.urgency import Urgency
from licheng.rules.training.lacking import lacking_trainings


@rule(
    "TRN012",
    "training-said-not-held-but-held",
    scope="school",
    kinds=("training", "omission"),
    reads=("rulebook", "school", "term-calendar", "genesis", "staff-keys", "staff"),
    severity=Severity.WARNING,
)
def training_said_but_held(this: Rule, school: School) -> Iterator[Finding]:
    """One of the two records is not so (肆.三): a session that is invented later is seen beside what was signed."""
    yield from lacking_trainings(this, school, Urgency.OVER, frozenset({DemandState.HELD}), answered=True)
