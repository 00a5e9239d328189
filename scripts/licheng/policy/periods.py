"""The days that a record names, and which term judges it: its own, by its path or else by its own day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from licheng.core.dates import day
from licheng.core.layout import BY_NAME, DateField, values_at
from licheng.core.location import Pointer
from licheng.core.record import Record
from licheng.core.term import Term


def days(record: Record) -> Iterator[tuple[DateField, date, Pointer]]:
    """Every day that a record of its kind names and this one holds, with where it is said, in the kind's order."""
    for field in BY_NAME[record.kind].dates:
        if not field.pointer:
            yield field, day(record.identity["date"]), ("kind",)
        for text, pointer in values_at(record.data, field.pointer):
            if isinstance(text, str):
                yield field, day(text), pointer


def days_within(record: Record) -> Iterator[tuple[date, Pointer]]:
    """Those of them that lie in the term or school year of the path, and in the student's time at the school."""
    return ((when, pointer) for field, when, pointer in days(record) if field.within)


def judged_term(record: Record, today: date) -> Term:
    """The term whose rules hold for a record.

    A school year's records go by its first term, a student's others by their first day, undated ones by today.
    """
    if (term := record.term) is not None:
        return term
    if (year := record.identity.get("year")) is not None:
        return Term(int(year), 1)
    own = days(record) if BY_NAME[record.kind].of_student else iter(())
    return Term.on(next((when for _, when, _ in own), today))
