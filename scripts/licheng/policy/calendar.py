"""Windows and deadlines: what follows from the calendar, the rulebook and the agency's floors.

All dates are whole days in Asia/Taipei; a window includes its first and its last day.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from licheng.core.calendar import AgencyWindow, TermCalendar, Window
from licheng.core.layout import CARRIED
from licheng.core.rulebook import Rulebook
from licheng.core.school import School
from licheng.core.term import Term

# What students hand in within a term's or a school year's windows, and the year levels of a senior high school.
SUBMITTED = ("course-output", "activity")
LEVELS = (10, 11, 12)
_SATURDAY = 5


class Phase(StrEnum):
    """Where something with a first and a last day stands.

    By its days alone it is never done nor overdue; a duty is `ended` where its day has passed and nothing says that
    anything is missing.
    """

    COMING = "coming"
    RUNNING = "running"
    DONE = "done"
    ENDED = "ended"
    OVERDUE = "overdue"
    UNDATED = "undated"


def phase_on(opens: date | None, closes: date | None, today: date) -> Phase:
    """Where it stands by its days alone; both its first and its last day are part of it."""
    if opens is not None and today < opens:
        return Phase.COMING
    if closes is None:
        return Phase.UNDATED
    return Phase.RUNNING if today <= closes else Phase.ENDED


class Floor(NamedTuple):
    """A submission window must stay open at least until this day."""

    closes: date
    days: int


def cohort_of(term: Term, level: int) -> int:
    """The school year in which students of a year level entered."""
    return term.year - (level - 10)


def internal_deadline(agency: AgencyWindow, book: Rulebook) -> date:
    """The day by which the school is done: the agency's date less the lead (伍: 上傳期限之二週前)."""
    return agency.closes - timedelta(days=book.lead_days)


def carries(agency: AgencyWindow, kinds: Container[str]) -> bool:
    """Whether a roster of the agency carries one of these kinds of record."""
    return CARRIED.get(agency.roster) in kinds


def submission_floor(kind: str, level: int, calendar: TermCalendar, school: School) -> Floor | None:
    """The earliest legal close of a year level's submission of a kind of record: the agency's days after 休業式.

    None where the agency sets none, or excepts the year level.
    """
    term = calendar.term
    floors = school.agency.section("window_floors", term, cohort_of(term, level)) or ()
    for floor in floors:
        if _concerns(floor, (kind, "submission"), level, term):
            days = int(floor["days_after_closing"])
            return Floor(calendar.closing + timedelta(days=days), days)
    return None


def _concerns(entry: Mapping[str, Any], about: tuple[str, str], level: int, term: Term) -> bool:
    """Whether a dated demand of the agency or the rulebook is about a year level's window in a term.

    Args:
        entry: the demand.
        about: of the agency the kind of record and the act, of a rulebook its own category and word.
        level: the year level.
        term: the term.
    """
    same = (entry["category"], entry["stage"]) == about and level in entry.get("levels", LEVELS)
    return same and {"level": level, "term": term.half} not in entry.get("except", ())


def confirmation_days(school: School, term: Term, level: int) -> int:
    """How many days the students have at least to confirm the agency's receipt (收訖明細)."""
    section = school.agency.section("confirmation", term, cohort_of(term, level))
    return int(section["min_days"]) if section is not None else 0


def days_open(window: Window) -> int:
    """How many days a window is open, both ends included."""
    return (window.closes - window.opens).days + 1


def last_closing(calendar: TermCalendar, kind: str, level: int) -> Window | None:
    """The submission window of a year level that closes last: until then students can hand in records of the kind."""
    return max(_windows(calendar, kind, "submission", level), key=lambda window: window.closes, default=None)


def agency_windows_after(window: Window, calendar: TermCalendar) -> Iterator[AgencyWindow]:
    """The agency's windows into which what a school window collects goes."""
    for agency in calendar.agency:
        if (
            carries(agency, window.kinds)
            and agency.levels & window.levels
            and (window.batch is None or agency.batch is None or agency.batch == window.batch)
        ):
            yield agency


def find_windows(school: School, term: Term, kind: str, stage: str, level: int) -> Iterator[Window]:
    """The windows of a kind of record and a stage for a year level in a term."""
    calendar = school.calendars.get(term)
    if calendar is not None:
        yield from _windows(calendar, kind, stage, level)


def _windows(calendar: TermCalendar, kind: str, stage: str, level: int) -> Iterator[Window]:
    for window in calendar.windows:
        if kind in window.kinds and window.stage == stage and level in window.levels:
            yield window


def is_working_day(on: date, school: School) -> bool:
    """Whether people work at the school on a day: Monday to Friday but for days off, and on make-up days."""
    calendar = school.calendars.get(Term.on(on))
    days = calendar.record.data if calendar is not None else {}
    if on.isoformat() in days.get("make_up_days", ()):
        return True
    return on.weekday() < _SATURDAY and on.isoformat() not in days.get("days_off", ())


def working_days_after(on: date, count: int, school: School) -> date:
    """The how-manieth working day (工作天) after a day, which itself does not count."""
    while count > 0:
        on += timedelta(days=1)
        count -= is_working_day(on, school)
    return on


class Required(NamedTuple):
    """The days that a rulebook itself asks of a window, each None where it asks for none."""

    opens: date | None
    closes: date | None


def required_days(window: Window, calendar: TermCalendar, book: Rulebook) -> Required:
    """The days on which the rulebook wants a window to open and to close, counted from days of the calendar."""
    opens = closes = None
    for entry in book.record.data.get("windows", ()):
        about, batch = (window.category, window.word), entry.get("batch", window.batch)
        if batch == window.batch and any(_concerns(entry, about, level, calendar.term) for level in window.levels):
            opens = opens or _counted(entry.get("opens"), window, calendar)
            closes = closes or _counted(entry.get("closes"), window, calendar)
            if "days_after_closing" in entry:
                closes = closes or calendar.closing + timedelta(days=entry["days_after_closing"])
    return Required(opens, closes)


def _counted(entry: Mapping[str, Any] | None, window: Window, calendar: TermCalendar) -> date | None:
    """A day so many days after (or before) 開學, 休業式 or the agency's date; None where that date is not set yet."""
    if entry is None:
        return None
    anchors = {"opening": calendar.opening, "closing": calendar.closing}
    agency = (candidate.closes for candidate in agency_windows_after(window, calendar))
    anchor = min(agency, default=None) if entry["from"] == "agency" else anchors[entry["from"]]
    return anchor + timedelta(days=entry["days"]) if anchor is not None else None
