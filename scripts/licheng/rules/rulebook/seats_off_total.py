"""The seats of the working group do not add up to their number."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("RBK001", "seats-off-total", kinds=("rulebook",))
def seats_off_total(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """The members listed are as many as the regulation says (伍.三: 共9人)."""
    seats = sum(seat["count"] for seat in record.data["seats"])
    total = record.data["seats_total"]["value"]
    if seats != total:
        yield this.finding(record.at("seats_total", "value"), total=total, seats=seats)
