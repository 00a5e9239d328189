"""Duties (伍.五): what each row must have produced by its day, and how much of it is there.

Progress is computed from the records themselves, never stored: a map over students, whose summaries are small, and a
reduce over the rows. Of course outputs and 多元表現 all is what was submitted: no number of uploads is compulsory, and
none enters a reward.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import product
from typing import Any

from licheng.core.dates import day, optional_day
from licheng.core.layout import BY_NAME
from licheng.core.record import Record
from licheng.core.school import School
from licheng.core.student import Student
from licheng.core.term import Term
from licheng.policy.attendance import is_entered
from licheng.policy.calendar import Phase, phase_on
from licheng.policy.certification import USABLE, WAITING, state
from licheng.policy.deadlines import (
    Deadline,
    DeadlineKind,
    Owner,
    deadlines,
    duty_dates,
    duty_rows,
    is_of_school,
    owners,
)
from licheng.policy.enrolment import OPENING, intervals, is_placed, level_and_class
from licheng.policy.notices import asked, given
from licheng.policy.periods import days_within, judged_term
from licheng.policy.quota import is_submitted
from licheng.policy.receiving.progress import ANSWER, OWNERS, ReceiptProgress, StudentReceipts, of_student
from licheng.policy.receiving.versions import export_of, id_of, latest, receipts
from licheng.policy.sealing import Retention, retention
from licheng.policy.signatures import SheetState, sheets, term_of
from licheng.policy.submissions import is_claimed, last_exports, last_submissions
from licheng.policy.verification import Standing, standing

# What a checker signs off for each student and term (伍.五: 每學期並須再次檢核確認) where a row does not say, and the
# kind that such a row names.
_VERIFIED = {"basic-data": "student", "course-records": "course-records", "statement": "statement"}
_LEAVING = frozenset({"suspension", "transfer-out"})
_MOVES = OPENING | _LEAVING
CONFIRMATION, SEALING = "receipt-confirmation", "sealing"


@dataclass(frozen=True, slots=True, order=True)
class DutyCell:
    """A row of 伍.五 in a term, for the students of a year level; level 0 is the school as a whole."""

    duty: str
    term: str
    level: int


@dataclass(frozen=True, slots=True)
class DutyTally:
    """How much is needed, and how much of that is there."""

    needed: int = 0
    done: int = 0

    def __add__(self, other: DutyTally) -> DutyTally:
        return DutyTally(self.needed + other.needed, self.done + other.done)


@dataclass(frozen=True, slots=True)
class StudentDuties:
    """What one student adds.

    Attributes:
        contests: those in which a result is recorded.
        sealed_from: the day from which the records had to be sealed, of whose are not.
    """

    cells: Mapping[DutyCell, DutyTally] = field(default_factory=dict)
    contests: frozenset[str] = frozenset()
    receipts: StudentReceipts = field(default_factory=StudentReceipts)
    sealed_from: date | None = None


@dataclass
class DutyProgress:
    """The reduce over students."""

    needed: Counter[DutyCell] = field(default_factory=Counter)
    done: Counter[DutyCell] = field(default_factory=Counter)
    contests: set[str] = field(default_factory=set)
    receipts: ReceiptProgress = field(default_factory=ReceiptProgress)
    unsealed: list[date] = field(default_factory=list)

    def add(self, student: StudentDuties) -> None:
        """Take one student's tallies."""
        for cell, tally in student.cells.items():
            self.needed[cell] += tally.needed
            self.done[cell] += tally.done
        self.contests |= student.contests
        self.receipts.add(student.receipts)
        if student.sealed_from is not None:
            self.unsealed.append(student.sealed_from)

    def of(self, duty: str, term: Term, levels: Iterable[int]) -> DutyTally:
        """The sum over year levels."""
        cells = [DutyCell(duty, str(term), level) for level in levels]
        return DutyTally(sum(self.needed[cell] for cell in cells), sum(self.done[cell] for cell in cells))


@dataclass(frozen=True, slots=True)
class DutyState:
    """A row of 伍.五 in a term as it stands.

    Attributes:
        owners: the responsible units or posts.
        duty: the row, `sealing`, or `agency-upload`, `receipt-confirmation` or `receipt-answer`, of which `roster` and
            `batch` say what is uploaded, was received, or had a problem reported.
        tally: in students, items, requests or contests, by the row; the registry's uploads in rosters, answers in
            reports.
        last_change: the day of the last change of its records that history knows of.
        claimed: of an upload, its day is the registry's own word.
    """

    id: str
    duty: str
    term: Term
    levels: frozenset[int]
    owners: tuple[Owner, ...]
    due: date | None
    phase: Phase
    tally: DutyTally
    last_change: date | None = None
    roster: str = ""
    batch: str | None = None
    claimed: bool = False


