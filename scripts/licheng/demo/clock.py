"""The demo's time: three terms, their windows and the day on which the demo stands still.

All dates are days in Asia/Taipei. Facts of the invented school, not of the country.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from licheng.demo.dice import Dice

TODAY = date(2026, 11, 23)
TAIPEI = timezone(timedelta(hours=8), "Asia/Taipei")

# The day on which the school started to keep its records in Git.
BEGINNING = date(2025, 8, 4)
YEAR = 114
GRADUATION = date(2026, 6, 5)
APPLICATION = date(2026, 4, 16)
YEAR_LEVELS = (10, 11, 12)


@dataclass(frozen=True)
class Term:
    """A term (學期) with the days that the school's calendar gives it."""

    id: str
    starts: date
    ends: date
    opening: date
    closing: date
    selection_closed: date
    meeting: date

    @property
    def year(self) -> int:
        """The school year, 114 for ``114-1``."""
        return int(self.id.partition("-")[0])

    @property
    def number(self) -> int:
        """The number of the term in its school year, 1 or 2."""
        return int(self.id.partition("-")[2])

    @property
    def over(self) -> bool:
        """Whether the term had closed by the demo's today."""
        return self.closing <= TODAY

    def closing_of(self, level: int) -> date:
        """The last day of lessons of a year level: year 12 graduates before its second term closes."""
        return GRADUATION - timedelta(days=1) if (self.number, level) == (2, 12) else self.closing


TERMS = (
    Term(
        "114-1",
        starts=date(2025, 8, 1),
        ends=date(2026, 1, 31),
        opening=date(2025, 9, 1),
        closing=date(2026, 1, 20),
        selection_closed=date(2025, 9, 12),
        meeting=date(2025, 9, 5),
    ),
    Term(
        "114-2",
        starts=date(2026, 2, 1),
        ends=date(2026, 7, 31),
        opening=date(2026, 2, 23),
        closing=date(2026, 6, 30),
        selection_closed=date(2026, 3, 6),
        meeting=date(2026, 2, 25),
    ),
    Term(
        "115-1",
        starts=date(2026, 8, 1),
        ends=date(2027, 1, 31),
        opening=date(2026, 9, 1),
        closing=date(2027, 1, 20),
        selection_closed=date(2026, 9, 18),
        meeting=date(2026, 9, 11),
    ),
)


def moment(day: date, *keys: object) -> datetime:
    """Return a moment of a working day, between eight in the morning and half past eight in the evening."""
    minutes = Dice("moment", day, *keys).below(750)
    return datetime.combine(day, time(8), TAIPEI) + timedelta(minutes=minutes)
