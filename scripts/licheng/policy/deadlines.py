"""Every deadline of the school as one value, which rules, pages, reminders and feeds share.

What the calendar sets (windows, the agency's dates, trainings, meetings) and what follows from it: the day by which
each row of 伍.五 is done, two weeks before the agency's date (伍.末). Dates are whole days in Asia/Taipei.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, time, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from licheng.core.calendar import AgencyWindow, TermCalendar, Window
from licheng.core.dates import day
from licheng.core.layout import BY_NAME, home
from licheng.core.location import Place
from licheng.core.record import Record
from licheng.core.rulebook import Rulebook
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.calendar import LEVELS, SUBMITTED, carries, internal_deadline
from licheng.policy.enrolment import level_on

# 伍.末: 教務處註冊組須於規定之上傳期限內上傳.
REGISTRY = "registry"
STUDENT = "student"
PARENT = "parent"  # no post of the school: those whom 陸.三 invites
# Taken at the start of a term: what the term brings cannot have been recorded by then.
AT_THE_START = frozenset({"students"})
# What a unit settles for the school as a whole.
_OF_SCHOOL = frozenset({"support-request", "contest", "notice"})
_TRAINED_TEACHERS = ("course-teacher", "class-tutor", "course-counsellor")


_Due = tuple[date, AgencyWindow | None]


class DeadlineKind(StrEnum):
    """What a deadline is of."""

    WINDOW = "window"
    DUTY = "duty"
    UPLOAD = "upload"
    TRAINING = "training"
    MEETING = "meeting"
    ANSWER = "answer"  # to problems that students reported with a receipt
    SEALING = "sealing"  # of those who applied five years ago


class Owner(NamedTuple):
    """A unit or a post, never a person: `kind` is `unit` or `post`."""

    kind: str
    id: str


class Deadline(NamedTuple):
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
        at: the hour at which a training begins, and `until` the one at which it ends, where its record tells them.
        where: the place of a training, where its record tells it.
    """

    id: str
    kind: DeadlineKind
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
    at: time | None = None
    until: time | None = None
    where: str = ""


class DutyDate(NamedTuple):
    """A row of 伍.五 in a term.

    Attributes:
        due: None where the agency has not set a date yet.
        agency: whose date it is counted from; None for a row that is counted from a day of the term.
        place: what sets the date.
    """

    row: Mapping[str, Any]
    term: Term
    levels: frozenset[int]
    due: date | None
    agency: AgencyWindow | None
    place: Place

    @property
    def id(self) -> str:
        """`115-1/duty/marks/10-11`: stable and unique."""
        return "/".join((str(self.term), "duty", self.row["id"], "-".join(map(str, sorted(self.levels))))).rstrip("/")


class Disorder(NamedTuple):
    """Two days of a calendar that cannot both be met, and where they stand."""

    place: Place
    earlier: date
    later: date
    related: Place


