"""An explanation of a meeting that was not held, by somebody else than the convenor."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.layout import MEETING
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.rules.training.faulty_omission import faulty_omission


@rule(
    "MTG011",
    "omission-not-by-convenor",
    kinds=("omission",),
    reads=("rulebook", "school", "term-calendar", "genesis", "staff-keys", "staff"),
)
def omission_not_by_convenor(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """The convenor calls the meeting (伍.一, 伍.四) and answers for the one that was not called."""
    if record.identity["demand"] == MEETING:
        yield from faulty_omission(this, record, school)
