"""A term's calendar has no window for a category of the regulation's table."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School

_TERMLY = frozenset({"basic-data", "course-records", "course-output", "activity"})


@rule(
    "WIN005",
    "missing-window",
    scope="school",
    kinds=("term-calendar",),
    reads=("rulebook",),
    severity=Severity.WARNING,
)
def missing_window(this: Rule, school: School) -> Iterator[Finding]:
    """Each category is recorded within the school's time (肆.一), so each has a window; a warning, as it may follow."""
    for calendar in school.calendars.values():
        book = school.rulebooks.for_term(calendar.term)
        wanted = {entry["category"] for entry in book.record.data["records"]} & _TERMLY if book else set()
        for category in sorted(wanted - {window.category for window in calendar.windows}):
            yield this.finding(calendar.record.at("windows"), category=category, term=str(calendar.term))
