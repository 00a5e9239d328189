"""A mark is said to be exempted or missed, and has a number all the same."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.marks import numbers_beside_state


@rule("DAT008", "number-beside-state", kinds=("marks",))
def number_beside_state(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """免修 has no mark at all; 缺考 has none until the resit (伍.五 修課成績)."""
    for index, entry in enumerate(record.data["marks"]):
        for name in numbers_beside_state(entry):
            place = record.at("marks", index, name)
            yield this.finding(place, course=entry["course"], state=entry["state"], mark=str(entry[name]), field=name)
