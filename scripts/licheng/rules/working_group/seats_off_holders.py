"""A seat of the working group is empty, or more people hold it than it has places."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding, Severity
from licheng.core.location import Place
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.policy.working_group import holder_count, seats


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
    book, record, staff = school.rulebooks.on(school.today), school.one("seat-holders"), school.one("staff")
    # The last term of office of the seat, or else the list of the staff.
    elsewhere = staff.at_key("staff") if staff is not None else Place("content/school/staff.yaml")
    last = {}
    if record is not None:
        last = {term["seat"]: record.at("terms", index, "seat") for index, term in enumerate(record.data["terms"])}
    for seat in seats(book) if book is not None else ():
        count = holder_count(seat.post, school, school.today)
        if count != seat.count:
            place = last.get(seat.post, elsewhere)
            yield this.finding(place, seat=seat.post, held=count, seats=seat.count, today=school.today.isoformat())
