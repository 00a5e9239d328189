"""Attendance of a seat that the working group does not have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.working_group import held_on, seats


@rule("MTG005", "not-a-seat", kinds=("meeting",), reads=("rulebook",))
def not_a_seat(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """Attendance lists the seats of 伍.一 to 伍.三, each as often as it has places, and nothing else."""
    book = school.rulebooks.on(held_on(record))
    if book is None:
        return
    places = {seat.post: seat.count for seat in seats(book)}
    seen: Counter[str] = Counter()
    for index, entry in enumerate(record.data["attendance"]):
        seen[entry["seat"]] += 1
        if entry["seat"] in school.posts and seen[entry["seat"]] > places.get(entry["seat"], 0):
            place = record.at("attendance", index, "seat")
            yield this.finding(place, seat=entry["seat"], seats=places.get(entry["seat"], 0))
