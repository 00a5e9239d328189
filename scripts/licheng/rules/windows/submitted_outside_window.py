"""An item was submitted before its window opened; whether after it closed, only the gate can know."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.calendar import Window
from licheng.core.record import Record
from licheng.core.rule import Outcome, Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.calendar import find_windows
from licheng.policy.enrolment import level_and_class
from licheng.policy.quota import is_submitted


@rule(
    "WIN004",
    "submitted-outside-window",
    kinds=("course-output", "activity"),
    reads=("student", "term-calendar"),
)
def submitted_outside_window(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Outcome]:
    """Items are submitted within the school's time (肆.一: 應於學校規定時間內登錄).

    A tree of files does not know when something was submitted. Before the window opens it is certainly too early;
    after it closed, this says that it could not judge.
    """
    if not is_submitted(record):
        return
    windows = [window for term in _terms(record) for window in _windows(record, term, owner, school)]
    if not windows:
        yield this.skip("no-window", record.path)
        return
    opens = min(window.opens for window in windows)
    if school.today < opens:
        place = record.at("submitted")
        yield this.finding(place, opens=opens.isoformat(), today=school.today.isoformat())
    elif school.today > max(window.closes for window in windows):
        yield this.skip("submission-time-unknown", record.path)


def _terms(record: Record) -> tuple[Term, ...]:
    if record.term is not None:
        return (record.term,)
    assert record.year is not None  # noqa: S101 - an activity's path has a year
    return Term(record.year, 1), Term(record.year, 2)


def _windows(record: Record, term: Term, owner: Student, school: School) -> Iterator[Window]:
    own = owner.one("student")
    enrolled = level_and_class(own, term.last_day) if own is not None else None
    if enrolled is not None:
        yield from find_windows(school, term, record.kind, "submission", enrolled[0])
