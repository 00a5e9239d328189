"""An explanation of a training that was not held, by somebody else than the office that had to hold it."""

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
    "TRN011",
    "unsigned-omission",
    kinds=("omission",),
    reads=("rulebook", "school", "term-calendar", "genesis", "staff-keys", "staff"),
)
def unsigned_omission(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """Who had to hold it answers for it (陸), in a signature of their own; nobody explains it for them."""
    if record.identity["demand"] != MEETING:
        yield from faulty_omission(this, record, school)
