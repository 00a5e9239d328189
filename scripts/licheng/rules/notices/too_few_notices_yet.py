"""A term that is about to end without the notices that the rulebook asks for."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.urgency import Urgency
from licheng.rules.notices.lacking import lacking_notices


@rule(
    "NTC002",
    "too-few-notices-yet",
    scope="school",
    kinds=("notice", "term-calendar"),
    reads=("rulebook", "omission"),
    severity=Severity.WARNING,
)
def too_few_notices_yet(this: Rule, school: School) -> Iterator[Finding]:
    """Four weeks before 休業式 there is still time to give them."""
    yield from lacking_notices(this, school, Urgency.NEAR)
