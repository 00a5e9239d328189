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
from licheng.outputs.naming import Label, Names
from licheng.outputs.pages.ical import FeedStamp
from licheng.outputs.words import Words
from licheng.policy.calendar import Phase, phase_on
from licheng.policy.deadlines import Deadline, DutyDate, Owner
from licheng.policy.evaluation import PublicFigures
from licheng.policy.roles import Roles
from licheng.policy.rosters import Homes
from licheng.policy.sight import SightRow
from licheng.policy.status import Table
from licheng.policy.training import DemandState, SessionState
from licheng.policy.working_group import ResolutionState, Seat

# The theme's chip of each phase that days alone tell.
CHIPS = {Phase.COMING: "coming", Phase.RUNNING: "open", Phase.ENDED: "closed", Phase.UNDATED: "coming"}


@dataclass(frozen=True)
class Resolution:
    """A resolution of the working group (伍.四): the meeting (`115-1/2026-09-11`), its number, its text if on file."""

    meeting: str
    number: int
    text: str | None


@dataclass(frozen=True)
class WindowView:
    """A window of the school, its resolution, the agency's floors by year level, and where it stands today."""

    window: Window
    resolution: Resolution
    floors: Mapping[int, date]
    phase: Phase


@dataclass(frozen=True)
class AgencyWindowView:
    """A window of the agency, and the day by which the school is done (伍.末)."""

    window: AgencyWindow
    notice: str
    internal_deadline: date | None
    phase: Phase


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
    phase: Phase


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
class SeatView:
    """A seat of the working group, and whether all its places are held; nobody is named or counted."""

    seat: Seat
    filled: bool


@dataclass(frozen=True)
class ResolutionView:
    """A resolution as it may be public: without its owner, whose one person its state would judge."""

    number: int
    subject: str
    text: str
    due: date | None
    state: ResolutionState


@dataclass(frozen=True)
class MeetingView:
    """A meeting without its attendance."""

    term: str
    on: date
    resolutions: tuple[ResolutionView, ...]


@dataclass(frozen=True)
class Material:
    """A handout: its title, and an address or a page of the handbook that is there."""

    title: str
    url: str | None
    page: str | None


@dataclass(frozen=True)
class SessionView:
    """A training; numbers are rounded down, `actual` is None before it was held and counted.

    `hours` is `09:30–11:00`, the first alone where the end is not told, empty where neither is.
    """

    audience: str
    organiser: str
    on: date
    hours: str
    place: str
    topics: tuple[str, ...]
    planned: int
    actual: int | None
    state: SessionState
    materials: tuple[Material, ...]


@dataclass(frozen=True)
class DemandView:
    """What an article wants each term, and its state."""

    audience: str
    article: str
    topics: tuple[str, ...]
    state: DemandState


@dataclass(frozen=True)
class OmissionView:
    """What was not held and is explained: an audience of 陸 or `meeting`, when it was said, and what instead by when.

    `instead` is empty where the words would name somebody; what happened is not public.
    """

    demand: str
    on: date
    instead: str
    instead_by: date


@dataclass(frozen=True)
class TrainingTermView:
    """The trainings of a term, and what was not held of them or of its meetings and is explained."""

    term: str
    demands: tuple[DemandView, ...]
    sessions: tuple[SessionView, ...]
    omissions: tuple[OmissionView, ...]


@dataclass(frozen=True)
class EvaluationView:
    """An evaluation that the secretary has released: the words as they stand, the figures as they may be shown."""

    year: int
    on: date
    released: date
    by: str
    summary: str
    words: str
    as_of: date | None
    figures: PublicFigures | None


@dataclass(frozen=True)
class CommandView:
    """A command: its name after `licheng`, how it is called, what it does and takes, by language."""

    name: str
    usage: str
    about: Label
    parameters: tuple[Mapping[str, Any], ...]
    example: str


@dataclass(frozen=True)
class SigningPageView:
    """Where teachers sign with passkeys, who may ask them to, and SHA-256 of each of its files; of all under `-`."""

    origin: str
    platform: str
    digests: Mapping[str, str]


@dataclass(frozen=True)
class SiteView:
    """All of it.

    Attributes:
        today: the day as of which states are shown.
        demo: whether the school is invented.
        name: the school's, by language.
        units: names of units by id, by language.
        posts: names of posts by id, by language.
        practice: what the school does where an article does not say, by the id of what it is about and by language.
        contacts: whom to ask, by language, and how; what the school itself publishes.
        rulebook: the one in force today, if any.
        agency: the agency's layers in the order of their announcement.
        calendars: newest term first.
        deadlines: all of them, the first to come first.
        duties: in the order of terms and of the table.
        duty_items: names of the rows of 伍.五 by id, by language.
        sight: who sees which of a student's records on the platform, in the order of the table.
        roles: whom each calendar feed is for.
        stamp: what makes the feeds the same in every build.
        status: rounded counts, never exact ones; None without a rulebook that says how far to round, or a commit
            from before this week.
        status_as_of: the Monday that the counts are as of.
        codes: in the order of codes.
        schemas: in the order of the layout.
        seats: of the working group, by the rulebook in force.
        meetings: that were held, newest first.
        trainings: newest term first.
        evaluations: released ones only, newest first.
        rulebooks: every version, in the order in which they take force.
        commands: in the order of names.
        signing_page: None where the school has none.
        homes: where each column of the agency's rosters comes from.
    """

    today: date
    demo: bool
    name: Label
    units: Mapping[str, Label]
    posts: Mapping[str, Label]
    practice: Mapping[str, Label]
    contacts: tuple[tuple[Label, str], ...]
    rulebook: Rulebook | None
    agency: tuple[AgencyLayer, ...]
    calendars: tuple[CalendarView, ...]
    deadlines: tuple[Deadline, ...]
    duties: tuple[DutyView, ...]
    duty_items: Mapping[str, Label]
    sight: tuple[SightRow, ...]
    roles: Roles
    stamp: FeedStamp
    status: Table | None
    status_as_of: date
    codes: tuple[CodeView, ...]
    schemas: tuple[SchemaView, ...]
    commands: tuple[CommandView, ...]
    signing_page: SigningPageView | None
    homes: Homes
    seats: tuple[SeatView, ...]
    meetings: tuple[MeetingView, ...]
    trainings: tuple[TrainingTermView, ...]
    evaluations: tuple[EvaluationView, ...]
    rulebooks: tuple[Rulebook, ...]

    def over(self, term: object) -> bool:
        """Whether a term has ended, or has no calendar."""
        ends = {str(shown.calendar.term): shown.calendar.ends for shown in self.calendars}
        return ends.get(str(term), date.min) < self.today

    def names(self, words: Words) -> Names:
        """The school's names in the language of some words."""
        return Names(words, self.units, self.posts, self.duty_items, {})

    def phase(self, deadline: Deadline) -> Phase:
        """Whether a deadline's days are to come, running or over."""
        return phase_on(deadline.opens, deadline.closes, self.today)