def deadlines(school: School) -> tuple[Deadline, ...]:
    """All deadlines of all calendars, the first to come first."""
    every: list[Deadline] = []
    for calendar in school.calendars.values():
        book = school.rulebooks.for_term(calendar.term)
        every += (_window(window, calendar, school, book) for window in calendar.windows)
        every += (
            Deadline(
                id=f"{calendar.term}/upload/{agency.roster}/"
                f"{agency.batch or '-'.join(map(str, sorted(agency.levels)))}",
                kind=DeadlineKind.UPLOAD,
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
            for agency in calendar.agency
        )
        if book is not None and calendar.term in school.kept:
            every += (*_trainings(calendar, book, school), *_meetings(calendar, book))
    every += (
        Deadline(
            id=duty.id,
            kind=DeadlineKind.DUTY,
            term=duty.term,
            subject=duty.row["id"],
            levels=duty.levels,
            closes=duty.due,
            owners=owners(duty.row["responsible"]),
            place=duty.place,
            revision=len(duty.agency.amendments) if duty.agency is not None else 0,
        )
        for duty in duty_dates(school)
        if duty.due is not None
    )
    return tuple(sorted(every, key=lambda deadline: (deadline.closes, deadline.id)))


def _window(window: Window, calendar: TermCalendar, school: School, book: Rulebook | None) -> Deadline:
    if window.by:
        acting = [Owner(*who) for who in window.by]
    elif window.stage == "certification":
        posts = book.record.data["certifiers"]["posts"] if book is not None else ()
        acting = [Owner("post", post) for post in posts]
    elif window.stage == "recording":
        # What is registered as it happens waits for no window, unless the window is for nothing else.
        waiting = {kind for kind in window.kinds if not BY_NAME[kind].registered} or window.kinds
        rows = (row for row in duty_rows(school) if waiting.intersection(row["records"]))
        acting = [*dict.fromkeys(owner for row in rows for owner in owners(row["recorder"]))]
    else:
        acting = [Owner("post", STUDENT)]
    return Deadline(
        id=f"{calendar.term}/window/{window.id}",
        kind=DeadlineKind.WINDOW,
        term=calendar.term,
        subject=window.category,
        stage=window.word,
        levels=window.levels,
        batch=window.batch,
        opens=window.opens,
        closes=window.closes,
        owners=tuple(acting),
        place=window.closing_place,
        revision=len(window.amendments),
    )


def _trainings(calendar: TermCalendar, book: Rulebook, school: School) -> Iterator[Deadline]:
    """陸: the rulebook says which unit trains whom; the training's own record tells hour and place."""
    organisers = {entry["audience"]: entry["organiser"] for entry in book.record.data["trainings"]}
    records = {(record.data["audience"], record.data["on"]): record.data for record in school.of("training")}
    invited = {"students": (STUDENT,), "teachers": _TRAINED_TEACHERS, "parents": (PARENT,)}
    invited |= {entry["audience"]: entry["invited"] for entry in book.record.data["trainings"] if "invited" in entry}
    numbers: Counter[str] = Counter()  # of each audience, from 1: a date may move, the id stays
    for index, entry in enumerate(calendar.record.data.get("trainings", ())):
        audience = entry["audience"]
        organiser = organisers.get(audience)
        numbers[audience] += 1
        session = records.get((audience, entry["on"]), {})
        yield Deadline(
            id=f"{calendar.term}/training/{audience}/{numbers[audience]}",
            kind=DeadlineKind.TRAINING,
            term=calendar.term,
            subject=audience,
            closes=day(entry["on"]),
            owners=(Owner("unit", organiser),) if organiser else (),
            invited=tuple(Owner("post", post) for post in invited.get(audience, ())),
            place=calendar.record.at("trainings", index, "on"),
            at=_hour(session, "time"),
            until=_hour(session, "end_time"),
            where=session.get("place", ""),
        )


def _hour(session: Mapping[str, Any], field: str) -> time | None:
    """A time of day in Asia/Taipei, or None where the record does not tell it, or tells an end before its start."""
    if field not in session or session.get("end_time", "24:00") <= session.get("time", "00:00"):
        return None
    return time.fromisoformat(session[field])


def _meetings(calendar: TermCalendar, book: Rulebook) -> Iterator[Deadline]:
    """伍.四: the convenor calls the working group."""
    seats = book.record.data["seats"]
    convenors = tuple(Owner("post", seat["post"]) for seat in seats if seat["role"] == "convenor")
    members = tuple(Owner("post", seat["post"]) for seat in seats if seat["role"] != "convenor")
    for index, on in enumerate(calendar.record.data.get("meetings", ())):
        yield Deadline(
            id=f"{calendar.term}/meeting/{index + 1}",
            kind=DeadlineKind.MEETING,
            term=calendar.term,
            subject="working-group",
            closes=day(on),
            owners=convenors,
            invited=members,
            place=calendar.record.at("meetings", index),
        )


def duty_rows(school: School) -> tuple[Mapping[str, Any], ...]:
    """The rows of 伍.五 as the school holds them."""
    record = school.one("duties")
    return tuple(record.data["duties"]) if record is not None else ()


def owners(entries: Iterable[Mapping[str, str]]) -> tuple[Owner, ...]:
    """Units and posts as a record lists them."""
    return tuple(Owner("unit", entry["unit"]) if "unit" in entry else Owner("post", entry["post"]) for entry in entries)


def duty_dates(school: School) -> Iterator[DutyDate]:
    """Each row in each term with a calendar, by the day on which it is due: year levels with one day together."""
    for term, calendar in sorted(school.kept.items()):
        # Applicants are asked for their statements only where a calendar has a window for them.
        asked = {level for window in calendar.windows if "statement" in window.kinds for level in window.levels}
        for row in duty_rows(school):
            levels = sorted(asked) if row["expects"] == "applicants" else LEVELS
            dates = {level: _due(row, term, level, school) for level in levels}
            if is_of_school(row):
                dated = (due for due in dates.values() if due is not None)
                yield _dated(row, calendar, frozenset(), min(dated, key=lambda due: due[0], default=None))
                continue
            by_day: dict[date | None, list[int]] = defaultdict(list)
            for level, due in dates.items():
                by_day[due[0] if due is not None else None].append(level)
            for together in by_day.values():
                yield _dated(row, calendar, frozenset(together), dates[together[0]])


def _dated(row: Mapping[str, Any], calendar: TermCalendar, levels: frozenset[int], due: _Due | None) -> DutyDate:
    on, agency = due or (None, None)
    counted = row["deadline"].get("counted")
    edge = calendar.record.at(counted["from"]) if counted is not None else calendar.record.at()
    return DutyDate(row, calendar.term, levels, on, agency, agency.closing_place if agency is not None else edge)


def is_of_school(row: Mapping[str, Any]) -> bool:
    """Whether a row is done for the school as a whole, not student by student."""
    return bool(_OF_SCHOOL.intersection(row["records"]))


def _due(row: Mapping[str, Any], term: Term, level: int, school: School) -> _Due | None:
    """伍.末 counts from the earliest date of the row's rosters in its term, or else in its school year.

    A row of the school's own may be counted from a day of the term instead (開學, 休業式).
    """
    counted = row["deadline"].get("counted")
    if counted is not None:
        edge = getattr(school.calendars[term], counted["from"])
        return edge + timedelta(days=counted["days"]), None
    book, rosters = school.rulebooks.for_term(term), row["deadline"].get("rosters")
    for candidate in (term, term.next):
        calendar = school.calendars.get(candidate)
        if book is None or calendar is None or candidate.year != term.year:
            continue
        windows = [
            window
            for window in calendar.agency
            if level in window.levels and (window.roster in rosters if rosters else window.roster not in AT_THE_START)
        ]
        if windows:
            first = min(windows, key=lambda window: (window.closes, window.roster))
            return internal_deadline(first, book), first
    return None


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
        every = (term for term in school.calendars if term.year == int(file.identity["year"]))
        of_year = (window for term in every for kind in SUBMITTED for window in _of_item(kind, term, owner, school))
        of_batch = [window for window in of_year if (window.batch or "regular") == file.identity["batch"]]
        return max(of_batch, key=lambda window: window.closes, default=None)
    where = home(f"{owner.folder}/{item}/item.md")
    kind = where.kind.name if where is not None else ""
    if where is None or kind not in SUBMITTED:
        return None
    named = where.identity.get("term")
    terms = [Term.parse(named)] if named else [Term(int(where.identity["year"]), half) for half in (1, 2)]
    for chosen in (terms, [term for term in school.calendars if term.year == terms[0].year]):
        windows = [window for term in chosen for window in _of_item(kind, term, owner, school)]
        if windows:
            return max(windows, key=lambda window: window.closes)
    return None


def _of_item(kind: str, term: Term, owner: Student, school: School) -> Iterator[AgencyWindow]:
    level, calendar = level_on(owner, term.last_day), school.calendars.get(term)
    for window in calendar.agency if calendar is not None else ():
        if carries(window, (kind,)) and level in window.levels:
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
    last: dict[tuple[str, str, int], Window] = {}
    for window in sorted(calendar.windows, key=lambda window: window.closes, reverse=True):
        for level in window.levels:
            last.setdefault((window.stage, window.category, level), window)
    pairs = set()
    for (stage, category, level), earlier in last.items():
        later = last.get((after, category, level))
        if stage == before and later is not None and earlier.closes > later.closes:
            pairs.add((earlier, later))
    for earlier, later in sorted(pairs, key=lambda pair: (pair[0].id, pair[1].id)):
        yield Disorder(later.closing_place, earlier.closes, later.closes, earlier.closing_place)
