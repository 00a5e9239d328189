"""Notices: how many a rulebook asks for each term, and how many were given and can be proved.

A school whose students said that nobody had told them asks for notices that leave a proof. Each is a record; nobody is
named in it.
"""

from __future__ import annotations

from typing import NamedTuple

from licheng.core.calendar import TermCalendar
from licheng.core.dates import day
from licheng.core.rulebook import Rulebook
from licheng.core.school import School
from licheng.core.term import Term


class NoticesWanted(NamedTuple):
    """What a rulebook asks for: at least so many notices a term, by which unit, in which article."""

    number: int
    organiser: str
    article: str


def asked(book: Rulebook | None) -> NoticesWanted | None:
    """What a rulebook asks for; None where it asks for nothing."""
    data = book.record.data.get("notices_per_term") if book is not None else None
    return NoticesWanted(int(data["value"]), data["organiser"], data["article"]) if data is not None else None


def given(term: Term, school: School) -> int:
    """How many notices of a term are on record, of days that have come."""
    return sum(record.term == term and day(record.data["on"]) <= school.today for record in school.of("notice"))


def lacking(calendar: TermCalendar, school: School) -> int:
    """How many notices a term still lacks."""
    wanted = asked(school.rulebooks.for_term(calendar.term))
    return max(0, wanted.number - given(calendar.term, school)) if wanted is not None else 0
