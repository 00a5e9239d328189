"""A course output is submitted in a term in which the student was not there to take the course."""

from __future__ import annotations

from collections.abc import Iterator

from licheng.core.finding import Finding
from licheng.core.record import Record
from licheng.core.rule import Rule, rule
from licheng.core.school import School
from licheng.core.student import Student
from licheng.policy.enrolment import intervals
from licheng.policy.quota import is_submitted
from licheng.policy.timely import submission_windows


@rule("ENR005", "output-while-away", kinds=("course-output",), reads=("student", "term-calendar"))
def output_while_away(this: Rule, record: Record, owner: Student, school: School) -> Iterator[Finding]:
    """Only what belongs to the time of enrolment (肆.一): some day of teaching, and some day on which to hand in.

    ENR001 counts the whole term, holidays too: who left in August was there in the term, but never in a class.
    """
    own, calendar = owner.one("student"), school.calendars.get(record.term) if record.term is not None else None
    if own is None or calendar is None or not is_submitted(record):
        return
    spans, windows = intervals(own), submission_windows(record, owner, school)
    needed = [(calendar.opening, calendar.closing)]
    if windows:
        needed.append((min(window.opens for window in windows), max(window.closes for window in windows)))
    in_term = any(span.overlaps(calendar.term.first_day, calendar.term.last_day) for span in spans)
    for first, last in needed if in_term else ():  # not in the term at all is ENR001's
        if not any(span.overlaps(first, last) for span in spans):
            place, related = record.at("submitted"), (own.at("events"),)
            yield this.finding(place, related=related, first=first.isoformat(), last=last.isoformat())
            return
