"""The working group has resolved that the legal floor wins where the agency closes early."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.rules.windows.clashing import clashing


@rule(
    "WIN012",
    "floor-wins",
    scope="school",
    kinds=("term-calendar",),
    reads=("agency-rules", "rulebook", "meeting"),
    severity=Severity.NOTICE,
)
def floor_wins(this: Rule, school: School) -> Iterator[Finding]:
    """Students keep their time by a resolution (伍.四); that the school's two weeks are shorter stays to be seen."""
    yield from clashing(this, school, settled=True)
