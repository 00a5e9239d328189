"""The windows that an item may be handed in in; what is late, rules of the gate say."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.calendar import Window
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.calendar import find_windows
from licheng.policy.enrolment import level_on


def submission_windows(record: Record, owner: Student, school: School) -> list[Window]:
    """The windows in which an item may be handed in: its term's, or for an activity those of the year's two terms."""
    assert record.year is not None  # noqa: S101 - the path of an item has a term or a year
    terms = (record.term,) if record.term is not None else (Term(record.year, 1), Term(record.year, 2))
    return [window for term in terms for window in windows_of_level(record.kind, "submission", term, owner, school)]


def windows_of_level(kind: str, stage: str, term: Term, owner: Student, school: School) -> Iterator[Window]:
    """The windows of a stage in a term for the level that the student then has."""
    level = level_on(owner, term.last_day)
    if level is not None:
        yield from find_windows(school, term, kind, stage, level)
