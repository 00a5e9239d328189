"""What the site shows, as values: everything a page may know. No record of a student is among them, only counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from licheng.core.calendar import AgencyWindow, TermCalendar, Window
from licheng.core.finding import Code
from licheng.core.layout import Kind
from licheng.core.rulebook import AgencyLayer, Rulebook
from licheng.outputs.pages.ical import Stamp
from licheng.outputs.pages.naming import Label, Names
from licheng.outputs.pages.words import Words
from licheng.policy.deadlines import Deadline, DutyDate, Owner
from licheng.policy.roles import Roles
from licheng.policy.status import Table


@dataclass(frozen=True)
class Resolution:
    """A resolution of the working group (伍.四): the meeting (`115-1/2026-09-11`), its number, its text if on file."""

    meeting: str
    number: int
    text: str | None


@dataclass(frozen=True)
class WindowView:
    """A window of the school, its resolution, the agency's floors by year level; `coming`, `open` or `closed`."""

    window: Window
    resolution: Resolution
    floors: Mapping[int, date]
    phase: str


@dataclass(frozen=True)
class AgencyWindowView:
    """A window of the agency, and the day by which the school is done (伍.末)."""

    window: AgencyWindow
    notice: str
    internal_deadline: date | None
    phase: str


@dataclass(frozen=True)
class CalendarView:
    """One term."""

    calendar: TermCalendar
    windows: tuple[WindowView, ...]
    agency: tuple[AgencyWindowView, ...]


@dataclass(frozen=True)
class DutyView:
    """A row of 伍.五 in a term, who answers for it, and where it stands by its days alone."""

    duty: DutyDate
    owners: tuple[Owner, ...]
    phase: str


@dataclass(frozen=True)
class File:
    """A file of a code's example; text None where it is not text."""

    path: str
    text: str | None
    size: int


@dataclass(frozen=True)
class Example:
    """The first bad fixture of a code: the example shown is the test."""

    files: tuple[File, ...]
    removed: tuple[str, ...]
    expected: str


@dataclass(frozen=True)
class CodeView:
    """A code, what a rule of that code judges (None for reading), and its example where the tests are at hand."""

    code: Code
    kinds: tuple[str, ...] | None
    example: Example | None


@dataclass(frozen=True)
class SchemaView:
    """A kind of record: its schema with all references followed, its first example as YAML, code lists by field."""

    kind: Kind
    schema: Mapping[str, Any]
    example: str
    coded: Mapping[str, str]


@dataclass(frozen=True)
class SiteView:
    """All of it.

    Attributes:
        today: the day as of which states are shown.
        name: the school's, by language.
        units: names of units by id, by language.
        posts: names of posts by id, by language.
        rulebook: the one in force today, if any.
        agency: the agency's layers in the order of their announcement.
        calendars: newest term first.
        deadlines: all of them, the first to come first.
        duties: in the order of terms and of the table.
        duty_items: names of the rows of 伍.五 by id, by language.
        roles: whom each calendar feed is for.
        stamp: what makes the feeds the same in every build.
        status: rounded counts, never exact ones; None without a rulebook that says how far to round, or a commit
            from before this week.
        status_as_of: the Monday that the counts are as of.
        codes: in the order of codes.
        schemas: in the order of the layout.
    """

    today: date
    name: Label
    units: Mapping[str, Label]
    posts: Mapping[str, Label]
    rulebook: Rulebook | None
    agency: tuple[AgencyLayer, ...]
    calendars: tuple[CalendarView, ...]
    deadlines: tuple[Deadline, ...]
    duties: tuple[DutyView, ...]
    duty_items: Mapping[str, Label]
    roles: Roles
    stamp: Stamp
    status: Table | None
    status_as_of: date
    codes: tuple[CodeView, ...]
    schemas: tuple[SchemaView, ...]

    def names(self, words: Words) -> Names:
        """The school's names in the language of some words."""
        return Names(words, self.units, self.posts, self.duty_items)

    def phase(self, deadline: Deadline) -> str:
        """Whether a deadline's days are to come, running or over."""
        if deadline.opens is not None and self.today < deadline.opens:
            return "coming"
        return "running" if self.today <= deadline.closes else "ended"
