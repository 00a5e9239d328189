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
from licheng.policy.status import Table

Label = Mapping[str, str]


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
class CommandView:
    """A command: its name after `licheng`, how it is called, what it does and takes, by language."""

    name: str
    usage: str
    about: Label
    parameters: tuple[Mapping[str, Any], ...]
    example: str


@dataclass(frozen=True)
class SiteView:
    """All of it.

    Attributes:
        today: the day as of which states are shown.
        demo: whether the school is invented.
        name: the school's, by language.
        units: names of units by id, by language.
        posts: names of posts by id, by language.
        rulebook: the one in force today, if any.
        agency: the agency's layers in the order of their announcement.
        calendars: newest term first.
        status: rounded counts, never exact ones; None without a rulebook that says how far to round.
        codes: in the order of codes.
        schemas: in the order of the layout.
        commands: in the order of names.
    """

    today: date
    demo: bool
    name: Label
    units: Mapping[str, Label]
    posts: Mapping[str, Label]
    rulebook: Rulebook | None
    agency: tuple[AgencyLayer, ...]
    calendars: tuple[CalendarView, ...]
    status: Table | None
    codes: tuple[CodeView, ...]
    schemas: tuple[SchemaView, ...]
    commands: tuple[CommandView, ...]
