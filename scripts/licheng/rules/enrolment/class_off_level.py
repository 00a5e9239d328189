"""A student is in a class of another year level."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student


@rule("ENR004", "class-off-level", kinds=("student",))
def class_off_level(this: Rule, record: Record, _owner: Student, _school: School) -> Iterator[Finding]:
    """A class is named by its year level (`11a`); both go into the rosters (伍.五 學生基本資料)."""
    for index, event in enumerate(record.data["events"]):
        if "class" in event and not event["class"].startswith(str(event["level"])):
            place = record.at("events", index, "class")
            yield this.finding(place, school_class=event["class"], level=event["level"])
