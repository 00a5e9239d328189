"""An evaluation made before the second term of its school year."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term


@rule("EVA003", "before-second-term", kinds=("evaluation",), reads=("rulebook", "term-calendar"))
def before_second_term(this: Rule, record: Record, _owner: Student | None, school: School) -> Iterator[Finding]:
    """An evaluation is of the second term of its school year (柒: 每學年下學期), so not made before it begins."""
    year = int(record.identity["year"])
    book = school.rulebooks.for_year(year)
    if book is None:
        return
    term = Term(year, book.record.data["evaluation"]["term"])
    calendar = school.calendars.get(term)
    first = calendar.starts if calendar is not None else term.first_day
    if day(record.data["on"]) < first:
        yield this.finding(record.at("on"), on=record.data["on"], first=first.isoformat())
