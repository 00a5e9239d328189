"""Attendance that is not seat by seat, or too small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.working_group import attendance, held_on, present, seats


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


@rule("MTG006", "seat-left-out", kinds=("meeting",), reads=("rulebook",))
def seat_left_out(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """Whether a seat was present is told of every seat (伍.三), or nobody can count."""
    book = school.rulebooks.on(held_on(record))
    listed = attendance(record)
    left_out = [seat.post for seat in seats(book) if listed[seat.post] < seat.count] if book is not None else []
    if left_out:
        yield this.finding(record.at_key("attendance"), seats="、".join(left_out))


@rule("MTG007", "below-quorum", kinds=("meeting",), reads=("rulebook",))
def below_quorum(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """Where the rulebook sets a quorum, a meeting below it resolves nothing (伍.四)."""
    book = school.rulebooks.on(held_on(record))
    quorum = book.record.data.get("quorum") if book is not None else None
    if quorum is not None and present(record) < quorum["value"]:
        yield this.finding(record.at_key("attendance"), present=present(record), quorum=quorum["value"])
