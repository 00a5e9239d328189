"""A calendar in which submission closes after certification."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.deadlines import disorders
from licheng.rules.deadlines.disorders import disordered


@rule("DUE001", "submission-after-certification", scope="school", kinds=("term-calendar",))
def submission_after_certification(this: Rule, school: School) -> Iterator[Finding]:
    """What is submitted after certification has closed can never be certified (肆.一)."""
    for calendar in school.calendars.values():
        yield from disordered(this, disorders(calendar, "submission", "certification"))
