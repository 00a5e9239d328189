"""An evaluation released before it was made, or ahead of today."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("EVA004", "released-out-of-time", kinds=("evaluation",))
def released_out_of_time(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """What the secretary releases (柒) was made before, and is not released ahead of today."""
    if "released" in record.data:
        released = day(record.data["released"])
        if not day(record.data["on"]) <= released <= school.today:
            yield this.finding(record.at("released"), released=record.data["released"], on=record.data["on"])
