"""The days of a term's calendar are not in order."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from licheng.core.dates import day
from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student

_ORDER = ("starts", "opening", "course_selection_closed", "closing", "ends")
# Official and real edges of a term differ by some weeks, never by a term.
_SLACK = timedelta(days=31)


@rule("WIN007", "term-edges-disorder", kinds=("term-calendar",))
def term_edges_disorder(this: Rule, record: Record, _owner: Student | None, _school: School) -> Iterator[Finding]:
    """The term starts, 開學, the course selection closes, 休業式, the term ends; all near the term of its name."""
    term = record.term
    assert term is not None  # noqa: S101 - a calendar's path has a term
    edges = [edge for edge in _ORDER if edge in record.data]  # a short record (SCH011) has fewer
    for edge in edges:
        if not term.first_day - _SLACK <= day(record.data[edge]) <= term.last_day + _SLACK:
            yield this.finding(record.at(edge), earlier=str(term), later=edge, date=record.data[edge])
            return
    for earlier, later in pairwise(edges):
        if day(record.data[later]) < day(record.data[earlier]):
            yield this.finding(record.at(later), earlier=earlier, later=later, date=record.data[later])
            return
