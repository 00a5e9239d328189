"""Enrolment: the intervals in which a student is at the school, and the class and year level on a day.

The portfolio holds only what belongs to the time of enrolment (肆.一: 以學生就學期間之資料為限).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from licheng.core.dates import day
from licheng.core.record import Record
from licheng.core.student import Student
from licheng.core.term import Term, year_first_day, year_last_day

OPENING = frozenset({"entry", "transfer-in", "resumption"})
CLOSING = frozenset({"suspension", "transfer-out", "graduation"})


class Interval(NamedTuple):
    """Days at the school, both included; `ends` None is still open."""

    starts: date
    ends: date | None

    def overlaps(self, first: date, last: date) -> bool:
        """Whether any day of the interval lies between two days, both included."""
        return self.starts <= last and (self.ends is None or first <= self.ends)


def intervals(student_record: Record) -> tuple[Interval, ...]:
    """The intervals that a student's events make, in order."""
    closed: list[Interval] = []
    since: date | None = None
    for event in student_record.data["events"]:
        when = day(event["on"])
        if event["event"] in OPENING and since is None:
            since = when
        elif event["event"] in CLOSING and since is not None:
            closed.append(Interval(since, when))
            since = None
    return (*closed, Interval(since, None)) if since is not None else tuple(closed)


def is_here(student_record: Record, on: date) -> bool:
    """Whether a student is at the school on a day: not on leave, and not gone."""
    return any(span.overlaps(on, on) for span in intervals(student_record))


def was_elsewhere(student_record: Record, term: Term) -> bool:
    """Whether a student came from another school after a term of which they were here on no day."""
    came = (day(event["on"]) for event in student_record.data["events"] if event["event"] == "transfer-in")
    spans = intervals(student_record)
    return any(term.last_day < on for on in came) and not any(
        span.overlaps(term.first_day, term.last_day) for span in spans
    )


# Which events may follow which state, and the state that they lead to; 離校 is leaving for good, or until readmission.
_FOLLOWS: dict[str, tuple[frozenset[str], str | None]] = {
    "entry": (frozenset({"none"}), "enrolled"),
    "transfer-in": (frozenset({"none", "left"}), "enrolled"),
    "resumption": (frozenset({"suspended"}), "enrolled"),
    "suspension": (frozenset({"enrolled"}), "suspended"),
    "transfer-out": (frozenset({"enrolled", "suspended"}), "left"),
    "graduation": (frozenset({"enrolled"}), "left"),
    "class-change": (frozenset({"enrolled"}), None),
    "application": (frozenset({"enrolled", "suspended", "left"}), None),
}


def disorders(student_record: Record) -> Iterator[tuple[int, str]]:
    """Events that cannot follow those before them: index and event."""
    state, latest = "none", date.min
    for index, event in enumerate(student_record.data["events"]):
        name, when = event["event"], day(event["on"])
        allowed, then = _FOLLOWS[name]
        if when < latest or state not in allowed:
            yield index, name
        latest, state = max(latest, when), then or state


class EnrolmentState(NamedTuple):
    """學籍狀態 on a day: the event that led to it, and the day since when it holds (學籍異動日期)."""

    event: str
    since: date


def standing(student_record: Record, on: date) -> EnrolmentState | None:
    """By the latest event that changed the enrolment; another class, or an application, does not. None before entry."""
    changes = [event for event in student_record.data["events"] if _FOLLOWS[event["event"]][1] is not None]
    past = [EnrolmentState(event["event"], day(event["on"])) for event in changes if day(event["on"]) <= on]
    return past[-1] if past else None


class Visit(NamedTuple):
    """A stay as a visiting student (借讀): at which school, the first and the last day."""

    school: str
    starts: date
    ends: date


def visits(student_record: Record, term: Term) -> Iterator[Visit]:
    """A student's stays as a visiting student that have a day in a term."""
    for entry in student_record.data.get("visits", ()):
        visit = Visit(entry["school"], day(entry["starts"]), day(entry["ends"]))
        if visit.starts <= term.last_day and term.first_day <= visit.ends:
            yield visit


def left_on(student_record: Record, on: date) -> date | None:
    """The last day at the school of whoever has left it for good by a day; None who has not, on leave or not."""
    last = None
    for event in student_record.data["events"]:
        if day(event["on"]) < on and (then := _FOLLOWS[event["event"]][1]) is not None:
            last = day(event["on"]) if then == "left" else None
    return last


def level_and_class(student_record: Record, on: date) -> tuple[int, str] | None:
    """Year level and class on a day; None before entry."""
    place = None
    for event in student_record.data["events"]:
        if "class" in event and day(event["on"]) <= on:
            place = (event["level"], event["class"])
    return place


def is_placed(student_record: Record, year: int) -> bool:
    """Whether a student was given a class in a school year; who stays down needs one, too."""
    first, last = year_first_day(year), year_last_day(year)
    return any("class" in event and first <= day(event["on"]) <= last for event in student_record.data["events"])


def place_on(student: Student, on: date) -> tuple[int, str] | None:
    """Likewise of a student; None too where the student's own record is not there or cannot be read."""
    own = student.one("student")
    return level_and_class(own, on) if own is not None else None


def level_on(student: Student, on: date) -> int | None:
    """The year level alone."""
    place = place_on(student, on)
    return place[0] if place is not None else None
