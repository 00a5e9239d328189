"""The days of a term's calendar are not in order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term

_ORDER = ("starts", "opening", "course_selection_closed", "closing", "ends")


@rule("WIN007", "term-edges-disorder", kinds=("term-calendar",))
def term_edges_disorder(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """The term starts, 開學, the course selection closes, 休業式, the term ends; all in the school year of its name."""
    for earlier, later in pairwise(_ORDER):
        if day(record.data[later]) < day(record.data[earlier]):
            values = {"earlier": earlier, "later": later, "date": record.data[later]}
            yield this.finding(record.at(later), **values)
            return
    term = record.term
    if term is not None and term != Term.on(day(record.data["opening"])):
        yield this.finding(record.at("opening"), earlier=str(term), later="opening", date=record.data["opening"])
