"""A term's calendar has no window for a category of the regulation's table."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.calendar import LEVELS

# What a term's calendar has a window for; what students hand in every term also needs that very stage, or the legal
# floor would hold for nothing.
_NEEDED = (
    ("basic-data", ""),
    ("course-records", ""),
    ("course-output", "submission"),
    ("activity", ""),
)


@rule(
    "WIN005",
    "missing-window",
    scope="school",
    kinds=("term-calendar",),
    reads=("rulebook", "course-offerings", "genesis"),
    severity=Severity.WARNING,
)
def missing_window(this: Rule, school: School) -> Iterator[Finding]:
    """Each category is recorded within the school's time (肆.一), so each has a window; a warning, as it may follow."""
    for calendar in school.kept.values():
        # SCH011 tells of a calendar without windows, which a term before the school began here may have.
        if "windows" not in calendar.record.data or school.rulebooks.for_term(calendar.term) is None:
            continue
        taught = {course["level"] for course in school.offerings.get(calendar.term, {}).values()}
        for category, stage in _NEEDED:
            of_category = (window for window in calendar.windows if window.category == category)
            windows = [window for window in of_category if stage in ("", window.stage)]
            covered = {level for window in windows for level in (window.levels if stage else LEVELS)}
            missing = tuple(str(level) for level in sorted(taught - covered))
            if missing:
                place = calendar.record.at_key("windows")
                yield this.finding(place, category=category, stage=stage, levels=missing, term=str(calendar.term))
