"""A seat of the working group is empty, or more people hold it than it has places."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.working_group import holders, seats


@rule(
    "MTG004",
    "seats-off-holders",
    scope="school",
    kinds=("seat-holders", "staff"),
    reads=("rulebook",),
    severity=Severity.WARNING,
)
def seats_off_holders(this: Rule, school: School) -> Iterator[Finding]:
    """Each seat is held by as many people as it has places (伍.一 to 伍.三): today, by the rulebook in force."""
    book = school.rulebooks.on(school.today)
    for seat in seats(book) if book is not None else ():
        held = holders(seat.post, school, school.today)
        if held != seat.count:
            on = school.today.isoformat()
            yield this.finding(_place(seat.post, school), seat=seat.post, held=held, seats=seat.count, today=on)


def _place(post: str, school: School) -> Place:
    """The last term of office of the seat, or else the list where one would stand, or that of the staff."""
    record = school.one("seat-holders")
    if record is not None:
        last = [index for index, entry in enumerate(record.data["terms"]) if entry["seat"] == post]
        if last:
            return record.at("terms", last[-1], "seat")
    found = school.one("staff")
    return found.at_key("staff") if found is not None else Place("content/school/staff.yaml")
