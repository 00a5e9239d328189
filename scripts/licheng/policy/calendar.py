"""Windows and deadlines: what follows from the calendar, the rulebook and the agency's floors.

All dates are whole days in Asia/Taipei; a window includes its first and its last day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from licheng.core.calendar import AgencyWindow, TermCalendar, Window
from licheng.core.rulebook import Rulebook
from licheng.core.school import School
from licheng.core.term import Term

# Which category of 肆.一's table each of the agency's rosters carries (domain: 名冊別).
CATEGORY_OF_ROSTER = {
    "students": "basic-data",
    "positions": "basic-data",
    "marks": "course-records",
    "retakes": "course-records",
    "continuing-marks": "course-records",
    "course-outputs": "course-output",
    "continuing-course-outputs": "course-output",
    "activities": "activity",
}


# What students hand in within a term's or a school year's windows, and the year levels of a senior high school.
SUBMITTED = ("course-output", "activity")
LEVELS = (10, 11, 12)


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


def submission_floor(category: str, level: int, calendar: TermCalendar, school: School) -> Floor | None:
    """The earliest legal close of a year level's submission: the agency's days after 休業式; None if excepted."""
    term = calendar.term
    floors = school.agency.section("window_floors", term, cohort_of(term, level)) or ()
    for floor in floors:
        if _concerns(floor, category, "submission", level, term):
            days = int(floor["days_after_closing"])
            return Floor(calendar.closing + timedelta(days=days), days)
    return None


def _concerns(entry: Mapping[str, Any], category: str, stage: str, level: int, term: Term) -> bool:
    """Whether a dated demand of the agency or the rulebook is about a year level's window in a term."""
    about = (entry["category"], entry["stage"]) == (category, stage)
    return about and {"level": level, "term": term.half} not in entry.get("except", ())


def confirmation_days(school: School, term: Term, level: int) -> int:
    """How many days the students have at least to confirm the agency's receipt (收訖明細)."""
    section = school.agency.section("confirmation", term, cohort_of(term, level))
    return int(section["min_days"]) if section is not None else 0


def days_open(window: Window) -> int:
    """How many days a window is open, both ends included."""
    return (window.closes - window.opens).days + 1


def last_closing(calendar: TermCalendar, category: str, level: int) -> Window | None:
    """The submission window of a year level that closes last: until then students can hand in."""
    about = (category, "submission")
    closing = (
        window for window in calendar.windows if (window.category, window.stage) == about and level in window.levels
    )
    return max(closing, key=lambda window: window.closes, default=None)


def agency_windows_after(window: Window, calendar: TermCalendar) -> Iterator[AgencyWindow]:
    """The agency's windows into which what a school window collects goes."""
    for agency in calendar.agency:
        if (
            CATEGORY_OF_ROSTER.get(agency.roster) == window.category
            and agency.levels & window.levels
            and (window.batch is None or agency.batch is None or agency.batch == window.batch)
        ):
            yield agency


def find_windows(school: School, term: Term, category: str, stage: str, level: int) -> Iterator[Window]:
    """The windows of a category and stage for a year level in a term."""
    calendar = school.calendars.get(term)
    for window in calendar.windows if calendar is not None else ():
        if (window.category, window.stage) == (category, stage) and level in window.levels:
            yield window


def required_close(window: Window, calendar: TermCalendar, book: Rulebook) -> date | None:
    """The day on which the rulebook itself wants a window closed, counted from 休業式 (other schools have this)."""
    for entry in book.record.data.get("windows", ()):
        if any(_concerns(entry, window.category, window.stage, level, calendar.term) for level in window.levels):
            return calendar.closing + timedelta(days=entry["days_after_closing"])
    return None
