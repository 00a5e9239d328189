"""Who was told of a receipt, and what each student says to it: confirmed, reported, or counted as confirmed (視同確認).

Nothing of that is stored: it follows from the receipt, the window of the calendar, the notices and the answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from licheng.core.calendar import Window
from licheng.core.dates import day
from licheng.core.layout import CARRIED
from licheng.core.record import Record
from licheng.core.rulebook import Act, ReceiptDemands
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.batches import REGULAR
from licheng.policy.calendar import confirmation_days, working_days_after
from licheng.policy.receiving.versions import export_of, id_of, latest, members, named


class ReceiptAnswer(StrEnum):
    """What a student says to a receipt by today."""

    WAITING = "waiting"  # no answer yet, and it is not too late
    CONFIRMED = "confirmed"
    REPORTED = "reported"  # a problem that nobody has answered yet
    LOOK_AGAIN = "look-again"  # the school says that what was sent is right
    CORRECTING = "correcting"  # the school corrects it: another receipt will come
    DEEMED = "deemed"
    LAPSED = "lapsed"  # no answer, and silence does not count


SETTLED = frozenset({ReceiptAnswer.CONFIRMED, ReceiptAnswer.DEEMED})


class ReportedProblem(NamedTuple):
    """A problem that a student reported.

    Attributes:
        due: the last day to answer.
        answer: the last one that was given by today, if any.
    """

    report: Record
    due: date
    answer: Record | None

    def is_late(self, today: date) -> bool:
        """Whether its last day is over without an answer."""
        return self.answer is None and today > self.due


class ReceiptStanding(NamedTuple):
    """A receipt and a student, as of today.

    Attributes:
        window: in which it can be confirmed; None where the calendar has none.
        told: how often the student was told, in the window or before it.
        on: the day of the last answer.
        path: of the record that says so.
    """

    receipt: Record
    state: ReceiptAnswer
    window: Window | None
    told: int
    on: date | None = None
    path: str = ""


def demands(year: int, school: School) -> ReceiptDemands:
    """What the rulebook of a school year asks."""
    book = school.rulebooks.for_year(year)
    return book.receipts if book is not None else ReceiptDemands()


def window_of(receipt: Record, level: int, school: School) -> Window | None:
    """The first window of its roster, batch and year level that a receipt came in time for.

    None too where the export that it answers is not there.
    """
    export = export_of(receipt, school)
    if export is None:
        return None
    data, came = export.data, day(receipt.data["received_on"])
    term = Term.parse(data["term"]) if "term" in data else None
    windows = (
        window
        for calendar in school.calendars.values()
        if calendar.term.year == export.year and term in {None, calendar.term}
        for window in calendar.windows
        if window.stage == Act.CONFIRMATION
        and CARRIED.get(data["roster"]) in window.kinds
        and (window.batch or REGULAR) == data.get("batch", REGULAR)
        and level in window.levels
        and window.closes >= came
    )
    return min(windows, key=lambda window: (window.opens, window.id), default=None)


def days_left(receipt: Record, window: Window) -> int:
    """How many days of a window were left when the receipt had come, both ends included."""
    return (window.closes - max(window.opens, day(receipt.data["received_on"]))).days + 1


def days_wanted(receipt: Record, window: Window, school: School) -> int:
    """How many there must be, by the rulebook and by the agency (WIN002)."""
    year = int(receipt.identity["year"])
    by_agency = max(confirmation_days(school, Term(year, 1), level) for level in window.levels)
    return max(by_agency, demands(year, school).days)


def times_told(student: str, receipt: Record, window: Window | None, school: School) -> int:
    """How often a student was told of a receipt, by today and before its window closes."""
    which = id_of(receipt)
    class_name = members(school)[which][student].class_name
    last = min(school.today, window.closes) if window is not None else school.today
    return sum(
        named(notice) == which and day(notice.data["on"]) <= last and is_to(notice, student, class_name)
        for notice in school.of("receipt-notice")
    )


def is_to(notice: Record, student: str, class_name: str) -> bool:
    """Whether a notice was to a student of that class, who is in the receipt."""
    to = notice.data["to"]
    return "all" in to or class_name in to.get("classes", ()) or student in to.get("students", ())


def standings(student: Student, school: School) -> Iterator[ReceiptStanding]:
    """Of each receipt that a student is in, by its latest version."""
    for receipt in latest(school):
        if student.id in members(school)[id_of(receipt)]:
            yield standing(student, receipt, school)


def standing(student: Student, receipt: Record, school: School) -> ReceiptStanding:
    """What a student who is in a receipt says to it by today."""
    which = id_of(receipt)
    window = window_of(receipt, members(school)[which][student.id].level, school)
    times = times_told(student.id, receipt, window, school)
    answers = (
        record
        for record in student.of("receipt-confirmation", "receipt-sheet")
        if named(record) == which and day(record.data["on"]) <= school.today
    )
    last = max(answers, key=lambda record: (record.data["on"], record.path), default=None)
    if last is not None:
        return ReceiptStanding(
            receipt, _answered(last, student, school), window, times, day(last.data["on"]), last.path
        )
    if window is None or school.today <= window.closes:
        return ReceiptStanding(receipt, ReceiptAnswer.WAITING, window, times)
    wanted = demands(int(receipt.identity["year"]), school)
    enough = times >= wanted.notices and days_left(receipt, window) >= days_wanted(receipt, window, school)
    state = ReceiptAnswer.DEEMED if wanted.deemed and enough else ReceiptAnswer.LAPSED
    return ReceiptStanding(receipt, state, window, times)


def _answered(last: Record, student: Student, school: School) -> ReceiptAnswer:
    if last.data.get("answer", "agrees") == "agrees":
        return ReceiptAnswer.CONFIRMED
    answer = _answer(last, student, school)
    if answer is None:
        return ReceiptAnswer.REPORTED
    return ReceiptAnswer.LOOK_AGAIN if answer.data["outcome"] == "as-sent" else ReceiptAnswer.CORRECTING


def _answer(report: Record, student: Student, school: School) -> Record | None:
    """The last answer to a report by today."""
    given = (
        record
        for record in student.of("receipt-answer")
        if (record.year, record.data["confirmation"]) == (report.year, report.slug)
        and day(record.data["on"]) <= school.today
    )
    return max(given, key=lambda record: (record.data["on"], record.path), default=None)


def problems(student: Student, school: School) -> Iterator[ReportedProblem]:
    """Every problem that a student has reported by today, of whichever version."""
    for report in student.of("receipt-confirmation"):
        on, year = day(report.data["on"]), report.year
        if report.data["answer"] == "problem" and on <= school.today and year is not None:
            due = working_days_after(on, demands(year, school).answer_days, school)
            yield ReportedProblem(report, due, _answer(report, student, school))