def count(student: Student, school: School) -> StudentDuties:
    """What a student adds to each row, in every term of enrolment that has a calendar and has begun."""
    own = student.one("student")
    if own is None:
        return StudentDuties()
    cells: dict[DutyCell, DutyTally] = {}
    for term, level in enrolled_terms(own, school):
        for row in duty_rows(school):
            if not is_of_school(row):
                tally = _EXPECTED[row["expects"]](row, term, student, school)
                cells[DutyCell(row["id"], str(term), level)] = tally
    contests = frozenset(record.data["contest"] for record in student.of("contest-result"))
    kept = retention(own, school)
    sealed_from = kept.due if kept.state is Retention.DUE else None
    return StudentDuties(cells, contests, of_student(student, school), sealed_from)


def enrolled_terms(own: Record, school: School) -> Iterator[tuple[Term, int]]:
    """The begun terms with a calendar in which a student is at the school, and the year level in each.

    Nothing more is expected for a term of whoever left the school within it, other than by graduation.
    """
    spans = intervals(own)
    for term, calendar in school.calendars.items():
        place = level_and_class(own, term.last_day)
        begun = calendar.starts <= school.today
        there = any(span.overlaps(term.first_day, term.last_day) for span in spans)
        last = min(calendar.closing, school.today)
        moves = [
            event["event"] for event in own.data["events"] if day(event["on"]) <= last and event["event"] in _MOVES
        ]
        if place is not None and begun and there and (not moves or moves[-1] not in _LEAVING):
            yield term, place[0]


def missing(row: Mapping[str, Any], term: Term, student: Student, school: School) -> tuple[str, ...]:
    """The kinds of record that a student lacks for a row in a term; what is to be checked is told by its subject."""
    kept = [kind for kind in row["records"] if BY_NAME[kind].of_student and "term" in BY_NAME[kind].parameters]
    present = {record.kind for record in student.of(*kept) if record.term == term and is_entered(record)}
    if "marks" in present:
        taken, marked = _courses("course-records", "courses", term, student), _courses("marks", "marks", term, student)
        if not taken or not taken <= marked:
            present.remove("marks")  # no course, or one without its mark
    own = student.one("student")
    unplaced = "student" in row["records"] and own is not None and not is_placed(own, term.year)  # ENR006, ENR007
    unchecked = ["unplaced/student"] if unplaced else []
    for subject in checked(row):
        check = _made(subject, term, student, school)
        now = standing(check, student, school) if check is not None else None
        if now is not Standing.CURRENT:  # a first check, or another
            unchecked.append(f"{'stale' if now is Standing.STALE else 'verification'}/{subject}")
    return (*(kind for kind in kept if kind not in present), *unchecked)


def _courses(kind: str, section: str, term: Term, student: Student) -> set[str]:
    records = (record for record in student.of(kind) if record.term == term)
    return {entry["course"] for record in records for entry in record.data[section]}


def checked(row: Mapping[str, Any]) -> list[str]:
    """The subjects of a row that its checker signs off for each student and term (伍.五)."""
    usual = [subject for subject, kind in _VERIFIED.items() if kind in row["records"] and row["checker"]]
    return list(row.get("checks", usual))


def verification(subject: str, term: Term, student: Student, school: School) -> Record | None:
    """The check that counts: made by today, and of the files as they are (`licheng.policy.verification`)."""
    check = _made(subject, term, student, school)
    return check if check is not None and standing(check, student, school) is Standing.CURRENT else None


def _made(subject: str, term: Term, student: Student, school: School) -> Record | None:
    for record in student.of("verification"):
        if (record.term, record.identity["subject"]) == (term, subject) and day(record.data["on"]) <= school.today:
            return record
    return None


def _submitted(row: Mapping[str, Any], term: Term, student: Student, school: School) -> DutyTally:
    """Outputs that were submitted, and those certified, here or elsewhere; activities need no certification."""
    total = DutyTally()
    for item in student.of("course-output") if "course-output" in row["records"] else ():
        if item.term == term:
            current = state(item, student, school).state
            total += DutyTally(int(current in WAITING | USABLE), int(current in USABLE))
    for item in student.of("activity") if "activity" in row["records"] else ():
        # Its own last day says which term, as long as that lies in the school year of its path.
        judged = judged_term(item, school.today)
        days = [when for when, _ in days_within(item)]
        own = Term.on(max(days)) if days else judged
        if is_submitted(item) and (own if own.year == item.year else judged) == term:
            total += DutyTally(1, 1)
    return total


