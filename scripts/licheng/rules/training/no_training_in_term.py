"""A term that is over without the trainings that the regulation wants."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.training import DemandState
from licheng.policy.urgency import Urgency
from licheng.rules.training.lacking import lacking_trainings


@rule(
    "TRN001",
    "no-training-in-term",
    scope="school",
    kinds=("training", "term-calendar"),
    reads=("rulebook", "school", "omission"),
    of_the_days=True,
)
def no_training_in_term(this: Rule, school: School) -> Iterator[Finding]:
    """Each term has one training of students, one of teachers, one of parents (陸.一 to 陸.三)."""
    yield from lacking_trainings(this, school, Urgency.OVER, frozenset({DemandState.MISSING, DemandState.PLANNED}))
