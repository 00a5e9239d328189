"""Attendance that leaves out a seat of the working group."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.working_group import attendance, held_on, seats


@rule("MTG006", "seat-left-out", kinds=("meeting",), reads=("rulebook",))
def seat_left_out(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """Whether a seat was present is told of every seat (伍.三), or nobody can count."""
    book = school.rulebooks.on(held_on(record))
    listed = attendance(record)
    left_out = [seat.post for seat in seats(book) if listed[seat.post] < seat.count] if book is not None else []
    if left_out:
        yield this.finding(record.at_key("attendance"), seats="、".join(left_out))
