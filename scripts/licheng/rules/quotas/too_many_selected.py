"""A student selects more items for the agency than it takes in a school year."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy import quota


@rule(
    "QUO003",
    "too-many-selected",
    scope="student",
    kinds=("selection",),
    reads=("rulebook", "agency-rules"),
)
def too_many_selected(this: Rule, student: Student, school: School) -> Iterator[Outcome]:
    """Selected items (勾選) count over all batches of the school year, each once."""
    for kind, tally in quota.selected_tallies(student, school):
        if tally is None:
            yield this.skip("no-agency-rules", student.folder)
            continue
        for place in tally.beyond:
            yield this.finding(place, kind=kind, period=tally.period, used=tally.used, limit=tally.limit)