def _happened(row: Mapping[str, Any], term: Term, student: Student, school: School) -> DutyTally:
    """What was recorded of what happened in a term: nothing says that there should be more."""
    kinds = [kind for kind in row["records"] if BY_NAME[kind].of_student]
    happened = sum(judged_term(record, school.today) == term for record in student.of(*kinds))
    return DutyTally(happened, happened)


def _applicants(row: Mapping[str, Any], term: Term, student: Student, school: School) -> DutyTally:
    """Who applied to a university within the school year has a statement, submitted and checked (肆.一)."""
    own = student.one("student")
    events = own.data["events"] if own is not None else ()
    applied = [day(event["on"]) for event in events if event["event"] == "application"]
    if not any(Term.on(on) == term for on in applied) or not any(on <= school.today for on in applied):
        return DutyTally()
    written = any(is_submitted(record) for record in student.of("statement"))
    return DutyTally(1, int(written and verification("statement", term, student, school) is not None))


def _signed(_row: Mapping[str, Any], term: Term, student: Student, school: School) -> DutyTally:
    """What was selected in a term and has to be signed for, and what is signed for as it is."""
    mine = [sheet for selection, _, sheet in sheets(student, school) if term_of(selection, school) == term]
    return DutyTally(len(mine), sum(sheet is SheetState.SIGNED for sheet in mine))


_EXPECTED: Mapping[str, Callable[[Mapping[str, Any], Term, Student, School], DutyTally]] = {
    "every-student": lambda row, term, student, school: DutyTally(1, int(not missing(row, term, student, school))),
    "what-was-submitted": _submitted,
    "what-happened": _happened,
    "applicants": _applicants,
    "what-was-selected": _signed,
    "as-often-as-asked": lambda *_: DutyTally(),  # the school's as a whole, see `of_school`
}


def of_school(row: Mapping[str, Any], term: Term, progress: DutyProgress, school: School) -> DutyTally:
    """Requests and contests of a term: reported and settled, held and with results; notices as often as asked for."""
    calendar = school.calendars[term]
    total = DutyTally()
    for request in school.of("support-request") if "support-request" in row["records"] else ():
        if calendar.starts <= day(request.data["reported_on"]) <= min(calendar.ends, school.today):
            closed = optional_day(request.data.get("closed_on"))
            total += DutyTally(1, int(closed is not None and closed <= school.today))
    for contest in contests(term, school) if "contest" in row["records"] else ():
        total += DutyTally(1, int(contest.slug in progress.contests))
    if "notice" in row["records"] and (wanted := asked(school.rulebooks.for_term(term))) is not None:
        total += DutyTally(wanted.number, min(wanted.number, given(term, school)))
    return total


def contests(term: Term, school: School) -> Iterator[Record]:
    """The school's contests of a term that have been held."""
    calendar = school.calendars[term]
    for contest in school.of("contest"):
        if calendar.starts <= day(contest.data["held_on"]) <= min(calendar.ends, school.today):
            yield contest


Changes = Mapping[tuple[str, str], date]


def states(progress: DutyProgress, school: School, changes: Changes | None = None) -> tuple[DutyState, ...]:
    """Every row in every term, and the registry's own uploads, in the order of terms and of the table.

    Args:
        progress: the reduce over all students.
        school: its calendars, its duties, and the day.
        changes: the day of the last change, by kind of record and term (or school year); from history.
    """
    rows = []
    for duty in duty_dates(school):
        row, term = duty.row, duty.term
        of_all = is_of_school(row)
        tally = of_school(row, term, progress, school) if of_all else progress.of(row["id"], term, duty.levels)
        # Of contests only the offices that held one which still has no result answer for it (校內承辦單位).
        past = contests(term, school) if "contest" in row["records"] else ()
        units = (contest.data["unit"] for contest in past if contest.slug not in progress.contests)
        moments = product(row["records"], (str(term), str(term.year)))
        days = [changes[moment] for moment in moments if moment in changes] if changes else []
        answering = DutyState(
            id=duty.id,
            duty=row["id"],
            term=term,
            levels=duty.levels,
            owners=tuple(dict.fromkeys(Owner("unit", unit) for unit in units)) or owners(row["responsible"]),
            due=duty.due,
            phase=phase(school.calendars[term].starts, duty.due, tally, school.today, expects=row["expects"]),
            tally=tally,
            last_change=max((when for when in days if when <= school.today), default=None),
        )
        rows.append(answering)
    rows += [*uploads(school), *confirmations(progress.receipts, school), *answers(progress.receipts, school)]
    rows += sealings(progress.unsealed, school)
    return tuple(sorted(rows, key=lambda duty: duty.term))


