"""Every deadline of the school as one value, which rules, pages, reminders and feeds share.

What the calendar sets (windows, the agency's dates, trainings, meetings) and what follows from it: the day by which
each row of 伍.五 is done, two weeks before the agency's date (伍.末). Dates are whole days in Asia/Taipei.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from licheng.core.calendar import AgencyWindow, TermCalendar, Window
from licheng.core.dates import day
from licheng.core.layout import home
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rulebook import Rulebook
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.calendar import CATEGORY_OF_ROSTER, LEVELS, SUBMITTED, internal_deadline
from licheng.policy.enrolment import level_on

# 伍.末: 教務處註冊組須於規定之上傳期限內上傳.
REGISTRY = "registry"
STUDENT = "student"
# Taken at the start of a term: what the term brings cannot have been recorded by then.
AT_THE_START = frozenset({"students"})
# Whose work each recording window is: the duty rows that hold these kinds.
_RECORDED = {
    "basic-data": frozenset({"basic-data"}),
    "course-records": frozenset({"course-records", "marks"}),
    "statement": frozenset({"statement"}),
}
# What a unit settles for the school as a whole.
_OF_SCHOOL = frozenset({"support-request", "contest"})
_TRAINED_TEACHERS = ("course-teacher", "class-tutor", "course-counsellor")


_Due = tuple[date, AgencyWindow]


class Kind(StrEnum):
    """What a deadline is of."""

    WINDOW = "window"
    DUTY = "duty"
    UPLOAD = "upload"
    TRAINING = "training"
    MEETING = "meeting"


@dataclass(frozen=True, slots=True, order=True)
class Owner:
    """A unit or a post, never a person: `kind` is `unit` or `post`."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A last day.

    Attributes:
        id: stable and unique in the school: `115-1/window/output-submission`.
        subject: a category of 肆.一, a roster, a row of 伍.五, an audience, or `working-group`.
        stage: of a window.
        levels: year levels that it is about; empty where it is about none.
        opens: the first day, of windows and uploads.
        closes: the last day, included.
        owners: who must act.
        invited: who takes part besides.
        place: what sets the date.
        revision: how often the date was amended.
    """

    id: str
    kind: Kind
    term: Term
    subject: str
    closes: date
    owners: tuple[Owner, ...]
    place: Place
    stage: str = ""
    levels: frozenset[int] = frozenset()
    batch: str | None = None
    opens: date | None = None
    invited: tuple[Owner, ...] = ()
    revision: int = 0


@dataclass(frozen=True, slots=True)
class DutyDate:
    """A row of 伍.五 in a term: `due` and `agency` are None where the agency has not set a date yet."""

    row: Mapping[str, Any]
    term: Term
    levels: frozenset[int]
    due: date | None
    agency: AgencyWindow | None

    @property
    def id(self) -> str:
        """`115-1/duty/marks/10-11`: stable and unique."""
        return "/".join((str(self.term), "duty", self.row["id"], "-".join(map(str, sorted(self.levels))))).rstrip("/")


@dataclass(frozen=True, slots=True)
class Disorder:
    """Two days of a calendar that cannot both be met, and where they stand."""

    place: Place
    earlier: date
    later: date
    related: Place


def deadlines(school: School) -> tuple[Deadline, ...]:
    """All deadlines of all calendars, the first to come first."""
    found = [one for calendar in school.calendars.values() for one in _of_calendar(calendar, school)]
    return tuple(sorted([*found, *_duties(school)], key=lambda one: (one.closes, one.id)))


def _of_calendar(calendar: TermCalendar, school: School) -> Iterator[Deadline]:
    book = school.rulebooks.for_term(calendar.term)
    for window in calendar.windows:
        yield _window(window, calendar, school, book)
    for agency in calendar.agency:
        yield _upload(agency, calendar)
    if book is not None:
        yield from _trainings(calendar, book)
        yield from _meetings(calendar, book)


def _window(window: Window, calendar: TermCalendar, school: School, book: Rulebook | None) -> Deadline:
    return Deadline(
        id=f"{calendar.term}/window/{window.id}",
        kind=Kind.WINDOW,
        term=calendar.term,
        subject=window.category,
        stage=window.stage,
        levels=window.levels,
        batch=window.batch,
        opens=window.opens,
        closes=window.closes,
        owners=_window_owners(window, school, book),
        place=window.closing_place,
        revision=len(window.amendments),
    )


def _window_owners(window: Window, school: School, book: Rulebook | None) -> tuple[Owner, ...]:
    if window.stage == "certification":
        posts = book.record.data["certifiers"]["posts"] if book is not None else ()
        return tuple(Owner("post", post) for post in posts)
    if window.stage != "recording":
        return (Owner("post", STUDENT),)
    kinds = _RECORDED.get(window.category, frozenset())
    rows = (row for row in duty_rows(school) if kinds.intersection(row["records"]))
    return _distinct(owner for row in rows for owner in owners(row["recorder"]))


def _upload(agency: AgencyWindow, calendar: TermCalendar) -> Deadline:
    levels = "-".join(map(str, sorted(agency.levels)))
    return Deadline(
        id=f"{calendar.term}/upload/{agency.roster}/{agency.batch or levels}",
        kind=Kind.UPLOAD,
        term=calendar.term,
        subject=agency.roster,
        levels=agency.levels,
        batch=agency.batch,
        opens=agency.opens,
        closes=agency.closes,
        owners=(Owner("unit", REGISTRY),),
        place=agency.closing_place,
        revision=len(agency.amendments),
    )


def _trainings(calendar: TermCalendar, book: Rulebook) -> Iterator[Deadline]:
    """陸: the rulebook says which unit trains whom."""
    organisers = {entry["audience"]: entry["organiser"] for entry in book.record.data["trainings"]}
    for index, entry in enumerate(calendar.record.data.get("trainings", ())):
        audience = entry["audience"]
        organiser = organisers.get(audience)
        yield Deadline(
            id=f"{calendar.term}/training/{audience}/{_count(calendar, 'trainings', index)}",
            kind=Kind.TRAINING,
            term=calendar.term,
            subject=audience,
            closes=day(entry["on"]),
            owners=(Owner("unit", organiser),) if organiser else (),
            invited=_audience(audience),
            place=calendar.record.at("trainings", index, "on"),
        )


def _count(calendar: TermCalendar, section: str, index: int) -> int:
    """The how-manieth of its audience, from 1: a date may move, the id stays."""
    entries = calendar.record.data[section]
    return sum(other["audience"] == entries[index]["audience"] for other in entries[: index + 1])


def _audience(audience: str) -> tuple[Owner, ...]:
    posts = {"students": (STUDENT,), "teachers": _TRAINED_TEACHERS}.get(audience, ())
    return tuple(Owner("post", post) for post in posts)


def _meetings(calendar: TermCalendar, book: Rulebook) -> Iterator[Deadline]:
    """伍.四: the convenor calls the working group."""
    seats = book.record.data["seats"]
    convenors = tuple(Owner("post", seat["post"]) for seat in seats if seat["role"] == "convenor")
    members = tuple(Owner("post", seat["post"]) for seat in seats if seat["role"] != "convenor")
    for index, on in enumerate(calendar.record.data.get("meetings", ())):
        yield Deadline(
            id=f"{calendar.term}/meeting/{index + 1}",
            kind=Kind.MEETING,
            term=calendar.term,
            subject="working-group",
            closes=day(on),
            owners=convenors,
            invited=members,
            place=calendar.record.at("meetings", index),
        )


def _duties(school: School) -> Iterator[Deadline]:
    for duty in duty_dates(school):
        if duty.due is not None and duty.agency is not None:
            yield Deadline(
                id=duty.id,
                kind=Kind.DUTY,
                term=duty.term,
                subject=duty.row["id"],
                levels=duty.levels,
                closes=duty.due,
                owners=owners(duty.row["responsible"]),
                place=duty.agency.closing_place,
                revision=len(duty.agency.amendments),
            )


def duty_rows(school: School) -> tuple[Mapping[str, Any], ...]:
    """The rows of 伍.五 as the school holds them."""
    record = school.one("duties")
    return tuple(record.data["duties"]) if record is not None else ()


def owners(entries: Iterable[Mapping[str, str]]) -> tuple[Owner, ...]:
    """Units and posts as a record lists them."""
    return tuple(Owner("unit", entry["unit"]) if "unit" in entry else Owner("post", entry["post"]) for entry in entries)


def _distinct(found: Iterable[Owner]) -> tuple[Owner, ...]:
    return tuple(dict.fromkeys(found))


def duty_dates(school: School) -> Iterator[DutyDate]:
    """Each row in each term with a calendar, by the day on which it is due: year levels with one day together."""
    for term, calendar in sorted(school.calendars.items()):
        for row in duty_rows(school):
            dates = {level: _due(row, term, level, school) for level in _levels(row, calendar)}
            if is_of_school(row):
                found = min((one for one in dates.values() if one is not None), key=_due_day, default=None)
                yield DutyDate(row, term, frozenset(), *(found or (None, None)))
            else:
                yield from _by_day(row, term, dates)


def is_of_school(row: Mapping[str, Any]) -> bool:
    """Whether a row is done for the school as a whole, not student by student."""
    return bool(_OF_SCHOOL.intersection(row["records"]))


def _by_day(row: Mapping[str, Any], term: Term, dates: Mapping[int, _Due | None]) -> Iterator[DutyDate]:
    groups: dict[date | None, list[int]] = defaultdict(list)
    for level, found in dates.items():
        groups[found[0] if found is not None else None].append(level)
    for levels in groups.values():
        yield DutyDate(row, term, frozenset(levels), *(dates[levels[0]] or (None, None)))


def _due_day(found: _Due) -> date:
    return found[0]


def _levels(row: Mapping[str, Any], calendar: TermCalendar) -> Iterable[int]:
    """Applicants are asked for their statements only where a calendar has a window for them."""
    if row["expects"] != "applicants":
        return LEVELS
    return sorted({level for window in calendar.windows if window.category == "statement" for level in window.levels})


def _due(row: Mapping[str, Any], term: Term, level: int, school: School) -> _Due | None:
    """伍.末 counts from the earliest date of the row's rosters in its term, or else in its school year."""
    book = school.rulebooks.for_term(term)
    for candidate in (term, term.next):
        calendar = school.calendars.get(candidate)
        if book is None or calendar is None or candidate.year != term.year:
            continue
        window = min(_taken(row, level, calendar), key=lambda found: (found.closes, found.roster), default=None)
        if window is not None:
            return internal_deadline(window, book), window
    return None


