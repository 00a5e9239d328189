"""A term has no rulebook in force on its first day."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.rule import Rule, rule
from licheng.core.school import School


@rule("RBK002", "no-rulebook", scope="school", kinds=("term-calendar", "rulebook"))
def no_rulebook(this: Rule, school: School) -> Iterator[Finding]:
    """A record is judged by the rulebook in force on the first day of its term; without one nothing is judged (捌)."""
    if not school.rulebooks.versions:
        return  # RBK007 says so
    for calendar in school.calendars.values():
        if school.rulebooks.for_term(calendar.term) is None:
            yield this.finding(calendar.record.at("kind"), term=str(calendar.term))
