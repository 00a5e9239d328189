"""Where the agency closes so early that a submission cannot both stay open long enough and be done in time.

The agency asks for two things: submission stays open some days after 休業式 (its floor), and the rosters are with it by
its date, two weeks before which the school is done (伍.末). Where no day is both, the working group resolves that the
floor wins (伍.四): students keep their time, and the school's own two weeks shrink.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from licheng.core.calendar import AgencyWindow, TermCalendar, Window
from licheng.core.school import School
from licheng.policy.calendar import (
    LEVELS,
    SUBMITTED,
    Floor,
    agency_windows_after,
    carries,
    internal_deadline,
    last_closing,
    submission_floor,
)
from licheng.policy.working_group import resolution


@dataclass(frozen=True, slots=True)
class Clash:
    """Of one year level and one of the agency's windows: the floor lies after the school's own deadline.

    Attributes:
        window: the school's submission window that closes last for the year level.
        settled: the agency's window cites a resolution about the schedule, which minutes hold: the floor wins.
    """

    agency: AgencyWindow
    level: int
    window: Window
    floor: Floor
    deadline: date
    settled: bool


def clashes(calendar: TermCalendar, school: School) -> Iterator[Clash]:
    """Every clash of a term, by kind of record and year level; none without a rulebook.

    Of a year level in batches only the batch that leaves the most time has to wait for the floor, as submission is open
    until its last window closes.
    """
    book = school.rulebooks.for_term(calendar.term)
    for kind, level in product(SUBMITTED, LEVELS) if book is not None else ():
        floor, window = submission_floor(kind, level, calendar, school), last_closing(calendar, kind, level)
        if book is None or floor is None or window is None:
            continue
        own = [agency for agency in calendar.agency if carries(agency, (kind,)) and level in agency.levels]
        # By batch the agency's windows for the year level that all bind one school window.
        groups = [
            [(internal_deadline(agency, book), agency) for agency in own if agency.batch in (None, batch)]
            for batch in sorted({agency.batch or "" for agency in own}) or [""]
        ]
        latest = max(groups, key=lambda group: min((deadline for deadline, _ in group), default=date.min))
        for deadline, agency in latest:
            if deadline < floor.closes:
                entry = resolution(*agency.floor_resolution, school) if agency.floor_resolution is not None else None
                settled = entry is not None and entry["subject"] == "schedule"
                yield Clash(agency, level, window, floor, deadline, settled)


@dataclass(frozen=True, slots=True)
class Bound:
    """The last day for a window of the school, and the agency's window that it follows from.

    Attributes:
        by_floor: the working group has resolved that the floor wins.
    """

    last: date
    agency: AgencyWindow
    by_floor: bool


def bounds(window: Window, calendar: TermCalendar, school: School, known: Iterable[Clash]) -> Iterator[Bound]:
    """The days by which a window closes (伍.末).

    Where there is a clash nothing is asked of the year level until it is settled, and then that the agency still takes
    what is done, or else that the floor is kept.

    Args:
        window: one of the calendar's.
        calendar: of the term.
        school: in which it is asked.
        known: the term's clashes.
    """
    book = school.rulebooks.for_term(calendar.term)
    if book is None:
        return
    by_level = {(clash.agency, clash.level): clash for clash in known}
    for agency in agency_windows_after(window, calendar):
        for level in sorted(agency.levels & window.levels):
            clash = by_level.get((agency, level))
            if clash is None:
                yield Bound(internal_deadline(agency, book), agency, by_floor=False)
            elif clash.settled:
                yield Bound(max(agency.closes, clash.floor.closes), agency, by_floor=True)
