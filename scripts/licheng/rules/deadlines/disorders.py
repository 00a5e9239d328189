"""Two days of a calendar that cannot both be met, as a finding."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule
from licheng.policy.deadlines import Disorder


def disordered(this: Rule, disorders: Iterator[Disorder]) -> Iterator[Finding]:
    """A finding where the later day stands, related to the earlier disorder."""
    for disorder in disorders:
        yield this.finding(
            disorder.place,
            earlier=disorder.earlier.isoformat(),
            later=disorder.later.isoformat(),
            related=(disorder.related,),
        )
