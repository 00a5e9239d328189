"""A term's calendar has no window for a category of the regulation's table."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.layout import ANY
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.calendar import LEVELS


@rule(
    "WIN005",
    "missing-window",
    scope="school",
    kinds=("term-calendar",),
    reads=("rulebook", "course-offerings", "genesis"),
    severity=Severity.WARNING,
)
def missing_window(this: Rule, school: School) -> Iterator[Finding]:
    """Each category is recorded within the school's time (肆.一), so each has a window; a warning, as it may follow.

    What students hand in every term needs that very stage, or the legal floor would hold for nothing.
    """
    for calendar in school.kept.values():
        book = school.rulebooks.for_term(calendar.term)
        # SCH011 tells of a calendar without windows, which a term before the school began here may have.
        if book is None or "windows" not in calendar.record.data:
            continue
        taught = {course["level"] for course in school.offerings.get(calendar.term, {}).values()}
        for category, stage in ((row, stage) for row in book.categories.values() for stage in row.stages):
            of_category = (window for window in calendar.windows if window.category == category.id)
            windows = [window for window in of_category if stage in (ANY, window.stage, window.word)]
            covered = {level for window in windows for level in (window.levels if stage != ANY else LEVELS)}
            missing = tuple(str(level) for level in sorted(taught - covered))
            if missing:
                place, named = calendar.record.at_key("windows"), book.name("categories", category.id)
                stage_name = book.name("stages", stage) if stage != ANY else ""
                yield this.finding(place, category=named, stage=stage_name, levels=missing, term=str(calendar.term))