def phase(begins: date, due: date | None, tally: DutyTally, today: date, expects: str = "every-student") -> Phase:
    """Where a duty stands: only what every student must have can be done before its day, as more may come of the rest.

    What happened is never late for being little, only for being unsettled.
    """
    by_days, complete = phase_on(begins, due, today), tally.done >= tally.needed
    whole = expects in ("every-student", "as-often-as-asked")
    if by_days is not Phase.COMING and complete and tally.needed and whole:
        return Phase.DONE
    if by_days is not Phase.ENDED:
        return by_days
    if not complete:
        return Phase.OVERDUE
    return Phase.ENDED if expects == "what-happened" or not tally.needed else Phase.DONE


def uploads(school: School) -> Iterator[DutyState]:
    """The registry uploads each roster within the agency's time (伍.末); done when its submission is on record.

    Until then the day on which it was made is the last that something was done.
    """
    submitted, exported = last_submissions(school), last_exports(school)
    for upload in deadlines(school):
        if upload.kind is DeadlineKind.UPLOAD:
            record = submitted.get(upload.place)
            tally = DutyTally(1, int(record is not None))
            yield DutyState(
                id=upload.id,
                duty="agency-upload",
                term=upload.term,
                levels=upload.levels,
                owners=upload.owners,
                due=upload.closes,
                phase=phase(upload.opens or upload.closes, upload.closes, tally, school.today),
                tally=tally,
                last_change=day(record.data["submitted_on"]) if record is not None else exported.get(upload.place),
                roster=upload.subject,
                batch=upload.batch,
                claimed=record is not None and is_claimed(record),
            )


def confirmations(progress: ReceiptProgress, school: School) -> Iterator[DutyState]:
    """Each receipt until every student in it has confirmed, or counts as having (視同確認); the registry sees to it."""
    for record in latest(school):
        which, export = id_of(record), export_of(record, school)
        if export is None:
            continue
        came, closes = day(record.data["received_on"]), progress.closes.get(which)
        tally = DutyTally(*progress.confirmed(which))
        term = Term.parse(export.data["term"]) if "term" in export.data else Term(which.year, 2)
        yield DutyState(
            id=f"{term}/{CONFIRMATION}/{which.slug}",
            duty=CONFIRMATION,
            term=term,
            levels=frozenset(export.data["levels"]),
            owners=OWNERS,
            due=closes,
            phase=phase(came, closes, tally, school.today),
            tally=tally,
            last_change=came,
            roster=export.data["roster"],
            batch=export.data.get("batch"),
        )


def answers(progress: ReceiptProgress, school: School) -> Iterator[DutyState]:
    """What students reported of a receipt, by the day on which it must be answered."""
    for id_, several in progress.answers_due():
        record = receipts(school).get(several[0].receipt)
        export = export_of(record, school) if record is not None else None
        if export is None:
            continue
        tally = DutyTally(len(several), sum(owed.on is not None for owed in several))
        yield DutyState(
            id=id_,
            duty=ANSWER,
            term=Term(several[0].receipt.year, 2),
            levels=frozenset(export.data["levels"]),
            owners=OWNERS,
            due=several[0].due,
            phase=phase(min(owed.reported for owed in several), several[0].due, tally, school.today),
            tally=tally,
            last_change=max((owed.on for owed in several if owed.on is not None), default=None),
            roster=export.data["roster"],
            batch=export.data.get("batch"),
        )


def sealing_deadlines(unsealed: Collection[date], school: School) -> Iterator[Deadline]:
    """The first day on which records had to be sealed, five years after the application, and are not (肆.四)."""
    book = school.rulebooks.on(school.today)
    if unsealed and book is not None:
        begun = (term for term, calendar in school.calendars.items() if calendar.starts <= school.today)
        term = max(begun, default=Term.on(school.today))
        yield Deadline(
            id=f"{term}/{SEALING}",
            kind=DeadlineKind.SEALING,
            term=term,
            subject=SEALING,
            closes=min(unsealed),
            owners=OWNERS,
            place=book.record.at("retention_years"),
        )


def sealings(unsealed: Collection[date], school: School) -> Iterator[DutyState]:
    """Of how many students the records have to be sealed, as long as there are any."""
    for deadline in sealing_deadlines(unsealed, school):
        due, tally = deadline.closes, DutyTally(len(unsealed), 0)
        yield DutyState(
            id=deadline.id,
            duty=SEALING,
            term=deadline.term,
            levels=deadline.levels,
            owners=deadline.owners,
            due=due,
            phase=phase(due, due, tally, school.today),
            tally=tally,
        )