def _taken(row: Mapping[str, Any], level: int, calendar: TermCalendar) -> Iterator[AgencyWindow]:
    rosters = row["deadline"].get("rosters")
    for window in calendar.agency:
        if level in window.levels and (window.roster in rosters if rosters else window.roster not in AT_THE_START):
            yield window


def last_agency_window(item: str, owner: Student, school: School) -> AgencyWindow | None:
    """The agency's last window that can still take an item: of its term, or else of its school year.

    Args:
        item: the path below the student's folder, `terms/114-1/outputs/pendulum`, `years/114/activities/camp` or
            `selection/114/regular`.
        owner: whose item it is.
        school: whose calendars hold the agency's dates.

    Returns:
        None too where the path is that of no course output, activity or selection, which is another rule's to tell.
    """
    file = home(f"{owner.folder}/{item}.yaml")
    if file is not None and file.kind.name == "selection":
        return _last_of_selection(file.identity, owner, school)
    where = home(f"{owner.folder}/{item}/item.md")
    category = where.kind.name if where is not None else ""
    if where is None or category not in SUBMITTED:
        return None
    named = where.identity.get("term")
    terms = [Term.parse(named)] if named else [Term(int(where.identity["year"]), half) for half in (1, 2)]
    for chosen in (terms, [term for term in school.calendars if term.year == terms[0].year]):
        found = [window for term in chosen for window in _of_item(category, term, owner, school)]
        if found:
            return max(found, key=lambda window: window.closes)
    return None


