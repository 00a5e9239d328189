"""A calendar in which selection closes before certification."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.deadlines import disorders
from licheng.rules.deadlines.disorders import disordered


@rule("DUE002", "selection-before-certification", scope="school", kinds=("term-calendar",))
def selection_before_certification(this: Rule, school: School) -> Iterator[Finding]:
    """Only what is certified can be selected for the agency, so certification closes first."""
    for calendar in school.calendars.values():
        yield from disordered(this, disorders(calendar, "certification", "selection"))
