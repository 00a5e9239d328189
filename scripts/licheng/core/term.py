"""School years and terms: school year 115 runs from 2026-08-01 to 2027-07-31, its terms are 115-1 and 115-2."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

_TERM = re.compile(r"([1-9][0-9]{1,2})-([12])", re.ASCII)
_MINGUO = 1911  # year 1 of the Republic is 1912


class Term(NamedTuple):
    """A term (學期), written `115-1`: a school year (學年度) and 1 or 2."""

    year: int
    half: int

    @staticmethod
    @lru_cache(maxsize=1_000)
    def parse(text: str) -> Term:
        """Read `115-1`.

        Raises:
            ValueError: the text is not a term.
        """
        match = _TERM.fullmatch(text)
        if match is None:
            raise ValueError(text)
        return Term(int(match[1]), int(match[2]))

    @classmethod
    def on(cls, day: date) -> Term:
        """The term by the national calendar: February to July is the second."""
        return cls(year_on(day), 2 if 2 <= day.month <= 7 else 1)

    @property
    def first_day(self) -> date:
        """1 August or 1 February, by which the rulebook in force is chosen."""
        return date(self.year + _MINGUO, 8, 1) if self.half == 1 else date(self.year + _MINGUO + 1, 2, 1)

    @property
    def next(self) -> Term:
        """The term that follows."""
        return Term(self.year, 2) if self.half == 1 else Term(self.year + 1, 1)

    @property
    def last_day(self) -> date:
        """31 January or 31 July."""
        return date(self.year + _MINGUO + 1, *((1, 31) if self.half == 1 else (7, 31)))

    def __str__(self) -> str:
        return f"{self.year}-{self.half}"


def year_on(day: date) -> int:
    """The school year (學年度) that a day belongs to."""
    return day.year - _MINGUO - (day.month < 8)


def year_first_day(year: int) -> date:
    """1 August of a school year."""
    return Term(year, 1).first_day


def year_last_day(year: int) -> date:
    """31 July of a school year."""
    return Term(year, 2).last_day