def _last_of_selection(identity: Mapping[str, str], owner: Student, school: School) -> AgencyWindow | None:
    """The agency's last window of a school year that takes what is selected in a batch."""
    found = [
        window
        for term in school.calendars
        if term.year == int(identity["year"])
        for category in SUBMITTED
        for window in _of_item(category, term, owner, school)
        if (window.batch or "regular") == identity["batch"]
    ]
    return max(found, key=lambda window: window.closes, default=None)


def _of_item(category: str, term: Term, owner: Student, school: School) -> Iterator[AgencyWindow]:
    level, calendar = level_on(owner, term.last_day), school.calendars.get(term)
    for window in calendar.agency if calendar is not None else ():
        if CATEGORY_OF_ROSTER.get(window.roster) == category and level in window.levels:
            yield window


def windows_of_submission(record: Record, school: School) -> Iterator[AgencyWindow]:
    """The agency's windows that a submission of the registry fits: of its term, or of its school year."""
    about = (record.data["roster"], record.data.get("batch"))
    for term, calendar in school.calendars.items():
        if str(term) == record.data.get("term", str(term)) and term.year == record.year:
            for window in calendar.agency:
                if (window.roster, window.batch) == about and window.levels <= set(record.data["levels"]):
                    yield window


def disorders(calendar: TermCalendar, before: str, after: str) -> Iterator[Disorder]:
    """Windows of a stage that close after the last window of the stage that follows it, each pair once."""
    told = set()
    for category in sorted({window.category for window in calendar.windows}):
        for level in LEVELS:
            earlier, later = (_last(calendar, category, stage, level) for stage in (before, after))
            if earlier is not None and later is not None and earlier.closes > later.closes:
                told.add((earlier, later))
    for earlier, later in sorted(told, key=lambda pair: (pair[0].id, pair[1].id)):
        yield Disorder(later.closing_place, earlier.closes, later.closes, earlier.closing_place)


def _last(calendar: TermCalendar, category: str, stage: str, level: int) -> Window | None:
    about = (category, stage)
    found = (window for window in calendar.windows if (window.category, window.stage) == about)
    return max((window for window in found if level in window.levels), key=lambda one: one.closes, default=None)
