"""The agency closes so early that no day is both late enough for students and early enough for the school."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.rules.windows.clashing import clashing


@rule(
    "WIN011",
    "no-day-is-both",
    scope="school",
    kinds=("term-calendar",),
    reads=("agency-rules", "rulebook", "meeting"),
)
def no_day_is_both(this: Rule, school: School) -> Iterator[Finding]:
    """The floor of 肆.一 lies after the two weeks of 伍.末: said once, as neither window could be mended alone."""
    yield from clashing(this, school, settled=False)
