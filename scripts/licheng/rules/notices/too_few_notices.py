"""A term that is over without the notices that the rulebook asks for."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.urgency import Urgency
from licheng.rules.notices.lacking import lacking_notices


@rule(
    "NTC001",
    "too-few-notices",
    scope="school",
    kinds=("notice", "term-calendar"),
    reads=("rulebook", "omission"),
    of_the_days=True,
)
def too_few_notices(this: Rule, school: School) -> Iterator[Finding]:
    """What nobody can prove was said, nobody was told: so some rulebooks ask for a number of notices a term."""
    yield from lacking_notices(this, school, Urgency.OVER)
